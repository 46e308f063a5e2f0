"""EigenTrust: how much those trust a party who are trusted themselves (Kamvar and others 2003).

    c_ij = max(s_ij, 0) / sum_j max(s_ij, 0), or p_j where i trusts nobody
    t = (1 - a) C^T t + a p

It sums to one, so that who gains takes from others; it does not see how much somebody trusts, nor
tells distrust from not knowing; and two who praise each other alone win, unless `trusted_first`
names whom to trust beforehand. So it is for those who facilitate, and never a league table.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from app.learning.trust.elimination import solved

DAMPING: Final = Fraction(15, 100)

Scores = Sequence[Sequence[Fraction]]


class NotUnique(ValueError):
    """Without damping, a network that falls apart has no one answer."""


def normalised(scores: Scores, trusted_first: Sequence[Fraction]) -> list[list[Fraction]]:
    """C: each row as parts of its sum, nobody trusting themselves."""
    rows = list[list[Fraction]]()
    for i, row in enumerate(scores):
        given = [max(score, Fraction(0)) if i != j else Fraction(0) for j, score in enumerate(row)]
        whole = sum(given, Fraction(0))
        rows.append([score / whole for score in given] if whole else list(trusted_first))
    return rows


def step(
    rows: Scores, trust: Sequence[Fraction], trusted_first: Sequence[Fraction], damping: Fraction
) -> list[Fraction]:
    """One step of the iteration, from C."""
    return [
        (1 - damping) * sum((rows[i][j] * trust[i] for i in range(len(rows))), Fraction(0))
        + damping * trusted_first[j]
        for j in range(len(rows))
    ]


def eigentrust(
    scores: Scores,
    trusted_first: Sequence[Fraction] | None = None,
    damping: Fraction = DAMPING,
) -> list[Fraction]:
    """Where the iteration ends, solved exactly; `trusted_first` sums to one, and is even if None.

    Raises NotUnique.
    """
    number = len(scores)
    first = trusted_first or [Fraction(1, number)] * number
    rows = normalised(scores, first)
    matrix = [
        [Fraction(i == j) - (1 - damping) * rows[i][j] for i in range(number)]
        for j in range(number)
    ]
    right = [damping * one for one in first]
    found = solved([*matrix, [Fraction(1)] * number], [*right, Fraction(1)])
    if found is None:
        raise NotUnique("give a damping above nothing")
    return found


def of_parties(
    trust: Mapping[tuple[str, str], Fraction],
    parties: Sequence[str],
    trusted_first: frozenset[str] = frozenset(),
) -> dict[str, Fraction]:
    """By name; who is trusted beforehand shares alike, all do where nobody is named."""
    nothing = Fraction(0)
    first = [
        Fraction(party in trusted_first, len(trusted_first))
        if trusted_first
        else Fraction(1, len(parties))
        for party in parties
    ]
    scores = [[trust.get((one, other), nothing) for other in parties] for one in parties]
    return dict(zip(parties, eigentrust(scores, first), strict=True))
