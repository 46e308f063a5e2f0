"""The accounts of a ledger over some days, one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import NORMAL_SIDE, Bucket, PostingSide
from app.funding.funds.models import Fund, JournalEntry, LedgerAccount, Posting
from app.kernel.asking import ask_within
from app.kernel.schemas import Ref
from app.kernel.statements import Statement
from app.people.identity.actors import Actor
from app.people.identity.scopes import Scope
from app.people.reads.held import By, Held
from app.people.reads.reader import Reader

READ: Final = "fund.read"


@dataclass(frozen=True)
class Asked:
    """Of which fund, over which days, of which grant; None is no limit."""

    fund_id: UUID
    effective_from: date | None = None
    effective_until: date | None = None
    grant_id: UUID | None = None


@dataclass(frozen=True)
class Account:
    """An account: what it held before the days, and what was posted to either side on them."""

    bucket: Bucket
    grant: Ref | None
    opening_minor: int
    debited_minor: int
    credited_minor: int

    @property
    def added_minor(self) -> int:
        is_debit = NORMAL_SIDE[self.bucket] is PostingSide.DEBIT
        return self.debited_minor if is_debit else self.credited_minor

    @property
    def taken_minor(self) -> int:
        return self.debited_minor + self.credited_minor - self.added_minor

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.added_minor - self.taken_minor


@dataclass(frozen=True)
class Ledger:
    """A fund, and its accounts over some days, by bucket and grant."""

    fund: Ref
    currency: str
    accounts: Sequence[Account]


async def read_ledger(read: Reader, asked: Asked) -> Ledger | None:
    """The accounts of the ledger; None for whoever may not see the fund."""
    statement, held = _written(read.by)
    rows = await read.ask(statement, held, vars(asked))
    return None if rows[0][0] is None else _ledger(rows)


async def ledger_within(db: AsyncSession, actor: Actor, asked: Asked) -> Ledger | None:
    """The same for an actor in hand, within their transaction."""
    statement, held = _written(By.ACTOR)
    values = {**vars(asked), **held.of_actor(actor)}
    rows = await ask_within(await db.connection(), statement.sql, statement.ordered(values))
    return _ledger(rows) if rows else None


@cache
def _written(by: By) -> tuple[Statement, Held]:
    held = Held(by, [READ])
    accounts = _accounts().subquery()
    found: Any = select(Fund.id, Fund.reference, Fund.name, Fund.currency, *accounts.c)
    found = found.outerjoin(accounts, accounts.c.fund_id == Fund.id)
    found = found.where(
        Fund.id == bindparam("fund_id", type_=Uuid()), held.reaches(READ, Fund.scope_id)
    )
    return Statement.of(found if by is By.ACTOR else held.beside(found)), held


def _accounts() -> Any:
    since: Any = bindparam("effective_from", type_=Date())
    until: Any = bindparam("effective_until", type_=Date())
    grant_id: Any = bindparam("grant_id", type_=Uuid())
    debit = Posting.side == PostingSide.DEBIT
    is_before = JournalEntry.effective_on < since
    is_within = or_(since.is_(None), JournalEntry.effective_on >= since)

    def posted(*which: Any) -> Any:
        return func.coalesce(func.sum(Posting.amount_minor).filter(and_(*which)), 0)

    return (
        select(
            LedgerAccount.fund_id,
            LedgerAccount.bucket,
            LedgerAccount.grant_id,
            Scope.reference.label("grant_reference"),  # pyright: ignore[reportAttributeAccessIssue]
            Scope.name.label("grant_name"),  # pyright: ignore[reportAttributeAccessIssue]
            posted(is_before, debit).label("debited_before"),
            posted(is_before, ~debit).label("credited_before"),
            posted(is_within, debit).label("debited"),
            posted(is_within, ~debit).label("credited"),
        )
        .join(Posting, Posting.account_id == LedgerAccount.id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(Scope, Scope.id == LedgerAccount.grant_id)
        .where(
            LedgerAccount.fund_id == bindparam("fund_id", type_=Uuid()),
            or_(until.is_(None), JournalEntry.effective_on <= until),
            or_(grant_id.is_(None), LedgerAccount.grant_id == grant_id),
        )
        .group_by(LedgerAccount.id, Scope.id)
    )


def _ledger(rows: Sequence[Sequence[Any]]) -> Ledger:
    fund_id, reference, name, currency, *_ = rows[0]
    found = [_account(row[5:]) for row in rows if row[4] is not None]
    order = list(Bucket)
    accounts = sorted(found, key=lambda one: (order.index(one.bucket), _place(one)))
    return Ledger(Ref(id=fund_id, reference=reference, name=name), currency, accounts)


def _place(account: Account) -> str:
    return str(account.grant.reference) if account.grant else ""


def _account(row: Sequence[Any]) -> Account:
    bucket, grant_id, reference, name, *sums = row
    debited_before, credited_before, debited, credited = map(int, sums)
    grant = Ref(id=grant_id, reference=reference, name=name) if grant_id else None
    before = Account(Bucket(bucket), grant, 0, debited_before, credited_before)
    return Account(before.bucket, grant, before.closing_minor, debited, credited)
