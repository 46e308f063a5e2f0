"""Scores as others publish them, and what holds of every sheet."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.learning.trust.answers import Answer, Sheet, State, Unanswerable, check
from app.learning.trust.framework import Framework, Perspective
from app.learning.trust.rounding import mean, median, rounded
from app.learning.trust.scoring import (
    Missing,
    Policy,
    Score,
    Weighed,
    dimension_score,
    linear,
    overall,
    score_of,
    sheet_scores,
    weighted,
)
from tests.learning.trust.frames import (
    answered,
    dimension,
    fractions,
    framework,
    question,
    scale,
    sheet,
)
from tests.sizes import examples

F = Fraction


def met(reached: int, of: int, not_applicable: int = 0) -> Fraction | None:
    parts = [Weighed(F(1), F(at < reached)) for at in range(of)]
    parts += [Weighed(F(1), None, applies=False)] * not_applicable
    found = weighted(parts)
    assert found.coverage == 1
    return found.value


@pytest.mark.parametrize(
    ("reached", "of", "not_applicable", "percent"),
    [
        (37, 40, 1, "92.50"),
        (18, 20, 0, "90.00"),
        (19, 20, 1, "95.00"),
        (15, 40, 1, "37.50"),
        (11, 20, 0, "55.00"),
        (4, 20, 0, "20.00"),
        (24, 41, 0, "58.54"),
        (16, 20, 0, "80.00"),
        (8, 21, 0, "38.10"),
    ],
)
def test_the_published_tables_of_fairplus(
    reached: int, of: int, not_applicable: int, percent: str
) -> None:
    """CARE and APPROACH, before and after: what does not apply leaves the denominator."""
    found = met(reached, of, not_applicable)
    assert found is not None
    assert str(rounded(found * 100, 2)) == percent


def test_the_weights_of_the_scorecard() -> None:
    """A check that was inconclusive leaves the denominator; so coverage travels with the score."""
    high, low = F("7.5"), F("2.5")
    anyhow = Policy(least_coverage=F(0))
    assert weighted([Weighed(high, F(1)), Weighed(low, F(0))]) == Score(F("0.75"), F(1))
    assert weighted([Weighed(high, F(1)), Weighed(low, None)]) == Score(F(1), F("0.75"))
    assert weighted([Weighed(low, None)], anyhow) == Score(
        None, F(0), Missing.INSUFFICIENT_COVERAGE
    )


def test_means_as_evap_takes_them() -> None:
    counts = (5, 15, 40, 60, 30)
    scores = [linear(value, 1, 5) for value, n in enumerate(counts, 1) for _ in range(n)]
    assert 1 + 4 * mean(scores) == F(109, 30)
    assert linear(2, 1, 5, reverse=True) == F(3, 4)


def test_too_much_is_as_bad_as_too_little() -> None:
    """EvaP's grades of 1 to 5 on a scale from too little to too much, the best in the middle."""
    scores = ["0", "1/3", "2/3", "1", "2/3", "1/3", "0"]
    asked = question("Q", "likert", scale="pace")
    small = framework(dimension("d", asked), scales=[scale("bipolar", scores, key="pace")])
    counts = (5, 5, 15, 30, 25, 15, 10)
    said = [
        score_of(small, small.by_key["Q"], answered("Q", value))
        for value, n in enumerate(counts)
        for _ in range(n)
    ]
    grade = 5 - 4 * mean(one for one in said if one is not None)
    assert str(rounded(grade, 8)) == "2.58730159"
    assert grade == F(163, 63)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("10", "7", "8"), "8"),
        (("5", "6"), "11/2"),
        (("5", "6", "12", "16", "22", "53"), "14"),
        (("5", "6", "12", "16", "22", "53", "102"), "16"),
    ],
)
def test_medians_are_not_rounded(values: tuple[str, ...], expected: str) -> None:
    assert median(fractions(*values)) == F(expected)


def path() -> Framework:
    points = [
        {"value": 0, "label": "no", "score": None, "ends": True},
        {"value": 1, "label": "yes"},
    ]
    scales = [
        {
            "key": f"step{at}",
            "kind": "choice",
            "points": [
                {**points[0], "score": f"{at - 1}/4"},
                {**points[1], "score": "1" if at == 4 else None},
            ],
        }
        for at in range(1, 5)
    ]
    asked = [question(f"Q{at}", "choice", scale=f"step{at}") for at in range(1, 5)]
    return framework(dimension("d", *asked, rule="path"), levels=[], scales=scales)


@pytest.mark.parametrize(
    ("answers", "level"),
    [([0], 1), ([1, 0], 2), ([1, 1, 0], 3), ([1, 1, 1, 0], 4), ([1, 1, 1, 1], 5)],
)
def test_the_first_answer_that_ends_a_path_gives_its_score(answers: list[int], level: int) -> None:
    """The rule of ODI Pathway, of whose five levels the lowest is 1."""
    small = path()
    filled = sheet(answers={f"Q{at}": value for at, value in enumerate(answers, 1)})
    assert dimension_score(small, small.dimensions[0], filled) == Score(F(level - 1, 4), F(1))


def test_a_path_that_was_not_walked_to_its_end_has_no_score() -> None:
    small = path()
    for left_out in ({"Q1": 1}, {"Q1": 1, "Q2": State.DONT_KNOW}, {}):
        found = dimension_score(small, small.dimensions[0], sheet(answers=left_out))
        assert found == Score(None, F(0), Missing.INSUFFICIENT_COVERAGE)
        strict = Policy(is_strict=True)
        found = dimension_score(small, small.dimensions[0], sheet(answers=left_out), strict)
        assert found == Score(F(0), F(0))
    nothing = {f"Q{at}": State.NOT_APPLICABLE for at in range(1, 5)}
    found = dimension_score(small, small.dimensions[0], sheet(answers=nothing))
    assert found == Score(None, None, Missing.NOT_APPLICABLE)


MIXED = framework(
    dimension(
        "mixed",
        question("M", weight="2"),
        question("L", "likert", reverse=True),
        question("B", "boolean"),
        question("C", "choice", several=True),
        question("W", "free_text"),
    ),
    dimension("other", question("O")),
    dimension("trust", question("T", "directed"), kind="relational", weight="5"),
)


def test_each_kind_of_answer_has_its_score() -> None:
    filled = sheet(
        answers=[
            answered("M", 3),
            answered("L", 2),
            answered("B", 1),
            answered("C", 1, 3),
            Answer("W", State.ANSWERED),
        ]
    )
    each = [score_of(MIXED, MIXED.by_key[one.question], one) for one in filled.answers]
    assert each == [F(3, 4), F(3, 4), F(1), F(5, 6), None]
    assert dimension_score(MIXED, MIXED.dimensions[0], filled) == Score(F(49, 60), F(1))


def test_a_directed_statement_is_reversed_on_any_scale() -> None:
    asked = question("K", "directed", scale="boolean", reverse=True)
    small = framework(dimension("t", asked, kind="relational"))
    assert score_of(small, small.by_key["K"], answered("K", 1)) == 0
    assert score_of(small, small.by_key["K"], answered("K", 0)) == 1


def test_a_choice_of_several_scores_one_at_the_most() -> None:
    assert score_of(MIXED, MIXED.by_key["C"], answered("C", 1, 2, 3)) == 1


def test_below_two_thirds_of_the_weight_there_is_no_score() -> None:
    enough = {"M": 4, "L": State.SKIPPED, "B": 1, "C": State.DECLINED}
    dimension_of = MIXED.dimensions[0]
    lacking = Score(None, F(3, 5), Missing.INSUFFICIENT_COVERAGE)
    assert dimension_score(MIXED, dimension_of, sheet(answers=enough)) == lacking
    exactly = {"M": 4, "L": State.NOT_APPLICABLE, "B": State.NOT_APPLICABLE, "C": State.DONT_KNOW}
    found = dimension_score(MIXED, dimension_of, sheet(answers=exactly))
    assert found == Score(F(1), F(2, 3))
    strict = dimension_score(MIXED, dimension_of, sheet(answers=enough), Policy(is_strict=True))
    assert strict == Score(F(3, 5), F(3, 5))


def test_trust_between_parties_is_in_no_overall_score() -> None:
    filled = sheet(answers={"M": 4, "L": 1, "B": 1, "C": 3, "O": 0, "T": 5})
    scores = sheet_scores(MIXED, filled)
    assert scores["trust"] == Score(F(1), F(1))
    assert overall(MIXED, scores) == Score((F(9, 10) + 0) / 2, F(1))


def test_dimensions_below_another_are_one_by_their_weights() -> None:
    nested = framework(
        dimension("top"),
        dimension("a", question("A"), parent="top", weight="3"),
        dimension("b", question("B"), parent="top"),
    )
    scores = sheet_scores(nested, sheet(answers={"A": 4, "B": 0}))
    assert scores["top"] == Score(F(3, 4), F(1))
    lacking = sheet_scores(nested, sheet(answers={"B": 4}))["top"]
    assert lacking == Score(None, F(1, 4), Missing.INSUFFICIENT_COVERAGE)
    assert overall(nested, scores) == Score(F(3, 4), F(1))


def test_what_an_earlier_answer_rules_out_is_not_asked() -> None:
    then = {"question": "A", "test": "at_least", "values": [2]}
    small = framework(
        dimension("d", question("A"), question("B", visible_if=[then], audience=["peer"]))
    )
    top = small.dimensions[0]
    assert dimension_score(small, top, sheet(answers={"A": 1, "B": 4})).value == F(1, 4)
    assert dimension_score(small, top, sheet(answers={"A": 2, "B": 4})).value == F(3, 4)
    own = sheet(answers={"A": 2, "B": 4}, perspective=Perspective.SELF)
    assert dimension_score(small, top, own) == Score(F(1, 2), F(1))


@pytest.mark.parametrize(
    ("test", "values", "said", "is_asked"),
    [
        ("at_least", [2], 2, True),
        ("at_least", [2], 1, False),
        ("at_most", [2], 2, True),
        ("at_most", [2], 3, False),
        ("one_of", [0, 3], 3, True),
        ("one_of", [0, 3], 2, False),
        ("one_of", [0, 3], State.DONT_KNOW, False),
    ],
)
def test_conditions(test: str, values: list[int], said: int | State, is_asked: bool) -> None:
    then = {"question": "A", "test": test, "values": values}
    small = framework(
        dimension("c", question("A")), dimension("d", question("B", visible_if=[then]))
    )
    found = dimension_score(small, small.dimensions[1], sheet(answers={"A": said, "B": 4}))
    assert found.value == (1 if is_asked else None)


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (Answer("X", State.SKIPPED), "There is no question 'X'."),
        (Answer("M", State.NOT_APPLICABLE), "Answer it: this question applies to everybody."),
        (Answer("N", State.NOT_APPLICABLE), "Say why this question does not apply."),
        (Answer("M", State.SKIPPED, (1,)), "Give no value with a question that is not answered."),
        (answered("W", 1), "Answer it in words."),
        (answered("M", 5), "Choose a point of its scale: 5 is none."),
        (answered("M"), "Choose one point of its scale."),
        (answered("M", 1, 2), "Choose one point of its scale."),
        (answered("C", 1, 1), "Choose each point once."),
    ],
)
def test_an_answer_that_a_question_does_not_allow(answer: Answer, refused: str) -> None:
    small = framework(
        dimension(
            "d",
            question("M"),
            question("N", na_allowed=True),
            question("C", "choice", several=True),
            question("W", "free_text"),
        )
    )
    with pytest.raises(Unanswerable, match=f"^{refused}$"):
        check(small, answer)
    check(small, Answer("N", State.NOT_APPLICABLE), justification="We hold no data of people.")
    for fine in (answered("M", 4), answered("C", 1, 2), Answer("W", State.ANSWERED)):
        check(small, fine)


FLAT = framework(dimension("d", *(question(f"Q{at}", weight=str(at)) for at in range(1, 7))))
SAID = st.one_of(
    st.integers(0, 4), st.sampled_from([state for state in State if state is not State.ANSWERED])
)
SHEETS = st.lists(SAID, min_size=6, max_size=6)
ALWAYS = Policy(least_coverage=F(0))


def filled(said: Sequence[int | State]) -> Sheet:
    return sheet(answers={f"Q{at}": one for at, one in enumerate(said, 1)})


def scored(said: Sequence[int | State], policy: Policy = ALWAYS) -> Score:
    return dimension_score(FLAT, FLAT.dimensions[0], filled(said), policy)


@settings(max_examples=examples(40), deadline=None)
@given(said=SHEETS, at=st.integers(0, 5))
def test_a_question_that_does_not_apply_is_as_if_it_were_not_there(
    said: list[int | State], at: int
) -> None:
    said[at] = State.NOT_APPLICABLE
    without = framework(
        dimension("d", *(question(f"Q{n}", weight=str(n)) for n in range(1, 7) if n != at + 1))
    )
    found = dimension_score(without, without.dimensions[0], filled(said), ALWAYS)
    assert scored(said) == found


@settings(max_examples=examples(40), deadline=None)
@given(said=SHEETS, at=st.integers(0, 5), state=st.sampled_from(list(State)[2:]))
def test_what_is_missing_is_never_nothing_and_never_raises_coverage(
    said: list[int | State], at: int, state: State
) -> None:
    others = [one for number, one in enumerate(said) if number != at]
    missing = [*said[:at], state, *said[at + 1 :]]
    before, after = scored(said), scored(missing)
    assert (after.coverage or 0) <= (before.coverage if before.coverage is not None else 1)
    answered_ = [(n, one) for n, one in enumerate(missing, 1) if isinstance(one, int)]
    if answered_:
        whole = sum(n for n, _ in answered_)
        assert after.value == sum(F(n * one, 4) for n, one in answered_) / whole
    else:
        assert after.value is None
    assert len(others) == 5


@settings(max_examples=examples(40), deadline=None)
@given(said=st.lists(st.integers(0, 3), min_size=6, max_size=6), at=st.integers(0, 5))
def test_a_better_answer_never_lowers_a_score(said: list[int], at: int) -> None:
    better = [*said[:at], said[at] + 1, *said[at + 1 :]]
    before, after = scored(said).value, scored(better).value
    assert before is not None
    assert after is not None
    assert after - before == F(at + 1, 4 * 21)


@given(value=st.integers(1, 5))
def test_reversed_twice_is_as_it_was(value: int) -> None:
    assert linear(value, 1, 5) == 1 - linear(value, 1, 5, reverse=True)
    assert linear(value, 1, 5, reverse=True) == linear(6 - value, 1, 5)
