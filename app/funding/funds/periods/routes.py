"""The contract of accounting periods."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds.periods import access, service
from app.funding.funds.periods.access import AccountingPeriodNotFound
from app.funding.funds.periods.lifecycle import ACCOUNTING_PERIOD
from app.funding.funds.periods.schemas import (
    AccountingPeriodOut,
    AccountingPeriodPage,
    AccountingPeriodQuery,
    FundAccountingPeriodQuery,
    OpenAccountingPeriod,
)
from app.funding.funds.periods.telling import (
    ACCOUNTING_PERIODS,
    ACCOUNTING_PERIODS_AS_CSV,
    OF_FUND,
)
from app.funding.funds.service import FundClosed
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Funds")

FundId = Annotated[UUID, Path(description="The fund.")]
AccountingPeriodId = Annotated[UUID, Path(description="The accounting period.")]


@router.create(
    ACCOUNTING_PERIOD,
    "/funds/{fund_id}/accounting-periods",
    by=("open",),
    refuses=(FundClosed, service.AccountingPeriodOutOfOrder),
    example={
        "name": "2020, fourth quarter",
        "starts_on": "2020-10-01",
        "ends_on": "2020-12-31",
    },
)
async def open_accounting_period(
    db: Db, actor: CurrentActor, fund_id: FundId, body: OpenAccountingPeriod
) -> Written[AccountingPeriodOut]:
    """Open the next accounting period of a fund. Entries that count on its days are taken until it
    is closed."""
    return await service.open_accounting_period(db, actor, fund_id, body)


@router.get("/funds/{fund_id}/accounting-periods", permission="fund.read")
async def list_fund_accounting_periods(
    read: Reading, fund_id: FundId, query: Annotated[FundAccountingPeriodQuery, Query()]
) -> WrittenList[AccountingPeriodPage]:
    """The accounting periods of a fund, the earliest first."""
    return await ACCOUNTING_PERIODS.page(read, query, OF_FUND, fund_id)


@router.get("/accounting-periods", permission="fund.read")
async def list_accounting_periods(
    read: Reading, query: Annotated[AccountingPeriodQuery, Query()]
) -> WrittenList[AccountingPeriodPage]:
    """The accounting periods of all funds that you may see."""
    return await ACCOUNTING_PERIODS.page(read, query)


@router.get("/accounting-periods/{accounting_period_id}", permission="fund.read")
async def get_accounting_period(
    read: Reading, accounting_period_id: AccountingPeriodId
) -> Written[AccountingPeriodOut]:
    """One accounting period."""
    return await ACCOUNTING_PERIODS.one(read, accounting_period_id)


@router.move(ACCOUNTING_PERIOD, "close")
async def close_accounting_period(
    db: Db, actor: CurrentActor, accounting_period_id: AccountingPeriodId, if_match: IfMatch
) -> Written[AccountingPeriodOut]:
    """Close an accounting period that is over (`period_not_over`), after those before it
    (`earlier_period_open`). It stays closed: no entry counts on its days or before them, so
    statements and trial balances of them never change. What is found wrong later is corrected on a
    day of the next period."""
    return await service.close_accounting_period(db, actor, accounting_period_id, if_match=if_match)


@router.delete(
    "/accounting-periods/{accounting_period_id}",
    permission="accounting_period.open",
    refuses=(
        AccountingPeriodNotFound,
        service.AccountingPeriodFixed,
        service.AccountingPeriodFollowed,
    ),
    if_match=True,
    status=204,
)
async def delete_accounting_period(
    db: Db, actor: CurrentActor, accounting_period_id: AccountingPeriodId, if_match: IfMatch
) -> None:
    """Delete the last accounting period of a fund while it is open. Its entries stay."""
    await service.delete_accounting_period(db, actor, accounting_period_id, if_match=if_match)


@router.get("/accounting-periods/{accounting_period_id}/actions", permission="fund.read")
async def explain_accounting_period_actions(
    db: Db, actor: CurrentActor, accounting_period_id: AccountingPeriodId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_accounting_period_actions(db, actor, accounting_period_id)


history_of(
    router,
    "accounting_period",
    "/accounting-periods/{accounting_period_id}",
    access.accounting_period,
    permission="fund.read",
)

export_of(
    router,
    "/accounting-periods",
    ACCOUNTING_PERIODS_AS_CSV,
    AccountingPeriodQuery,
    permission="fund.read",
)
