"""The numbers that the places of a cohort give. Their source is the network's own targets."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.kernel.metrics import Columns, Definition, Facts, Metric, metrics
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Cohort, Membership

TAKEN: Final = (
    MembershipStatus.ACCEPTED,
    MembershipStatus.ONBOARDING,
    MembershipStatus.ACTIVE,
    MembershipStatus.PAUSED,
    MembershipStatus.COMPLETED,
)
LEFT: Final = (MembershipStatus.WITHDRAWN, MembershipStatus.REMOVED)


def _places(cohort_id: UUID) -> Select[*tuple[Any, ...]]:
    announced = select(func.coalesce(Cohort.announced_capacity, 0)).where(Cohort.id == cohort_id)
    return select(
        func.count().filter(Membership.status.in_(TAKEN)).label("taken"),
        func.count().filter(Membership.status.in_(LEFT)).label("left"),
        announced.scalar_subquery().label("announced"),
    ).where(Membership.cohort_id == cohort_id)


def _memberships(cohort_id: UUID) -> Select[UUID]:
    return select(Membership.id).where(Membership.cohort_id == cohort_id)


metrics(
    Metric(
        Definition(
            key="fill",
            title="Places taken of those announced",
            numerator="Memberships that were accepted and neither withdrawn nor removed.",
            denominator="The announced capacity; with an override the figure exceeds 1.",
            excluded="Memberships that were withdrawn or removed after acceptance.",
            without_denominator="No capacity has been announced.",
            version=1,
        ),
        Facts(_places, _memberships),
        Columns("taken", "announced", "left"),
    ),
)
