"""Who trusts, knows, asks or works with whom: directed ties, and what the network of them is like.

    density = m / (n (n - 1));  observed = answered / (n (n - 1));  reciprocity = mutual / m
    weighted reciprocity = sum min(T_ij, T_ji) / sum T_ij, over the pairs that both answered
    asymmetry = mean |T_ij - T_ji| over them;  received and given: medians of those who answered
    indegree centralisation = sum (max - d_i) / ((n - 1)^2 n / (n - 1))  (Freeman 1978)
    transitivity = closed triples / triples, directions left aside

For those who facilitate, and no league table: a median of a few is close to a name.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Final

from app.learning.trust.rounding import mean, median

TRUSTS: Final = Fraction(6, 10)
"""From which score on a tie is there."""

Edge = tuple[str, str]


@dataclass(frozen=True)
class Trust:
    """T_ij of 0 to 1, for each pair that answered; nobody answers about themselves."""

    parties: frozenset[str]
    scores: Mapping[Edge, Fraction]

    def __post_init__(self) -> None:
        for source, target in self.scores:
            if source == target or not {source, target} <= self.parties:
                raise ValueError("a tie is between two of the parties")

    def ties(self, threshold: Fraction = TRUSTS) -> "Ties":
        """The pairs whose score reaches the threshold."""
        return Ties(
            self.parties,
            frozenset(edge for edge, score in self.scores.items() if score >= threshold),
        )

    @property
    def observed(self) -> Fraction | None:
        """How many of all pairs answered; None where there are no two parties."""
        return _part(len(self.scores), len(self.parties))

    def mutual(self) -> Iterator[tuple[Fraction, Fraction]]:
        """Both scores of each pair that answered about each other."""
        for (source, target), score in sorted(self.scores.items()):
            if source < target and (target, source) in self.scores:
                yield score, self.scores[target, source]

    @property
    def weighted_reciprocity(self) -> Fraction | None:
        pairs = list(self.mutual())
        whole = sum((one + other for one, other in pairs), Fraction(0))
        return sum((2 * min(pair) for pair in pairs), Fraction(0)) / whole if whole else None

    @property
    def asymmetry(self) -> Fraction | None:
        apart = [abs(one - other) for one, other in self.mutual()]
        return mean(apart) if apart else None

    def received(self, party: str) -> Fraction | None:
        incoming = [score for (_, target), score in self.scores.items() if target == party]
        return median(incoming) if incoming else None

    def given(self, party: str) -> Fraction | None:
        outgoing = [score for (source, _), score in self.scores.items() if source == party]
        return median(outgoing) if outgoing else None


def _part(edges: int, parties: int) -> Fraction | None:
    return Fraction(edges, parties * (parties - 1)) if parties > 1 else None


@dataclass(frozen=True)
class Ties:
    """The ties that are there."""

    parties: frozenset[str]
    edges: frozenset[Edge]

    @property
    def density(self) -> Fraction | None:
        """None where there are no two parties."""
        return _part(len(self.edges), len(self.parties))

    @property
    def mutual_pairs(self) -> int:
        return sum((target, source) in self.edges for source, target in self.edges) // 2

    @property
    def reciprocity(self) -> Fraction | None:
        """None without a tie."""
        return Fraction(2 * self.mutual_pairs, len(self.edges)) if self.edges else None

    def reciprocity_of(self, party: str) -> Fraction | None:
        """How many of the ties of one party, to or from it, are half of a mutual pair."""
        own = [edge for edge in self.edges if party in edge]
        mutual = sum((target, source) in self.edges for source, target in own)
        return Fraction(mutual, len(own)) if own else None

    @property
    def isolates(self) -> frozenset[str]:
        """Those with no tie to anybody, nor from anybody."""
        return self.parties - {party for edge in self.edges for party in edge}

    @property
    def indegree_centralisation(self) -> Fraction | None:
        """None of fewer than two parties."""
        number = len(self.parties)
        if number < 2:
            return None
        incoming = dict.fromkeys(self.parties, 0)
        for _, target in self.edges:
            incoming[target] += 1
        highest = max(incoming.values())
        return Fraction(sum(highest - one for one in incoming.values()), (number - 1) ** 2)

    @cached_property
    def neighbours(self) -> Mapping[str, AbstractSet[str]]:
        found: dict[str, set[str]] = {party: set() for party in self.parties}
        for source, target in self.edges:
            found[source].add(target)
            found[target].add(source)
        return found

    @property
    def transitivity(self) -> Fraction | None:
        """None where nobody has two neighbours."""
        triples = closed = 0
        for near in self.neighbours.values():
            triples += len(near) * (len(near) - 1) // 2
            closed += sum(b in self.neighbours[a] for a, b in combinations(sorted(near), 2))
        return Fraction(closed, triples) if triples else None

    def weak_components(self) -> list[frozenset[str]]:
        """The parts between which there is no tie, the largest first."""
        return _ordered({_reached(party, self.neighbours) for party in self.parties})

    def strong_components(self) -> list[frozenset[str]]:
        """The parts within which everybody reaches everybody along ties, the largest first."""
        forth: dict[str, set[str]] = {party: set() for party in self.parties}
        back: dict[str, set[str]] = {party: set() for party in self.parties}
        for source, target in self.edges:
            forth[source].add(target)
            back[target].add(source)
        return _ordered({_reached(one, forth) & _reached(one, back) for one in self.parties})


def _reached(start: str, steps: Mapping[str, AbstractSet[str]]) -> frozenset[str]:
    found, waiting = {start}, [start]
    while waiting:
        near = steps[waiting.pop()] - found
        found |= near
        waiting.extend(near)
    return frozenset(found)


def _ordered(parts: AbstractSet[frozenset[str]]) -> list[frozenset[str]]:
    return sorted(parts, key=lambda part: (-len(part), sorted(part)))


@dataclass(frozen=True)
class Turnover:
    """What became of the ties between those who are in both networks."""

    kept: frozenset[Edge]
    new: frozenset[Edge]
    lost: frozenset[Edge]
    no_longer_isolated: frozenset[str]


def turnover(before: Ties, after: Ties) -> Turnover:
    """Ties of who joined or left are neither new nor lost."""
    both = before.parties & after.parties
    earlier = frozenset(edge for edge in before.edges if both.issuperset(edge))
    later = frozenset(edge for edge in after.edges if both.issuperset(edge))
    return Turnover(
        earlier & later,
        later - earlier,
        earlier - later,
        (before.isolates & both) - after.isolates,
    )
