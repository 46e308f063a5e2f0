"""What is done with series."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.errors import FieldProblem, Unprocessable
from app.kernel.written import Written
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession, SessionSeries
from app.learning.sessions.queries import sessions_in_series
from app.learning.sessions.recurrence import Recurrence, RuleUnsound, occurrences
from app.learning.sessions.series import access
from app.learning.sessions.series.schemas import CreateSessionSeries, SessionSeriesOut
from app.learning.sessions.series.telling import SESSION_SERIES
from app.learning.sessions.service import meeting_cohort, move_session, plan, refuse_strangers
from app.people.identity.access import held
from app.people.identity.actors import Actor


class RecurrenceUnsound(Unprocessable):
    """No series can follow this rule."""


async def create_session_series(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CreateSessionSeries
) -> Written[SessionSeriesOut]:
    """Plan all sessions of a series, as drafts.

    Raises CohortEnded (409), RecurrenceUnsound, FacilitatorUnknown (422).
    """
    cohort = await meeting_cohort(db, actor, cohort_id)
    zone = body.timezone or cohort.timezone
    times = _times(body, zone)
    await refuse_strangers(db, cohort.commons_id, body.facilitator_ids)
    series = SessionSeries(
        scope_id=cohort.commons_id,
        cohort_id=cohort.id,
        cohort=cohort,
        title=body.title,
        timezone=zone,
        local_start=body.local_start,
        duration_minutes=body.duration_minutes,
        rule=body.rule,
        added=body.added,
        left_out=body.left_out,
    )
    db.add(series)
    await db.flush()
    activity.record(db, actor, "session_series.created", series)
    for at in times:
        each = body.model_copy(update={"local_start": at})
        await plan(db, actor, cohort, each, series_id=series.id, recurs_at=at)
    return await SESSION_SERIES.told_to(db, actor, series.id)


def _times(body: CreateSessionSeries, zone: str) -> list[str]:
    """When the sessions are, on the wall. Raises RecurrenceUnsound (422)."""
    recurrence = Recurrence(
        body.rule,
        [datetime.fromisoformat(one) for one in body.added],
        [datetime.fromisoformat(one) for one in body.left_out],
    )
    try:
        found = occurrences(datetime.fromisoformat(body.local_start), zone, recurrence)
    except RuleUnsound as unsound:
        fault = FieldProblem(
            pointer="/rule", code="recurrence_unsound", detail=f"M{str(unsound)[1:]}."
        )
        raise RecurrenceUnsound(errors=[fault]) from None
    return [f"{one:%Y-%m-%dT%H:%M}" for one in found]


async def schedule_session_series(
    db: AsyncSession, actor: Actor, session_series_id: UUID
) -> Written[SessionSeriesOut]:
    """Schedule every draft of the series: all of them, or none."""
    series = await access.session_series.allowing(
        db, actor, session_series_id, "learning_session.schedule", lock=True
    )
    drafts = sessions_in_series(series.id, {LearningSessionStatus.DRAFT})
    sessions = list(await db.scalars(held(drafts, LearningSession)))
    await actor.reach(db, [one.id for one in sessions])
    for session in sessions:
        await move_session(db, actor, session, "schedule")
        await db.flush()
    return await SESSION_SERIES.told_to(db, actor, series.id)
