"""What waits among tasks: what a member says itself that it has done."""

from app.kernel.clock import beginning_in_sql
from app.network.cohorts.lifecycle import OPEN, TASK, MembershipStatus, TaskStatus
from app.network.cohorts.models import Membership, Requirement, Task
from app.network.cohorts.work import IN_COHORT
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _tasks(reach: Reach, waits: Branch) -> Row:
    """What a member has still to do and says itself when it has; due until its day is over where
    the member is, and not while it is on leave."""
    mine = reach.is_mine(Task.membership_id, waits.permission)
    row = reach.row(
        (Task.id, None, Requirement.title),
        IN_COHORT,
        When(
            Membership.timezone,
            beginning_in_sql(Task.due_on + 1, Membership.timezone),
            made_at=Task.created_at,
        ),
        (Task.membership_id, mine),
    )
    return (
        row.select_from(Task)
        .join(Requirement, Requirement.id == Task.requirement_id)
        .join(Membership, Membership.id == Task.membership_id)
        .where(
            Task.status == TaskStatus.OPEN,
            Membership.status.in_(OPEN - {MembershipStatus.PAUSED}),
            ~Requirement.is_judged,
            reach.concerns(mine, Task.membership_id, waits.permission, "membership.read"),
        )
    )


work(
    Branch(
        Kind("meet_task", Moving(TASK, "meet"), "Say what was done of a requirement:"),
        "task.answer",
        Side.GRANTEE,
        _tasks,
    ),
)
