"""Change, and how sure of it: the numbers of R, scipy and statsmodels, and counts of all draws."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.learning.trust.aggregation import (
    Aggregate,
    Centre,
    Voice,
    aggregate,
    within_group_agreement,
)
from app.learning.trust.change import (
    SignedRanks,
    change,
    holm,
    is_reliable,
    paired,
    sign_flip,
    signed_ranks,
)
from app.learning.trust.intervals import (
    Interval,
    bootstrap,
    median_interval,
    ranks,
    t_interval,
)
from app.learning.trust.rounding import Number, mean, rounded
from app.learning.trust.students_t import quantile, two_sided, within
from tests.learning.trust.frames import fractions
from tests.sizes import examples

F = Fraction

SLEEP = fractions("1.2", "2.4", "1.3", "1.3", "0", "1.0", "1.8", "0.8", "4.6", "1.4")
"""Hours of sleep gained with one drug over the other: `sleep` of R."""


def text(value: Number | None, places: int = 6) -> str | None:
    found = rounded(value, places)
    return None if found is None else str(found)


def ends(interval: Interval | None) -> tuple[str | None, str | None] | None:
    return None if interval is None else (text(interval.low), text(interval.high))


def test_the_sleep_of_students() -> None:
    found = change(SLEEP)
    assert found is not None
    assert (found.pairs, found.mean) == (10, F("1.58"))
    assert text(found.deviation) == "1.229995"
    assert (text(found.t, 4), text(found.p_t)) == ("4.0621", "0.002833")
    assert ends(found.interval) == ("0.700114", "2.459886")
    assert (text(found.d_z), text(found.g_z)) == ("1.284558", "1.174453")
    assert found.p_sign_flip == F(1, 256)
    assert found.bootstrapped is not None
    assert (found.bootstrapped.low, found.bootstrapped.high) == (F("0.95"), F("2.38"))


def test_a_baseline_and_an_endline() -> None:
    names = "abcdef"
    before = dict(zip(names, fractions(".40", ".55", ".35", ".60", ".50", ".45"), strict=True))
    after = dict(zip(names, fractions(".55", ".60", ".50", ".60", ".65", ".70"), strict=True))
    found = change(paired(before, after).differences.values())
    assert found is not None
    assert (found.pairs, found.mean) == (6, F(1, 8))
    assert (text(found.deviation), text(found.t)) == ("0.088034", "3.478042")
    assert ends(found.interval) == ("0.032614", "0.217386")
    assert (text(found.d_z, 7), text(found.g_z)) == ("1.4199046", "1.195709")
    assert (text(found.p_t), found.p_sign_flip) == ("0.017696", F(1, 16))
    assert ends(found.bootstrapped) == ("0.058333", "0.183333")


def test_who_is_in_one_round_only_is_told() -> None:
    found = paired({"a": F(0), "b": F(1), "c": F(1)}, {"b": F(0), "c": F(1), "d": F(0)})
    assert found.differences == {"b": F(-1), "c": F(0)}
    assert (found.lost, found.joined) == (("a",), ("d",))


def test_without_spread_there_is_no_size_of_an_effect() -> None:
    found = change(fractions("1/4", "1/4", "1/4"))
    assert found is not None
    assert (found.mean, found.deviation) == (F(1, 4), Decimal(0))
    assert (found.t, found.p_t, found.d_z, found.g_z) == (None, None, None, None)
    assert (found.interval, found.p_sign_flip) == (
        Interval(F(1, 4), F(1, 4), "t", F(95, 100)),
        F(1, 4),
    )
    single = change([F(1, 4)])
    assert single is not None
    assert (single.deviation, single.interval, single.d_z) == (None, None, None)
    assert change([]) is None


def test_of_two_pairs_there_is_no_interval() -> None:
    found = change(fractions("0", "1/2"))
    assert found is not None
    assert (found.interval, text(found.d_z)) == (None, "0.707107")
    assert change(fractions("0", "1/4", "1/2")).interval is not None  # type: ignore[union-attr]


def test_beyond_sixteen_pairs_nothing_is_counted() -> None:
    assert sign_flip(fractions(*["1"] * 16)) == F(2, 2**16)
    assert sign_flip(fractions(*["1"] * 17)) is None
    assert signed_ranks(fractions(*["1"] * 17)) is None
    assert bootstrap(fractions(*["1"] * 11)) is None
    assert bootstrap(fractions(*["0", "1"] * 5)) is not None


def test_the_depression_scores_of_hollander_and_wolfe() -> None:
    """Wilcoxon's test of R: V = 40, p = 0.01953 that the first visit is the worse."""
    first = fractions("1.83", "0.50", "1.62", "2.48", "1.68", "1.88", "1.55", "3.06", "1.30")
    second = fractions("0.878", "0.647", "0.598", "2.05", "1.06", "1.29", "1.06", "3.14", "1.29")
    found = signed_ranks([a - b for a, b in zip(first, second, strict=True)])
    assert found == SignedRanks(F(40), F(10, 512), F(20, 512))
    assert text(found.p_greater, 8) == "0.01953125"  # type: ignore[union-attr]
    assert signed_ranks(fractions("0", "0")) is None


def test_holm() -> None:
    given_ = dict(zip("abcd", fractions(".01", ".04", ".03", ".005"), strict=True))
    expected = dict(zip("abcd", fractions(".03", ".06", ".06", ".02"), strict=True))
    assert holm(given_) == expected
    assert holm({"a": F(3, 5), "b": F(3, 4)}) == {"a": F(1), "b": F(1)}


def test_a_change_that_the_scale_cannot_tell_from_none() -> None:
    baseline = fractions(".40", ".55", ".35", ".60", ".50", ".45")
    assert is_reliable(F("0.12"), baseline, F("0.8")) is True
    assert is_reliable(F("-0.11"), baseline, F("0.8")) is False
    assert is_reliable(F("0.12"), baseline, None) is None
    assert is_reliable(F("0.12"), baseline[:1], F("0.8")) is None


@pytest.mark.parametrize(
    ("freedom", "expected"),
    [
        (1, "12.706205"),
        (2, "4.302653"),
        (3, "3.182446"),
        (4, "2.776445"),
        (5, "2.570582"),
        (6, "2.446912"),
        (7, "2.364624"),
        (8, "2.306004"),
        (9, "2.262157"),
        (30, "2.042272"),
        (120, "1.979930"),
    ],
)
def test_quantiles_of_students_t(freedom: int, expected: str) -> None:
    found = quantile(F(95, 100), freedom)
    assert text(found) == expected
    assert text(within(found, freedom), 12) == "0.950000000000"
    assert text(two_sided(found, freedom), 12) == "0.050000000000"


def test_no_degree_of_freedom_is_no_distribution() -> None:
    with pytest.raises(ValueError, match="degree of freedom"):
        within(Decimal(1), 0)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (5, (1, 5, ".9375")),
        (6, (1, 6, ".96875")),
        (8, (1, 8, ".9921875")),
        (9, (2, 8, ".9609375")),
        (10, (2, 9, ".978515625")),
    ],
)
def test_ranks_that_hold_a_median(number: int, expected: tuple[int, int, str]) -> None:
    low, high, reached = expected
    assert ranks(number) == (low, high, F(reached))


def test_intervals_of_few() -> None:
    assert t_interval(fractions("0", "1")) is None
    assert median_interval(fractions("1")) is None
    found = median_interval(fractions("1", "0", "1/2"))
    assert found == Interval(F(0), F(1), "order_statistics", F(3, 4))
    clipped = t_interval(fractions("0", "1/2", "1"))
    assert clipped == Interval(F(0), F(1), "t", F(95, 100))


def test_no_organisation_outvotes_another() -> None:
    voices = [
        Voice(F(1), "many"),
        Voice(F(1), "many"),
        Voice(F(1), "many"),
        Voice(F(0), "one"),
        Voice(F(1, 2), "other"),
    ]
    found = aggregate(voices, Centre.MEAN)
    assert (found.sheets, found.organisations, found.value) == (5, 3, F(1, 2))
    assert text(found.deviation) == "0.500000"
    assert aggregate(voices, Centre.MEDIAN).value == F(1, 2)
    nameless = [Voice(F(0), None), Voice(F(1), None)]
    assert aggregate(nameless, Centre.MEAN).organisations == 2


def test_too_few_peers_have_no_median() -> None:
    voices = [Voice(F(1), "a"), Voice(F(0), "b")]
    found = aggregate(voices, Centre.MEDIAN, required=3)
    assert found == Aggregate(2, 2, None, reason="too_few_sheets")
    assert aggregate([], Centre.MEAN) == Aggregate(0, 0, None, reason="no_sheets")
    assert aggregate([*voices, Voice(F(1, 4), "c")], Centre.MEDIAN, required=3).value == F(1, 4)


def test_agreement_within_a_group() -> None:
    assert within_group_agreement(fractions("3", "3", "3"), 5) == 1
    assert within_group_agreement(fractions("1", "5"), 5) == 0
    assert within_group_agreement(fractions("3", "4"), 5) == F(3, 4)
    assert within_group_agreement(fractions("3"), 5) is None


few = st.lists(st.integers(-8, 8).map(lambda n: F(n, 8)), min_size=1, max_size=5)


@settings(max_examples=examples(25), deadline=None)
@given(values=few)
def test_the_bootstrap_counts_every_draw(values: list[Fraction]) -> None:
    draws = sorted(mean(draw) for draw in product(values, repeat=len(values)))
    found = bootstrap(values)
    assert found is not None
    for end, part in ((found.low, F(1, 40)), (found.high, F(39, 40))):
        assert end == next(one for at, one in enumerate(draws, 1) if F(at, len(draws)) >= part)


@settings(max_examples=examples(25), deadline=None)
@given(values=few)
def test_the_sign_flip_counts_every_choice_of_signs(values: list[Fraction]) -> None:
    def total(signs: Sequence[int]) -> Fraction:
        return abs(sum((a * b for a, b in zip(signs, values, strict=True)), F(0)))

    choices = list(product((1, -1), repeat=len(values)))
    as_far = [signs for signs in choices if total(signs) >= abs(sum(values))]
    assert sign_flip(values) == F(len(as_far), len(choices))
    assert change(values) == change(values[::-1])
