"""A round from its sheets to what is told: the same bytes in any order, and nothing withheld."""

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from sys import setprofile
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.learning.trust.answers import Answer, Sheet, State
from app.learning.trust.default import default_framework
from app.learning.trust.disclosure import Gate, Withheld, release
from app.learning.trust.fingerprints import content_hash, input_hash, structure_hash
from app.learning.trust.framework import Framework, Perspective
from app.learning.trust.inputs import read, written
from app.learning.trust.levels import Blocker, Lift, Reached
from app.learning.trust.makings import makings, scored
from app.learning.trust.releases import canonical_bytes, lines, opened, told
from app.learning.trust.results import About, Finding, Parameters, Results, score_round
from app.learning.trust.scoring import Policy
from tests.learning.trust.frames import answered, dimension, framework, question, sheet
from tests.sizes import examples

F = Fraction

SMALL = framework(
    dimension("open", question("O1", gate=True), question("O2")),
    dimension("private", question("P1", na_allowed=True), weight="3"),
    dimension("trust", question("T1", "directed"), kind="relational"),
)
OPEN = Parameters(gate=Gate(3, least_organisations=1, is_anonymous=False))


def peers(
    *answers: Sequence[int | None], subject: str = "a", organisation: str | None = None
) -> list[Sheet]:
    return [
        sheet(
            f"{subject}{at}",
            {
                key: one
                for key, one in zip(("O1", "O2", "P1"), said, strict=True)
                if one is not None
            },
            subject=subject,
            respondent=f"person {at}",
            organisation=organisation,
        )
        for at, said in enumerate(answers)
    ]


def found(results: Results, *about: str) -> Finding:
    (one,) = [one for one in results.findings if one.about.key == (*about, "", "")[:5]]
    return one


def line(scored: Results, *about: str) -> Any:
    given: Any = lines(opened(scored))
    keys = ("subject", "perspective", "scope", "breakdown", "part")
    (one,) = [one for one in given if tuple(one[key] for key in keys) == (*about, "", "")[:5]]
    return one


ROUND = peers((0, 1, 4), (1, 2, 3), (2, 3, 2), (4, 4, 0))


def test_a_round_of_peers_as_it_is_told() -> None:
    scored = score_round(SMALL, ROUND, OPEN)
    content: Any = told(opened(scored))
    given = content.pop("results")
    assert content == {
        "algorithm": "trust-score/1.0.0",
        "framework": {
            "slug": "a-framework",
            "version": "1.0.0",
            "structure_hash": structure_hash(SMALL),
            "content_hash": content_hash(SMALL),
        },
        "parameters": {
            "least_coverage": "2/3",
            "is_strict": False,
            "k": 3,
            "colluders": 0,
            "least_organisations": 1,
            "is_anonymous": False,
            "is_attributed": False,
            "peers_required": 3,
            "centres": {
                "self": "mean",
                "peer": "median",
                "stakeholder": "mean",
                "dyadic": "median",
            },
            "breakdowns": [],
            "with_overall": False,
            "with_questions": False,
        },
        "input_hash": input_hash(ROUND),
        "exclusions": {},
    }
    assert given[0] == {
        "subject": "a",
        "perspective": "peer",
        "scope": "open",
        "breakdown": "",
        "part": "",
        "is_suppressed": False,
        "band": None,
        "sheets": 4,
        "organisations": 4,
        "score": "0.500000",
        "reason": None,
        "coverage": "1.000000",
        "deviation": None,
        "low": None,
        "high": None,
        "method": None,
        "confidence": None,
        "counts": [],
        "level": 1,
        "blockers": [{"question": "O1", "level": 0, "lift": "higher_level"}],
    }
    attributed = Gate(3, least_organisations=1, is_anonymous=False, is_attributed=True)
    read = line(score_round(SMALL, ROUND, replace(OPEN, gate=attributed)), "a", "peer", "open")
    assert read == given[0] | {
        "deviation": "0.373260",
        "low": "0.125000",
        "high": "1.000000",
        "method": "order_statistics",
        "confidence": "0.875000",
    }, "whoever may read each sheet reads how far they lie apart"
    assert [(one["subject"], one["scope"], one["is_suppressed"]) for one in given] == [
        ("a", "open", False),
        ("a", "private", False),
        ("a", "trust", True),
        ("cohort", "open", True),
        ("cohort", "private", True),
        ("cohort", "trust", True),
    ]


NOTHING = {
    "is_suppressed": True,
    "band": None,
    "sheets": None,
    "organisations": None,
    "score": None,
    "reason": None,
    "coverage": None,
    "deviation": None,
    "low": None,
    "high": None,
    "method": None,
    "confidence": None,
    "counts": [],
    "level": None,
    "blockers": [],
}


def test_what_is_withheld_looks_like_what_is_empty() -> None:
    few = score_round(SMALL, peers((0, 1, 4), (1, 2, 3)), OPEN)
    about = ("subject", "perspective", "scope", "breakdown", "part")
    for scope in ("open", "trust"):
        shown = line(few, "a", "peer", scope)
        assert {key: one for key, one in shown.items() if key not in about} == NOTHING


def test_a_band_stands_alone() -> None:
    anonymous = Parameters(gate=Gate(3, least_organisations=1))
    shown = line(score_round(SMALL, peers(*[(0, 0, 2)] * 3), anonymous), "a", "peer", "open")
    assert shown["band"] == "at_most_0.10"
    assert {key: shown[key] for key in NOTHING} == NOTHING | {
        "is_suppressed": False,
        "band": "at_most_0.10",
    }


def test_an_anonymous_round_tells_no_spread_of_few() -> None:
    anonymous = Parameters(gate=Gate(3, least_organisations=1))
    for number, deviation in ((5, None), (6, "0.188193")):
        said = [(at % 4, (at + 1) % 4, 2) for at in range(number)]
        shown = line(score_round(SMALL, peers(*said), anonymous), "a", "peer", "open")
        assert (shown["score"] is not None, shown["deviation"]) == (True, deviation)


def test_sheets_that_do_not_count() -> None:
    excluded = {"a0": "copied"}
    scored = score_round(SMALL, ROUND, OPEN, excluded)
    assert found(scored, "a", "peer", "open").aggregate.sheets == 3
    assert scored.input_hash == input_hash(ROUND[1:])
    assert told(opened(scored))["exclusions"] == excluded
    anonymous = replace(scored, parameters=Parameters())
    assert told(opened(anonymous))["exclusions"] == ["copied"]


def test_parts_of_a_breakdown() -> None:
    roles = ["lead", "lead", "member", "member"]
    sheets = [
        replace(one, breakdowns={"role": role}) for one, role in zip(ROUND, roles, strict=True)
    ]
    scored = score_round(
        SMALL, [*sheets, replace(ROUND[0], id="x")], replace(OPEN, breakdowns=("role",))
    )
    lead = found(scored, "a", "peer", "open", "role", "lead")
    assert (lead.aggregate.sheets, lead.aggregate.reason) == (2, "too_few_sheets")
    assert found(scored, "a", "peer", "open").aggregate.sheets == 5
    assert not [one for one in scored.findings if one.about.part not in ("", "lead", "member")]


def test_the_overall_score_weighs_what_it_is_made_of() -> None:
    scored = score_round(SMALL, ROUND, replace(OPEN, with_overall=True))
    whole = found(scored, "a", "peer", "overall")
    first = {said.item: weight for said, weight in whole.cell.weights.items() if said.sheet == "a0"}
    assert first == {"open": F(1, 16), "private": F(3, 16)}
    each = [F(1, 8) + 3, F(3, 8) + F(9, 4), F(5, 8) + F(3, 2), F(1) + 0]
    assert whole.aggregate.value == (each[1] + each[2]) / 8


def test_dimensions_below_another_carry_its_weights() -> None:
    nested = framework(
        dimension("top"),
        dimension("a", question("A"), parent="top", weight="3"),
        dimension("b", question("B"), parent="top"),
    )
    scored = score_round(nested, [sheet("s", {"A": 4, "B": 0})], replace(OPEN, with_overall=True))
    for scope in ("top", "overall"):
        weights = found(scored, "a", "peer", scope).cell.weights
        assert {said.item: weight for said, weight in weights.items()} == {
            "a": F(3, 4),
            "b": F(1, 4),
        }


def test_questions_of_a_survey_are_counted() -> None:
    survey = Parameters(gate=Gate(3, least_organisations=1), with_questions=True)
    said = [(2, 1, 3), (3, 2, 3), (2, 3, 1), (1, 4, None), (2, 0, None), (4, 1, None)]
    shown = line(score_round(SMALL, peers(*said), survey), "a", "peer", "open/O1")
    assert (shown["score"], shown["sheets"]) == ("0.500000", 6)
    assert shown["counts"] == [
        {"value": 1, "sheets": 1},
        {"value": 2, "sheets": 3},
        {"value": 3, "sheets": 1},
        {"value": 4, "sheets": 1},
    ]
    few = line(score_round(SMALL, peers(*said[:5]), survey), "a", "peer", "open/O1")
    assert (few["score"], few["counts"]) == ("0.500000", [])
    three = line(score_round(SMALL, peers(*said), survey), "a", "peer", "private/P1")
    assert (three["sheets"], three["counts"]) == (3, [])


def test_a_question_that_is_withheld_does_not_follow_from_its_dimension() -> None:
    """Two of six answered nothing to O2: what the four said of it is in the score of all six."""
    pair = framework(
        dimension("open", question("O1", weight="3"), question("O2"), question("O3", weight="2"))
    )
    gate = Gate(5, least_organisations=1, is_anonymous=False)
    sheets = [
        sheet(f"s{at}", {"O1": at % 5, "O3": at // 2} | ({"O2": 4 - at} if at < 4 else {}))
        for at in range(6)
    ]
    results = score_round(pair, sheets, Parameters(gate=gate, with_questions=True))
    shown = {about[2] for about in release(results.cells, gate).shown if about[0] == "a"}
    assert "open/O2" not in shown
    assert len(shown) < 3
    whole = found(results, "a", "peer", "open").cell
    weights = {said.item: one for said, one in whole.weights.items() if said.sheet == "s5"}
    assert weights == {"open/O1": F(1, 10), "open/O3": F(1, 15)}
    assert {said.item for said in whole.weights if said.sheet == "s0"} == set(weights) | {"open/O2"}


@pytest.mark.parametrize("is_strict", [False, True])
def test_a_score_is_the_sum_of_its_makings(is_strict: bool) -> None:
    policy = Policy(is_strict=is_strict)
    for one in big(subjects=2, respondents=5):
        filled_ = scored(default_framework(), one, policy, with_overall=True, with_questions=True)
        for scope, score in filled_.scores.items():
            parts = list(makings(default_framework(), scope, filled_))
            assert sum(part.weight for part in parts) == (score.value is not None)
            assert sum(part.weight * part.score for part in parts) == (score.value or 0)


def test_the_cohort_is_the_mean_of_what_is_told_of_its_subjects() -> None:
    """So that nothing follows from it that was not told: not of those about whom too few spoke."""
    high, few = ([(4, 4, 4)] * 3, [(0, 0, 0)] * 2)
    sheets = [*ROUND, *peers(*high, subject="b"), *peers(*few, subject="c")]
    scored = score_round(SMALL, sheets, OPEN)
    two = line(scored, "cohort", "peer", "open")
    assert {key: two[key] for key in NOTHING} == NOTHING
    release_ = opened(scored).release
    assert release_.withheld["cohort", "peer", "open", "", ""] == Withheld.TOO_FEW_SUBJECTS
    for wanted in (OPEN, replace(OPEN, peers_required=1)):
        scored = score_round(SMALL, [*sheets, *peers(*high, subject="d")], wanted)
        cohort = line(scored, "cohort", "peer", "open")
        assert (cohort["score"], cohort["sheets"], cohort["level"]) == ("0.833333", 3, None)
        assert cohort["deviation"] is None, "a member takes its own away, and knows the others"
    more = [peers(*high, subject=name) for name in ("e", "f", "g")]
    for gate in (OPEN.gate, replace(OPEN.gate, is_attributed=True)):
        for known, deviation in ((more[:2], None), (more, "0.204124")):
            among = [*sheets, *peers(*high, subject="d"), *(one for of in known for one in of)]
            cohort = line(
                score_round(SMALL, among, replace(OPEN, gate=gate)), "cohort", "peer", "open"
            )
            assert cohort["deviation"] == deviation, (gate, len(known))


def test_whoever_may_read_each_sheet_reads_what_few_say() -> None:
    attributed = Gate(3, is_anonymous=False, is_attributed=True)
    scored = score_round(
        SMALL,
        [sheet("s", {"O1": 1, "O2": 1}, perspective=Perspective.SELF)],
        Parameters(gate=attributed),
        asked=[("a", Perspective.SELF), ("b", Perspective.SELF)],
    )
    assert line(scored, "a", "self", "open")["score"] == "0.250000"
    for about in (("a", "self", "private"), ("b", "self", "open"), ("cohort", "self", "open")):
        shown = line(scored, *about)
        assert {key: shown[key] for key in NOTHING} == NOTHING, about
    with pytest.raises(ValueError, match="anonymous or attributed"):
        Gate(3, is_attributed=True)
    assert not attributed.is_stricter_than(OPEN.gate)
    assert OPEN.gate.is_stricter_than(replace(attributed, least_organisations=1))


def test_what_never_came_looks_like_what_is_withheld() -> None:
    """Each subject and perspective that was asked about has its lines, in parts as in others."""
    parted = replace(OPEN, breakdowns=("role",))
    some = [replace(one, breakdowns={"role": "lead"}) for one in ROUND[:2]]
    asked = [(subject, Perspective.PEER) for subject in "ab"]
    given: Any = lines(opened(score_round(SMALL, some, parted, asked=asked)))
    of = {
        name: [
            {key: one for key, one in line_.items() if key != "subject"}
            for line_ in given
            if line_["subject"] == name
        ]
        for name in "ab"
    }
    assert of["a"] == of["b"]
    assert [(one["scope"], one["part"]) for one in of["b"]] == [
        (scope, part) for scope in ("open", "private", "trust") for part in ("", "lead")
    ]


def test_what_was_scored_is_kept_and_scored_again() -> None:
    sheets = big(subjects=2, respondents=3)
    kept = {one.id: one for one in read(written(sheets))}
    for one in sheets:
        ordered = sorted(one.answers, key=lambda answer: answer.question)
        assert kept.pop(one.id) == replace(one, answers=tuple(ordered))
    assert not kept
    assert published(read(written(sheets))) == published(sheets)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (((0, 1, 1), (2, 1, 1), (3, 1, 1)), Reached(2)),
        (((2, 1, 1), (2, 1, 1), (3, 1, 1)), Reached(2, (Blocker("O1", 2, Lift.HIGHER_LEVEL),))),
        (((1, 1, 1), (3, 1, 1)), Reached(1, (Blocker("O1", 1, Lift.HIGHER_LEVEL),))),
        (((None, 4, 1),), Reached(None)),
    ],
)
def test_the_level_of_several_sheets_is_the_one_in_the_middle(
    answers: Sequence[Sequence[int | None]], expected: Reached
) -> None:
    level = found(score_round(SMALL, peers(*answers), OPEN), "a", "peer", "open").level
    assert level.level == expected.level


def test_an_evil_organisation_cannot_outvote_others() -> None:
    loud = peers((4, 4, 4), (4, 4, 4), organisation="loud")
    quiet = [replace(one, id=f"q{one.id}") for one in peers((0, 0, 0), organisation="quiet")]
    scored = score_round(SMALL, [*loud, *quiet], OPEN)
    one = found(scored, "a", "peer", "open")
    assert (one.aggregate.value, one.aggregate.organisations) == (F(1, 2), 2)
    assert sorted(one.cell.weights.values()) == [F(1, 4), F(1, 4), F(1, 2)]


def filled(framework: Framework, random: Random, sheet_id: str, subject: str) -> Sheet:
    perspective = random.choice([Perspective.SELF, Perspective.PEER, Perspective.PEER])
    answers = [
        answered(key, random.randint(1, 4), has_evidence=random.random() < 0.5)
        if random.random() < 0.95
        else Answer(key, State.DONT_KNOW)
        for key in framework.by_key
    ]
    organisation = f"o{random.randint(0, 5)}"
    role = random.choice(["lead", "member"])
    return Sheet(sheet_id, subject, perspective, tuple(answers), None, organisation, {"role": role})


def big(seed: int = 1, subjects: int = 10, respondents: int = 10) -> list[Sheet]:
    random = Random(seed)
    return [
        filled(default_framework(), random, f"{subject}-{at}", f"c{subject}")
        for subject in range(subjects)
        for at in range(respondents)
    ]


WHOLE = Parameters(breakdowns=("role",), with_overall=True, gate=Gate(3))


def published(sheets: Sequence[Sheet], parameters: Parameters = WHOLE) -> bytes:
    scored = score_round(default_framework(), sheets, parameters)
    return canonical_bytes(opened(scored))


@settings(max_examples=examples(5), deadline=None)
@given(shuffle=st.randoms(use_true_random=False))
def test_in_any_order_the_same_bytes(shuffle: Any) -> None:
    sheets = big(subjects=3, respondents=6)
    expected = published(sheets)
    other = [
        replace(one, answers=tuple(shuffle.sample(one.answers, len(one.answers)))) for one in sheets
    ]
    shuffle.shuffle(other)
    assert published(other) == expected
    assert not [one for one in json.loads(expected)["results"] if isinstance(one["score"], float)]


@pytest.mark.parametrize(
    "change",
    [
        {"state": State.SKIPPED, "values": ()},
        {"values": (0,)},
        {"has_evidence": True},
        {"is_verified": True},
        {"is_accepted": False},
    ],
)
def test_any_answer_that_is_changed_changes_the_hash(change: dict[str, Any]) -> None:
    first, *others = ROUND
    answer = replace(first.answers[1], **change)
    changed = replace(first, answers=(first.answers[0], answer, first.answers[2]))
    assert input_hash([changed, *others]) != input_hash(ROUND)
    assert input_hash(ROUND[::-1]) == input_hash(ROUND)
    assert input_hash(others) != input_hash(ROUND)


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "b"},
        {"perspective": Perspective.SELF},
        {"organisation": "x"},
        {"breakdowns": {"role": "lead"}},
    ],
)
def test_whatever_a_sheet_is_counted_by_is_in_the_hash(change: dict[str, Any]) -> None:
    assert input_hash([replace(ROUND[0], **change), *ROUND[1:]]) != input_hash(ROUND)


def calls_of(sheets: Sequence[Sheet]) -> tuple[bytes, int]:
    """What a round comes to, and how many functions were called for it."""
    calls = 0

    def count(_frame: FrameType, event: str, _about: object) -> None:
        nonlocal calls
        calls += event == "call"

    setprofile(count)
    try:
        whole = published(sheets)
    finally:
        setprofile(None)
    return whole, calls


def test_what_a_round_of_ten_by_ten_by_thirty_takes_grows_with_its_sheets() -> None:
    """1.1 million calls, 0.9 seconds of processor time on a slow machine: it grows with the sheets
    and not with their square."""
    sheets = big()
    assert (len(sheets), len(sheets[0].answers)) == (100, 30)
    whole, calls = calls_of(sheets)
    _, of_half = calls_of(sheets[:50])
    assert (calls < 1_300_000, calls < 3 * of_half) == (True, True), (calls, of_half)
    found_ = json.loads(whole)
    shown = [one for one in found_["results"] if one["score"] is not None]
    assert len(shown) > 20


def test_nothing_is_told_of_a_round_under_k() -> None:
    scored = score_round(SMALL, ROUND, Parameters())
    out = release(scored.cells, scored.parameters.gate)
    assert (out.shown, out.bands) == (frozenset(), {})
    assert set(out.withheld.values()) == {Withheld.TOO_FEW_PEOPLE}
    assert {key: line(scored, "a", "peer", "open")[key] for key in NOTHING} == NOTHING


def test_a_round_that_nobody_answered() -> None:
    scored = score_round(SMALL, [], OPEN)
    assert (scored.findings, scored.input_hash) == ((), input_hash([]))
    assert About("a", Perspective.PEER, "open").key == ("a", "peer", "open", "", "")
