"""How long reports take: until they are decided, and while they lie with whoever reviews them."""

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, extract, func, select

from app.funding.grants.models import Grant
from app.funding.reports.lifecycle import WITH_THE_REVIEWER, ReportStatus
from app.funding.reports.models import Report
from app.kernel.activity import Activity
from app.kernel.metrics import (
    Columns,
    Definition,
    Facts,
    Here,
    Likeness,
    Metric,
    MetricDirection,
    MetricPast,
    MetricUnit,
    metrics,
)
from app.network.cohorts.metrics import EVERYWHERE, lies_here

DECIDED: Final = (ReportStatus.ACCEPTED, ReportStatus.REJECTED)
A_DAY: Final = 86_400


def _times(here: Here) -> Select[*tuple[Any, ...]]:
    """Of each report that stands decided when it was first submitted, when it was last decided, and
    how long it lay with whoever reviewed it."""
    legs = _legs(here).subquery()
    with_reviewer = legs.c.status.in_(WITH_THE_REVIEWER)
    one = (
        select(
            func.min(legs.c.began_at)
            .filter(legs.c.status == ReportStatus.SUBMITTED)
            .label("first"),
            func.max(legs.c.began_at).filter(legs.c.status.in_(DECIDED)).label("decided"),
            func.bool_or(and_(legs.c.ended_at.is_(None), legs.c.status.in_(DECIDED))).label(
                "is_decided"
            ),
            func.bool_or(and_(legs.c.ended_at.is_(None), with_reviewer)).label("is_open"),
            func.sum(_seconds(legs.c.began_at, legs.c.ended_at)).filter(with_reviewer).label("lay"),
        )
        .group_by(legs.c.report_id)
        .subquery()
    )
    is_decided = and_(one.c.is_decided, one.c.first.is_not(None))
    took = _seconds(one.c.first, one.c.decided)
    return select(
        _whole(func.sum(took).filter(is_decided)).label("took"),
        _whole(func.sum(one.c.lay).filter(is_decided)).label("lay"),
        func.count().filter(is_decided).label("decided"),
        func.count().filter(one.c.is_open).label("open"),
    ).select_from(one)


def _legs(here: Here) -> Select[*tuple[Any, ...]]:
    """From when until when each report had each status, by the moment."""
    order = (Activity.occurred_at, Activity.position)
    next_at = func.lead(Activity.occurred_at).over(partition_by=Activity.subject_id, order_by=order)
    return (
        select(
            Report.id.label("report_id"),
            Activity.to_status.label("status"),
            Activity.occurred_at.label("began_at"),
            next_at.label("ended_at"),
        )
        .select_from(Report)
        .join(Grant, Grant.id == Report.grant_id)
        .join(Activity, and_(Activity.noun == Report.__noun__, Activity.subject_id == Report.id))
        .where(
            lies_here(here, Grant.cohort_id, Grant.collaboration_id),
            Activity.to_status.is_not(None),
            here.happened(),
        )
    )


def _seconds(begins: Any, ends: Any) -> ColumnElement[Any]:
    return extract("epoch", ends - begins)


def _whole(seconds: Any) -> ColumnElement[int]:
    return cast(func.coalesce(func.round(seconds), 0), BigInteger)


FACTS: Final = Facts(_times, EVERYWHERE, MetricPast.KNOWN_AT)

_DECIDED: Final = "Reports that stand accepted or rejected."
_OPEN: Final = "Reports that lie with whoever reviews them: how long they will take is not known."
_NONE: Final = "No report has been decided."
_RULES: Final = (
    "A report that was reopened counts again when it is decided again, by the later decision.",
    "The mean is told with how many reports are open, since those that take long end it late.",
)

metrics(
    Metric(
        Definition(
            key="report_turnaround",
            title="Days from a report's submission to its decision",
            numerator="Seconds from the first submission to the decision that stands.",
            denominator=_DECIDED,
            excluded=_OPEN,
            without_denominator=_NONE,
            version=1,
            unit=MetricUnit.DAYS,
            direction=MetricDirection.DOWN,
            rules=_RULES,
            needs="Reports that are submitted and decided here.",
            likenesses=(
                Likeness(
                    "`review_time`",
                    False,
                    "This has the days in which the grantee made changes, that has not.",
                ),
            ),
            divisor=A_DAY,
        ),
        FACTS,
        Columns("took", "decided", "open"),
    ),
    Metric(
        Definition(
            key="review_time",
            title="Days that a report lay with whoever reviewed it",
            numerator="Seconds for which they were submitted or in review, all rounds together.",
            denominator=_DECIDED,
            excluded=_OPEN,
            without_denominator=_NONE,
            version=1,
            unit=MetricUnit.DAYS,
            direction=MetricDirection.DOWN,
            rules=_RULES,
            needs="Reports that are submitted and decided here.",
            divisor=A_DAY,
        ),
        FACTS,
        Columns("lay", "decided", "open"),
    ),
)
