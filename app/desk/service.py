"""Reading what waits for an actor, and the record of what was done."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.cohorts.lifecycle import MEMBERSHIP, TASK
from app.cohorts.pauses.lifecycle import PAUSE_REQUEST
from app.desk.queries import work_of
from app.desk.schemas import ListActivity, ListWork, WorkItemOut, WorkKind, WorkPage
from app.grants.lifecycle import GRANT
from app.identity.access import reached
from app.identity.actors import Actor
from app.kernel.activity import Activity, ActivityPage, feed
from app.kernel.clock import now
from app.kernel.lifecycle import action_of
from app.kernel.paging import paginate
from app.kernel.schemas import ActionOut, Ref
from app.reports.lifecycle import REPORT

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
}
"""What is to be made instead: of which noun, the name and the operation of it, and where."""


async def list_my_work(db: AsyncSession, actor: Actor, query: ListWork) -> WorkPage:
    """What waits for the actor across all cohorts, what is due first at the top."""
    work = work_of(actor, now(db))
    statement = select(*work.c)
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
        noun=MOVES[kind][0].noun if kind in MOVES else CREATIONS[kind][0],
        subject=Ref(id=row.subject_id, reference=row.reference, name=row.name),
        cohort=Ref(id=row.cohort_id, reference=row.cohort_reference, name=row.cohort_name),
        due_at=row.due_at,
        is_overdue=row.due_at is not None and row.due_at <= now(db),
        action=_action(kind, row.subject_id),
    )


def _action(kind: WorkKind, subject_id: UUID) -> ActionOut:
    if kind in MOVES:
        return action_of(*MOVES[kind], subject_id)
    noun, name, operation_id, what = CREATIONS[kind]
    return ActionOut(
        name=name,
        operation_id=operation_id,
        method="POST",
        href=f"/v1/{noun}s/{subject_id}/{what}",
        needs_reason=False,
        needs_if_match=False,
    )
