"""Agreement: the examples that are published, to the digit, and what is not defined."""

import csv
import json
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.learning.trust.agreement import (
    Alpha,
    Band,
    IntraclassCorrelations,
    Metric,
    Undefined,
    Unit,
    alpha,
    fleiss_kappa,
    intraclass_correlations,
)
from app.learning.trust.rounding import rounded
from tests.shared_data import shared
from tests.sizes import examples

F = Fraction


def units(*raters: str) -> list[Unit]:
    """A rater a word, a unit a letter of it; a dot where one rated nothing."""
    rows = [[None if one == "." else ord(one) - ord("0") for one in row] for row in raters]
    return list(zip(*rows, strict=True))


TWO = units("0100000010", "1110010000")
LETTERS = units("aabbdcccedda", "babbbccceddd")
FOUR = units("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
WIKIPEDIA = units(".....34121133.3", "1.213343.......", "..21344.21133.4")


@pytest.mark.parametrize(
    ("rated", "metric", "expected"),
    [
        (TWO, Metric.NOMINAL, "2/21"),
        (LETTERS, Metric.NOMINAL, "155/224"),
        (FOUR, Metric.NOMINAL, "113/152"),
        (FOUR, Metric.ORDINAL, "108577/133160"),
        (FOUR, Metric.INTERVAL, "951/1120"),
        (FOUR, Metric.RATIO, "18222619/22852465"),
        (WIKIPEDIA, Metric.NOMINAL, "56/81"),
        (WIKIPEDIA, Metric.INTERVAL, "643/793"),
        (units("33333", "33333", "33..3", "33331", "3.333"), Metric.NOMINAL, "0"),
    ],
)
def test_published_alphas(rated: Sequence[Unit], metric: Metric, expected: str) -> None:
    """Krippendorff 2011, R's `irr`, Wikipedia, and one dissent of five raters, which is nothing."""
    assert alpha(rated, metric).value == F(expected)


def test_alpha_that_is_not_defined_is_neither_one_nor_nothing() -> None:
    for metric in Metric:
        assert alpha(units("111", "111", "111"), metric) == Alpha(None, Undefined.NO_VARIATION, 3)
        assert alpha(units("123"), metric) == Alpha(None, Undefined.TOO_FEW_PAIRS, 0)
    assert alpha([]) == Alpha(None, Undefined.TOO_FEW_PAIRS, 0)
    assert alpha([]).band is None


@pytest.mark.parametrize(
    ("value", "band"),
    [
        ("0.8", Band.RELIABLE),
        ("0.7999", Band.TENTATIVE),
        ("0.667", Band.TENTATIVE),
        ("0.6669", Band.NO_CONCLUSION),
        ("-1", Band.NO_CONCLUSION),
    ],
)
def test_what_may_be_concluded(value: str, band: Band) -> None:
    assert Alpha(F(value), None, 10).band == band


def test_few_units_are_told() -> None:
    assert Alpha(F(1), None, 9).has_few_units
    assert not Alpha(F(1), None, 10).has_few_units


def test_the_correlations_of_shrout_and_fleiss() -> None:
    rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = intraclass_correlations([[F(value) for value in row] for row in rows])
    assert found is not None
    assert [
        str(rounded(getattr(found, name))) for name in IntraclassCorrelations.__match_args__
    ] == [
        "0.165742",
        "0.289764",
        "0.714841",
        "0.442797",
        "0.620051",
        "0.909316",
    ]
    assert intraclass_correlations([[F(1), F(1)], [F(1), F(1)]]) is None
    with pytest.raises(ValueError, match="two subjects at least"):
        intraclass_correlations([[F(1), F(2)]])


def test_the_diagnoses_of_fleiss() -> None:
    folder = shared("multi-rater")
    known = json.loads((folder / "reference-values.json").read_text())["fleiss1971"]
    header, *rows = csv.reader((folder / "fleiss1971.csv").read_text().splitlines())
    counts = [
        {int(name): int(times) for name, times in zip(header, row, strict=True) if times}
        for row in rows
    ]
    assert len(counts) == known["units"]
    found = fleiss_kappa(counts)
    assert found is not None
    assert float(rounded(found) or 0) == known["fleiss_kappa"]
    rated = [[name for name, times in unit.items() for _ in range(times)] for unit in counts]
    value = alpha(rated, Metric.NOMINAL).value
    assert value is not None
    assert float(rounded(value) or 0) == known["krippendorff_alpha_nominal"]


def test_the_ratings_of_klein() -> None:
    folder = shared("multi-rater")
    known = json.loads((folder / "reference-values.json").read_text())["klein2018"]
    _, *rows = csv.reader((folder / "klein2018.csv").read_text().splitlines(), delimiter=";")
    rated = [[None if one == "NA" else int(one) for one in row] for row in rows]
    for metric in (Metric.NOMINAL, Metric.ORDINAL, Metric.INTERVAL):
        value = alpha(rated, metric).value
        assert value is not None
        assert float(rounded(value) or 0) == known[f"krippendorff_alpha_{metric.value}"]


def test_kappa_needs_as_many_ratings_of_each() -> None:
    with pytest.raises(ValueError, match="as many ratings"):
        fleiss_kappa([{1: 2}, {1: 3}])
    assert fleiss_kappa([{1: 2}, {1: 2}]) is None


tables = st.lists(
    st.lists(st.none() | st.integers(1, 4), min_size=3, max_size=3), min_size=1, max_size=6
)


@settings(max_examples=examples(30), deadline=None)
@given(rated=tables, shuffle=st.randoms(use_true_random=False))
def test_neither_raters_nor_units_have_an_order(rated: list[Unit], shuffle: object) -> None:
    other = [list(unit) for unit in rated]
    for unit in other:
        shuffle.shuffle(unit)  # type: ignore[attr-defined]
    shuffle.shuffle(other)  # type: ignore[attr-defined]
    for metric in Metric:
        assert alpha(other, metric) == alpha(rated, metric)
    steps = {1: 3, 2: 10, 3: 11, 4: 90}
    relabelled = [[None if one is None else steps[one] for one in unit] for unit in rated]
    assert alpha(relabelled, Metric.ORDINAL) == alpha(rated, Metric.ORDINAL)
    found = alpha(rated, Metric.ORDINAL).value
    assert found is None or found <= 1
