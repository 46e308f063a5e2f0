"""The sessions of a cohort: held at the time that the source states, else kept as drafts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from re import match
from typing import Final
from uuid import UUID

from app.intake.importing.ground import ZONE
from app.intake.importing.open_seeds.calendar import Calendar, day
from app.intake.importing.open_seeds.source import CohortRow, SessionRow
from app.intake.importing.reading import shortened
from app.intake.importing.report import Key, Remark
from app.intake.importing.runs import Passage
from app.kernel.clock import beginning
from app.kernel.versions import ANY_VERSION
from app.learning.sessions import service as sessions
from app.learning.sessions.models import SessionKind
from app.learning.sessions.schemas import CreateLearningSession

KINDS: Final[Mapping[str, SessionKind]] = {
    "Mentor-Mentee": SessionKind.ONE_TO_ONE,
    "Q&A": SessionKind.PEER_CIRCLE,
    "Coworking": SessionKind.PEER_CIRCLE,
    "Cafeteria": SessionKind.NETWORKING,
}
"""Every other is a workshop."""

HOUR: Final = r"([01]?\d|2[0-3]):([0-5]\d)$"
LENGTH: Final = timedelta(minutes=60)
"""That of a session of which the source states none."""


@dataclass(frozen=True)
class Meeting:
    """A session, and when it was, as far as the source says."""

    name: str
    row: SessionRow
    starts_at: datetime
    lack: str | None
    """What the source does not say, so that it is kept as a draft; None where it says all."""

    @property
    def length(self) -> timedelta:
        stated = match(r"(\d{1,4}) ?min", self.row.duration or "")
        minutes = int(stated.group(1)) if stated else 0
        return timedelta(minutes=minutes) if 5 <= minutes <= 1440 else LENGTH

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.length

    @property
    def key(self) -> Key:
        return "learning_session", self.name


def meetings_of(row: CohortRow, calendar: Calendar) -> Sequence[Meeting]:
    """The sessions of a cohort in the order in which they were, the undated by their week."""
    found = [
        _meeting(name, session, calendar)
        for name, session in zip(names_of(row), row.sessions, strict=True)
    ]
    return sorted(found, key=lambda one: (one.starts_at, one.name))


def names_of(row: CohortRow) -> Sequence[str]:
    """What the sessions of a cohort are known by: the source has no names for them."""
    return [f"{row.cohort}-session-{place:02}" for place, _ in enumerate(row.sessions, start=1)]


def _meeting(name: str, row: SessionRow, calendar: Calendar) -> Meeting:
    on = day(row.date)
    hour = match(HOUR, (row.time or "").strip())
    found = on or day(row.week_start) or calendar.starts_on
    starts_at = beginning(found, ZONE)
    if on is None:
        return Meeting(name, row, starts_at, "date_missing")
    if hour is None:
        return Meeting(name, row, starts_at, "time_missing")
    at = timedelta(hours=int(hour.group(1)), minutes=int(hour.group(2)))
    return Meeting(name, row, starts_at + at, None)


def remarks_on(meetings: Sequence[Meeting]) -> Iterator[Remark]:
    """Why some are kept as drafts."""
    said = {"date_missing": "no day", "time_missing": "no hour"}
    for one in meetings:
        if one.lack is not None:
            detail = f"It is kept as a draft: the source states {said[one.lack]} for it."
            yield Remark(*one.key, one.lack, detail, one.row.title)


async def meet(
    passage: Passage,
    manager_id: UUID,
    cohort_id: UUID,
    meetings: Sequence[Meeting],
    since: datetime,
) -> None:
    """Plan each session of a cohort that goes on, and hold those that have a time; the convenor
    leads them, since the source does not say who did."""
    for one in meetings:
        async with passage.acting(since, manager_id) as actor:
            wanted = _wanted(one, manager_id)
            made = await sessions.create_learning_session(passage.db, actor, cohort_id, wanted)
            passage.note(*one.key, made.id)
            if one.lack is None:
                await sessions.move_learning_session(
                    passage.db, actor, made.id, "schedule", if_match=ANY_VERSION
                )
        if one.lack is None:
            async with passage.acting(max(one.ends_at, since), manager_id) as actor:
                await sessions.hold_learning_session(
                    passage.db, actor, made.id, if_match=ANY_VERSION
                )
    passage.tally.warn(remarks_on(meetings))


def _wanted(one: Meeting, facilitator_id: UUID) -> CreateLearningSession:
    row = one.row
    purpose = "\n".join(row.learning_objectives)
    return CreateLearningSession(
        kind=KINDS.get(row.type or "", SessionKind.WORKSHOP),
        title=shortened(row.title or row.type or "", 200) or "Session",
        purpose=purpose or None,
        timezone=ZONE,
        local_start=f"{one.starts_at:%Y-%m-%dT%H:%M}",
        duration_minutes=one.length // timedelta(minutes=1),
        facilitator_ids=[facilitator_id],
    )
