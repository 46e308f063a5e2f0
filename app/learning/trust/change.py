"""What changed between two rounds: paired by subject, and by person only where they are known.

    d = later - earlier;  t = mean sqrt(n) / SD;  d_z = mean / SD;  g_z = d_z (1 - 3 / (4 n - 5))
    sign flip: the part of all 2^n choices of signs whose sum is as far from 0 as the one found
    Wilcoxon: V = sum of the ranks of |d| where d > 0; p likewise, over the ranks
    Holm: p_(i) (m - i) from the smallest on, never less than the one before it, at most 1
    reliable change: |d| > 1.96 SD_baseline sqrt(2 (1 - alpha)) (Jacobson and Truax 1991)

Effect sizes: Lakens 2013. Probabilities by counting are exact; beyond sixteen pairs there are none.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final, Generic, TypeVar

from app.learning.trust.intervals import Interval, bootstrap, scaled, t_interval
from app.learning.trust.rounding import EXACT, as_decimal, mean, root, variance
from app.learning.trust.students_t import two_sided

MOST_PAIRS: Final = 16
_NORMAL_975: Final = Fraction(196, 100)

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Change:
    """Of n pairs. Without two pairs there is no spread; without any spread no size of an effect."""

    pairs: int
    mean: Fraction
    deviation: Decimal | None
    interval: Interval | None
    bootstrapped: Interval | None
    t: Decimal | None
    p_t: Decimal | None
    d_z: Decimal | None
    g_z: Decimal | None
    p_sign_flip: Fraction | None


@dataclass(frozen=True)
class Paired(Generic[Key]):
    """The differences of those who are in both, and who is only in one of them."""

    differences: Mapping[Key, Fraction]
    lost: tuple[Key, ...]
    joined: tuple[Key, ...]


def paired(earlier: Mapping[Key, Fraction], later: Mapping[Key, Fraction]) -> Paired[Key]:
    """By their keys, in an order of their own."""
    both = sorted(earlier.keys() & later.keys(), key=str)
    return Paired(
        {key: later[key] - earlier[key] for key in both},
        tuple(sorted(earlier.keys() - later.keys(), key=str)),
        tuple(sorted(later.keys() - earlier.keys(), key=str)),
    )


def change(differences: Iterable[Fraction]) -> Change | None:
    """What paired differences show; None without a pair."""
    given = sorted(differences)
    if not given:
        return None
    number, middle = len(given), mean(given)
    spread = variance(given)
    deviation = root(spread) if spread is not None else None
    t = p = size = corrected = None
    if deviation:
        with localcontext(EXACT):
            size = as_decimal(middle) / deviation
            t = size * Decimal(number).sqrt()
            p = two_sided(t, number - 1)
            corrected = size * as_decimal(1 - Fraction(3, 4 * (number - 1) - 1))
    return Change(
        number,
        middle,
        deviation,
        t_interval(given, within_unit=False),
        bootstrap(given),
        t,
        p,
        size,
        corrected,
        sign_flip(given),
    )


def sign_flip(differences: Sequence[Fraction]) -> Fraction | None:
    """The exact two-sided p of a mean of nothing; None of no pairs, or of more than sixteen."""
    if not 0 < len(differences) <= MOST_PAIRS:
        return None
    whole, _ = scaled(differences)
    sums = _sums((value, -value) for value in whole)
    found = abs(sum(whole))
    return _part(sums, lambda total: abs(total) >= found)


@dataclass(frozen=True)
class SignedRanks:
    """V, and the exact probabilities of one so large, and of one so far from the middle."""

    v: Fraction
    p_greater: Fraction
    p_two_sided: Fraction


def signed_ranks(differences: Sequence[Fraction]) -> SignedRanks | None:
    """Wilcoxon's test: differences of nothing are left out, ties share their ranks."""
    given = sorted((one for one in differences if one), key=abs)
    if not 0 < len(given) <= MOST_PAIRS:
        return None
    places: dict[Fraction, list[int]] = defaultdict(list)
    for place, one in enumerate(given, 1):
        places[abs(one)].append(place)
    doubled = [2 * sum(places[abs(one)]) // len(places[abs(one)]) for one in given]
    found = sum(rank for rank, one in zip(doubled, given, strict=True) if one > 0)
    sums = _sums((rank, 0) for rank in doubled)
    greater = _part(sums, lambda total: total >= found)
    less = _part(sums, lambda total: total <= found)
    return SignedRanks(Fraction(found, 2), greater, min(Fraction(1), 2 * min(greater, less)))


def holm(probabilities: Mapping[Key, Fraction]) -> dict[Key, Fraction]:
    """Each as it counts beside the others (Holm 1979)."""
    adjusted, least = dict[Key, Fraction](), Fraction(0)
    ordered = sorted(probabilities, key=lambda key: (probabilities[key], str(key)))
    for place, key in enumerate(ordered):
        least = max(least, (len(ordered) - place) * probabilities[key])
        adjusted[key] = min(Fraction(1), least)
    return adjusted


def is_reliable(
    difference: Fraction, at_baseline: Sequence[Fraction], reliability: Fraction | None
) -> bool | None:
    """Whether one subject changed by more than the scale is unsure of; None where that is unknown.

    Compared by squares, so that it is exact.
    """
    spread = variance(at_baseline)
    if reliability is None or spread is None:
        return None
    return difference**2 > _NORMAL_975**2 * spread * 2 * (1 - reliability)


def _sums(choices: Iterable[tuple[int, int]]) -> Counter[int]:
    """In how many ways each sum comes about, one of two numbers chosen each time."""
    sums: Counter[int] = Counter({0: 1})
    for choice in choices:
        grown: Counter[int] = Counter()
        for total, ways in sums.items():
            for value in choice:
                grown[total + value] += ways
        sums = grown
    return sums


def _part(sums: Counter[int], counts: Callable[[int], bool]) -> Fraction:
    return Fraction(sum(ways for total, ways in sums.items() if counts(total)), sum(sums.values()))
