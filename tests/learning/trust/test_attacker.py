"""The attacker: whoever solves every equation that the published numbers of some rounds are.

Histories of rounds are drawn: people join, leave, withdraw a sheet, answer anew; rounds are told
again; cells overlap by role, region and dimension. The attacker knows all that was ever told, and
may be one of those who answered, or two. No combination may be about fewer others than was
promised. It is the linear algebra of an attacker and not ours: a column a score, solved modulo a
large prime.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, lru_cache
from itertools import combinations
from random import Random

import pytest

from app.learning.trust.disclosure import Cell, Gate, Release, Said, release

PRIME = 2**61 - 1
HISTORIES = 1_000

Row = dict[int, int]
"""A combination of numbers: by column what is not nothing, in the field of the prime."""


@cache
def in_the_field(value: Fraction) -> int:
    return value.numerator * pow(value.denominator, -1, PRIME) % PRIME


class Echelon:
    """Rows of a matrix over the field, each without the columns in which those before it lead."""

    def __init__(self) -> None:
        self.leading: dict[int, Row] = {}

    def rest(self, row: Row) -> Row:
        """What is left of a row when it is reduced by those that are there."""
        left = dict(row)
        for lead, other in self.leading.items():
            if factor := left.get(lead):
                for column, value in other.items():
                    if less := (left.get(column, 0) - factor * value) % PRIME:
                        left[column] = less
                    else:
                        left.pop(column, None)
        return left

    def take(self, row: Row, columns: Collection[int] | None = None) -> Row:
        """The rest of a row, which leads in one of these columns from now on if it has any."""
        left = self.rest(row)
        lead = next((one for one in left if columns is None or one in columns), None)
        if lead is None:
            return left
        inverse = pow(left[lead], -1, PRIME)
        self.leading[lead] = {column: value * inverse % PRIME for column, value in left.items()}
        return {}


@dataclass
class History:
    """What was told, round after round, and what was kept back."""

    gate: Gate
    told: list[Cell] = field(default_factory=list[Cell])
    kept: list[Cell] = field(default_factory=list[Cell])
    """Told by a band."""
    back: list[Cell] = field(default_factory=list[Cell])
    """All of enough people that were not told."""

    def publish(self, cells: list[Cell]) -> Release:
        found = release(cells, self.gate, list(self.told), list(self.back))
        self.told += [one for one in cells if one.key in found.shown]
        self.kept += [one for one in cells if one.key in found.bands]
        least = self.gate.least_people
        self.back += [one for one in cells if one.people >= least and one.key not in found.shown]
        return found


class Attacker:
    def __init__(self, history: History, own: Collection[str] = ()) -> None:
        self.own = set(own)
        self.columns: dict[Said, int] = {}
        self.rows = [self.row(one) for one in history.told]
        self.owners = self._alike()

    def row(self, cell: Cell) -> Row:
        """A number as a row; what the attacker answered is known, and no part of it."""
        return {
            self.columns.setdefault(said, len(self.columns)): in_the_field(weight)
            for said, weight in cell.weights.items()
            if weight and said.person not in self.own
        }

    def _alike(self) -> dict[int, set[str]]:
        """Of each of the columns that no number tells apart the first, with those whose they are:
        a combination that is nothing on one is nothing on all."""
        of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            for column, value in row.items():
                of[column].append((number, value))
        first: dict[tuple[tuple[int, int], ...], int] = {}
        owners: dict[int, set[str]] = defaultdict(set)
        for said, column in self.columns.items():
            if pattern := of[column]:
                unit = pow(pattern[0][1], -1, PRIME)
                same = tuple((number, value * unit % PRIME) for number, value in pattern)
                owners[first.setdefault(same, column)].add(said.person)
        return owners

    def smallest(self, below: int) -> tuple[str, ...] | None:
        """Fewer than so many others of whom something follows, if there are any.

        What is about few is nothing on every column of as many as that: only in what is left when
        those are taken away are few people tried, and something is known of them where a
        combination is nothing on the columns of all others.
        """
        large = {column for column, whose in self.owners.items() if len(whose) >= below}
        small = self.owners.keys() - large
        reduced = Echelon()
        rows = [self._in(row, self.owners.keys()) for row in self.rows]
        left = [rest for row in rows if (rest := reduced.take(row, large))]
        people = sorted({one for column in small for one in self.owners[column]})
        for few in combinations(people, min(below - 1, len(people))) if left else ():
            others = {column for column in small if not self.owners[column] <= set(few)}
            beside = Echelon()
            if any(beside.take(row, others) for row in left):
                return few
        return None

    def _in(self, row: Row, columns: Collection[int]) -> Row:
        return {column: value for column, value in row.items() if column in columns}

    def knows(self, secret: Cell) -> bool:
        found = Echelon()
        for row in self.rows:
            found.take(row)
        return not found.rest(self.row(secret))


def drawn(random: Random, gate: Gate) -> History:
    """A history of one or two rounds of about ten people, each told up to three times."""
    history = History(gate)
    people = [f"p{at}" for at in range(random.randint(6, 9))]
    of = {one: (random.choice("xyz"), random.choice("LM"), random.choice("NS")) for one in people}
    items = random.choice([("open",), ("open", "private")])
    for at in range(random.randint(1, 2)):
        sheets = {one: "1" for one in people if random.random() < 0.9}
        for edition in range(random.choice([1, 2, 2, 3])):
            history.publish(table(sheets, of, at, random, items))
            for one in list(sheets):
                if random.random() < 0.12:
                    del sheets[one]
                elif not gate.is_anonymous and random.random() < 0.1:
                    sheets[one] = str(edition + 2)
        joining = f"q{at}"
        people = [one for one in people if random.random() < 0.9] + [joining]
        of[joining] = (random.choice("xyz"), random.choice("LM"), random.choice("NS"))
    return history


def table(
    sheets: dict[str, str],
    of: dict[str, tuple[str, str, str]],
    at: int,
    random: Random,
    items: Sequence[str] = ("open", "private"),
) -> list[Cell]:
    """The whole and two breakdowns, in each dimension, of which one lacks some, and overall."""
    cells: list[Cell] = []
    lacking = {one for one in sheets if random.random() < 0.1}
    parts = {"": sheets, **{part: [] for part in "LMNS"}}
    for part in "LMNS":
        parts[part] = {one: sheets[one] for one in sheets if part in of[one][1:]}
    for part, group in parts.items():
        both: dict[Said, Fraction] = {}
        for item in items:
            present = [one for one in group if item == "open" or one not in lacking]
            organisations = [of[one][0] for one in present]
            weights = {
                Said(one, of[one][0], f"{at} {one}", item, sheets[one]): Fraction(
                    1, len(set(organisations)) * organisations.count(of[one][0])
                )
                for one in present
            }
            cells.append(scored(weights, str(at), item, part))
            both |= weights
        if len(items) > 1:
            cells.append(scored(both, str(at), "overall", part))
    return cells


def scored(weights: dict[Said, Fraction], *key: str) -> Cell:
    """Answers that are often at an end, so that there are bands; the same for the same sheet."""
    return Cell(key, weights, {said: _score(said) for said in weights})


@lru_cache(256)
def _score(said: Said) -> Fraction:
    return Fraction(Random(repr(said)).choice([0, 0, 0, 1, 2, 4]), 4)


GATES = [
    Gate(3, least_organisations=1, is_anonymous=True),
    Gate(3, least_organisations=1, is_anonymous=False),
    Gate(4, least_organisations=2, is_anonymous=False),
    Gate(3, colluders=2, least_organisations=1, is_anonymous=True),
]


def test_nobody_is_found_over_histories_of_rounds() -> None:
    """Nobody from outside finds fewer than k, one who answered k - 1, two of them k - 2.

    A round that allows for colluders keeps k against as many of them.
    """
    told = kept = 0
    for seed in range(HISTORIES):
        random, gate = Random(seed), GATES[seed % len(GATES)]
        history = drawn(random, gate)
        told, kept = told + len(history.told), kept + len(history.kept)
        people = sorted({said.person for one in history.told for said in one.weights})
        if not people:
            continue
        for insiders in (0, 1, 2):
            own = random.sample(people, insiders)
            attacker = Attacker(history, own)
            assert attacker.smallest(gate.least_people - insiders) is None, (seed, own)
            if not insiders:
                assert not any(attacker.knows(secret) for secret in history.kept), seed
    assert told > 4 * HISTORIES
    assert kept > 0


def test_without_suppression_the_attacker_wins() -> None:
    """That the attack is one: all that could be told was, and few are found nearly every time."""
    found = 0
    for seed in range(6):
        gate = GATES[0]
        history = History(gate)
        unguarded = drawn(Random(seed), gate)
        random = Random(seed)
        people = {f"p{at}": "1" for at in range(9)}
        of = {one: ("x", random.choice("LM"), random.choice("NS")) for one in people}
        history.told = table(people, of, 0, random)
        people.popitem()
        history.told += table(people, of, 0, random)
        found += Attacker(history).smallest(3) is not None
        assert Attacker(unguarded).smallest(3) is None
    assert found == 6


@pytest.mark.parametrize("insiders", [1, 2])
def test_who_knows_an_answer_takes_it_away(insiders: int) -> None:
    """The bounds are reached: of k who are told of, one who is among them knows k - 1 together."""
    people = [Said(f"p{at}", None, f"s{at}", "d", "1") for at in range(3)]
    history = History(GATES[1])
    history.publish(
        [Cell(("d",), dict.fromkeys(people, Fraction(1)), dict.fromkeys(people, Fraction(1, 3)))]
    )
    own = [one.person for one in people[:insiders]]
    assert Attacker(history, own).smallest(3 - insiders + 1) is not None
    assert Attacker(history, own).smallest(3 - insiders) is None
