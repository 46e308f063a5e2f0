"""The numbers that the milestones of grants give. Their source is the network's own
reports."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.funding.grants.lifecycle import GrantStatus, MilestoneStatus
from app.funding.grants.models import Grant, Milestone, MilestoneExtension
from app.kernel.activity import Activity
from app.kernel.metrics import (
    Columns,
    Definition,
    Facts,
    Here,
    Likeness,
    Metric,
    MetricPast,
    metrics,
)
from app.network.cohorts.metrics import EVERYWHERE, lies_here

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


def _milestones(here: Here) -> Select[*tuple[Any, ...]]:
    """What became of the milestones of grants that have been in force."""
    one = _in_force(here).subquery()
    return select(
        func.count().filter(one.c.status.not_in(SET_ASIDE)).label("in_force"),
        func.count().filter(one.c.status.in_(SET_ASIDE)).label("set_aside"),
        func.count()
        .filter(one.c.status.not_in((MilestoneStatus.PLANNED, *SET_ASIDE)))
        .label("reported"),
        func.count().filter(one.c.status.in_(ACCEPTED)).label("accepted"),
    )


def _on_time(here: Here) -> Select[*tuple[Any, ...]]:
    """Which of them were due, and accepted as they had been handed in by then."""
    one = _in_force(here, _due_at(here).label("due_at"), _met_at(here).label("met_at")).subquery()
    counts = one.c.status.not_in(SET_ASIDE)
    is_due = one.c.due_at <= here.at
    is_met = and_(one.c.status.in_(ACCEPTED), one.c.met_at < one.c.due_at)
    return select(
        func.count().filter(counts, is_due).label("due"),
        func.count().filter(counts, is_due, is_met).label("on_time"),
        func.count().filter(counts, ~is_due).label("to_come"),
    )


def _in_force(here: Here, *columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(here.status(Milestone).label("status"), *columns)
        .select_from(Milestone)
        .join(Grant, Grant.id == Milestone.grant_id)
        .where(
            lies_here(here, Grant.cohort_id, Grant.collaboration_id),
            here.status(Grant).not_in(NEVER_IN_FORCE),
        )
    )


def _due_at(here: Here) -> ColumnElement[Any]:
    """When a milestone was due as it had been agreed by then: before what was granted later."""
    later = (
        select(MilestoneExtension.old_due_at)
        .where(
            MilestoneExtension.milestone_id == Milestone.id,
            MilestoneExtension.is_granted.is_(True),
            ~here.by_then(MilestoneExtension.decided_at),
        )
        .order_by(MilestoneExtension.decided_at, MilestoneExtension.id)
        .limit(1)
        .correlate_except(MilestoneExtension)
    )
    return func.coalesce(later.scalar_subquery(), Milestone.due_at)


def _met_at(here: Here) -> ColumnElement[Any]:
    """When what was accepted had been handed in, or signed: the last time that it was."""
    handed_in = (MilestoneStatus.REPORTED, MilestoneStatus.ACCEPTED)
    came = (
        select(func.max(Activity.occurred_at))
        .where(
            Activity.noun == Milestone.__noun__,
            Activity.subject_id == Milestone.id,
            Activity.to_status.in_(handed_in),
            Activity.from_status.in_((MilestoneStatus.PLANNED, MilestoneStatus.CHANGES_REQUESTED)),
            here.happened(),
        )
        .correlate_except(Activity)
    )
    return came.scalar_subquery()


FACTS: Final = Facts(_milestones, EVERYWHERE, MetricPast.KNOWN_AT)
ON_TIME: Final = Facts(_on_time, EVERYWHERE, MetricPast.AS_OF)

metrics(
    Metric(
        Definition(
            key="milestones_reported",
            title="Milestones reported",
            numerator="Milestones that were reported, or met by the signatures alone.",
            denominator=OF_ALL,
            excluded="Milestones that were waived or cancelled.",
            without_denominator="No grant has milestones in force.",
            version=1,
            needs="Grants with milestones.",
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
            without_denominator="No grant has milestones in force.",
            version=1,
            needs="Grants with milestones.",
        ),
        FACTS,
        Columns("accepted", "in_force", "set_aside"),
    ),
    Metric(
        Definition(
            key="milestones_on_time",
            title="Milestones on time",
            numerator="Milestones that were accepted, whole or in part, and handed in before they "
            "were due.",
            denominator="Milestones that are due by the moment, reported or not.",
            excluded="Milestones that are not due yet.",
            without_denominator="No milestone has been due.",
            version=1,
            rules=(
                "Due is what was agreed by then: an extension counts once it is granted.",
                "What was sent back counts by the day on which it was handed in again.",
                "What is due and not accepted is not on time, however it will end.",
            ),
            needs="Reports on milestones, or signatures that meet them.",
            likenesses=(
                Likeness(
                    "`is_late` of a milestone",
                    False,
                    "That looks at the first report alone, whatever became of it.",
                ),
            ),
        ),
        ON_TIME,
        Columns("on_time", "due", "to_come"),
    ),
)
