"""Linear equations solved exactly, in fractions: those of trust and of raters are small."""

from collections.abc import Sequence
from fractions import Fraction


def solved(
    matrix: Sequence[Sequence[Fraction]], right: Sequence[Fraction]
) -> list[Fraction] | None:
    """The one x with matrix x = right; None where there is none, or more than one.

    There may be more equations than unknowns.
    """
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    unknowns = len(matrix[0]) if matrix else 0
    for column in range(unknowns):
        pivot = next((at for at in range(column, len(rows)) if rows[at][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column][column]
        rows[column] = [value / lead for value in rows[column]]
        for at, row in enumerate(rows):
            if at != column and (factor := row[column]):
                rows[at] = [a - factor * b for a, b in zip(row, rows[column], strict=True)]
    if any(row[-1] for row in rows[unknowns:]):
        return None
    return [row[-1] for row in rows[:unknowns]]
