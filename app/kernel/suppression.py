"""What may be said of fewer than k people: nothing, nor anything from which it could be found.

A number, be it a count, a sum or a mean, is about a group: the people it is made of. Groups nest
and overlap as the cells, rows and totals of a table do. Whoever holds the numbers of some groups
holds every linear combination of them; so a set of groups may be published when no combination is
about fewer than k people. This is decided exactly, by elimination in fractions: such tables are
small. It is the secondary cell suppression of statistics offices, with its audit built in.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from itertools import chain, combinations
from typing import Final, TypeVar

K: Final = 5
"""A number about fewer people than this leaves the service by no channel."""

Key = TypeVar("Key", bound=Hashable)
Group = AbstractSet[Hashable]

Atom = frozenset[int]
"""People whom no group tells apart: the numbers of the groups that they are in."""

Row = dict[Atom | int, Fraction]
"""A combination of groups: its weight on each atom, and the weight that each group has in it."""


def publishable(
    groups: Mapping[Key, Group], *, k: int = K, published: Iterable[Group] = ()
) -> frozenset[Key]:
    """The groups whose numbers may be published together; those of all others are withheld.

    First go the groups of fewer than `k`, the empty ones too, so that none of them can be told
    apart; then, while something could still be worked out, the smallest of those it follows from.
    `published` are groups whose numbers are out already: they count, and cannot be withheld. Where
    they alone give something away, nothing more is published.
    """
    out = [group for group in published if group]
    left = {key: people for key, people in groups.items() if len(people) >= k}
    while telling := giving_away([*left.values(), *out], k=k):
        keys = [key for number, key in enumerate(left) if number in telling]
        if not keys:
            return frozenset()
        del left[min(keys, key=lambda key: len(left[key]))]
    return frozenset(left)


def giving_away(groups: Sequence[Group], *, k: int = K) -> frozenset[int]:
    """The numbers of groups that together tell something of fewer than `k` people, if any do."""
    atoms = _atoms(groups)
    rows: list[Row] = [
        {number: Fraction(1), **{atom: Fraction(1) for atom in atoms if number in atom}}
        for number in range(len(groups))
    ]
    basis, _ = _eliminate(rows, atoms)
    for few in _fewer_than(k, atoms):
        within = [basis[atom] for atom in few if atom in basis]
        _, found = _eliminate(within, atoms.keys() - few)
        if found:
            return frozenset(part for part in found[0] if isinstance(part, int))
    return frozenset()


def _atoms(groups: Sequence[Group]) -> Counter[Atom]:
    """How many people there are of each pattern of belonging."""
    everyone = set(chain.from_iterable(groups))
    return Counter(
        frozenset(number for number, group in enumerate(groups) if person in group)
        for person in everyone
    )


def _fewer_than(k: int, atoms: Counter[Atom]) -> Iterator[frozenset[Atom]]:
    """Every set of atoms that fewer than `k` people make up."""
    small = [atom for atom, people in atoms.items() if people < k]
    for size in range(1, min(k, len(small) + 1)):
        for few in combinations(small, size):
            if sum(atoms[atom] for atom in few) < k:
                yield frozenset(few)


def _eliminate(rows: Sequence[Row], columns: Collection[Atom]) -> tuple[dict[Atom, Row], list[Row]]:
    """Gauss and Jordan: the rows that lead in a column each, and those that vanish on all."""
    leading: dict[Atom, Row] = {}
    left = list(rows)
    for column in columns:
        pivot = next((row for row in left if column in row), None)
        if pivot is None:
            continue
        left = [_without(column, row, pivot) for row in left if row is not pivot]
        leading = {atom: _without(column, row, pivot) for atom, row in leading.items()}
        leading[column] = pivot
    return leading, left


def _without(column: Atom, row: Row, pivot: Row) -> Row:
    """The row less as much of the pivot as takes its weight on the column away."""
    if column not in row:
        return row
    factor = row[column] / pivot[column]
    nothing = Fraction(0)
    sums = {
        part: row.get(part, nothing) - factor * pivot.get(part, nothing) for part in {*row, *pivot}
    }
    return {part: weight for part, weight in sums.items() if weight}
