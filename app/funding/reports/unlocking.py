"""Which parts of a report may be written: all of it, or what was asked to be changed."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class PartKind(StrEnum):
    NARRATIVE = "narrative"
    CRITERION = "criterion"
    BUDGET = "budget"
    BUDGET_LINE = "budget_line"
    SUMMARY = "summary"


@dataclass(frozen=True)
class Part:
    """A part of a report; criteria and budget lines have an id. The period is of the narrative."""

    kind: PartKind
    id: UUID | None = None

    def covers(self, other: "Part") -> bool:
        """Whether what is asked of this part is asked of the other: the budget has its lines."""
        of_budget = self.kind is PartKind.BUDGET and other.kind is PartKind.BUDGET_LINE
        return self == other or of_budget


NARRATIVE = Part(PartKind.NARRATIVE)
SUMMARY = Part(PartKind.SUMMARY)


def criterion_part(criterion_id: UUID | None) -> Part:
    """The answer to a criterion; the narrative for None."""
    return NARRATIVE if criterion_id is None else Part(PartKind.CRITERION, criterion_id)


@dataclass(frozen=True)
class Unlocked:
    """The parts that may be written."""

    everything: bool
    parts: frozenset[Part] = frozenset()

    def allows(self, part: Part) -> bool:
        """Whether this part may be written."""
        return self.everything or any(asked.covers(part) for asked in self.parts)


def unlocked(asked: Collection[tuple[int, Part]], *, is_editable: bool) -> Unlocked:
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
