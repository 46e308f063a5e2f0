"""What is told of tasks."""

from typing import Final

from sqlalchemy import and_, select

from app.kernel.clock import day_in_sql
from app.network.cohorts.access import MembershipNotFound, TaskNotFound
from app.network.cohorts.lifecycle import TASK, MembershipStatus, TaskStatus
from app.network.cohorts.models import Membership, Requirement, Task
from app.network.cohorts.tasks.schemas import TaskOut, TaskPage
from app.network.collaborations.telling import takes_part
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported
from app.web.exports import AT

TASKS: Final = Telling(
    TaskOut,
    Task,
    "membership.read",
    missing=TaskNotFound,
    lifecycle=TASK,
    joins=[Task.requirement, Task.membership],
    told={
        "membership": Membership,
        "stage": Requirement.stage,
        "key": Requirement.key,
        "title": Requirement.title,
        "guidance": Requirement.guidance,
        "is_required": Requirement.is_required,
        "is_judged": Requirement.is_judged,
        "is_overdue": and_(
            Task.status == TaskStatus.OPEN,
            Membership.status != MembershipStatus.PAUSED,
            Task.due_on < day_in_sql(AT, Membership.timezone),
        ),
    },
    filters={
        "stage": lambda asked: Task.requirement_id.in_(
            select(Requirement.id).where(Requirement.stage == asked)
        ),
        "organisation_id": lambda asked: Task.membership_id.in_(
            select(Membership.id).where(takes_part(Membership.collaboration_id)(asked))
        ),
    },
    sorts={"due_on": (Task.due_on, Task.id)},
    page_of=TaskPage,
)
OF_MEMBERSHIP: Final = Within(Task.membership_id, Membership, "membership.read", MembershipNotFound)
TASKS_AS_CSV: Final = exported("tasks", TASKS)
