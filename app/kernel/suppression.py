"""What may be said of fewer than k people: nothing, nor anything from which it could be found.

A number, be it a count, a sum or a mean, is about a group: the people it is made of. Groups nest
and overlap as the cells, rows and totals of a table do. Whoever holds the numbers of some groups
holds every linear combination of them; so a set of groups may be published when no combination is
about fewer than k people. This is decided exactly, by elimination in fractions: such tables are
small. It is the secondary cell suppression of statistics offices, with its audit built in.

Where people count differently, or have several numbers each, a figure says so: its weight on each
number of each person. Who has ten numbers is one person all the same.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations
from math import gcd, lcm
from typing import Final, NamedTuple, TypeVar

K: Final = 5
"""A number about fewer people than this leaves the service by no channel."""

Key = TypeVar("Key", bound=Hashable)
Group = AbstractSet[Hashable]


class Part(NamedTuple):
    """One of the numbers of one person."""

    person: Hashable
    what: Hashable = None


Figure = Group | Mapping[Part, Fraction | int]
"""What a published number is about: people who count once each, or the weight of each number."""

Column = int
"""Numbers that no figure tells apart: a number of its own, from 0 on."""

Atom = frozenset[Column]
"""People whom no figure tells apart: the columns that their numbers are in."""

Row = dict[int, int]
"""A combination of figures in whole numbers: its weight on each column, and below 0, at `~number`,
that of each figure in it."""


def publishable(
    groups: Mapping[Key, Figure],
    *,
    k: int = K,
    published: Iterable[Figure] = (),
    secret: Iterable[Figure] = (),
) -> frozenset[Key]:
    """The groups whose numbers may be published together; those of all others are withheld.

    First go the groups of fewer than `k`, the empty ones too, so that none of them can be told
    apart; then, while something could still be worked out, the smallest of those it follows from.
    `published` are groups whose numbers are out already: they count, and cannot be withheld. Where
    they alone give something away, nothing more is published. `secret` are those whose numbers may
    not follow, however many people they are about.
    """
    out = [figure for figure in published if figure]
    if giving_away(out, k=k):
        return frozenset()
    large = {key: figure for key, figure in groups.items() if size(figure) >= k}
    kept = set[Key]()
    waiting = list(_parts(large, out, [figure for figure in secret if figure]))
    while waiting:
        left, known, hidden = waiting.pop()
        withheld = _withheld(left, known, hidden, k)
        if not withheld:
            kept.update(left)
        else:
            rest = {key: figure for key, figure in left.items() if key not in withheld}
            waiting.extend(_parts(rest, known, hidden))
    return frozenset(kept)


def _withheld(
    left: Mapping[Key, Figure], known: Sequence[Figure], hidden: Sequence[Figure], k: int
) -> frozenset[Key]:
    """Of each combination that tells something, and of which nothing is withheld yet, the smallest.

    All, where what is known already tells what is hidden.
    """
    keys = list(left)
    gone = set[int]()
    for telling in _leaks([*left.values(), *known], hidden, k):
        if telling & gone:
            continue
        own = [number for number in telling if number < len(keys)]
        if not own:
            return frozenset(keys)
        gone.add(min(own, key=lambda number: (size(left[keys[number]]), number)))
    return frozenset(keys[number] for number in gone)


def _parts(
    left: Mapping[Key, Figure], known: Sequence[Figure], hidden: Sequence[Figure]
) -> Iterator[tuple[dict[Key, Figure], list[Figure], list[Figure]]]:
    """Those that have nobody in common, each for itself."""
    keys = list(left)
    figures = [*left.values(), *known, *hidden]
    edge = len(left) + len(known)
    for together in _connected(figures):
        own = {keys[number]: figures[number] for number in together if number < len(left)}
        if own:
            yield (
                own,
                [figures[number] for number in together if len(left) <= number < edge],
                [figures[number] for number in together if number >= edge],
            )


def size(figure: Figure) -> int:
    """How many people it is about."""
    return len({part.person for part in _numbers(figure)})


def giving_away(figures: Sequence[Figure], *, k: int = K) -> frozenset[int]:
    """The numbers of figures that together tell something of fewer than `k` people, if any do."""
    return next(_leaks(figures, (), k), frozenset())


def determining(secret: Figure, figures: Sequence[Figure]) -> frozenset[int]:
    """The numbers of figures from which this one follows; none where it does not."""
    return next((found for _, found in _following([secret], figures)), frozenset())


def following(secrets: Sequence[Figure], figures: Sequence[Figure]) -> frozenset[int]:
    """The numbers of those secrets that follow from the figures."""
    return frozenset(number for number, _ in _following(secrets, figures))


def _leaks(figures: Sequence[Figure], hidden: Sequence[Figure], k: int) -> Iterator[frozenset[int]]:
    """The numbers of figures that tell of too few people together, or what is hidden."""
    for together in _connected(figures):
        for found in _giving_away([figures[number] for number in together], k):
            yield frozenset(together[number] for number in found)
    for _, found in _following(hidden, figures):
        yield found


def _following(
    secrets: Sequence[Figure], figures: Sequence[Figure]
) -> Iterator[tuple[int, frozenset[int]]]:
    """Each secret of which nothing is left when it is reduced by the figures, and by which."""
    table = _table([*figures, *secrets]) if secrets and figures else _Table([], [], Counter())
    leading, _ = _eliminate(table.rows[: len(figures)], range(len(table.owners)))
    for number, row in enumerate(table.rows[len(figures) :]):
        rest = row
        for column, pivot in leading.items():
            if column in rest:
                rest = _without(column, rest, pivot)
        if max(rest) < 0:
            yield number, _figures_in(rest) & frozenset(range(len(figures)))


def _giving_away(figures: Sequence[Figure], k: int) -> Iterator[frozenset[int]]:
    """Those of one connected part.

    A combination about few people is nothing on each column that is of many. What is left when
    those are eliminated is small, and only in it every few people are looked for.
    """
    table = _table(figures)
    columns = range(len(table.owners))
    _, left = _eliminate(table.rows, [one for one in columns if table.owners[one] >= k])
    leading, _ = _eliminate(left, [one for one in columns if table.owners[one] < k])
    basis = _usable(_reduced(leading), table.atoms, k)
    live = {column for row in basis.values() for column in _columns_of(row)}
    touched: Counter[Atom] = Counter()
    for atom, people in table.atoms.items():
        touched[atom & live] += people
    del touched[frozenset()]
    told: list[frozenset[Atom]] = []
    belong: dict[Column, set[Atom]] = defaultdict(set)
    for atom in touched:
        for column in atom:
            belong[column].add(atom)
    for few in _fewer_than(k, touched):
        free = {column for atom in few for column in atom if belong[column] <= few}
        within = [basis[column] for column in sorted(free) if column in basis]
        if not within or any(fewer <= few for fewer in told):
            continue
        barred = {column for row in within for column in _columns_of(row)} - free
        _, found = _eliminate(within, sorted(barred))
        if found:
            told.append(few)
            yield _figures_in(found[0])


def _usable(basis: Mapping[Column, Row], atoms: Mapping[Atom, int], k: int) -> dict[Column, Row]:
    """The rows that a combination about few can hold.

    Where a row is in one, so are the column in which it leads and those that no other row is in:
    nothing takes them away. Without the rows that are thereby about `k` or more, others are too.
    """
    rows = dict(basis)
    while True:
        times = Counter(column for row in rows.values() for column in _columns_of(row))
        spent = [
            leading
            for leading, row in rows.items()
            if _people(atoms, {column for column in _columns_of(row) if times[column] == 1}) >= k
        ]
        if not spent:
            return rows
        for leading in spent:
            del rows[leading]


def _people(atoms: Mapping[Atom, int], columns: AbstractSet[Column]) -> int:
    return sum(people for atom, people in atoms.items() if atom & columns)


def _columns_of(row: Row) -> Iterator[Column]:
    return (part for part in row if part >= 0)


def _figures_in(row: Row) -> frozenset[int]:
    return frozenset(~part for part in row if part < 0)


def _numbers(figure: Figure) -> Mapping[Part, Fraction | int]:
    if isinstance(figure, Mapping):
        return figure
    return {Part(person): 1 for person in figure}


def _connected(figures: Sequence[Figure]) -> Iterator[list[int]]:
    """The figures, parted so that those of two parts have no number of anybody in common."""
    of: dict[Part, list[int]] = defaultdict(list)
    for number, figure in enumerate(figures):
        for part in _numbers(figure):
            of[part].append(number)
    left = set(range(len(figures)))
    while left:
        found, waiting = set[int](), [min(left)]
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                near = chain.from_iterable(of[part] for part in _numbers(figures[number]))
                waiting.extend(set(near) - found)
        yield sorted(found)
        left -= found


@dataclass(frozen=True)
class _Table:
    """A row for each figure; of each column how many people it is of; and of each atom."""

    rows: list[Row]
    owners: list[int]
    atoms: Counter[Atom]


def _table(figures: Sequence[Figure]) -> _Table:
    """With columns in an order that does not depend on who is in them."""
    patterns: dict[Part, list[tuple[int, int]]] = defaultdict(list)
    rows: list[Row] = []
    for number, figure in enumerate(figures):
        numbers = _numbers(figure)
        whole = lcm(*(weight.denominator for weight in numbers.values()))
        rows.append({~number: whole})
        for part, weight in numbers.items():
            if weight:
                times = weight.numerator * (whole // weight.denominator)
                patterns[part].append((number, times))
    alike: dict[tuple[tuple[int, int], ...], list[Part]] = defaultdict(list)
    for part, pattern in patterns.items():
        alike[tuple(pattern)].append(part)
    of: dict[Hashable, set[Column]] = defaultdict(set)
    owners: list[int] = []
    for column, pattern in enumerate(sorted(alike, key=lambda pattern: (len(pattern), pattern))):
        for number, times in pattern:
            rows[number][column] = times
        for part in alike[pattern]:
            of[part.person].add(column)
        owners.append(len({part.person for part in alike[pattern]}))
    return _Table(rows, owners, Counter(frozenset(columns) for columns in of.values()))


def _fewer_than(k: int, atoms: Counter[Atom]) -> Iterator[frozenset[Atom]]:
    """Every set of atoms that fewer than `k` people make up."""
    small = sorted((atom for atom, people in atoms.items() if people < k), key=sorted)
    for number in range(1, min(k, len(small) + 1)):
        for few in combinations(small, number):
            if sum(atoms[atom] for atom in few) < k:
                yield frozenset(few)


def _eliminate(
    rows: Sequence[Row], columns: Iterable[Column]
) -> tuple[dict[Column, Row], list[Row]]:
    """Gauss: the rows that lead in a column each, none in one before it, and those that vanish."""
    leading: dict[Column, Row] = {}
    left = dict(enumerate(rows))
    holding: dict[int, set[int]] = defaultdict(set)
    for number, row in left.items():
        for part in row:
            holding[part].add(number)
    for column in columns:
        if not holding[column]:
            continue
        lead = min(holding[column], key=lambda number: (len(left[number]), number))
        pivot = leading[column] = left.pop(lead)
        for part in pivot:
            holding[part].discard(lead)
        for number in sorted(holding[column]):
            row = left[number]
            left[number] = rest = _without(column, row, pivot)
            for part in row.keys() - rest.keys():
                holding[part].discard(number)
            for part in rest.keys() - row.keys():
                holding[part].add(number)
    return leading, list(left.values())


def _reduced(leading: dict[Column, Row]) -> dict[Column, Row]:
    """Jordan: each row without the columns in which others lead."""
    found: dict[Column, Row] = {}
    for column in reversed(leading):
        row = leading[column]
        for later in [part for part in row if part in found]:
            row = _without(later, row, found[later])
        found[column] = row
    return found


def _without(column: Column, row: Row, pivot: Row) -> Row:
    """The row less as much of the pivot as takes its weight on the column away."""
    by, less = pivot[column], row[column]
    sums = {part: by * weight for part, weight in row.items()}
    for part, weight in pivot.items():
        sums[part] = sums.get(part, 0) - less * weight
    shared = gcd(*sums.values())
    return {part: weight // shared for part, weight in sums.items() if weight}
