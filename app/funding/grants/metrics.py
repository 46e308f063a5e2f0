"""The numbers that the milestones of a cohort's grants give. Their source is the network's own
reports."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.funding.grants.lifecycle import GrantStatus, MilestoneStatus
from app.funding.grants.models import Grant, Milestone
from app.kernel.metrics import Columns, Definition, Facts, Metric, metrics

ACCEPTED: Final = (MilestoneStatus.ACCEPTED, MilestoneStatus.PARTIALLY_ACCEPTED)
SET_ASIDE: Final = (MilestoneStatus.WAIVED, MilestoneStatus.CANCELLED)
NEVER_IN_FORCE: Final = (
    GrantStatus.DRAFT,
    GrantStatus.PENDING_DUE_DILIGENCE,
    GrantStatus.OFFERED,
    GrantStatus.CANCELLED,
)

OF_ALL: Final = (
    "Milestones of grants that have been in force, also of those that are held: they count until "
    "they are settled."
)


def _milestones(cohort_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(
            func.count().filter(Milestone.status.not_in(SET_ASIDE)).label("in_force"),
            func.count().filter(Milestone.status.in_(SET_ASIDE)).label("set_aside"),
            func.count()
            .filter(Milestone.status.not_in((MilestoneStatus.PLANNED, *SET_ASIDE)))
            .label("reported"),
            func.count().filter(Milestone.status.in_(ACCEPTED)).label("accepted"),
        )
        .join(Grant, Grant.id == Milestone.grant_id)
        .where(Grant.cohort_id == cohort_id, Grant.status.not_in(NEVER_IN_FORCE))
    )


def _grants(cohort_id: UUID) -> Select[UUID]:
    return select(Grant.id).where(Grant.cohort_id == cohort_id)


FACTS: Final = Facts(_milestones, _grants)

metrics(
    Metric(
        Definition(
            key="milestones_reported",
            title="Milestones reported",
            numerator="Milestones that were reported, or met by the signatures alone.",
            denominator=OF_ALL,
            excluded="Milestones that were waived or cancelled.",
            without_denominator="No grant of this cohort has milestones in force.",
            version=1,
        ),
        FACTS,
        Columns("reported", "in_force", "set_aside"),
    ),
    Metric(
        Definition(
            key="milestones_accepted",
            title="Milestones accepted",
            numerator="Milestones that were accepted, whole or in part.",
            denominator=OF_ALL,
            excluded="Milestones that were waived or cancelled.",
            without_denominator="No grant of this cohort has milestones in force.",
            version=1,
        ),
        FACTS,
        Columns("accepted", "in_force", "set_aside"),
    ),
)
