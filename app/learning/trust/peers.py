"""A subject as it sees itself, beside how its peers see it.

    gap = self - median(peers); within 0.10 they are aligned
    severity: x_ij = subject_i + severity_j by least squares, the severities summing to nothing
    perceived: each rater's row as parts of its mean, the rater left out, then the mean of a column

The last is how TEAMMATES shares a hundred points among the members of a team. Where raters cannot
be compared, since one rated one subject or nothing connects them, scores stay unadjusted.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.learning.trust.elimination import solved
from app.learning.trust.intervals import Interval
from app.learning.trust.rounding import mean

ALIGNED: Final = Fraction(10, 100)


class Stance(StrEnum):
    ALIGNED = "aligned"
    SELF_HIGHER = "self_higher"
    SELF_LOWER = "self_lower"


@dataclass(frozen=True)
class Gap:
    """Self less peers, with the interval of the peers; None, with a reason, where either is."""

    value: Fraction | None
    stance: Stance | None
    peers: Interval | None = None
    reason: str | None = None


def gap(own: Fraction | None, peers: Fraction | None, interval: Interval | None = None) -> Gap:
    """Where what the peers say is suppressed, pass None: the gap is suppressed with it."""
    if own is None or peers is None:
        return Gap(None, None, reason="no_self" if own is None else "no_peers")
    apart = own - peers
    if abs(apart) <= ALIGNED:
        return Gap(apart, Stance.ALIGNED, interval)
    return Gap(apart, Stance.SELF_HIGHER if apart > 0 else Stance.SELF_LOWER, interval)


class Unadjusted(StrEnum):
    RATED_ONE_SUBJECT = "rater_rated_one_subject"
    NOT_CONNECTED = "raters_not_connected"


@dataclass(frozen=True)
class Adjusted:
    """Each subject as if rated by a rater of middling severity; or the plain means, and why."""

    subjects: Mapping[str, Fraction]
    severities: Mapping[str, Fraction]
    reason: Unadjusted | None = None


def adjusted(ratings: Mapping[tuple[str, str], Fraction]) -> Adjusted:
    """Of (rater, subject). Exact, by the normal equations."""
    raters = sorted({rater for rater, _ in ratings})
    subjects = sorted({subject for _, subject in ratings})
    rated: dict[str, list[str]] = defaultdict(list)
    for rater, subject in ratings:
        rated[rater].append(subject)
    if any(len(rated[rater]) < 2 for rater in raters):
        return Adjusted(_plain(ratings), {}, Unadjusted.RATED_ONE_SUBJECT)
    names = [*(("subject", one) for one in subjects), *(("rater", one) for one in raters)]
    place = {name: at for at, name in enumerate(names)}
    matrix = [[Fraction(0)] * len(names) for _ in names]
    right = [Fraction(0)] * len(names)
    for (rater, subject), score in ratings.items():
        pair = (place["subject", subject], place["rater", rater])
        for at in pair:
            right[at] += score
            for other in pair:
                matrix[at][other] += 1
    matrix.append([Fraction(kind == "rater") for kind, _ in names])
    found = solved(matrix, [*right, Fraction(0)])
    if found is None:
        return Adjusted(_plain(ratings), {}, Unadjusted.NOT_CONNECTED)
    of = dict(zip(names, found, strict=True))
    return Adjusted(
        {one: of["subject", one] for one in subjects}, {one: of["rater", one] for one in raters}
    )


def _plain(ratings: Mapping[tuple[str, str], Fraction]) -> dict[str, Fraction]:
    of: dict[str, list[Fraction]] = defaultdict(list)
    for (_, subject), score in ratings.items():
        of[subject].append(score)
    return {subject: mean(scores) for subject, scores in sorted(of.items())}


def perceived(points: Sequence[Sequence[Fraction | None]]) -> list[Fraction | None]:
    """Of a team whose members, a row each, share points among all: what each is seen to do, of 100.

    What members give themselves is left out. None for who was rated by nobody else.
    """
    rows = [
        _of_a_hundred([None if i == j else one for j, one in enumerate(_of_a_hundred(row))])
        for i, row in enumerate(points)
    ]
    columns = [[row[j] for row in rows] for j in range(len(points))]
    given = [[one for one in column if one is not None] for column in columns]
    return _of_a_hundred([mean(column) if column else None for column in given])


def _of_a_hundred(row: Sequence[Fraction | None]) -> list[Fraction | None]:
    """So that the mean of those that are given is 100; as it is, where they are all nothing."""
    given = [one for one in row if one is not None]
    whole = sum(given, Fraction(0))
    if not whole:
        return list(row)
    return [None if one is None else one * len(given) * 100 / whole for one in row]
