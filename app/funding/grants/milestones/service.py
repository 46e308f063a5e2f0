"""Milestones: the calendar of obligations, and doing without one."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access
from app.funding.grants.deadlines import MilestoneStanding, timing
from app.funding.grants.lifecycle import EXPECTING_REPORTS, MILESTONE, MilestoneStatus
from app.funding.grants.milestones.exports import MILESTONES
from app.funding.grants.milestones.schemas import (
    GrantMilestoneQuery,
    MilestoneOut,
    MilestonePage,
    MilestoneQuery,
)
from app.funding.grants.models import Grant, Milestone
from app.funding.grants.queries import is_held, why_held
from app.funding.grants.terms.service import criteria_of, grant_ref
from app.kernel import activity
from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.clock import now
from app.kernel.endorsements import Word, told, words
from app.kernel.lifecycle import available_actions, explain_actions, move
from app.kernel.money import Money
from app.kernel.paging import paginate
from app.kernel.schemas import ActionsOut, Ref
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.pauses.queries import is_on_leave
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.web.exports import WholeList, whole_list

SORTS: Final = {
    "due_at": (Milestone.due_at, Milestone.id),
    "reference": (Milestone.reference, Milestone.id),
}


async def list_milestones(db: AsyncSession, actor: Actor, query: MilestoneQuery) -> MilestonePage:
    """The milestones that the actor may see, by due date: what is due when, across grants."""
    statement = visible(Milestone, actor, "grant.read").where(*_wanted(db, query))
    return await _page(db, actor, query, statement)


async def list_grant_milestones(
    db: AsyncSession, actor: Actor, grant_id: UUID, query: GrantMilestoneQuery
) -> MilestonePage:
    """The milestones of one grant."""
    grant = await access.grant(db, actor, grant_id)
    return await _page(db, actor, query, _of_grant(db, actor, grant.id, query), bound=grant.id)


async def export_milestones(db: AsyncSession, actor: Actor, query: MilestoneQuery) -> WholeList:
    """The milestones that the actor may see, as a table."""
    statement = visible(Milestone, actor, "grant.read").where(*_wanted(db, query))
    return whole_list(db, MILESTONES, statement, query, SORTS, default="due_at")


async def export_grant_milestones(
    db: AsyncSession, actor: Actor, grant_id: UUID, query: GrantMilestoneQuery
) -> WholeList:
    """The milestones of one grant, as a table."""
    grant = await access.grant(db, actor, grant_id)
    statement = _of_grant(db, actor, grant.id, query)
    return whole_list(db, MILESTONES, statement, query, SORTS, default="due_at")


def _of_grant(
    db: AsyncSession, actor: Actor, grant_id: UUID, query: GrantMilestoneQuery
) -> Select[Milestone]:
    statement = visible(Milestone, actor, "grant.read").where(Milestone.grant_id == grant_id)
    return statement.where(*_standing_so(db, query))


def _standing_so(db: AsyncSession, query: GrantMilestoneQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.status is not None:
        conditions.append(Milestone.status == query.status)
    if query.standing is not None:
        conditions.append(stands(db, query.standing))
    return conditions


def _wanted(db: AsyncSession, query: MilestoneQuery) -> list[ColumnElement[bool]]:
    conditions = _standing_so(db, query)
    conditions += [
        column == value
        for column, value in (
            (Milestone.grant_id, query.grant_id),
            (Milestone.reference, query.reference),
            (Milestone.kind, query.kind),
        )
        if value is not None
    ]
    of_grant = [
        column == value
        for column, value in (
            (Grant.reference, query.grant_reference),
            (Grant.cohort_id, query.cohort_id),
            (Grant.collaboration_id, query.collaboration_id),
        )
        if value is not None
    ]
    if of_grant:
        conditions.append(Milestone.grant_id.in_(select(Grant.id).where(*of_grant)))
    if query.due_from is not None:
        conditions.append(Milestone.due_on >= query.due_from)
    if query.due_until is not None:
        conditions.append(Milestone.due_on <= query.due_until)
    return conditions


def stands(db: AsyncSession, standing: MilestoneStanding) -> ColumnElement[bool]:
    """Whether a milestone's dates say this of it, by the session's clock: as `timing` does."""
    if standing is MilestoneStanding.LATE:
        return Milestone.reported_at >= Milestone.due_at
    expected = and_(
        Milestone.status == MilestoneStatus.PLANNED,
        Milestone.grant_id.in_(
            select(Grant.id).where(
                Grant.status.in_(EXPECTING_REPORTS),
                ~is_held(now(db)),
                ~is_on_leave(Grant.membership_id),
            )
        ),
    )
    if standing is MilestoneStanding.OVERDUE:
        return and_(expected, Milestone.due_at <= now(db))
    return and_(expected, Milestone.opens_at <= now(db), Milestone.due_at > now(db))


async def _page(
    db: AsyncSession,
    actor: Actor,
    query: GrantMilestoneQuery,
    statement: Select[Milestone],
    *,
    bound: UUID | None = None,
) -> MilestonePage:
    statement = statement.options(*access.MILESTONE_REFS)
    page = await paginate(db, statement, query, SORTS, default="due_at", bound=bound)
    await actor.reach(db, [milestone.scope_id for milestone in page.rows])
    standing = await words(db, actor, *page.rows)
    return MilestonePage(
        items=[shown(db, actor, milestone, standing[milestone.id]) for milestone in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_milestone(db: AsyncSession, actor: Actor, milestone_id: UUID) -> MilestoneOut:
    """One milestone."""
    return await as_it_stands(db, actor, await access.milestone(db, actor, milestone_id))


async def as_it_stands(db: AsyncSession, actor: Actor, milestone: Milestone) -> MilestoneOut:
    """A milestone as clients see it, with the first of two persons' words about it."""
    return shown(db, actor, milestone, (await words(db, actor, milestone))[milestone.id])


async def waive_milestone(
    db: AsyncSession, actor: Actor, milestone_id: UUID, *, reason: str, if_match: int | None
) -> MilestoneOut:
    """Do without a milestone that no money hangs on; it takes two persons.

    Raises SecondPersonRequired (409) for who has endorsed it already.
    """
    milestone = await access.milestone(db, actor, milestone_id, lock=True)
    await move(db, actor, milestone, MILESTONE, "waive", reason=reason, if_match=if_match)
    await db.flush()
    return await as_it_stands(db, actor, milestone)


async def explain_milestone_actions(
    db: AsyncSession, actor: Actor, milestone_id: UUID
) -> ActionsOut:
    """The moves of a milestone, with what stands in the way of each."""
    milestone = await access.milestone(db, actor, milestone_id)
    return await explain_actions(db, actor, milestone, MILESTONE)


async def get_milestone_history(
    db: AsyncSession, actor: Actor, milestone_id: UUID, query: HistoryQuery
) -> ActivityPage:
    """What was done to a milestone, oldest first."""
    return await activity.history(db, actor, await access.milestone(db, actor, milestone_id), query)


def shown(
    db: AsyncSession, actor: Actor, milestone: Milestone, standing: Sequence[Word] = ()
) -> MilestoneOut:
    """A milestone with its grant and current terms, as clients see it. No word stands about one
    that has just changed."""
    grant, currency = milestone.grant, milestone.terms.grant_version.currency
    when = timing(
        awaits_report=milestone.status is MilestoneStatus.PLANNED
        and grant.status in EXPECTING_REPORTS
        and why_held(db, grant) is None
        and grant.membership.status is not MembershipStatus.PAUSED,
        opens_at=milestone.opens_at,
        due_at=milestone.due_at,
        reported_at=milestone.reported_at,
        at=now(db),
    )
    return MilestoneOut(
        id=milestone.id,
        reference=milestone.reference,
        number=milestone.number,
        kind=milestone.kind,
        title=milestone.title,
        status=milestone.status,
        grant=grant_ref(grant),
        cohort=Ref.model_validate(grant.cohort),
        collaboration=Ref.model_validate(grant.collaboration),
        amount=Money(amount_minor=milestone.terms.amount_minor, currency=currency),
        accepted_amount=_accepted(milestone, currency),
        is_parallel=milestone.is_parallel,
        needs_certification=milestone.needs_certification,
        opens_at=milestone.opens_at,
        due_on=milestone.due_on,
        timezone=milestone.timezone,
        due_at=milestone.due_at,
        is_due=when.is_due,
        is_overdue=when.is_overdue,
        is_late=when.is_late,
        reported_at=milestone.reported_at,
        criteria=criteria_of(milestone.terms),
        endorsements=told(standing),
        available_actions=available_actions(milestone, actor, MILESTONE),
        version=milestone.version,
        created_at=milestone.created_at,
        updated_at=milestone.updated_at,
    )


def _accepted(milestone: Milestone, currency: str) -> Money | None:
    if milestone.status is MilestoneStatus.ACCEPTED:
        return Money(amount_minor=milestone.terms.amount_minor, currency=currency)
    if milestone.accepted_minor is not None:
        return Money(amount_minor=milestone.accepted_minor, currency=currency)
    return None
