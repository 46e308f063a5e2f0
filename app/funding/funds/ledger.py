"""The one way to write in a ledger: an entry of two lines, whole or not at all.

Nothing else adds to `journal_entries` or `postings`. What an entry may not do, the database
refuses: leave its two sides unequal, take a bucket below zero, be changed, be added to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.funding.funds.buckets import (
    MOVES_MONEY,
    NORMAL_SIDE,
    OF_A_GRANT,
    Bucket,
    EntryKind,
    PostingSide,
)
from app.funding.funds.models import JournalEntry, LedgerAccount, Posting
from app.funding.funds.periods.lifecycle import AccountingPeriodStatus
from app.funding.funds.periods.models import AccountingPeriod
from app.funding.funds.references import folded
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import Conflict, FieldProblem, constraint
from app.kernel.money import Money
from app.people.identity.actors import Actor


class NotEnoughMoney(Conflict):
    """A bucket of the fund would fall below zero: there is less in it than this takes from it."""


class EntryReversedAlready(Conflict):
    """This entry was reversed before; an entry is reversed once."""


class AccountingPeriodClosed(Conflict):
    """No entry counts on a day of a closed accounting period, or before it: choose a day of a later
    period. A correction says there what it corrects."""


constraint("ck_ledger_accounts_balance_minor", NotEnoughMoney)
constraint("uq_journal_entries_reverses_id", EntryReversedAlready)
constraint("journal_entries_period_open", AccountingPeriodClosed)


@dataclass(frozen=True)
class Line:
    """One line of an entry that is to be written."""

    bucket: Bucket
    side: PostingSide


async def post(
    db: AsyncSession,
    actor: Actor,
    fund_id: UUID,
    kind: EntryKind,
    amount_minor: int,
    *,
    effective_on: date,
    grant_id: UUID | None = None,
    milestone_id: UUID | None = None,
    recovery_id: UUID | None = None,
    expense_claim_id: UUID | None = None,
    bank_reference: str | None = None,
    note: str | None = None,
    is_opening: bool = False,
    granted: Money | None = None,
) -> JournalEntry:
    """Move an amount of the fund's currency between the two buckets that `kind` names.

    `granted` is the same in the currency of the grant, where that is another.
    Raises NotEnoughMoney (409) where the one that it leaves has less, AccountingPeriodClosed (409)
    where the day lies in a period that is closed.
    """
    debited, credited = MOVES_MONEY[kind]
    entry = JournalEntry(
        id=new_id(),
        fund_id=fund_id,
        kind=kind,
        amount_minor=amount_minor,
        granted_minor=granted and granted.amount_minor,
        granted_currency=granted and granted.currency,
        effective_on=effective_on,
        grant_id=grant_id,
        milestone_id=milestone_id,
        recovery_id=recovery_id,
        expense_claim_id=expense_claim_id,
        bank_reference=bank_reference,
        bank_reference_folded=bank_reference and folded(bank_reference),
        note=note,
        is_opening=is_opening,
    )
    lines = [Line(debited, PostingSide.DEBIT), Line(credited, PostingSide.CREDIT)]
    return await _write(db, actor, entry, lines)


async def reverse(
    db: AsyncSession, actor: Actor, entry: JournalEntry, *, effective_on: date, note: str
) -> JournalEntry:
    """Undo an entry by its mirror image.

    Raises NotEnoughMoney, EntryReversedAlready, AccountingPeriodClosed (409).
    """
    undoing = JournalEntry(
        id=new_id(),
        fund_id=entry.fund_id,
        kind=EntryKind.REVERSAL,
        amount_minor=entry.amount_minor,
        granted_minor=entry.granted_minor,
        granted_currency=entry.granted_currency,
        effective_on=effective_on,
        grant_id=entry.grant_id,
        note=note,
        reverses_id=entry.id,
    )
    debited, credited = MOVES_MONEY[entry.kind]
    lines = [Line(credited, PostingSide.DEBIT), Line(debited, PostingSide.CREDIT)]
    return await _write(db, actor, undoing, lines)


async def _write(
    db: AsyncSession, actor: Actor, entry: JournalEntry, lines: Sequence[Line]
) -> JournalEntry:
    entry.recorded_by_id, entry.recorded_at = actor.account_id, now(db)
    accounts = await _accounts(db, entry, [line.bucket for line in lines])
    db.add(entry)
    await db.flush()
    # Everyone takes the accounts in one order, so that no two wait for each other.
    lines = sorted(lines, key=lambda line: accounts[line.bucket])
    await db.execute(
        insert(Posting).values(
            [
                {
                    "entry_id": entry.id,
                    "line": place,
                    "fund_id": entry.fund_id,
                    "account_id": accounts[line.bucket],
                    "side": line.side,
                    "amount_minor": entry.amount_minor,
                }
                for place, line in enumerate(lines, start=1)
            ]
        )
    )
    return entry


async def _accounts(
    db: AsyncSession, entry: JournalEntry, buckets: Sequence[Bucket]
) -> dict[Bucket, UUID]:
    """The account of each bucket, opened where there is none yet. Raises AccountingPeriodClosed."""
    wanted = [
        {
            "id": new_id(),
            "fund_id": entry.fund_id,
            "bucket": bucket,
            "grant_id": entry.grant_id if bucket in OF_A_GRANT else None,
        }
        for bucket in buckets
    ]
    opening = upsert(LedgerAccount).values(wanted).on_conflict_do_nothing()
    opened = opening.returning(LedgerAccount.bucket, LedgerAccount.id).cte("opened")
    known = select(LedgerAccount.bucket, LedgerAccount.id).where(
        LedgerAccount.fund_id == entry.fund_id,
        LedgerAccount.bucket.in_(buckets),
        LedgerAccount.bucket.not_in(OF_A_GRANT) | _is_of(entry.grant_id),
    )
    either = select(opened.c.bucket, opened.c.id).union_all(known).subquery()
    closed = _last_closed(entry.fund_id).subquery()
    statement = select(either, closed.c.name, closed.c.ends_on).outerjoin(closed, true())
    found = (await db.execute(statement)).all()
    for row in found:
        _refuse_closed(entry.effective_on, row.name, row.ends_on)
    accounts = {Bucket(row.bucket): row.id for row in found}
    # One that somebody else opened meanwhile is seen by the next statement only.
    return accounts if len(accounts) == len(buckets) else await _accounts(db, entry, buckets)


def _is_of(grant_id: UUID | None) -> ColumnElement[bool]:
    """Whether an account is of a grant, or of none."""
    if grant_id is None:
        return LedgerAccount.grant_id.is_(None)
    return LedgerAccount.grant_id == literal(grant_id)


def _last_closed(fund_id: UUID) -> Select[str, date]:
    """The last accounting period of a fund that is closed: all before it are."""
    closed = AccountingPeriod.status == AccountingPeriodStatus.CLOSED
    statement = select(AccountingPeriod.name, AccountingPeriod.ends_on)
    statement = statement.where(AccountingPeriod.fund_id == fund_id, closed)
    return statement.order_by(AccountingPeriod.starts_on.desc()).limit(1)


async def first_day_open(db: AsyncSession, fund_id: UUID, day: date) -> date:
    """The day, or the first after it that takes entries: what the bank did in an accounting period
    that was closed meanwhile counts in the next."""
    last = await db.scalar(_last_closed(fund_id).with_only_columns(AccountingPeriod.ends_on))
    return day if last is None or day > last else last + timedelta(days=1)


def _refuse_closed(day: date, name: str | None, ends_on: date | None) -> None:
    """Raises AccountingPeriodClosed (409), with the first day that takes entries."""
    if ends_on is None or day > ends_on:
        return
    first = ends_on + timedelta(days=1)
    detail = f"The accounting period {name} is closed: name {first} or a later day."
    fault = FieldProblem(pointer="/effective_on", code=AccountingPeriodClosed.code, detail=detail)
    raise AccountingPeriodClosed(detail, errors=[fault])


def is_undone(entry: Any) -> ColumnElement[bool]:
    """Whether an entry was reversed."""
    undoing = aliased(JournalEntry)
    return exists().where(undoing.reverses_id == entry.id).correlate(entry)


def held(
    fund_id: UUID | SQLColumnExpression[UUID],
    bucket: Bucket,
    grant_id: UUID | SQLColumnExpression[UUID | None] | None = None,
) -> ColumnElement[int]:
    """What a bucket holds, in minor units of the fund's currency, for a statement."""
    balance_minor = select(LedgerAccount.balance_minor).where(
        LedgerAccount.fund_id == fund_id,
        LedgerAccount.bucket == bucket,
        LedgerAccount.grant_id.is_not_distinct_from(grant_id),
    )
    return func.coalesce(balance_minor.scalar_subquery(), 0)


def granted(fund_id: UUID, bucket: Bucket, grant_id: UUID) -> ColumnElement[int]:
    """The same in the currency of the grant, which the entries say that moved it."""
    adds = Posting.side == NORMAL_SIDE[bucket]
    moved = func.coalesce(JournalEntry.granted_minor, JournalEntry.amount_minor)
    held_minor = (
        select(func.sum(case((adds, moved), else_=-moved)))
        .select_from(LedgerAccount)
        .join(Posting, Posting.account_id == LedgerAccount.id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            LedgerAccount.fund_id == fund_id,
            LedgerAccount.bucket == bucket,
            LedgerAccount.grant_id == grant_id,
        )
    )
    return cast(func.coalesce(held_minor.scalar_subquery(), 0), BigInteger)


async def balance(db: AsyncSession, fund_id: UUID, bucket: Bucket) -> int:
    """What a bucket of the fund as a whole holds, in minor units of the fund's currency."""
    return (await db.scalars(select(held(fund_id, bucket)))).one()


async def lowest(db: AsyncSession, fund_id: UUID, bucket: Bucket, day: date) -> int:
    """The least that a bucket of the fund as a whole held at the end of a day, from `day` on."""
    adds = Posting.side == NORMAL_SIDE[bucket]
    moved = (
        select(JournalEntry.effective_on, case((adds, 1), else_=-1) * Posting.amount_minor)
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(LedgerAccount.fund_id == fund_id, LedgerAccount.bucket == bucket)
    )
    # On `day` itself there may have been no entry: it holds what the days before left.
    days = union_all(
        select(literal(day).label("day"), literal(0).label("added_minor")), moved
    ).subquery()
    held_minor = func.sum(days.c.added_minor).over(order_by=days.c.day).label("held_minor")
    running = select(days.c.day, held_minor).subquery()
    least = select(func.min(running.c.held_minor)).where(running.c.day >= day)
    return int((await db.scalars(least)).one())
