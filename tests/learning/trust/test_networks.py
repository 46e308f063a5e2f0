"""Networks, agreement and change: told of enough people, and of what was told."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.learning.trust.answers import Sheet
from app.learning.trust.comparing import Place, compared
from app.learning.trust.concord import concord
from app.learning.trust.crosswalk import alike_dimensions
from app.learning.trust.disclosure import Gate
from app.learning.trust.framework import Perspective
from app.learning.trust.networks import networks
from app.learning.trust.releases import opened
from app.learning.trust.results import Parameters, score_round
from tests.learning.trust.frames import dimension, framework, question, sheet

F = Fraction
FRAME = framework(
    dimension("open", question("O1"), question("O2")),
    dimension("private", question("P1")),
    dimension(
        "ties",
        question("T1", "directed", facet="ability"),
        question("T2", "directed", facet="candour"),
        kind="relational",
    ),
)
CONFIDENTIAL = Gate(3, least_organisations=1, is_anonymous=False)
ANONYMOUS = Gate(3, least_organisations=1)


def dyads(*said: tuple[str, str, int, int]) -> list[Sheet]:
    return [
        sheet(
            f"d{at}",
            {"T1": one, "T2": other},
            subject=to,
            perspective=Perspective.DYADIC,
            organisation=by,
            respondent=f"person {at}",
        )
        for at, (by, to, one, other) in enumerate(said)
    ]


SAID = dyads(("a", "b", 5, 1), ("b", "a", 4, 4), ("c", "a", 2, 5), ("c", "b", 5, 5))


def test_a_network_of_each_facet_and_of_all() -> None:
    found = networks(FRAME, SAID, "abcd", CONFIDENTIAL)
    assert [one["facet"] for one in found] == ["overall", "ability", "candour"]
    ability = found[1]
    assert {key: one for key, one in ability.items() if key not in ("parties", "ties")} == {
        "facet": "ability",
        "is_suppressed": False,
        "observed": "0.333333",
        "density": "0.250000",
        "reciprocity": "0.666667",
        "weighted_reciprocity": "0.857143",
        "asymmetry": "0.250000",
        "indegree_centralisation": "0.555556",
        "transitivity": "0.000000",
        "isolates": 1,
        "components": 2,
    }
    parties: Any = ability["parties"]
    assert [one["membership_id"] for one in parties] == ["a", "b", "c", "d"]
    assert [one["received"] for one in parties] == ["0.500000", "1.000000", None, None]
    assert [one["is_isolated"] for one in parties] == [False, False, False, True]
    assert sum(F(one["eigentrust"]) for one in parties) == 1
    assert networks(FRAME, [], "abcd", CONFIDENTIAL) == []


def test_of_an_anonymous_round_no_tie_is_told() -> None:
    """Nobody knows which sheets are of one person: six of one member are six at the least."""
    few = [sheet(**_as(one, respondent=None)) for one in SAID]
    (whole, *_) = networks(FRAME, few, "abcd", ANONYMOUS)
    assert (whole["is_suppressed"], whole["density"], whole["ties"]) == (True, None, [])
    many = few + [sheet(**_as(few[0], sheet_id=f"more {at}")) for at in range(5)]
    (whole, *_) = networks(FRAME, many, "abcd", ANONYMOUS)
    assert (whole["is_suppressed"], whole["ties"], whole["parties"]) == (False, [], [])
    assert whole["density"] is not None
    (again, *_) = networks(FRAME, many, "abcd", ANONYMOUS, is_again=True)
    assert (again["is_suppressed"], again["density"]) == (True, None)


def _as(one: Sheet, **more: Any) -> dict[str, Any]:
    return {
        "sheet_id": one.id,
        "answers": one.answers,
        "subject": one.subject,
        "perspective": one.perspective,
        "organisation": one.organisation,
        **more,
    }


def peers(subject: str, *said: Sequence[int]) -> list[Sheet]:
    return [
        sheet(
            f"{subject}{at}",
            dict(zip(("O1", "O2", "P1"), values, strict=True)),
            subject=subject,
            respondent=f"person {at}",
        )
        for at, values in enumerate(said)
    ]


def test_agreement_is_of_what_is_told() -> None:
    """Two who differ about a member of whom nothing is told do not count."""
    alike = peers("a", *[(0, 4, 1)] * 6)
    apart = peers("b", (0, 0, 0), (4, 4, 4))
    parameters = Parameters(gate=CONFIDENTIAL)
    found = concord(opened(score_round(FRAME, [*alike, *apart], parameters)), [*alike, *apart])
    assert [(one["dimension"], one["alpha"], one["null_reason"]) for one in found] == [
        ("open", "1.000000", None),
        ("private", None, "no_variation"),
    ]
    assert (found[0]["units"], found[0]["has_few_units"], found[0]["band"]) == (
        2,
        True,
        "reliable",
    )
    three = concord(opened(score_round(FRAME, alike[:3], parameters)), alike[:3])
    assert {one["null_reason"] for one in three} == {"withheld"}, "whoever is one knows the others"
    few = concord(opened(score_round(FRAME, apart, parameters)), apart)
    assert {one["null_reason"] for one in few} == {"withheld"}
    assert {one["units"] for one in few} == {None}


def test_dimensions_that_score_alike_are_compared() -> None:
    more = framework(
        dimension("open", question("O1"), question("O2"), question("O3")),
        dimension("private", question("P1", text="What about it?"), weight="3"),
        version="1.1.0",
    )
    assert alike_dimensions(FRAME, more) == {"private"}
    assert alike_dimensions(FRAME, FRAME) == {"open", "private", "ties"}


def test_change_is_paired_by_member_and_counted_beside_other_dimensions() -> None:
    before = {Place("peer", "open", name): F(at, 10) for at, name in enumerate("abcd", 1)}
    before |= {Place("peer", "private", name): F(5, 10) for name in "abc"}
    after = {place: score + F(1, 10) for place, score in before.items() if place.subject != "d"}
    after |= {Place("peer", "open", "e"): F(1)}
    wide, narrow = compared(before, after, ["open", "private", "ties"])
    assert (wide.dimension, wide.pairs.lost, wide.pairs.joined) == ("open", ("d",), ("e",))
    assert wide.change is not None
    assert (wide.change.pairs, wide.change.mean, wide.change.p_sign_flip) == (
        3,
        F(1, 10),
        F(1, 4),
    )
    assert (wide.p_beside_others, narrow.p_beside_others) == (F(1, 2), F(1, 2))
    assert compared(before, after, ["private"]) != []
    assert compared(before, after, []) == []
