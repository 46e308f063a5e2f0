"""What is done with presenters."""

from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.schemas import Ref
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession, SessionSeries
from app.learning.sessions.presenters.models import Presenter
from app.learning.sessions.presenters.queries import (
    presenters_of,
    series_to_present_anew,
    who_may_present,
    who_sits_elsewhere,
)
from app.learning.sessions.presenters.rotation import rotated
from app.learning.sessions.presenters.schemas import PresenterOut, PresentersOut
from app.learning.sessions.queries import sessions_in_series
from app.learning.sessions.series import access
from app.people.identity.actors import Actor, scheduler

TO_COME: Final = frozenset(
    {
        LearningSessionStatus.DRAFT,
        LearningSessionStatus.SCHEDULED,
        LearningSessionStatus.POSTPONED,
    }
)


async def rotate_presenters(
    db: AsyncSession, actor: Actor, session_series_id: UUID
) -> PresentersOut:
    """Assign a presenting member to each session of a series that is still to come."""
    series = await access.session_series.allowing(
        db, actor, session_series_id, "learning_session.edit", lock=True
    )
    await rotate(db, actor, series)
    return await _told(db, series.id)


async def rotate(db: AsyncSession, actor: Actor, series: SessionSeries) -> None:
    """Give each session to come of a series, which is held, to whoever has presented least."""
    sessions = list(await db.scalars(sessions_in_series(series.id, TO_COME)))
    known = await presenters_of(db, series.id)
    presented = [one.membership_id for one in known if _was_held(one.session)]
    members = await who_may_present(db, series.cohort_id)
    elsewhere = await who_sits_elsewhere(db, [one.id for one in sessions])
    away = {place: elsewhere.get(one.id, ()) for place, one in enumerate(sessions)}
    chosen = rotated(members, presented, len(sessions), away)
    before = {one.session_id: one.membership_id for one in known}
    after = {one.id: member for one, member in zip(sessions, chosen, strict=False)}
    if all(before.get(one.id) == after.get(one.id) for one in sessions):
        return
    coming = [one.id for one in sessions]
    await db.execute(delete(Presenter).where(Presenter.session_id.in_(coming)))
    db.add_all(Presenter(session_id=one, membership_id=member) for one, member in after.items())
    activity.record(db, actor, "session_series.presenters_rotated", series)
    await db.flush()


async def present_anew(db: AsyncSession, session: LearningSession) -> None:
    """Let another present in a session where whoever was to attends another sitting of it."""
    if session.series_id is None or session.status not in TO_COME:
        return
    if series := await series_to_present_anew(db, session):
        await rotate(db, scheduler(), series)


def _was_held(session: LearningSession) -> bool:
    return session.status in (LearningSessionStatus.LIVE, LearningSessionStatus.HELD)


async def get_presenters(db: AsyncSession, actor: Actor, session_series_id: UUID) -> PresentersOut:
    """Who presents in which session."""
    series = await access.session_series(db, actor, session_series_id)
    return await _told(db, series.id)


async def _told(db: AsyncSession, session_series_id: UUID) -> PresentersOut:
    return PresentersOut(
        session_series_id=session_series_id,
        presenters=[
            PresenterOut(
                learning_session=Ref(id=one.session.id, reference=None, name=one.session.title),
                starts_at=one.session.starts_at,
                membership_id=one.membership_id,
                collaboration=Ref.model_validate(one.membership.collaboration),
            )
            for one in await presenters_of(db, session_series_id)
        ],
    )
