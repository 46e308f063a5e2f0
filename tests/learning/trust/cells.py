"""Cells of tables of answers, for tests of what may be told of them."""

from collections.abc import Iterable
from fractions import Fraction

from app.learning.trust.disclosure import Cell, Gate, Said

PLAIN = Gate(least_organisations=1, is_anonymous=False)
"""Of people alone: what published examples are about."""


def said(person: str, organisation: str | None = None, item: str = "d", version: str = "1") -> Said:
    return Said(person, organisation, f"sheet of {person}", item, version)


def cell(
    *key: str, of: Iterable[Said], scores: Iterable[str] | None = None, equal: bool = True
) -> Cell:
    """The mean of these; without scores, each says something of their own."""
    people = sorted(of)
    given = list(scores) if scores is not None else [f"{at + 1}/99" for at in range(len(people))]
    weights = {
        one: Fraction(1, len(people)) if equal else Fraction(at + 1)
        for at, one in enumerate(people)
    }
    values = {one: Fraction(score) for one, score in zip(people, given, strict=True)}
    return Cell(key, weights, values)


def members(name: str, number: int) -> list[Said]:
    return [said(f"{name}{at}") for at in range(number)]


def counted(**counts: int) -> list[Cell]:
    """A cell for each group, and the total."""
    groups = {name: members(name, number) for name, number in counts.items()}
    everyone = [one for group in groups.values() for one in group]
    return [*(cell(name, of=group) for name, group in groups.items()), cell("total", of=everyone)]
