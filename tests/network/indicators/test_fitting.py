"""What fits how an indicator is counted, and which two things are one: functions on values."""

import pytest

from app.network.indicators.aggregation import IndicatorAggregation
from app.network.indicators.results.fitting import Rule, Said, faults, identities

K = IndicatorAggregation


def found(
    aggregation: K, said: Said, *, people: bool = False, groups: tuple[str, ...] = ()
) -> set[str]:
    return {pointer for pointer, _ in faults(Rule(aggregation, people, groups), said)}


@pytest.mark.parametrize(
    ("aggregation", "said", "where"),
    [
        (K.SUM, Said(None, 0, None, ()), set()),
        (K.SUM, Said(None, None, None, ()), {"/value"}),
        (K.SUM, Said(None, 1, 2, ()), {"/out_of"}),
        (K.SUM, Said(None, 1, None, ("a",)), {"/things"}),
        (K.SHARE, Said(None, 1, None, ()), {"/out_of"}),
        (K.SHARE, Said(None, 3, 2, ()), {"/value"}),
        (K.SHARE, Said(None, 0, 0, ()), set()),
        (K.MEAN, Said(None, 90, 4, ()), set()),
        (K.MEAN, Said(None, None, None, ()), {"/value", "/out_of"}),
        (K.COUNT_DISTINCT, Said(None, None, None, ()), set()),
        (K.COUNT_DISTINCT, Said(None, 2, None, ("a", "b")), {"/value"}),
        (K.COUNT_DISTINCT, Said(None, None, 2, ("a", "b")), {"/out_of"}),
        (K.COUNT_DISTINCT, Said(None, None, None, ("A b", "a  B")), {"/things"}),
        (K.SUM, Said("x", 1, None, ()), {"/group"}),
    ],
)
def test_what_fits(aggregation: K, said: Said, where: set[str]) -> None:
    assert found(aggregation, said) == where


def test_a_group_is_named_where_there_are_groups() -> None:
    assert found(K.SUM, Said(None, 1, None, ()), groups=("a", "b")) == {"/group"}
    assert found(K.SUM, Said("c", 1, None, ()), groups=("a", "b")) == {"/group"}
    assert found(K.SUM, Said("b", 1, None, ()), groups=("a", "b")) == set()


@pytest.mark.parametrize(
    ("aggregation", "value", "out_of", "where"),
    [
        (K.SUM, 0, None, set()),
        (K.SUM, 1, None, {"/value"}),
        (K.SUM, 4, None, {"/value"}),
        (K.SUM, 5, None, set()),
        (K.SHARE, 4, 20, {"/value"}),
        (K.SHARE, 16, 20, {"/value"}),
        (K.SHARE, 15, 20, set()),
        (K.SHARE, 20, 20, set()),
        (K.SHARE, 0, 4, {"/value", "/out_of"}),
        (K.MEAN, 3, 4, {"/out_of"}),
        (K.MEAN, 3, 5, set()),
    ],
)
def test_nothing_is_said_of_one_to_four_people(
    aggregation: K, value: int, out_of: int | None, where: set[str]
) -> None:
    said = Said(None, value, out_of, ())
    assert found(aggregation, said) == set()
    assert found(aggregation, said, people=True) == where


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://data.example.org/a", "http://www.DATA.example.org:80/a/#top", True),
        ("https://data.example.org/a", "https://data.example.org/A", False),
        ("https://data.example.org/a?x=1", "https://data.example.org/a?x=2", False),
        ("https://data.example.org:8443/a", "https://data.example.org/a", False),
        ("Loading bays", "LOADING  BAYS", True),
        ("Loading bays", "Loading bay", False),
        ("http://[", "HTTP://[", True),
        ("ftp://data.example.org", "https://data.example.org", False),
    ],
)
def test_which_two_are_one(one: str, other: str, *, is_same: bool) -> None:
    assert (identities([one]) == identities([other])) is is_same
    assert len(identities([one, other])) == (1 if is_same else 2)
