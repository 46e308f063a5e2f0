"""What else must hold before a result moves."""

from sqlalchemy import and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import today
from app.kernel.schemas import Ref
from app.kernel.transitions import Marked, Unmet
from app.network.cohorts.models import Membership
from app.network.cohorts.queries import JOINED, MEMBERSHIPS
from app.network.conflicts.guards import independence
from app.network.indicators.aggregation import IndicatorReading
from app.network.indicators.lifecycle import IndicatorStatus
from app.network.indicators.results.lifecycle import (
    COUNTED,
    INDICATOR_RESULT,
    IndicatorResultStatus,
)
from app.network.indicators.results.models import IndicatorResult


@INDICATOR_RESULT.guard("create")
@INDICATOR_RESULT.guard("submit")
async def indicator_is_asked(
    _db: AsyncSession, _actor: Actor, result: IndicatorResult
) -> Unmet | None:
    """What is drawn up is not asked yet, and what was retired is asked no more."""
    status = result.indicator.status
    if status == IndicatorStatus.ACTIVE:
        return None
    return Unmet("indicator_not_active", f"The indicator is {status}: nobody is asked for it.")


@INDICATOR_RESULT.guard("create")
@INDICATOR_RESULT.guard("submit")
async def member_takes_part(
    _db: AsyncSession, _actor: Actor, result: IndicatorResult
) -> Unmet | None:
    """Whoever accepted a place reports, and still does once it has completed; who left does not."""
    status = result.membership.status
    if status in JOINED:
        return None
    return Unmet("member_not_there", f"The membership is {status}: it reports nothing.")


@INDICATOR_RESULT.guard("submit")
async def period_is_over(db: AsyncSession, _actor: Actor, result: IndicatorResult) -> Unmet | None:
    """What came about is said when its period is over, on its last day or later."""
    if result.period_end_on <= today(db, result.membership.timezone):
        return None
    return Unmet("period_not_over", "The period has not come to its end.", pointer="/period_end_on")


@INDICATOR_RESULT.guard("submit")
@INDICATOR_RESULT.guard("accept")
async def period_is_free(db: AsyncSession, _actor: Actor, result: IndicatorResult) -> Unmet | None:
    """Nothing counts twice: no accepted result of the collaboration says the same of these days,
    but the one that this corrects."""
    other = IndicatorResult
    is_of_these_days = (
        other.period_end_on == result.period_end_on
        if result.indicator.reading == IndicatorReading.TO_DATE
        else (other.period_start_on <= result.period_end_on)
        & (other.period_end_on >= result.period_start_on)
    )
    of_collaboration = select(Membership.id).where(
        Membership.collaboration_id == result.membership.collaboration_id
    )
    counted = (
        select(other.id)
        .where(
            other.indicator_id == result.indicator_id,
            other.membership_id.in_(of_collaboration),
            other.group.is_not_distinct_from(result.group),
            other.status == IndicatorResultStatus.ACCEPTED,
            other.id.is_distinct_from(result.corrects_id),
            other.id != result.id,
            is_of_these_days,
        )
        .order_by(other.period_end_on, other.id)
        .limit(20)
    )
    found = (await db.scalars(counted)).all()
    if not found:
        return None
    return Unmet(
        "period_reported",
        "What was accepted says this of the same days: report anew with `corrects_id`.",
        subjects=tuple(Ref(id=one, reference=None, name=result.indicator.name) for one in found),
    )


@INDICATOR_RESULT.guard("submit")
@INDICATOR_RESULT.guard("accept")
async def corrected_stands(
    db: AsyncSession, _actor: Actor, result: IndicatorResult
) -> Unmet | None:
    """What is corrected counted until then: one that another corrected already is corrected by
    correcting that."""
    if result.corrects_id is None:
        return None
    other = IndicatorResult
    by_another = exists().where(
        other.corrects_id == result.corrects_id, other.id != result.id, other.status.in_(COUNTED)
    )
    counted = exists().where(other.id == result.corrects_id, other.status.in_(COUNTED))
    if await db.scalar(select(and_(counted, ~by_another))):
        return None
    return Unmet("corrected_not_accepted", "What it corrects was corrected, or taken back.")


@INDICATOR_RESULT.guard("return")
@INDICATOR_RESULT.guard("accept")
@INDICATOR_RESULT.guard("reopen")
async def reviewer_is_independent(
    db: AsyncSession, actor: Actor, result: IndicatorResult
) -> Unmet | Marked | None:
    """Whoever decides about what a member reports is independent of it."""
    return await independence(db, actor, MEMBERSHIPS, result.membership_id)
