"""The counts behind the metrics, each kind in one statement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from app.funding.grants.lifecycle import GrantStatus, MilestoneStatus
from app.funding.grants.models import Grant, Milestone
from app.kernel.activity import Activity
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.overview.metrics.definitions import Count, MetricKey
from app.people.identity.access import reached
from app.people.identity.actors import Actor

TAKEN = (
    MembershipStatus.ACCEPTED,
    MembershipStatus.ONBOARDING,
    MembershipStatus.ACTIVE,
    MembershipStatus.PAUSED,
    MembershipStatus.COMPLETED,
)
LEFT = (MembershipStatus.WITHDRAWN, MembershipStatus.REMOVED)
ACCEPTED = (MilestoneStatus.ACCEPTED, MilestoneStatus.PARTIALLY_ACCEPTED)
SET_ASIDE = (MilestoneStatus.WAIVED, MilestoneStatus.CANCELLED)
NEVER_IN_FORCE = (
    GrantStatus.DRAFT,
    GrantStatus.PENDING_DUE_DILIGENCE,
    GrantStatus.OFFERED,
    GrantStatus.CANCELLED,
)


@dataclass(frozen=True)
class Subject:
    """The cohort whose figures are asked for, and when its record last grew."""

    id: UUID
    reference: str
    name: str
    announced_capacity: int | None
    changed_at: datetime


async def subject(db: AsyncConnection, actor: Actor, cohort_id: UUID) -> Subject | None:
    """The cohort, when `actor` may read its metrics, with the last instant at which anything was
    recorded of it, its memberships or its grants.

    Those stay its own for ever; what lies below it in the graph of scopes does not, and would take
    its record along when a member leaves.
    """
    own = union_all(
        select(literal(cohort_id)),
        select(Membership.id).where(Membership.cohort_id == cohort_id),
        select(Grant.id).where(Grant.cohort_id == cohort_id),
    )
    record = select(func.max(Activity.recorded_at)).where(Activity.scope_id.in_(own))
    statement = select(
        Cohort.id,
        Cohort.reference,
        Cohort.name,
        Cohort.announced_capacity,
        func.coalesce(record.scalar_subquery(), Cohort.updated_at).label("changed_at"),
    ).where(Cohort.id == cohort_id, reached(Cohort.id, actor, "metrics.read"))
    row = (await db.execute(statement)).one_or_none()
    return None if row is None else Subject(*row)


async def counts(db: AsyncConnection, of: Subject) -> dict[MetricKey, Count]:
    """What each metric counts in the cohort."""
    memberships = select(
        func.count().filter(Membership.status.in_(TAKEN)).label("taken"),
        func.count().filter(Membership.status.in_(LEFT)).label("left"),
    ).where(Membership.cohort_id == of.id)
    milestones = (
        select(
            func.count().filter(Milestone.status.not_in(SET_ASIDE)).label("in_force"),
            func.count().filter(Milestone.status.in_(SET_ASIDE)).label("set_aside"),
            func.count()
            .filter(Milestone.status.not_in((MilestoneStatus.PLANNED, *SET_ASIDE)))
            .label("reported"),
            func.count().filter(Milestone.status.in_(ACCEPTED)).label("accepted"),
        )
        .join(Grant, Grant.id == Milestone.grant_id)
        .where(Grant.cohort_id == of.id, Grant.status.not_in(NEVER_IN_FORCE))
    )
    m, s = memberships.subquery("m"), milestones.subquery("s")
    row = (await db.execute(select(m, s).join_from(m, s, onclause=true()))).one()
    return {
        MetricKey.FILL: Count(row.taken, of.announced_capacity or 0, row.left),
        MetricKey.MILESTONES_REPORTED: Count(row.reported, row.in_force, row.set_aside),
        MetricKey.MILESTONES_ACCEPTED: Count(row.accepted, row.in_force, row.set_aside),
    }
