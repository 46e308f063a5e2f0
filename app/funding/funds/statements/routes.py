"""The contract of statements of a fund."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds.access import FundNotFound
from app.funding.funds.statements import service
from app.funding.funds.statements.exports import STATEMENT, TRIAL_BALANCE
from app.funding.funds.statements.schemas import (
    FundStatementOut,
    FundStatementQuery,
    PrintFundStatement,
    PrintTrialBalance,
    TrialBalanceOut,
    TrialBalanceQuery,
)
from app.people.reads.deps import Reading
from app.web.export_answers import Exported
from app.web.printing import DOCUMENTED, PageResponse
from app.web.routing import Router

router = Router("Funds")

FundId = Annotated[UUID, Path(description="The fund.")]


@router.get(
    "/funds/{fund_id}/trial-balance",
    permission="fund.read",
    refuses=(FundNotFound,),
    export=Exported(TRIAL_BALANCE, service.export_fund_trial_balance),
)
async def get_fund_trial_balance(
    read: Reading, fund_id: FundId, query: Annotated[TrialBalanceQuery, Query()]
) -> TrialBalanceOut:
    """What each account of the ledger holds on a day, as a debit or as a credit: both have the
    same sum."""
    return await service.get_fund_trial_balance(read, fund_id, query)


@router.get(
    "/funds/{fund_id}/trial-balance/report",
    permission="fund.read",
    refuses=(FundNotFound,),
    responses=DOCUMENTED,
    response_class=PageResponse,
)
async def print_fund_trial_balance(
    read: Reading, fund_id: FundId, query: Annotated[PrintTrialBalance, Query()]
) -> PageResponse:
    """The same as a page to print: HTML that stands alone, a table with the sum of each side."""
    return PageResponse(await service.print_fund_trial_balance(read, fund_id, query))


@router.get(
    "/funds/{fund_id}/statement",
    permission="fund.read",
    refuses=(FundNotFound, service.PeriodBackwards, service.TurnoverTooLarge),
    export=Exported(STATEMENT, service.export_fund_statement),
)
async def get_fund_statement(
    read: Reading, fund_id: FundId, query: Annotated[FundStatementQuery, Query()]
) -> FundStatementOut:
    """What each account of the ledger held before a period, what moved, and what it held at its
    end; `list_fund_journal_entries` has the entries of the same days one by one."""
    return await service.get_fund_statement(read, fund_id, query)


@router.get(
    "/funds/{fund_id}/statement/report",
    permission="fund.read",
    refuses=(FundNotFound, service.PeriodBackwards, service.TurnoverTooLarge),
    responses=DOCUMENTED,
    response_class=PageResponse,
)
async def print_fund_statement(
    read: Reading, fund_id: FundId, query: Annotated[PrintFundStatement, Query()]
) -> PageResponse:
    """The same as a page to print: HTML that stands alone, a table with a row for each account."""
    return PageResponse(await service.print_fund_statement(read, fund_id, query))
