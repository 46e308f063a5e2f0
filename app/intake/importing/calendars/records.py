"""Events of a calendar on their way in."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from app.intake.importing.calendars.events import NOUN, Draft, Refused, drafts_in
from app.intake.importing.report import ImportReport, Key, Remark
from app.intake.importing.runs import ImportRun, Passage, RecordRefused, Tell, bring_in
from app.learning.sessions import service as sessions
from app.learning.sessions.models import SessionKind
from app.learning.sessions.schemas import CreateLearningSession


@dataclass(frozen=True)
class EventRecord:
    """An event, to be a draft of a cohort."""

    cohort_id: UUID
    event: Draft | Refused

    @property
    def keys(self) -> Sequence[Key]:
        return [(NOUN, self.event.name)]

    async def bring_in(self, passage: Passage) -> None:
        """Plan it as whoever imports, unless that was done before. Raises RecordRefused."""
        if isinstance(self.event, Refused):
            raise RecordRefused([self.event.remark])
        if await passage.seen_before():
            return
        wanted = _wanted(self.event)
        made = await sessions.create_learning_session(
            passage.db, passage.importer, self.cohort_id, wanted
        )
        passage.note(NOUN, self.event.name, made.id)
        passage.tally.warn(self.event.remarks)


def _wanted(event: Draft) -> CreateLearningSession:
    try:
        return CreateLearningSession(
            kind=SessionKind.WORKSHOP,
            title=event.title,
            purpose=event.purpose,
            timezone=event.timezone,
            local_start=event.local_start,
            duration_minutes=event.minutes,
            place=event.place,
            link=event.link,
        )
    except ValidationError as fault:
        found = fault.errors(include_input=False, include_url=False)
        said = "; ".join(f"{one['loc'][0]}: {one['msg']}" for one in found if one["loc"])
        remark = Remark(NOUN, event.name, "record_malformed", f"{said}.")
        raise RecordRefused([remark]) from None


async def bring_in_calendar(
    run: ImportRun, content: bytes, name: str, cohort_id: UUID, zone: str, tell: Tell
) -> ImportReport:
    """Bring in the events of a file. Raises ImportFileUnreadable."""
    found = drafts_in(content, name, zone)
    records = [(EventRecord(cohort_id, one), one.content) for one in found]
    return await bring_in(run, records, tell)
