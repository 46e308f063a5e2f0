"""What is done with accounting periods: opening one after the other, and closing them for good."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.periods import access
from app.funding.funds.periods.lifecycle import ACCOUNTING_PERIOD, AccountingPeriodStatus
from app.funding.funds.periods.models import AccountingPeriod
from app.funding.funds.periods.schemas import AccountingPeriodOut, OpenAccountingPeriod
from app.funding.funds.periods.telling import ACCOUNTING_PERIODS
from app.funding.funds.service import open_fund
from app.kernel import activity
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.people.identity.actors import Actor


class AccountingPeriodOutOfOrder(Unprocessable):
    """The accounting periods of a fund follow one another: each begins on the day after the one
    before it ends."""


class AccountingPeriodFixed(Conflict):
    """A closed accounting period stays as it is. What was wrong is corrected in the next one."""


class AccountingPeriodFollowed(Conflict):
    """Another accounting period follows this one: delete that first."""


constraint("accounting_periods_unchanging", AccountingPeriodFixed)


async def open_accounting_period(
    db: AsyncSession, actor: Actor, fund_id: UUID, body: OpenAccountingPeriod
) -> Written[AccountingPeriodOut]:
    """Open the next accounting period of a fund.

    Raises FundClosed (409), AccountingPeriodOutOfOrder (422).
    """
    fund = await open_fund(db, actor, fund_id, "accounting_period.open")
    last = await _last_day(db, fund.id)
    if last is not None and body.starts_on != last + timedelta(days=1):
        refused = AccountingPeriodOutOfOrder
        detail = f"The last accounting period ends on {last}: begin on the day after."
        fault = FieldProblem(pointer="/starts_on", code=refused.code, detail=detail)
        raise refused(errors=[fault])
    period = AccountingPeriod(id=new_id(), fund_id=fund.id, **body.model_dump())
    await create(db, actor, period, ACCOUNTING_PERIOD, "open", under=fund.id)
    return await ACCOUNTING_PERIODS.told_to(db, actor, period.id)


async def _last_day(db: AsyncSession, fund_id: UUID) -> date | None:
    """The end of the last accounting period of a fund that is held."""
    last = select(func.max(AccountingPeriod.ends_on))
    return await db.scalar(last.where(AccountingPeriod.fund_id == fund_id))


async def close_accounting_period(
    db: AsyncSession, actor: Actor, period_id: UUID, *, if_match: int | None
) -> Written[AccountingPeriodOut]:
    """Close it for good: its days, and all before them, take no entry any more."""
    period = await access.accounting_period(db, actor, period_id, lock=True)
    closed = {"closed_at": now(db), "closed_by_id": actor.account_id}
    await move(db, actor, period, ACCOUNTING_PERIOD, "close", if_match=if_match, writes=closed)
    return await ACCOUNTING_PERIODS.told_to(db, actor, period.id)


async def delete_accounting_period(
    db: AsyncSession, actor: Actor, period_id: UUID, *, if_match: int | None
) -> None:
    """Take back the last period of a fund while it is open.

    Raises AccountingPeriodFixed, AccountingPeriodFollowed (409).
    """
    period = await access.accounting_period.to_change(
        db, actor, period_id, "accounting_period.open", if_match=if_match
    )
    if period.status is AccountingPeriodStatus.CLOSED:
        raise AccountingPeriodFixed
    if period.ends_on != await _last_day(db, period.fund_id):
        raise AccountingPeriodFollowed
    detail = {"accounting_period_id": str(period.id), "name": period.name}
    activity.record(db, actor, "fund.accounting_period_deleted", period.fund, detail=detail)
    await db.delete(period)
    await db.flush()


async def explain_accounting_period_actions(
    db: AsyncSession, actor: Actor, period_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    period = await access.accounting_period(db, actor, period_id)
    return await explain_actions(db, actor, period, ACCOUNTING_PERIOD)
