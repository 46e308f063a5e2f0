"""Reading calendars."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.sessions.calendars.icalendars import written
from app.learning.sessions.calendars.queries import events_of, public_events_of
from app.network.cohorts.access import commons
from app.network.programmes.access import ProgrammeNotFound
from app.network.programmes.models import Programme
from app.people.identity.actors import Actor


async def get_cohort_calendar(db: AsyncSession, actor: Actor, cohort_id: UUID) -> bytes:
    """The sessions of a cohort, for whoever sees them. Raises CohortNotFound (404)."""
    cohort = await commons(db, actor, cohort_id, "learning_session.read")
    return written(cohort.name, await events_of(db, actor, cohort_id=cohort.id))


async def get_programme_calendar(db: AsyncSession, programme_id: UUID) -> bytes:
    """The public sessions of a programme. Raises ProgrammeNotFound (404) where it has none: whether
    there is such a programme is nobody's business then."""
    name = await db.scalar(select(Programme.name).where(Programme.id == programme_id))
    events = await public_events_of(db, programme_id)
    if name is None or not events:
        raise ProgrammeNotFound
    return written(name, events)
