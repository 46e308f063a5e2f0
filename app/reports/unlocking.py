"""Which parts of a report may be written: all of it, or what was asked to be changed."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Unlocked:
    """The parts that may be written: criteria by their ids, and None for the narrative."""

    everything: bool
    parts: frozenset[UUID | None] = frozenset()

    def allows(self, criterion_id: UUID | None) -> bool:
        """Whether this criterion, or the narrative for None, may be written."""
        return self.everything or criterion_id in self.parts


def unlocked(asked: Collection[tuple[int, UUID | None]], *, is_editable: bool) -> Unlocked:
    """What may be written: nothing while the report is with the reviewer, everything until the
    first changes were asked for, and then what the latest round names.

    `asked` holds the round and the part of each change request.
    """
    if not is_editable:
        return Unlocked(everything=False)
    if not asked:
        return Unlocked(everything=True)
    latest = max(number for number, _ in asked)
    parts = frozenset(part for number, part in asked if number == latest)
    return Unlocked(everything=False, parts=parts)
