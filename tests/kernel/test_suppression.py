"""No number about fewer than k people leaves, and none can be worked out from those that do."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.suppression import (
    Figure,
    Group,
    K,
    Part,
    determining,
    giving_away,
    publishable,
    size,
)
from tests.sizes import examples


def people(**counts: int) -> dict[str, frozenset[Hashable]]:
    """Groups of so many people each, nobody in two of them, and all of them in `total`."""
    cells = {
        name: frozenset((name, number) for number in range(count)) for name, count in counts.items()
    }
    return {**cells, "total": frozenset().union(*cells.values())}


def withheld(groups: Mapping[str, Group], k: int = K) -> set[str]:
    return set(groups) - publishable(groups, k=k)


@pytest.mark.parametrize(
    ("counts", "k", "expected"),
    [
        ({"sales": 4, "technology": 9}, 5, {"sales", "technology"}),
        ({"sales": 6, "technology": 9}, 5, set()),
        ({"a": 1, "b": 1, "c": 1, "d": 7, "e": 9}, 5, {"a", "b", "c", "d"}),
        ({"technology": 20, "product": 1}, 3, {"technology", "product"}),
        ({"only": 3}, 5, {"only", "total"}),
        ({"only": 5}, 5, set()),
        ({"a": 3, "b": 2, "c": 9}, 5, {"a", "b"}),
        ({"a": 0, "b": 9}, 5, {"a"}),
        ({"a": 4, "b": 4}, 5, {"a", "b"}),
        ({}, 5, {"total"}),
    ],
)
def test_published_examples_of_one_breakdown(
    counts: dict[str, int], k: int, expected: set[str]
) -> None:
    """The first four are those of Culture Amp (two), Tivian and PeopleCues.

    Those that are empty look like those that are too few.
    """
    assert withheld(people(**counts), k) == expected


def table(counts: Mapping[tuple[str, str], int]) -> dict[str, frozenset[Hashable]]:
    """The cells of a table of two dimensions, its rows, its columns and its total."""
    cells = {
        f"{row} {column}": frozenset((row, column, number) for number in range(count))
        for (row, column), count in counts.items()
    }
    lines = {
        line: frozenset().union(
            *(cells[f"{row} {column}"] for row, column in counts if line in (row, column))
        )
        for line in {name for pair in counts for name in pair}
    }
    return {**cells, **lines, "total": frozenset().union(*cells.values())}


ROWS, COLUMNS = ("young", "old"), ("Iceland", "Portugal", "Spain")


def one_sensitive() -> dict[str, frozenset[Hashable]]:
    sizes = dict.fromkeys(product(ROWS, COLUMNS), 10)
    return table(sizes | {("young", "Portugal"): 1, ("old", "Spain"): 20, ("young", "Spain"): 20})


def test_one_cell_of_a_table_takes_a_rectangle_with_it() -> None:
    """The pattern of the vignette of GaussSuppression."""
    assert withheld(one_sensitive()) == {
        "young Portugal",
        "young Iceland",
        "old Portugal",
        "old Iceland",
    }


@pytest.mark.parametrize("also", [(), ("young Iceland",), ("old Portugal",)])
def test_hiding_one_cell_or_two_in_a_line_gives_it_away(also: tuple[str, ...]) -> None:
    groups = one_sensitive()
    shown = [people for key, people in groups.items() if key not in {"young Portugal", *also}]

    assert giving_away(shown)


def test_withholding_the_small_cells_alone_is_not_enough() -> None:
    """The planted fault: primary suppression, and the total less all the others."""
    groups = people(a=4, b=9, c=8)
    shown = [group for group in groups.values() if len(group) >= K]

    told = giving_away(shown)

    assert told == {0, 1, 2}
    total, b, c = (shown[2], shown[0], shown[1])
    assert len(total) - len(b) - len(c) == 4
    assert smallest_support(shown, K) is not None


def test_a_difference_of_two_groups_is_about_those_who_are_in_one_of_them() -> None:
    groups = {"march": frozenset(range(20)), "april": frozenset(range(1, 21))}

    assert publishable(groups) == {"april"}
    assert publishable(groups, k=2) == {"march", "april"}
    assert publishable({"april": groups["april"]}, published=[groups["march"]]) == set()


def test_what_has_leaked_already_leaks_no_further() -> None:
    leaked = [frozenset(range(20)), frozenset(range(19))]

    assert publishable({"others": frozenset(range(100, 120))}, published=leaked) == set()


def rank(rows: Iterable[Sequence[int | Fraction]]) -> int:
    """The rank of a matrix, row by row against those before it."""
    reduced: list[list[Fraction]] = []
    for row in rows:
        rest = [Fraction(value) for value in row]
        for other in reduced:
            lead = next(at for at, value in enumerate(other) if value)
            factor = rest[lead] / other[lead]
            rest = [value - factor * less for value, less in zip(rest, other, strict=True)]
        if any(rest):
            reduced.append(rest)
    return len(reduced)


def smallest_support(groups: Sequence[Group], k: int) -> tuple[Hashable, ...] | None:
    """The attacker: fewer than k people of whom a combination of the groups' numbers tells.

    One column a person, nothing said of atoms. A vector of the row space lies within a set of
    columns exactly when the rank falls as they are taken away.
    """
    everyone = sorted(set().union(*groups), key=repr)
    whole = rank([[person in group for person in everyone] for group in groups])
    for few in combinations(everyone, min(k - 1, len(everyone))):
        others = [person for person in everyone if person not in few]
        if rank([[person in group for person in others] for group in groups]) < whole:
            return few
    return None


families = st.lists(st.frozensets(st.integers(0, 9), min_size=1), max_size=5)
"""Groups of any kind: nested, crossing, alike."""

small_tables = st.dictionaries(
    st.tuples(st.sampled_from(ROWS), st.sampled_from(COLUMNS)), st.integers(0, 4), min_size=1
).map(table)


@settings(max_examples=examples(60), deadline=None)
@given(groups=families, k=st.integers(2, 4))
def test_the_attacker_and_the_audit_agree(groups: list[frozenset[int]], k: int) -> None:
    assert bool(giving_away(groups, k=k)) == (smallest_support(groups, k) is not None)


@settings(max_examples=examples(60), deadline=None)
@given(groups=families, k=st.integers(2, 4))
def test_from_what_is_published_nobody_is_found(groups: list[frozenset[int]], k: int) -> None:
    keyed = dict(enumerate(groups))

    shown = [keyed[key] for key in publishable(keyed, k=k)]

    assert all(len(group) >= k for group in shown)
    assert not shown or smallest_support(shown, k) is None


@settings(max_examples=examples(30), deadline=None)
@given(groups=small_tables, k=st.integers(2, 3))
def test_nobody_is_found_in_a_table_with_margins(
    groups: dict[str, frozenset[Hashable]], k: int
) -> None:
    shown = [groups[key] for key in publishable(groups, k=k)]

    assert all(len(group) >= k for group in shown)
    assert not shown or smallest_support(shown, k) is None


@settings(max_examples=examples(30), deadline=None)
@given(year=st.lists(st.lists(st.frozensets(st.integers(0, 8)), max_size=3), max_size=4))
def test_nobody_is_found_over_a_year_of_snapshots(year: list[list[frozenset[int]]]) -> None:
    """Each snapshot is published in view of all that are out: joining and leaving tell nothing."""
    published: list[frozenset[int]] = []
    for snapshot in year:
        keyed = dict(enumerate(snapshot))
        published += [keyed[key] for key in publishable(keyed, k=3, published=published)]

    assert not published or smallest_support(published, 3) is None


def test_looking_at_each_snapshot_alone_finds_who_joined() -> None:
    """The planted fault: two sound snapshots, one person between them."""
    before, after = frozenset(range(8)), frozenset(range(9))
    for snapshot in (before, after):
        assert publishable({"all": snapshot}) == {"all"}

    assert smallest_support([before, after], K) is not None


@given(st.lists(st.integers(K, 30), min_size=1, max_size=8))
def test_what_is_large_enough_is_all_published(counts: list[int]) -> None:
    groups = people(**{f"g{number}": count for number, count in enumerate(counts)})

    assert publishable(groups) == set(groups)


def figure(**people: str) -> dict[Part, Fraction]:
    """What each person says, a number for each word, with weights where they are written."""
    found: dict[Part, Fraction] = {}
    for person, numbers in people.items():
        for one in numbers.split():
            what, _, weight = one.partition(":")
            found[Part(person, what)] = Fraction(weight or 1)
    return found


def test_who_has_several_numbers_is_one_person() -> None:
    """Three who answered anew: six numbers have changed, and the difference is about three."""
    before = figure(a="1", b="1", c="1", d="1", e="1")
    after = figure(a="2", b="2", c="2", d="1", e="1")
    assert (size(before), size(figure(a="1 2"))) == (5, 1)
    assert giving_away([before, after], k=4) == {0, 1}
    assert giving_away([before, after], k=3) == set()
    assert publishable({"after": after}, k=4, published=[before]) == set()
    assert publishable({"after": after}, k=3, published=[before]) == {"after"}


def test_weights_are_what_is_subtracted_with() -> None:
    halves = figure(a="1:1/2", b="1:1/2", c="1:1/2", d="1:1/2")
    whole = figure(a="1", b="1", c="1", d="1", e="1", f="1", g="1")
    assert giving_away([halves, whole], k=4) == {0, 1}
    assert giving_away([halves, whole], k=3) == set()
    uneven = {**halves, Part("a", "1"): Fraction(1, 3)}
    assert giving_away([halves, uneven], k=2) == {0, 1}


def test_a_secret_does_not_follow_however_many_it_is_about() -> None:
    groups = people(a=9, b=8, c=7)
    secret = groups.pop("a")
    left = publishable(groups, secret=[secret])
    assert left == {"b", "total"}
    assert publishable(groups) == {"b", "c", "total"}
    shown = [groups[key] for key in ("b", "c", "total")]
    assert determining(secret, shown) == {0, 1, 2}
    assert determining(secret, [groups[key] for key in left]) == set()


def test_a_secret_that_is_out_already_withholds_all_that_is_left() -> None:
    groups = people(a=9, b=8)
    leaked = [groups["total"], groups["b"]]
    assert publishable({"x": groups["b"]}, published=leaked, secret=[groups["a"]]) == set()


weighed = st.lists(
    st.dictionaries(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("12")).map(lambda pair: Part(*pair)),
        st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(2)]),
        min_size=1,
    ),
    max_size=4,
)


@settings(max_examples=examples(40), deadline=None)
@given(figures=weighed, k=st.integers(2, 4))
def test_the_attacker_and_the_audit_agree_about_weights(
    figures: list[dict[Part, Fraction]], k: int
) -> None:
    """Without a column for those whom nothing tells apart, and nothing said of what connects."""
    parts = sorted({part for one in figures for part in one})
    everyone = sorted({part.person for part in parts}, key=repr)
    table = [[one.get(part, Fraction(0)) for part in parts] for one in figures]
    kept = [
        [[row[at] for at, part in enumerate(parts) if part.person not in few] for row in table]
        for few in combinations(everyone, min(k - 1, len(everyone)))
    ]
    is_found = any(rank(one) < rank(table) for one in kept)
    whole: Sequence[Figure] = figures
    assert bool(giving_away(whole, k=k)) == is_found
