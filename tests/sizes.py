"""How much of everything is tried: enough for each change, or all there is (`--soak`)."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Sizes:
    """`None` is all there is."""

    examples: int | None
    """How many examples or programs are generated; None leaves it to the test."""
    attempts: int | None
    """How many odd requests each operation is sent, of the hundred and more that there are."""
    actors: int
    """Of how many actors one is asked about what lies beyond their own cohort."""
    records: int | None
    """How many records of a real file come in."""


CHANGE: Final = Sizes(examples=None, attempts=12, actors=3, records=12)
SOAK: Final = Sizes(examples=20_000, attempts=None, actors=1, records=None)

_chosen = CHANGE


def choose(sizes: Sizes) -> None:
    """Called once, before any test is collected."""
    global _chosen  # noqa: PLW0603
    _chosen = sizes


def chosen() -> Sizes:
    return _chosen


def examples(few: int) -> int:
    """How many examples a property is tried with, of which `few` do for each change."""
    return _chosen.examples or few
