"""What waits among results of indicators: to be reported, to be handed in, to be decided about."""

from functools import partial
from typing import Any, Final

from sqlalchemy import case, exists, func, literal, null, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.kernel.clock import beginning_in_sql
from app.network.cohorts.lifecycle import CohortStatus, MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.network.cohorts.queries import JOINED
from app.network.cohorts.work import IN_COHORT
from app.network.indicators.lifecycle import IndicatorStatus
from app.network.indicators.models import Indicator
from app.network.indicators.results.lifecycle import (
    EDITABLE,
    INDICATOR_RESULT,
    IndicatorResultStatus,
)
from app.network.indicators.results.models import IndicatorResult
from app.network.programmes.models import Programme
from app.people.obligations.register import Branch, Kind, Making, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When

ASKED: Final = JOINED - {MembershipStatus.PAUSED}
"""Members that are asked to report: not while they are on leave."""

_IS_ASKED_FOR: Final = (
    Indicator.status == IndicatorStatus.ACTIVE,
    Indicator.report_by_on.is_not(None),
)
"""Whether members are to report an indicator by a day."""


def _unreported() -> Any:
    """The indicators whose present period a member has not begun to report, as one row."""
    begun = exists().where(
        IndicatorResult.indicator_id == Indicator.id,
        IndicatorResult.membership_id == Membership.id,
        IndicatorResult.period_end_on >= Indicator.reports_until_on,
        IndicatorResult.status != IndicatorResultStatus.WITHDRAWN,
    )
    names = aggregate_order_by(literal("; "), Indicator.report_by_on, Indicator.key)
    return (
        select(
            func.string_agg(Indicator.name, names).label("names"),
            func.min(Indicator.reports_until_on).label("until_on"),
            func.min(Indicator.report_by_on).label("by_on"),
            func.max(Indicator.updated_at).label("made_at"),
        )
        .join(Programme, Programme.id == Indicator.programme_id)
        .where(
            Indicator.programme_id == Cohort.programme_id,
            *_IS_ASKED_FOR,
            or_(
                Programme.actual_end_on.is_(None),
                Programme.actual_end_on >= Indicator.reports_until_on,
            ),
            ~begun.correlate(Indicator, Membership),
        )
        .correlate(Cohort, Membership)
        .lateral("unreported")
    )


def _to_be_reported(reach: Reach, waits: Branch) -> Row:
    """Members with what they are asked for and have not begun, until the first day it is due."""
    asked = _unreported()
    mine = reach.is_mine(Membership.id, waits.permission)
    zone = Membership.timezone
    row = reach.row(
        (Membership.id, null(), asked.c.names),
        IN_COHORT,
        When(
            zone,
            beginning_in_sql(asked.c.by_on + 1, zone),
            beginning_in_sql(asked.c.until_on, zone),
            made_at=asked.c.made_at,
        ),
        (Membership.id, mine),
    )
    return (
        row.select_from(Membership)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .join(asked, true())
        .where(
            # Most programmes ask for nothing, and no member of theirs is looked at.
            Cohort.programme_id.in_(select(Indicator.programme_id).where(*_IS_ASKED_FOR)),
            Membership.status.in_(ASKED),
            Cohort.status != CohortStatus.CANCELLED,
            asked.c.by_on.is_not(None),
            reach.concerns(mine, Membership.id, waits.permission, "indicator_result.read"),
        )
    )


def _results(reach: Reach, waits: Branch, *, statuses: frozenset[IndicatorResultStatus]) -> Row:
    mine = reach.is_mine(IndicatorResult.membership_id, waits.permission)
    zone = Membership.timezone
    due_at = None
    is_members = waits.side is Side.GRANTEE
    if is_members:
        is_asked = IndicatorResult.period_end_on >= Indicator.reports_until_on
        due_at = case((is_asked, beginning_in_sql(Indicator.report_by_on + 1, zone)))
    row = reach.row(
        (IndicatorResult.id, null(), Indicator.name),
        IN_COHORT,
        When(zone, due_at, made_at=IndicatorResult.created_at),
        (IndicatorResult.membership_id, mine),
        matter_id=None if is_members else IndicatorResult.membership_id,
    )
    return (
        row.select_from(IndicatorResult)
        .join(Indicator, Indicator.id == IndicatorResult.indicator_id)
        .join(Membership, Membership.id == IndicatorResult.membership_id)
        .where(
            IndicatorResult.status.in_(statuses),
            *(
                [Indicator.status == IndicatorStatus.ACTIVE, Membership.status.in_(ASKED)]
                if is_members
                else []
            ),
            reach.concerns(
                mine, IndicatorResult.membership_id, waits.permission, "indicator_result.read"
            ),
        )
    )


work(
    Branch(
        Kind(
            "report_indicators",
            Making("membership", "create", "create_indicator_result", "indicator-results"),
            "Report what came of it:",
        ),
        "indicator_result.report",
        Side.GRANTEE,
        _to_be_reported,
    ),
    Branch(
        Kind(
            "submit_indicator_result",
            Moving(INDICATOR_RESULT, "submit"),
            "Hand in what came of it:",
        ),
        "indicator_result.report",
        Side.GRANTEE,
        partial(_results, statuses=EDITABLE),
    ),
    Branch(
        Kind("review_indicator_result", Moving(INDICATOR_RESULT, "accept")),
        "indicator_result.review",
        Side.CONVENOR,
        partial(_results, statuses=frozenset({IndicatorResultStatus.SUBMITTED})),
    ),
)
