"""Moving a cohort by some days."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.extensions.queries import to_be_reported
from app.funding.grants.extensions.service import record_extension
from app.funding.grants.models import Milestone
from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.schemas import Ref
from app.network.cohorts import access
from app.network.cohorts.lifecycle import CohortStatus
from app.network.cohorts.models import Cohort
from app.network.cohorts.service import CohortEnded
from app.network.collaborations.models import Collaboration
from app.overview.planning.reschedules import queries
from app.overview.planning.reschedules.schemas import (
    Hindrance,
    MovedOut,
    RescheduleCohort,
    RescheduleOut,
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
    """Move the planned dates of a cohort, the open tasks of its members, and their milestones that
    are not reported yet, as extensions; or tell what would move. Raises CohortEnded (409).
    """
    cohort = await access.cohort.to_change(db, actor, cohort_id, "cohort.edit", if_match=if_match)
    require(actor, "milestone.extend", cohort.id)
    if cohort.status in (CohortStatus.CLOSED, CohortStatus.CANCELLED):
        raise CohortEnded
    by, is_real = timedelta(days=body.days), not body.dry_run
    planned = _planned(cohort, by)
    tasks = await _tasks(db, actor, cohort, by, body.reason, is_real=is_real)
    milestones, stays = await _milestones(db, actor, cohort, by, body.reason, is_real=is_real)
    if is_real:
        changed = amend(cohort, planned)
        moved = {"tasks": len(tasks), "milestones": len(milestones), "stays": len(stays)}
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


def _staying(milestone: Milestone, grantees: Grantees, because: Hindrance) -> StaysOut:
    return StaysOut(
        id=milestone.id,
        reference=milestone.reference,
        name=milestone.title,
        member=Ref.model_validate(grantees[milestone.grant_id]),
        due_on=milestone.due_on,
        because=because,
    )
