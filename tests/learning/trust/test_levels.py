"""Levels: the lowest gate after what its proof allows, and what stands in the way."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.learning.trust.answers import Answer, Sheet, State
from app.learning.trust.framework import Framework
from app.learning.trust.levels import (
    Blocker,
    Evidence,
    Lift,
    Reached,
    Verification,
    headline,
    is_in_force,
    is_supported,
    level_of,
    percent_shown,
    sheet_levels,
)
from tests.learning.trust.frames import answered, dimension, framework, question, sheet
from tests.sizes import examples


def gates(number: int, **more: object) -> Framework:
    asked = (question(f"Q{at}", gate=True, na_allowed=True, **more) for at in range(1, number + 1))
    return framework(dimension("d", *asked, question("free")))


def level(framework: Framework, filled: Sheet) -> Reached:
    return level_of(framework, framework.dimensions[0], filled)


def test_the_lowest_gate_is_the_level() -> None:
    found = level(gates(4), sheet(answers={"Q1": 3, "Q2": 4, "Q3": 2, "Q4": 4, "free": 0}))
    assert found == Reached(2, (Blocker("Q3", 2, Lift.HIGHER_LEVEL),))


def test_what_does_not_apply_holds_nobody_up() -> None:
    answers = {"Q1": 3, "Q2": State.NOT_APPLICABLE, "Q3": 3}
    assert level(gates(3), sheet(answers=answers)).level == 3
    refused = Answer("Q2", State.NOT_APPLICABLE, is_accepted=False)
    found = level(gates(3), sheet(answers=[answered("Q1", 3), refused, answered("Q3", 3)]))
    assert found == Reached(0, (Blocker("Q2", 0, Lift.ACCEPTANCE),))


@pytest.mark.parametrize("state", [None, State.DONT_KNOW, State.DECLINED, State.SKIPPED])
def test_what_is_missing_at_a_gate_holds_at_the_lowest(state: State | None) -> None:
    answers: dict[str, int | State] = {"Q1": 4, "Q2": 4}
    found = level(gates(3), sheet(answers=answers | ({"Q3": state} if state else {})))
    assert found == Reached(0, (Blocker("Q3", 0, Lift.ANSWER),))


def test_one_gate_of_two_hundred_is_enough_to_miss_it() -> None:
    answers = {f"Q{at}": 4 for at in range(1, 200)} | {"Q200": 3}
    assert level(gates(200), sheet(answers=answers)).level == 3
    assert (percent_shown(199, 200), percent_shown(200, 200)) == (99, 100)


def test_without_a_gate_there_is_no_level() -> None:
    assert level(gates(0), sheet(answers={"free": 4})) == Reached(None)


@pytest.mark.parametrize(
    ("said", "has_evidence", "is_verified", "expected"),
    [
        (2, False, False, Reached(2, (Blocker("Q1", 2, Lift.HIGHER_LEVEL),))),
        (3, False, False, Reached(2, (Blocker("Q1", 2, Lift.EVIDENCE),))),
        (3, True, False, Reached(3, (Blocker("Q1", 3, Lift.HIGHER_LEVEL),))),
        (4, True, False, Reached(3, (Blocker("Q1", 3, Lift.VERIFICATION),))),
        (4, False, True, Reached(2, (Blocker("Q1", 2, Lift.EVIDENCE),))),
        (4, True, True, Reached(4)),
    ],
)
def test_levels_that_want_proof(
    said: int, has_evidence: bool, is_verified: bool, expected: Reached
) -> None:
    small = gates(1, evidence_from_level=3, verified_from_level=4)
    answer = answered("Q1", said, has_evidence=has_evidence, is_verified=is_verified)
    assert level(small, sheet(answers=[answer])) == expected


def test_a_boolean_gate_is_met_or_is_not() -> None:
    small = framework(dimension("d", question("Q1", "boolean", gate=True)))
    assert level(small, sheet(answers={"Q1": 1})) == Reached(4)
    assert level(small, sheet(answers={"Q1": 0})).level == 0


def test_the_headline_is_the_lowest_dimension() -> None:
    small = framework(
        dimension("a", question("A", gate=True)),
        dimension("b"),
        dimension("c", question("C", gate=True), parent="b"),
        dimension("e", question("E")),
        dimension("t", question("T", "directed"), kind="relational"),
    )
    levels = sheet_levels(small, sheet(answers={"A": 3, "C": 1, "E": 0, "T": 1}))
    assert {key: one.level for key, one in levels.items()} == {"a": 3, "b": 1, "c": 1, "e": None}
    assert headline(small, levels) == Reached(1, (Blocker("C", 1, Lift.HIGHER_LEVEL),))
    assert headline(small, {}) == Reached(None)


def test_evidence_counts_on_its_last_day() -> None:
    evidence = [Evidence(date(2026, 1, 5), date(2026, 3, 31))]
    assert is_in_force(evidence, date(2026, 3, 31))
    assert not is_in_force(evidence, date(2026, 4, 1))
    assert is_in_force(evidence, date(2026, 1, 5))
    assert not is_in_force(evidence, date(2026, 1, 4))
    assert is_in_force([Evidence(date(2020, 1, 1), None)], date(2026, 1, 1))
    assert not is_in_force([], date(2026, 1, 1))


@pytest.mark.parametrize(
    ("verification", "day", "counts"),
    [
        (Verification(True, True, date(2025, 3, 1)), date(2026, 3, 1), True),
        (Verification(True, True, date(2025, 3, 1)), date(2026, 3, 2), False),
        (Verification(True, True, date(2024, 2, 29)), date(2025, 2, 28), True),
        (Verification(True, True, date(2024, 2, 29)), date(2025, 3, 1), False),
        (Verification(True, True, date(2025, 3, 1)), date(2025, 2, 28), False),
        (Verification(True, False, date(2025, 3, 1)), date(2025, 3, 1), False),
        (Verification(False, True, date(2025, 3, 1)), date(2025, 3, 1), False),
    ],
)
def test_support_from_outside_counts_for_a_year(
    verification: Verification, day: date, counts: bool
) -> None:
    assert is_supported([verification], day) == counts


GATES = gates(4, evidence_from_level=3)
LEVELS = st.lists(st.integers(0, 3), min_size=4, max_size=4)


@settings(max_examples=examples(40), deadline=None)
@given(said=LEVELS, at=st.integers(0, 3), proved=st.booleans())
def test_raising_a_gate_never_lowers_a_level(said: list[int], at: int, proved: bool) -> None:
    def reached(values: list[int]) -> int:
        answers = [answered(f"Q{n}", v, has_evidence=proved) for n, v in enumerate(values, 1)]
        found = level(GATES, sheet(answers=answers)).level
        assert found is not None
        return found

    assert reached([*said[:at], said[at] + 1, *said[at + 1 :]]) >= reached(said)
    if not proved:
        assert reached(said) <= 2
