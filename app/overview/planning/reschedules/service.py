"""Moving a cohort by some days."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.extensions.queries import to_be_reported
from app.funding.grants.extensions.service import record_extension
from app.funding.grants.models import Milestone
from app.kernel import activity
from app.kernel.clock import now
from app.kernel.editing import amend
from app.kernel.schemas import Ref
from app.learning.sessions.lifecycle import TAKES_TIME
from app.learning.sessions.models import LearningSession
from app.learning.sessions.service import shift_session
from app.learning.sessions.wall_clocks import instant_of
from app.network.cohorts import access
from app.network.cohorts.lifecycle import CohortStatus
from app.network.cohorts.models import Cohort
from app.network.cohorts.service import CohortEnded
from app.network.collaborations.models import Collaboration
from app.overview.planning.reschedules import queries
from app.overview.planning.reschedules.schemas import (
    Hindrance,
    MovedOut,
    MovedSessionOut,
    RescheduleCohort,
    RescheduleOut,
    SessionHindrance,
    StaysOut,
)
from app.people.identity.access import require
from app.people.identity.actors import Actor

Grantees = dict[UUID, Collaboration]


async def reschedule_cohort(
    db: AsyncSession,
    actor: Actor,
    cohort_id: UUID,
    body: RescheduleCohort,
    *,
    if_match: int | None,
) -> RescheduleOut:
    """Move the planned dates of a cohort, the open tasks of its members, their milestones that are
    not reported yet, as extensions, and its sessions that are to come; or tell what would move.
    Raises CohortEnded (409).
    """
    cohort = await access.cohort.to_change(db, actor, cohort_id, "cohort.edit", if_match=if_match)
    require(actor, "milestone.extend", cohort.id)
    require(actor, "learning_session.edit", cohort.id)
    if cohort.status in (CohortStatus.CLOSED, CohortStatus.CANCELLED):
        raise CohortEnded
    by, is_real = timedelta(days=body.days), not body.dry_run
    planned = _planned(cohort, by)
    tasks = await _tasks(db, actor, cohort, by, body.reason, is_real=is_real)
    milestones, stays = await _milestones(db, actor, cohort, by, body.reason, is_real=is_real)
    sessions = await _sessions(db, actor, cohort, body.days, is_real=is_real)
    if is_real:
        changed = amend(cohort, planned)
        moved = {"tasks": len(tasks), "milestones": len(milestones), "stays": len(stays)}
        moved |= {"sessions": sum(one.stays_because is None for one in sessions)}
        detail = {"days": body.days, **changed, **moved}
        activity.record(db, actor, "cohort.rescheduled", cohort, reason=body.reason, detail=detail)
        await db.flush()
    return RescheduleOut(
        cohort=Ref.model_validate(cohort),
        is_dry_run=body.dry_run,
        days=body.days,
        **planned,
        tasks=tasks,
        milestones=milestones,
        stays=stays,
        sessions=sessions,
        version=cohort.version,
    )


def _planned(cohort: Cohort, by: timedelta) -> dict[str, date | None]:
    dates = {"planned_start_on": cohort.planned_start_on, "planned_end_on": cohort.planned_end_on}
    return {name: on and on + by for name, on in dates.items()}


async def _tasks(
    db: AsyncSession, actor: Actor, cohort: Cohort, by: timedelta, reason: str, *, is_real: bool
) -> list[MovedOut]:
    moved: list[MovedOut] = []
    for task in await queries.open_tasks(db, cohort.id):
        moved.append(
            MovedOut(
                id=task.id,
                reference=None,
                name=task.requirement.title,
                member=Ref.model_validate(task.membership.collaboration),
                due_on=task.due_on,
                new_due_on=task.due_on + by,
            )
        )
        if is_real:
            changed = amend(task, {"due_on": task.due_on + by})
            activity.record(db, actor, "task.edited", task, reason=reason, detail=changed)
    return moved


async def _milestones(
    db: AsyncSession, actor: Actor, cohort: Cohort, by: timedelta, reason: str, *, is_real: bool
) -> tuple[list[MovedOut], list[StaysOut]]:
    grantees = await queries.grantees(db, cohort.id)
    moved: list[MovedOut] = []
    stays: list[StaysOut] = []
    for milestone, ends_on in await to_be_reported(db, cohort_id=cohort.id):
        new_due_on = milestone.due_on + by
        if new_due_on <= milestone.due_on:
            stays.append(_staying(milestone, grantees, Hindrance.NOT_LATER))
        elif new_due_on > ends_on:
            stays.append(_staying(milestone, grantees, Hindrance.PASSES_AGREED_END))
        else:
            moved.append(
                MovedOut(
                    id=milestone.id,
                    reference=milestone.reference,
                    name=milestone.title,
                    member=Ref.model_validate(grantees[milestone.grant_id]),
                    due_on=milestone.due_on,
                    new_due_on=new_due_on,
                )
            )
            if is_real:
                record_extension(db, actor, milestone, new_due_on, reason)
    unsigned = await queries.not_signed(db, cohort.id)
    stays += [_staying(milestone, grantees, Hindrance.NOT_SIGNED) for milestone in unsigned]
    return moved, stays


async def _sessions(
    db: AsyncSession, actor: Actor, cohort: Cohort, days: int, *, is_real: bool
) -> list[MovedSessionOut]:
    told: list[MovedSessionOut] = []
    shared = await queries.shared_sessions(db, cohort)
    for session in await queries.sessions_to_come(db, cohort):
        before = datetime.fromisoformat(session.local_start)
        after = before + timedelta(days=days)
        because = SessionHindrance.SHARED
        if session.id not in shared:
            because = await _hindrance(db, session, instant_of(after, session.timezone))
        told.append(
            MovedSessionOut(
                id=session.id,
                title=session.title,
                timezone=session.timezone,
                local_start=session.local_start,
                new_local_start=f"{after:%Y-%m-%dT%H:%M}",
                stays_because=because,
            )
        )
        if is_real and because is None:
            await shift_session(db, actor, session, days)
    return told


async def _hindrance(
    db: AsyncSession, session: LearningSession, starts_at: datetime
) -> SessionHindrance | None:
    if starts_at < now(db):
        return SessionHindrance.IN_THE_PAST
    if session.status not in TAKES_TIME:
        return None
    ends_at = starts_at + timedelta(minutes=session.duration_minutes)
    busy = await queries.leads_elsewhere(db, session, starts_at, ends_at)
    return SessionHindrance.FACILITATOR_ELSEWHERE if busy else None


def _staying(milestone: Milestone, grantees: Grantees, because: Hindrance) -> StaysOut:
    return StaysOut(
        id=milestone.id,
        reference=milestone.reference,
        name=milestone.title,
        member=Ref.model_validate(grantees[milestone.grant_id]),
        due_on=milestone.due_on,
        because=because,
    )
