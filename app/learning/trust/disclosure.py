"""Which results of a round may be told: the one gate between the numbers and every channel.

Whoever reads knows all that was ever published, and may be one of those who answered, or a few who
talk to one another. What each published number is about is a sum over answers with known weights;
a set of them may be told when no combination is about fewer than k people
(`kernel/suppression.py`). `colluders` who know their own answers can take as many out of a sum, so
that k is raised by as many.

1. Primary: a cell of fewer than k, of too few organisations, or of one that gave more than half.
2. Extremes, in an anonymous round: who all said the lowest, or the highest, are told by a band that
   others fall into too; who all said the same are not told.
3. Complementary: more cells are withheld until nothing that was withheld can be worked out, neither
   from the others nor from what was published before.
4. Audit: what is left is looked at once more, exactly; if anything follows, nothing is told.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Final, NamedTuple

from app.kernel.suppression import Figure, K, Part, following, giving_away, publishable

FLOOR: Final = 3
LEAST_ORGANISATIONS: Final = 3
LOWEST: Final = Fraction(10, 100)
HIGHEST: Final = Fraction(90, 100)

Key = tuple[str, ...]


class Said(NamedTuple):
    """One score of one sheet. `version` is another when its answers were changed."""

    person: str
    organisation: str | None
    sheet: str
    item: str
    version: str


class Voice(NamedTuple):
    """Somebody who wrote something, or might have."""

    person: str
    organisation: str | None


@dataclass(frozen=True)
class Cell:
    """A number that could be told: the weight that it gives each score, and the scores."""

    key: Key
    weights: Mapping[Said, Fraction]
    scores: Mapping[Said, Fraction]

    @property
    def people(self) -> int:
        return len({said.person for said in self.weights})

    @cached_property
    def by_person(self) -> Figure:
        """Of whom it is, whatever the weights."""
        return {Part(said.person, said[2:]): 1 for said in self.weights}

    @cached_property
    def by_weight(self) -> Figure:
        """Of whom it is and with which weights, in whole numbers."""
        whole = lcm(*(weight.denominator for weight in self.weights.values()))
        return {
            Part(said.person, said[2:]): weight.numerator * (whole // weight.denominator)
            for said, weight in self.weights.items()
        }

    @cached_property
    def by_organisation(self) -> Figure:
        """Of which organisations it is, whatever the weights."""
        return {Part(said.organisation, said[2:]): 1 for said in self.weights}


def difference(key: Key, earlier: Cell, later: Cell) -> Cell:
    """What a change between two cells is about: who is in both is one person."""
    weights = {said: -weight for said, weight in earlier.weights.items()}
    for said, weight in later.weights.items():
        weights[said] = weights.get(said, Fraction(0)) + weight
    left = {said: weight for said, weight in weights.items() if weight}
    scores = {**earlier.scores, **later.scores}
    return Cell(key, left, {said: scores[said] for said in left})


@dataclass(frozen=True)
class Gate:
    """What a round has promised. Raises ValueError for a k below three, or no k at all."""

    k: int = K
    colluders: int = 0
    least_organisations: int = LEAST_ORGANISATIONS
    """One, where organisations do not matter. Sheets that name none count as of one together."""
    is_anonymous: bool = True
    is_attributed: bool = False
    """Whether those who read what is told of a subject may read each sheet about it too."""

    def __post_init__(self) -> None:
        if self.k < FLOOR or self.colluders < 0 or self.least_organisations < 1:
            raise ValueError(f"k is {FLOOR} at the least")
        if self.is_anonymous and self.is_attributed:
            raise ValueError("a round is anonymous or attributed")

    @property
    def least_people(self) -> int:
        return self.k + self.colluders

    def tells_spread(self, people: int) -> bool:
        """Whether deviation, interval and counts of each answer may stand beside a mean.

        Up to eight answers the interval of a median is the lowest and the highest of them, and
        whoever is one of few takes their own away from the counts.
        """
        return self.is_attributed or self.tells_apart(people)

    def tells_apart(self, voices: int) -> bool:
        """Whether so many speak that how far they lie apart says nothing of one of them."""
        return voices >= 2 * self.least_people

    def tells_words(self, voices: "Sequence[Voice]") -> bool:
        """Whether what these people wrote may be told: as many, of as many organisations, as of
        whom a number is."""
        scored = [Said(one.person, one.organisation, one.person, "words", "1") for one in voices]
        every = dict.fromkeys(scored, Fraction(1))
        return too_few(Cell(("words",), every, every), self) is None

    def is_stricter_than(self, other: "Gate") -> bool:
        """Whether it may take the other's place once a round is open."""
        return (
            self.k >= other.k
            and self.colluders >= other.colluders
            and self.least_organisations >= other.least_organisations
            and (self.is_anonymous or not other.is_anonymous)
            and (other.is_attributed or not self.is_attributed)
        )


class Band(StrEnum):
    LOWEST = "at_most_0.10"
    HIGHEST = "at_least_0.90"


class Withheld(StrEnum):
    """Why a cell is not told: for those who run the round, since a reader sees them all alike."""

    TOO_FEW_PEOPLE = "too_few_people"
    TOO_FEW_ORGANISATIONS = "too_few_organisations"
    TOO_FEW_SUBJECTS = "too_few_subjects"
    ONE_ORGANISATION = "one_organisation"
    ALL_ALIKE = "all_alike"
    COMPLEMENTARY = "complementary"
    FAILED_AUDIT = "failed_audit"


@dataclass(frozen=True)
class Release:
    shown: frozenset[Key]
    bands: Mapping[Key, Band] = field(default_factory=dict[Key, Band])
    withheld: Mapping[Key, Withheld] = field(default_factory=dict[Key, Withheld])


def release(
    cells: Iterable[Cell],
    gate: Gate,
    published: Sequence[Cell] = (),
    kept: Sequence[Cell] = (),
) -> Release:
    """What of these may be told, when those were told before. Each has a key of its own.

    `kept` are cells of enough people that were withheld before, or told by a band: they may not
    follow now either. What follows from what was published before has no band, and can no longer
    be kept. The order of the cells does not matter: of those as small as each other the first by
    key goes.
    """
    given = sorted(cells, key=lambda cell: cell.key)
    withheld = {cell.key: why for cell in given if (why := primary(cell, gate))}
    sound = [cell for cell in given if cell.key not in withheld]
    extreme = {cell.key: band for cell in sound if (band := banded(cell, gate))}
    large = [cell for cell in given if cell.people >= gate.least_people]
    secret = _secret(
        [*(cell for cell in large if cell.key in extreme.keys() | withheld.keys()), *kept],
        gate,
        published,
    )
    banded_now = [cell for cell in sound if cell.key in extreme]
    bands = {cell.key: extreme[cell.key] for cell in secret if cell in banded_now}
    left = [cell for cell in sound if cell.key not in extreme]
    shown = complementary(left, gate, published, secret)
    why = Withheld.COMPLEMENTARY
    if not is_safe([cell for cell in left if cell.key in shown], gate, published, secret):
        shown, why, bands = frozenset(), Withheld.FAILED_AUDIT, {}
    rest = {cell.key: why for cell in sound if cell.key not in shown | bands.keys()}
    return Release(shown, bands, withheld | rest)


def _secret(cells: Sequence[Cell], gate: Gate, published: Sequence[Cell]) -> list[Cell]:
    """Those that do not follow from what was published already."""
    left = list(cells)
    for about, _ in _views(gate, [*cells, *published]):
        out = following([about(cell) for cell in left], [about(cell) for cell in published])
        left = [cell for number, cell in enumerate(left) if number not in out]
    return left


def primary(cell: Cell, gate: Gate) -> Withheld | None:
    """Why it may not be told, whatever else is."""
    if few := too_few(cell, gate):
        return few
    scores = set(cell.scores.values())
    if gate.is_anonymous and len(scores) == 1 and not _band(scores.pop()):
        return Withheld.ALL_ALIKE
    return None


def too_few(cell: Cell, gate: Gate) -> Withheld | None:
    """Whether it is of too few people or organisations, or one gave more than half."""
    if cell.people < gate.least_people:
        return Withheld.TOO_FEW_PEOPLE
    sheets = Counter(
        organisation
        for organisation, _ in {(said.organisation, said.sheet) for said in cell.weights}
    )
    if len(sheets) < gate.least_organisations:
        return Withheld.TOO_FEW_ORGANISATIONS
    if gate.least_organisations > 1 and 2 * max(sheets.values()) > sheets.total():
        return Withheld.ONE_ORGANISATION
    return None


def banded(cell: Cell, gate: Gate) -> Band | None:
    """The band that is told in its place; of any mean so low or high, not of unanimity alone.

    Else the band would say that they were unanimous.
    """
    weight = sum(cell.weights.values(), Fraction(0))
    if not gate.is_anonymous or not weight:
        return None
    reached = sum((cell.weights[said] * score for said, score in cell.scores.items()), Fraction(0))
    return _band(reached / weight)


def _band(score: Fraction) -> Band | None:
    if score <= LOWEST:
        return Band.LOWEST
    return Band.HIGHEST if score >= HIGHEST else None


def complementary(
    cells: Sequence[Cell], gate: Gate, published: Sequence[Cell], secret: Sequence[Cell]
) -> frozenset[Key]:
    """Those from which nothing can be worked out that is withheld.

    People, weights and organisations are looked at one after the other: what is safe stays so when
    less is told.
    """
    left = {cell.key: cell for cell in cells}
    for about, least in _views(gate, [*cells, *published]):
        kept = publishable(
            {key: about(cell) for key, cell in left.items()},
            k=least,
            published=[about(cell) for cell in published],
            secret=[about(cell) for cell in secret],
        )
        left = {key: cell for key, cell in left.items() if key in kept}
    return frozenset(left)


def is_safe(
    shown: Sequence[Cell], gate: Gate, published: Sequence[Cell], secret: Sequence[Cell]
) -> bool:
    """The audit: whether nothing follows that is about too few, and nothing that is withheld."""
    if not shown:
        return True
    for about, least in _views(gate, [*shown, *published]):
        told = [about(cell) for cell in (*shown, *published)]
        if giving_away(told, k=least) or following([about(one) for one in secret], told):
            return False
    return True


View = Callable[[Cell], Figure]


def _views(gate: Gate, cells: Sequence[Cell]) -> list[tuple[View, int]]:
    """As what a cell is looked at, and how few it may not be about."""
    views: list[tuple[View, int]] = [(_people, gate.least_people)]
    if any(len(set(cell.weights.values())) > 1 for cell in cells):
        views.append((_weights, gate.least_people))
    if gate.least_organisations > 1:
        views.append((_organisations, gate.least_organisations))
    return views


def _people(cell: Cell) -> Figure:
    return cell.by_person


def _weights(cell: Cell) -> Figure:
    return cell.by_weight


def _organisations(cell: Cell) -> Figure:
    return cell.by_organisation
