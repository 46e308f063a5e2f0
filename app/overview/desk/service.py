"""Reading what waits for an actor, and the record of what was done."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.lifecycle import GRANT
from app.funding.reports.lifecycle import REPORT
from app.kernel.activity import Activity, ActivityPage, feed
from app.kernel.clock import now
from app.kernel.lifecycle import action_of
from app.kernel.paging import paginate
from app.kernel.schemas import ActionOut, Ref
from app.network.cohorts.lifecycle import MEMBERSHIP, TASK
from app.network.cohorts.pauses.lifecycle import PAUSE_REQUEST
from app.overview.desk.kinds import ObligationStanding, WorkKind, side_of
from app.overview.desk.queries import obligations, standing_at
from app.overview.desk.schemas import (
    ListActivity,
    ListObligations,
    ListWork,
    ObligationOut,
    ObligationPage,
    WorkItemOut,
    WorkPage,
)
from app.people.identity.access import reached
from app.people.identity.actors import Actor

MOVES = {
    WorkKind.ANSWER_OFFER: (MEMBERSHIP, "accept"),
    WorkKind.BEGIN_ONBOARDING: (MEMBERSHIP, "onboard"),
    WorkKind.ACTIVATE_MEMBERSHIP: (MEMBERSHIP, "activate"),
    WorkKind.MEET_TASK: (TASK, "meet"),
    WorkKind.DECIDE_PAUSE_REQUEST: (PAUSE_REQUEST, "agree"),
    WorkKind.AWAIT_PAUSE_DECISION: (PAUSE_REQUEST, "withdraw"),
    WorkKind.RESUME_MEMBERSHIP: (MEMBERSHIP, "resume"),
    WorkKind.SIGN_GRANT: (GRANT, "activate"),
    WorkKind.SUBMIT_REPORT: (REPORT, "submit"),
    WorkKind.ANSWER_CHANGE_REQUESTS: (REPORT, "submit"),
    WorkKind.REVIEW_REPORT: (REPORT, "accept"),
    WorkKind.CLOSE_GRANT: (GRANT, "begin_closing"),
}
"""Which move each kind of work comes down to."""

CREATIONS = {
    WorkKind.RENEW_CHECK: (
        "grant",
        "record",
        "record_due_diligence_check",
        "due-diligence-checks",
    ),
    WorkKind.REPORT_MILESTONE: ("milestone", "create", "create_report", "reports"),
    WorkKind.DECIDE_EXTENSION: (
        "milestone_extension",
        "grant",
        "grant_milestone_extension",
        "grant",
    ),
}
"""What is to be made instead: of which noun, the name and the operation of it, and where."""


async def list_my_work(db: AsyncSession, actor: Actor, query: ListWork) -> WorkPage:
    """What waits for the actor across all cohorts, what is due first at the top."""
    work = obligations(actor, now(db))
    statement = select(*work.c).where(work.c.is_mine)
    if query.kind:
        statement = statement.where(work.c.kind.in_(query.kind))
    if query.cohort_id:
        statement = statement.where(work.c.cohort_id == query.cohort_id)
    if query.due_before:
        statement = statement.where(work.c.due_at < query.due_before)
    orders = {"due": (work.c.sorted_at, work.c.kind, work.c.subject_id)}
    page = await paginate(db, statement, query, orders, default="due", bound=actor.account_id)
    return WorkPage(
        items=[_item(db, row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def list_obligations(
    db: AsyncSession, actor: Actor, query: ListObligations
) -> ObligationPage:
    """What is due when, for whomever, as far as the actor may see it; what is due first comes
    first."""
    found = obligations(actor, now(db))
    standing = standing_at(found, now(db))
    statement = select(*found.c, standing)
    if query.standing:
        statement = statement.where(standing.in_(query.standing))
    statement = _of_those(statement, query, found.c)
    orders = {"due": (found.c.sorted_at, found.c.kind, found.c.subject_id, found.c.permission)}
    page = await paginate(db, statement, query, orders, default="due", bound=actor.account_id)
    return ObligationPage(
        items=[_obligation(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _of_those(statement: Select[Any], query: ListObligations, of: Any) -> Select[Any]:
    if query.kind:
        statement = statement.where(of.kind.in_(query.kind))
    if query.due_from:
        statement = statement.where(of.due_on >= query.due_from)
    if query.due_until:
        statement = statement.where(of.due_on <= query.due_until)
    for column, value in (
        (of.cohort_id, query.cohort_id),
        (of.collaboration_id, query.collaboration_id),
        (of.grant_id, query.grant_id),
        (of.is_mine, query.is_mine),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return statement


def _obligation(row: Row[Any]) -> ObligationOut:
    kind = WorkKind(row.kind)
    grant = (
        Ref(id=row.grant_id, reference=row.grant_reference, name=row.grant_title)
        if (row.grant_id)
        else None
    )
    return ObligationOut(
        kind=kind,
        noun=noun_of(kind),
        subject=Ref(id=row.subject_id, reference=row.reference, name=row.name),
        cohort=Ref(id=row.cohort_id, reference=row.cohort_reference, name=row.cohort_name),
        collaboration=Ref(
            id=row.collaboration_id,
            reference=row.collaboration_reference,
            name=row.collaboration_name,
        ),
        grant=grant,
        waits_for=side_of(row.permission),
        is_mine=row.is_mine,
        opens_at=row.opens_at,
        due_at=row.due_at,
        due_on=row.due_on,
        timezone=row.timezone,
        standing=ObligationStanding(row.standing),
        action=_action(kind, row.subject_id),
    )


async def list_activity(db: AsyncSession, actor: Actor, query: ListActivity) -> ActivityPage:
    """What was done to anything whose record the actor may read, in the order of commits."""
    statement = select(Activity).where(reached(Activity.scope_id, actor, "activity.read"))
    if query.noun:
        statement = statement.where(Activity.noun == query.noun)
    if query.subject_id:
        statement = statement.where(Activity.subject_id == query.subject_id)
    return await feed(db, statement, query)


def _item(db: AsyncSession, row: Row[Any]) -> WorkItemOut:
    kind = WorkKind(row.kind)
    return WorkItemOut(
        kind=kind,
        noun=noun_of(kind),
        subject=Ref(id=row.subject_id, reference=row.reference, name=row.name),
        cohort=Ref(id=row.cohort_id, reference=row.cohort_reference, name=row.cohort_name),
        due_at=row.due_at,
        is_overdue=row.due_at is not None and row.due_at <= now(db),
        action=_action(kind, row.subject_id),
    )


def noun_of(kind: WorkKind) -> str:
    """What a kind of work concerns."""
    return MOVES[kind][0].noun if kind in MOVES else CREATIONS[kind][0]


def _action(kind: WorkKind, subject_id: UUID) -> ActionOut:
    if kind in MOVES:
        return action_of(*MOVES[kind], subject_id)
    noun, name, operation_id, what = CREATIONS[kind]
    return ActionOut(
        name=name,
        operation_id=operation_id,
        method="POST",
        href=f"/v1/{noun.replace('_', '-')}s/{subject_id}/{what}",
        needs_reason=False,
        needs_if_match=kind is WorkKind.DECIDE_EXTENSION,
    )
