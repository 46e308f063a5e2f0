"""What is done to copy a series."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import FieldProblem, Unprocessable
from app.kernel.written import Written
from app.learning.sessions.copies.copying import counted, moved
from app.learning.sessions.copies.schemas import CopySessionSeries
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.queries import sessions_in_series
from app.learning.sessions.series import access
from app.learning.sessions.series.schemas import CreateSessionSeries, SessionSeriesOut
from app.learning.sessions.series.service import create_session_series
from app.learning.sessions.service import same_again
from app.network.cohorts.access import CohortNotFound
from app.people.identity.actors import Actor


class CohortUnknown(Unprocessable):
    """The request names a cohort that there is not, or that you may not see."""


async def copy_session_series(
    db: AsyncSession, actor: Actor, session_series_id: UUID, body: CopySessionSeries
) -> Written[SessionSeriesOut]:
    """Plan the sessions of a series for another cohort, as drafts that nobody leads yet.

    Raises CohortEnded (409), CohortUnknown, RecurrenceUnsound (422).
    """
    series = await access.session_series(db, actor, session_series_id)
    every = list(LearningSessionStatus)
    sessions = list(await db.scalars(sessions_in_series(series.id, every)))
    first = sessions[0]
    by_rule = len(sessions) - len(series.added) + len(series.left_out)
    plan = CreateSessionSeries(
        **same_again(first),
        capacity=first.capacity,
        local_start=body.local_start,
        timezone=body.timezone,
        rule=counted(series.rule, by_rule),
        added=moved(series.added, series.local_start, body.local_start),
        left_out=moved(series.left_out, series.local_start, body.local_start),
    )
    try:
        return await create_session_series(db, actor, body.cohort_id, plan)
    except CohortNotFound:
        detail = CohortUnknown.explanation()
        fault = FieldProblem(pointer="/cohort_id", code=CohortUnknown.code, detail=detail)
        raise CohortUnknown(errors=[fault]) from None
