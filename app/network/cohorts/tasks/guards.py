"""What must hold before a task is met, and what tasks hold up."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.schemas import Ref
from app.kernel.transitions import Marked, Unmet
from app.network.cohorts.lifecycle import MEMBERSHIP, TASK, TaskStatus
from app.network.cohorts.models import Membership, Requirement, Stage, Task
from app.network.cohorts.queries import MEMBERSHIPS
from app.network.conflicts.guards import independence


@TASK.guard("meet")
async def is_ones_own_to_say(_db: AsyncSession, actor: Actor, task: Task) -> Unmet | None:
    """Nobody judges themselves where the cohort is the judge."""
    if not task.requirement.is_judged or actor.holds("task.judge", task.membership_id):
        return None
    return Unmet("to_be_judged", "Those who run the cohort say whether this is met.")


@TASK.guard("meet")
async def judge_is_independent(db: AsyncSession, actor: Actor, task: Task) -> Unmet | Marked | None:
    """Whoever judges for the cohort is independent of the member."""
    judges = task.requirement.is_judged and actor.holds("task.judge", task.membership_id)
    return await independence(db, actor, MEMBERSHIPS, task.membership_id) if judges else None


@TASK.guard("waive")
async def waiver_is_independent(
    db: AsyncSession, actor: Actor, task: Task
) -> Unmet | Marked | None:
    """Nobody lets themselves off."""
    return await independence(db, actor, MEMBERSHIPS, task.membership_id)


@MEMBERSHIP.guard("activate")
async def is_onboarded(db: AsyncSession, _actor: Actor, membership: Membership) -> Unmet | None:
    """What is required for onboarding is met or waived."""
    return await _nothing_open(db, membership, Stage.ONBOARDING)


@MEMBERSHIP.guard("complete")
async def has_done_all(db: AsyncSession, _actor: Actor, membership: Membership) -> Unmet | None:
    """What is required for completion is met or waived."""
    return await _nothing_open(db, membership, Stage.COMPLETION)


async def _nothing_open(db: AsyncSession, membership: Membership, stage: Stage) -> Unmet | None:
    found = (
        await db.execute(
            select(Task.id, Requirement.title)
            .join(Task, Task.requirement_id == Requirement.id)
            .where(
                Task.membership_id == membership.id,
                Task.status == TaskStatus.OPEN,
                Requirement.stage == stage,
                Requirement.is_required,
            )
            .order_by(Requirement.position, Requirement.id)
        )
    ).all()
    if not found:
        return None
    return Unmet(
        "tasks_open",
        f"Meet or waive first: {'; '.join(title for _, title in found)}.",
        subjects=tuple(Ref(id=id_, reference=None, name=title) for id_, title in found),
    )
