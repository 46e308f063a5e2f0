"""Reading what a ledger held, and how it came to that."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.access import FundNotFound
from app.funding.funds.buckets import NORMAL_SIDE, PostingSide
from app.funding.funds.statements.exports import STATEMENT, TRIAL_BALANCE, rows
from app.funding.funds.statements.queries import (
    Account,
    Asked,
    Ledger,
    ledger_within,
    read_ledger,
)
from app.funding.funds.statements.schemas import (
    FundStatementLineOut,
    FundStatementOut,
    FundStatementQuery,
    PrintFundStatement,
    PrintTrialBalance,
    TrialBalanceLineOut,
    TrialBalanceOut,
    TrialBalanceQuery,
)
from app.kernel.errors import Unprocessable
from app.kernel.money import Money, total, written
from app.kernel.schemas import SAFE_INTEGER
from app.people.identity.actors import Actor
from app.people.reads.reader import Reader
from app.web.exports import ListedExport
from app.web.printing import Table, page

AT_ITS_END: Final = "#/query/effective_until"


class PeriodBackwards(Unprocessable):
    """A period ends on the day on which it begins, or later."""


class TurnoverTooLarge(Unprocessable):
    """More moved in an account than a number of JSON holds exactly: ask for a shorter period."""


async def get_fund_trial_balance(
    read: Reader, fund_id: UUID, query: PrintTrialBalance
) -> TrialBalanceOut:
    """The balance of each account on a day. Raises FundNotFound (404)."""
    asked = Asked(fund_id, effective_until=query.effective_until)
    return _trial_balance(await read_ledger(read, asked), asked)


async def export_fund_trial_balance(
    db: AsyncSession, actor: Actor, fund_id: UUID, query: TrialBalanceQuery
) -> ListedExport:
    """The same as a table, a row for each account."""
    asked = Asked(fund_id, effective_until=query.effective_until)
    found = _trial_balance(await ledger_within(db, actor, asked), asked)
    return ListedExport(TRIAL_BALANCE, rows(found, TRIAL_BALANCE.header))


def _trial_balance(ledger: Ledger | None, asked: Asked) -> TrialBalanceOut:
    if ledger is None:
        raise FundNotFound
    lines = [_balance(one, ledger.currency) for one in ledger.accounts if one.closing_minor]
    return TrialBalanceOut(
        fund=ledger.fund,
        effective_until=asked.effective_until,
        currency=ledger.currency,
        debit=total((one.debit for one in lines), ledger.currency),
        credit=total((one.credit for one in lines), ledger.currency),
        lines=lines,
    )


def _balance(account: Account, currency: str) -> TrialBalanceLineOut:
    """What an account holds; less than nothing, where what came counts from a later day than what
    went, is on the other side."""
    is_debit = (NORMAL_SIDE[account.bucket] is PostingSide.DEBIT) is (account.closing_minor > 0)
    held = Money(amount_minor=abs(account.closing_minor), currency=currency)
    nothing = Money(amount_minor=0, currency=currency)
    debit, credit = (held, nothing) if is_debit else (nothing, held)
    return TrialBalanceLineOut(
        bucket=account.bucket, grant=account.grant, debit=debit, credit=credit
    )


async def print_fund_trial_balance(read: Reader, fund_id: UUID, query: PrintTrialBalance) -> str:
    """The same as a page to print. Raises FundNotFound (404)."""
    told = await get_fund_trial_balance(read, fund_id, query)
    lines = [[*_account(one), written(one.debit), written(one.credit)] for one in told.lines]
    table = Table(
        "What each account holds",
        ("Account", "Grant", "Debit", "Credit"),
        2,
        lines,
        ("Sum of each side", "", written(told.debit), written(told.credit)),
    )
    return page(f"Trial balance of {told.fund.name}", _facts(told), table)


async def get_fund_statement(
    read: Reader, fund_id: UUID, query: PrintFundStatement
) -> FundStatementOut:
    """What each account held, and what moved. Raises FundNotFound (404), PeriodBackwards,
    TurnoverTooLarge (422)."""
    asked = _period(fund_id, query)
    return _statement(await read_ledger(read, asked), asked)


async def export_fund_statement(
    db: AsyncSession, actor: Actor, fund_id: UUID, query: FundStatementQuery
) -> ListedExport:
    """The same as a table, a row for each account."""
    asked = _period(fund_id, query)
    found = _statement(await ledger_within(db, actor, asked), asked)
    return ListedExport(STATEMENT, rows(found, STATEMENT.header))


async def print_fund_statement(read: Reader, fund_id: UUID, query: PrintFundStatement) -> str:
    """The same as a page to print. Raises FundNotFound (404), PeriodBackwards, TurnoverTooLarge
    (422)."""
    told = await get_fund_statement(read, fund_id, query)
    table = Table(
        "What each account held, and what moved",
        ("Account", "Grant", "Opening", "Added", "Taken", "Closing"),
        2,
        [
            [*_account(one), *map(written, (one.opening, one.added, one.taken, one.closing))]
            for one in told.lines
        ],
    )
    since = told.effective_from.isoformat() if told.effective_from else "the beginning"
    return page(f"Statement of {told.fund.name}", [("From", since), *_facts(told)], table)


def _facts(told: TrialBalanceOut | FundStatementOut) -> list[tuple[str, str]]:
    until = told.effective_until.isoformat() if told.effective_until else "all that is recorded"
    return [
        ("Until", until),
        ("Fund", told.fund.reference or told.fund.name),
        ("Currency", told.currency),
    ]


def _account(line: TrialBalanceLineOut | FundStatementLineOut) -> tuple[str, str]:
    bucket = line.bucket.value.replace("_", " ").capitalize()
    return bucket, f"{line.grant.reference} {line.grant.name}" if line.grant else ""


def _period(fund_id: UUID, query: PrintFundStatement) -> Asked:
    since, until = query.effective_from, query.effective_until
    if since is not None and until is not None and until < since:
        raise PeriodBackwards.at(AT_ITS_END)
    return Asked(fund_id, since, until, query.grant_id)


def _statement(ledger: Ledger | None, asked: Asked) -> FundStatementOut:
    if ledger is None:
        raise FundNotFound
    if any(max(one.added_minor, one.taken_minor) > SAFE_INTEGER for one in ledger.accounts):
        raise TurnoverTooLarge.at(AT_ITS_END)
    return FundStatementOut(
        fund=ledger.fund,
        effective_from=asked.effective_from,
        effective_until=asked.effective_until,
        currency=ledger.currency,
        lines=[_line(one, ledger.currency) for one in ledger.accounts if _is_told(one)],
    )


def _is_told(account: Account) -> bool:
    return bool(account.opening_minor or account.debited_minor or account.credited_minor)


def _line(account: Account, currency: str) -> FundStatementLineOut:
    def money(amount_minor: int) -> Money:
        return Money(amount_minor=amount_minor, currency=currency)

    return FundStatementLineOut(
        bucket=account.bucket,
        grant=account.grant,
        opening=money(account.opening_minor),
        added=money(account.added_minor),
        taken=money(account.taken_minor),
        closing=money(account.closing_minor),
    )
