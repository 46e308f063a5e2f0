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
from app.intake.importing.reading import Raw, name_of, objects, shaped
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
    named: set[str] = set()
    records = [
        (_record(raw, place, today, programme_id, named), raw)
        for place, raw in enumerate(objects(content, name), start=1)
    ]
    days = [one.planned.agreed_on for one, _ in records if isinstance(one.planned, Plan)]
    for record, _ in records:
        record.began_at = moment(min(days), 8) if days else None
    return records


def _record(
    raw: Raw, place: int, today: date, programme_id: UUID | None, named: set[str]
) -> ApplicationRecord:
    name = name_of(raw, place)
    read = shaped(Application, raw, "grant", name)
    if not isinstance(read, Application):
        return ApplicationRecord(read, [("grant", name)], programme_id)
    keys = _keys(read)
    if name in named:
        twice = Remark("grant", name, "listed_twice", "The file has another record of this id.")
        return ApplicationRecord([twice], [("grant", f"{name} (record {place})")], programme_id)
    named.add(name)
    return ApplicationRecord(plan(read, today), keys, programme_id)


def _keys(application: Application) -> Sequence[Key]:
    """The grant and what it holds; milestones of one number are told apart by their place."""
    name, named = application.id, [one.number for one in application.milestones]
    return [
        ("grant", name),
        *(
            ("milestone", f"{name}/{number}{f' ({at + 1})' if number in named[:at] else ''}")
            for at, number in enumerate(named)
        ),
        *(("delivery", f"{name}/delivery-{at + 1}") for at in range(len(application.deliveries))),
        *(
            ("evaluation", f"{name}/evaluation-{at + 1}")
            for at in range(len(application.evaluations))
        ),
    ]
