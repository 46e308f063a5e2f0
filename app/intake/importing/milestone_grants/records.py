"""The file, read and thought through: a record for each application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.intake.importing.ground import ZONE
from app.intake.importing.milestone_grants.cohort import import_cohort
from app.intake.importing.milestone_grants.plan import Plan, plan
from app.intake.importing.milestone_grants.replay import moment, replay
from app.intake.importing.milestone_grants.source import Application
from app.intake.importing.reading import Raw, is_storable, objects, shaped
from app.intake.importing.report import ImportReport, Key, Remark
from app.intake.importing.runs import ImportRun, Passage, RecordRefused, Tell, bring_in
from app.kernel.clock import day

Planned = tuple["ApplicationRecord", Mapping[str, Any]]


@dataclass
class ApplicationRecord:
    """An application on its way in."""

    planned: Plan | Sequence[Remark]
    keys: Sequence[Key]
    programme_id: UUID | None
    began_at: datetime | None = field(default=None)

    async def bring_in(self, passage: Passage) -> None:
        """Import it unless that was done before. Raises RecordRefused."""
        if await passage.seen_before():
            self._tell(passage)
            return
        if not isinstance(self.planned, Plan):
            raise RecordRefused(self.planned)
        assert self.began_at is not None
        cohort = await import_cohort(passage, self.programme_id, self.began_at)
        await replay(passage, self.planned, cohort)
        self._tell(passage)

    def _tell(self, passage: Passage) -> None:
        """Say of a grant that is there what it was imported without."""
        if isinstance(self.planned, Plan):
            passage.tally.warn(self.planned.warnings)
            for key, reasons in self.planned.history.unused.items():
                passage.tally.refuse([key], reasons)


async def bring_in_applications(
    run: ImportRun, content: bytes, name: str, programme_id: UUID | None, tell: Tell
) -> ImportReport:
    """Bring in the applications of a file, each whole or not at all.

    Without a programme they lie under one of the source's own. Raises ImportFileUnreadable.
    """
    return await bring_in(run, read(content, name, day(run.at, ZONE), programme_id), tell)


def read(content: bytes, name: str, today: date, programme_id: UUID | None) -> Sequence[Planned]:
    """The records of a file. Raises ImportFileUnreadable."""
    rows = objects(content, name)
    reader = _Reader(today, programme_id)
    records = [(reader.record(raw, place), raw) for place, raw in enumerate(rows, start=1)]
    days = [one.planned.agreed_on for one, _ in records if isinstance(one.planned, Plan)]
    for record, _ in records:
        record.began_at = moment(min(days), 8) if days else None
    return records


class _Reader:
    """Reads the records of one file, and tells apart those of one name."""

    def __init__(self, today: date, programme_id: UUID | None) -> None:
        self.today, self.programme_id = today, programme_id
        self.listed: set[str] = set()
        self.called: set[str] = set()

    def record(self, raw: Raw, place: int) -> ApplicationRecord:
        """A record, planned, or with each reason for which it is refused."""
        name = _name_of(raw, place)
        read = shaped(Application, raw, "grant", name)
        if isinstance(read, Application) and name not in self.listed:
            self.listed.add(name)
            self.called.add(name)
            return ApplicationRecord(plan(read, self.today), _keys(name, raw), self.programme_id)
        if isinstance(read, Application):
            detail = "The file has another record of this id."
            read = [Remark("grant", name, "listed_twice", detail)]
        if name in self.called:
            name = f"{name} (record {place})"
        self.called.add(name)
        return ApplicationRecord(read, _keys(name, raw), self.programme_id)


def _name_of(raw: Raw, place: int) -> str:
    """How to call a record: by its id, however long; by its place where that is none."""
    given = raw.get("id")
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    usable = isinstance(given, str) and is_storable(given) and given.strip()
    return str(given) if usable else f"record {place}"


def _keys(name: str, raw: Raw) -> Sequence[Key]:
    """The grant and every part that the record has of it, in shape or not; milestones of one number
    are told apart by their place."""
    numbers = [
        one.get("number", at) if isinstance(one, dict) else at
        for at, one in enumerate(_parts(raw, "milestones"), start=1)
    ]
    said = [str(number) for number in numbers]
    parts = {"delivery": _parts(raw, "deliveries"), "evaluation": _parts(raw, "evaluations")}
    return [
        ("grant", name),
        *(
            ("milestone", f"{name}/{number}{f' ({at + 1})' if number in said[:at] else ''}")
            for at, number in enumerate(said)
        ),
        *((noun, f"{name}/{noun}-{at + 1}") for noun in parts for at in range(len(parts[noun]))),
    ]


def _parts(raw: Raw, field: str) -> Sequence[Any]:
    said = raw.get(field)
    return said if isinstance(said, list) else []
