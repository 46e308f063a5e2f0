"""What may be told of a round: published examples, each rule of the gate, and its last look."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.suppression import Part, determining
from app.learning.trust.disclosure import (
    Band,
    Cell,
    Gate,
    Release,
    Voice,
    Withheld,
    complementary,
    difference,
    is_safe,
    release,
)
from tests.learning.trust.cells import PLAIN, cell, counted, members, said
from tests.sizes import examples

F = Fraction


def hidden(found: Release) -> set[str]:
    return {" ".join(key) for key in found.withheld}


@pytest.mark.parametrize(
    ("counts", "k", "expected"),
    [
        ({"Sales": 4, "Technology": 9}, 5, {"Sales", "Technology"}),
        ({"Sales": 6, "Technology": 9}, 5, set()),
        ({"a": 1, "b": 1, "c": 1, "d": 7, "e": 9}, 5, {"a", "b", "c", "d"}),
        ({"Tech": 20, "Product": 1}, 3, {"Tech", "Product"}),
        ({"only": 3}, 5, {"only", "total"}),
    ],
)
def test_published_examples(counts: dict[str, int], k: int, expected: set[str]) -> None:
    """Culture Amp (two), Tivian's remainder rule, PeopleCues, and one group of three."""
    found = release(counted(**counts), Gate(k, least_organisations=1, is_anonymous=False))
    assert hidden(found) == expected
    assert {key for (key,) in found.shown} == {*counts, "total"} - expected


def test_what_was_kept_back_beside_others_is_kept_back_again() -> None:
    """A round is computed anew of the same sheets once it is published."""
    gate = Gate(3, least_organisations=1, is_anonymous=False)
    tech, product, total = counted(Tech=20, Product=1)
    first = release([tech, product, total], gate)
    assert (first.shown, first.withheld[tech.key]) == ({total.key}, Withheld.COMPLEMENTARY)
    assert release([tech, product, total], gate, [total], [tech]) == first


def test_the_table_of_gauss_suppression() -> None:
    """With its margins out, a count of nobody follows unless a rectangle goes with it."""
    rows, columns = ("young", "old"), ("Iceland", "Portugal", "Spain")
    cells = {(row, column): {Part((row, column)): F(1)} for row in rows for column in columns}
    margins = [
        {part: weight for key, one in cells.items() if line in key for part, weight in one.items()}
        for line in (*rows, *columns)
    ]

    def determined(*kept: tuple[str, str]) -> set[tuple[str, str]]:
        told = [*margins, *(one for key, one in cells.items() if key not in kept)]
        return {key for key in kept if determining(cells[key], told)}

    secret = ("young", "Portugal")
    assert determined(secret) == {secret}
    assert secret in determined(secret, ("young", "Iceland"))
    block = [(row, column) for row in rows for column in columns[:2]]
    assert determined(*block) == set()


def test_a_gate_has_a_k_of_three_at_the_least() -> None:
    assert (Gate().k, Gate().least_organisations, Gate(3).k) == (5, 3, 3)
    for wrong in (
        {"k": 2},
        {"k": 0},
        {"colluders": -1},
        {"least_organisations": 0},
    ):
        with pytest.raises(ValueError, match="k is 3 at the least"):
            Gate(**wrong)


def test_who_talk_to_one_another_raise_k() -> None:
    cells = [cell("a", of=members("a", 6))]
    loose = Gate(5, colluders=1, least_organisations=1, is_anonymous=False)
    assert release(cells, loose).shown == {("a",)}
    strict = Gate(5, colluders=2, least_organisations=1, is_anonymous=False)
    assert release(cells, strict) == Release(frozenset(), {}, {("a",): Withheld.TOO_FEW_PEOPLE})


def test_a_gate_may_only_become_stricter() -> None:
    open_ = Gate(5, 1, 3, is_anonymous=False)
    assert open_.is_stricter_than(open_)
    assert Gate(6, 2, 4, is_anonymous=True).is_stricter_than(open_)
    assert not Gate(4, 1, 3, is_anonymous=False).is_stricter_than(open_)
    assert not Gate(5, 0, 3, is_anonymous=False).is_stricter_than(open_)
    assert not Gate(5, 1, 2, is_anonymous=False).is_stricter_than(open_)
    assert not open_.is_stricter_than(Gate(5, 1, 3, is_anonymous=True))


def test_spread_is_told_of_twice_as_many() -> None:
    assert not Gate(5).tells_spread(9)
    assert Gate(5).tells_spread(10)
    assert not Gate(5, colluders=1).tells_spread(11)
    assert not PLAIN.tells_spread(9)
    assert Gate(5, is_anonymous=False, is_attributed=True).tells_spread(1)


def of_organisations(**sizes: int) -> list[Cell]:
    people = [said(f"{name}{at}", name) for name, n in sizes.items() for at in range(n)]
    return [cell("a", of=people)]


@pytest.mark.parametrize(
    ("sizes", "why"),
    [
        ({"x": 3, "y": 3}, Withheld.TOO_FEW_ORGANISATIONS),
        ({"x": 4, "y": 2, "z": 1}, Withheld.ONE_ORGANISATION),
        ({"x": 3, "y": 2, "z": 1}, None),
    ],
)
def test_an_organisation_is_not_told_of_either(sizes: dict[str, int], why: Withheld | None) -> None:
    found = release(of_organisations(**sizes), Gate(is_anonymous=False))
    assert found.withheld == ({("a",): why} if why else {})


def test_sheets_that_name_no_organisation_are_of_one() -> None:
    cells = [cell("a", of=members("a", 9))]
    assert release(cells, Gate(is_anonymous=False)).withheld == {
        ("a",): Withheld.TOO_FEW_ORGANISATIONS
    }


def test_no_difference_is_about_an_organisation() -> None:
    """Six of one organisation joined: enough people, and all of one."""
    before = [said(f"{org}{at}", org) for org in "xyz" for at in range(3)]
    joined = [said(f"w{at}", "w") for at in range(6)]
    old, new = cell("a", of=before), cell("a", of=[*before, *joined])
    gate = Gate(is_anonymous=False)
    assert release([new], gate).shown == {("a",)}
    assert release([new], gate, [old]).withheld == {("a",): Withheld.COMPLEMENTARY}
    mixed = [said(f"{org}{at}", org) for org in "uvw" for at in range(2)]
    other = cell("a", of=[*before, *mixed])
    assert release([other], gate, [old]).shown == {("a",)}


@pytest.mark.parametrize(
    ("scores", "band"),
    [
        (["0"] * 5, Band.LOWEST),
        (["1"] * 5, Band.HIGHEST),
        (["0", "0", "0", "1/4", "1/4"], Band.LOWEST),
        (["1", "1", "1", "3/4", "3/4"], Band.HIGHEST),
        (["0", "0", "0", "1/4", "2/4"], None),
        (["1", "1", "1", "3/4", "2/4"], None),
    ],
)
def test_unanimity_at_an_end_is_told_by_a_band_that_others_fall_into(
    scores: list[str], band: Band | None
) -> None:
    anonymous = Gate(least_organisations=1)
    cells = [cell("a", of=members("a", 5), scores=scores)]
    found = release(cells, anonymous)
    assert found.bands == ({("a",): band} if band else {})
    assert found.shown == (set() if band else {("a",)})
    assert release(cells, PLAIN).shown == {("a",)}


def test_who_all_said_the_same_are_not_told() -> None:
    cells = [cell("a", of=members("a", 6), scores=["1/2"] * 6)]
    found = release(cells, Gate(least_organisations=1))
    assert found == Release(frozenset(), {}, {("a",): Withheld.ALL_ALIKE})
    assert release(cells, PLAIN).shown == {("a",)}


def test_a_band_cannot_be_worked_out() -> None:
    """The total and the other part would say exactly how low it is."""
    low, others = members("low", 6), members("other", 7)
    cells = [
        cell("low", of=low, scores=["0"] * 6),
        cell("other", of=others, scores=["1/2"] * 6 + ["1"]),
        cell("total", of=sorted([*low, *others]), scores=["0"] * 6 + ["1/2"] * 6 + ["1"]),
    ]
    found = release(cells, Gate(least_organisations=1))
    assert found.bands == {("low",): Band.LOWEST}
    assert found.withheld == {("other",): Withheld.COMPLEMENTARY}
    assert found.shown == {("total",)}


@pytest.mark.parametrize(("joined", "is_told"), [(0, True), (1, False), (4, False), (5, True)])
def test_what_is_told_again_differs_by_nobody_or_by_enough(joined: int, is_told: bool) -> None:
    old = cell("a", of=members("a", 8))
    new = cell("a", of=[*members("a", 8), *members("b", joined)])
    assert (("a",) in release([new], PLAIN, [old]).shown) is is_told
    smaller = cell("a", of=members("a", 8)[1:])
    assert release([smaller], PLAIN, [old]).withheld == {("a",): Withheld.COMPLEMENTARY}


@pytest.mark.parametrize(("anew", "is_told"), [(0, True), (1, False), (4, False), (5, True)])
def test_who_answered_anew_is_a_difference_too(anew: int, is_told: bool) -> None:
    people = members("a", 8)
    changed = [one._replace(version="2") for one in people[:anew]]
    new = cell("a", of=[*changed, *people[anew:]])
    assert (("a",) in release([new], PLAIN, [cell("a", of=people)]).shown) is is_told


def test_a_dimension_that_is_withheld_does_not_follow_from_the_overall_score() -> None:
    """Four of six have a score in `private`; the overall score of six holds those four."""
    people = [f"p{at}" for at in range(6)]
    open_ = [said(one, item="open") for one in people]
    private = [said(one, item="private") for one in people[:4]]
    cells = [
        cell("open", of=open_),
        cell("overall", of=[*open_, *private]),
        cell("private", of=private),
    ]
    found = release(cells, PLAIN)
    assert hidden(found) == {"private", "open"}
    assert found.shown == {("overall",)}


def test_a_change_is_about_those_whose_answers_differ() -> None:
    """Two rounds of the same people: who answered alike in both is in no difference."""
    people = members("a", 8)
    anew = [one._replace(version="2") for one in people[:4]]
    before, after = cell("before", of=people), cell("after", of=[*anew, *people[4:]])
    found = difference(("change",), before, after)
    assert (found.people, len(found.weights)) == (4, 8)
    assert sum(found.weights.values()) == 0
    assert release([found], PLAIN).withheld == {("change",): Withheld.TOO_FEW_PEOPLE}
    all_anew = cell("after", of=[one._replace(version="2") for one in people])
    told = release([before, difference(("change",), before, all_anew)], PLAIN)
    assert told.shown == {("before",), ("change",)}


def test_weights_are_looked_at_as_they_are() -> None:
    """The same people weighed in two ways: the difference is about the few who are weighed anew."""
    people = members("a", 8)
    even = cell("even", of=people)
    weights = {one: F(1, 8) * (2 if at < 2 else 1) for at, one in enumerate(people)}
    uneven = Cell(("uneven",), weights, even.scores)
    assert len(release([even, uneven], PLAIN).shown) == 1
    assert not is_safe([even, uneven], PLAIN, [], [])


def test_the_audit_sees_what_was_left_by_mistake() -> None:
    """The planted fault: primary suppression alone."""
    cells = counted(a=4, b=9, c=8)
    left = [one for one in cells if one.people >= 5]
    assert not is_safe(left, PLAIN, [], [])
    sound = complementary(left, PLAIN, [], [])
    assert is_safe([one for one in left if one.key in sound], PLAIN, [], [])
    assert not is_safe([cells[1]], PLAIN, [], [cells[1]])
    assert is_safe([], PLAIN, left, left)


def test_where_the_audit_fails_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = frozenset(one.key for one in counted(a=4, b=9, c=8))
    monkeypatch.setattr(
        "app.learning.trust.disclosure.complementary", lambda *_: everything - {("a",)}
    )
    found = release(counted(a=4, b=9, c=8), PLAIN)
    failed = dict.fromkeys([("b",), ("c",), ("total",)], Withheld.FAILED_AUDIT)
    assert found == Release(frozenset(), {}, {("a",): Withheld.TOO_FEW_PEOPLE, **failed})


def test_words_are_told_of_as_many_as_a_number_is() -> None:
    five = [Voice(f"p{at}", f"o{at % 3}") for at in range(5)]
    assert Gate(5).tells_words(five)
    assert not Gate(5).tells_words(five[:4])
    assert not Gate(5, colluders=1).tells_words(five)
    assert not Gate(5, least_organisations=4).tells_words(five)
    crowd = [one._replace(organisation="o0") for one in five[:3]] + five[3:]
    assert not Gate(5, least_organisations=2).tells_words(crowd), "one gave more than half"


@settings(max_examples=examples(20), deadline=None)
@given(
    sizes=st.lists(st.integers(0, 7), min_size=1, max_size=5),
    shuffle=st.randoms(use_true_random=False),
)
def test_the_order_of_cells_does_not_matter(sizes: list[int], shuffle: object) -> None:
    cells = counted(**{f"g{at}": number for at, number in enumerate(sizes)})
    other = list(cells)
    shuffle.shuffle(other)  # type: ignore[attr-defined]
    assert release(other, PLAIN) == release(cells, PLAIN)
