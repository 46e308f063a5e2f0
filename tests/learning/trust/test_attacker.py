"""The attacker: whoever solves every equation that the published numbers of some rounds are.

Histories of rounds are drawn: people join, leave, withdraw a sheet, answer anew; rounds are told
again; cells overlap by role, region and dimension. The attacker knows all that was ever told, and
may be one of those who answered, or two. No combination may be about fewer others than was
promised. It is the linear algebra of an attacker and not ours: a column a score, ranks modulo a
large prime.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest

from app.learning.trust.disclosure import Cell, Gate, Release, Said, release
from tests import sizes

PRIME = 2**61 - 1
HISTORIES, IN_A_SOAK = 24, 1_000


def in_the_field(value: Fraction) -> int:
    return value.numerator * pow(value.denominator, -1, PRIME) % PRIME


def rank(rows: Iterable[Sequence[int]]) -> int:
    """Of a matrix over the field of the prime."""
    reduced: list[tuple[int, list[int]]] = []
    for row in rows:
        rest = list(row)
        for lead, other in reduced:
            if factor := rest[lead]:
                rest = [(a - factor * b) % PRIME for a, b in zip(rest, other, strict=True)]
        lead = next((at for at, value in enumerate(rest) if value), None)
        if lead is not None:
            inverse = pow(rest[lead], -1, PRIME)
            reduced.append((lead, [value * inverse % PRIME for value in rest]))
    return len(reduced)


@dataclass
class History:
    """What was told, round after round, and what was kept back."""

    gate: Gate
    told: list[Cell] = field(default_factory=list[Cell])
    kept: list[Cell] = field(default_factory=list[Cell])

    def publish(self, cells: list[Cell]) -> Release:
        found = release(cells, self.gate, list(self.told), list(self.kept))
        self.told += [one for one in cells if one.key in found.shown]
        self.kept += [one for one in cells if one.key in found.bands]
        return found


class Attacker:
    def __init__(self, history: History, own: Iterable[str] = ()) -> None:
        self.scores = sorted({said for one in history.told for said in one.weights})
        self.own = set(own)
        self.people = sorted({said.person for said in self.scores} - self.own)
        self.rows = [
            [
                0 if said.person in self.own else in_the_field(one.weights.get(said, Fraction(0)))
                for said in self.scores
            ]
            for one in history.told
        ]

    def smallest(self, below: int) -> tuple[str, ...] | None:
        """Fewer than so many others of whom something follows, if there are any.

        Something is known of few when the rank falls as their columns are taken away.
        """
        whole = rank(self.rows)
        for few in combinations(self.people, min(below - 1, len(self.people))):
            left = [at for at, said in enumerate(self.scores) if said.person not in few]
            if rank([[row[at] for at in left] for row in self.rows]) < whole:
                return few
        return None

    def knows(self, secret: Cell) -> bool:
        row = [in_the_field(secret.weights.get(said, Fraction(0))) for said in self.scores]
        if not secret.weights.keys() <= set(self.scores):
            return False
        return rank([*self.rows, row]) == rank(self.rows)


def drawn(random: Random, gate: Gate) -> History:
    """A history of two or three rounds of about ten people, each told once or twice."""
    history = History(gate)
    people = [f"p{at}" for at in range(random.randint(7, 11))]
    of = {one: (random.choice("xyz"), random.choice("LM"), random.choice("NS")) for one in people}
    for at in range(random.randint(2, 3)):
        sheets = {one: "1" for one in people if random.random() < 0.9}
        for edition in range(random.randint(1, 2)):
            history.publish(table(sheets, of, at, random))
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
    sheets: dict[str, str], of: dict[str, tuple[str, str, str]], at: int, random: Random
) -> list[Cell]:
    """The whole and two breakdowns, in two dimensions, of which one lacks some, and overall."""
    cells: list[Cell] = []
    lacking = {one for one in sheets if random.random() < 0.1}
    parts = {"": sheets, **{part: [] for part in "LMNS"}}
    for part in "LMNS":
        parts[part] = {one: sheets[one] for one in sheets if part in of[one][1:]}
    for part, group in parts.items():
        both: dict[Said, Fraction] = {}
        for item in ("open", "private"):
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
        cells.append(scored(both, str(at), "overall", part))
    return cells


def scored(weights: dict[Said, Fraction], *key: str) -> Cell:
    """Answers that are often at an end, so that there are bands; the same for the same sheet."""
    scores = {said: Fraction(Random(repr(said)).choice([0, 0, 0, 1, 2, 4]), 4) for said in weights}
    return Cell(key, weights, scores)


def histories() -> range:
    return range(IN_A_SOAK if sizes.chosen() is sizes.SOAK else HISTORIES)


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
    for seed in histories():
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
    assert told > 5 * len(histories())
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
