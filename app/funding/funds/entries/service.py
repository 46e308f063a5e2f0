"""Writing in the ledger of a fund: what came from its funder, what went back, what was wrong."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds import access, ledger
from app.funding.funds.buckets import Bucket, EntryKind
from app.funding.funds.entries.schemas import FromFunder, JournalEntryOut, ReverseEntry
from app.funding.funds.entries.telling import ENTRIES
from app.funding.funds.ledger import EntryReversedAlready, NotEnoughMoney, balance
from app.funding.funds.models import Fund, JournalEntry
from app.funding.funds.references import folded
from app.funding.funds.service import in_its_currency, open_fund
from app.kernel import activity
from app.kernel.clock import network_zone, today
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.money import decimal
from app.kernel.written import Written
from app.people.identity.actors import Actor

KEEPS: Final = "fund.keep_ledger"
BY_HAND: Final = (EntryKind.RECEIPT, EntryKind.REFUND)
"""What whoever keeps the ledger has written, and undoes: all else follows from a move."""


class BankReferenceTaken(Conflict):
    """The fund has an entry of this kind with this reference of the bank: it is in the books. One
    that was wrong is reversed first, of a recovery by `reverse_recovery`."""


class LimitExceeded(Conflict):
    """More would have come than the funder agreed to give; a higher limit is agreed first."""


class MadeByAMove(Conflict):
    """This entry follows from a move of a grant or of a claim of expenses, or undoes another entry:
    only receipts and refunds are reversed. What a grantee paid back is undone by
    `reverse_recovery`."""


class EffectiveDayOutOfOrder(Unprocessable):
    """An entry counts on a day that has come, and a reversal not before what it undoes: move
    `effective_on`."""


async def receive_money(
    db: AsyncSession, actor: Actor, fund_id: UUID, body: FromFunder
) -> Written[JournalEntryOut]:
    """Record what came from the funder. Raises FundClosed, BankReferenceTaken, LimitExceeded,
    AccountingPeriodClosed (409), CurrencyDiffers, EffectiveDayOutOfOrder (422)."""
    fund = await open_fund(db, actor, fund_id, KEEPS)
    await refuse_booked_already(db, fund, EntryKind.RECEIPT, body.bank_reference)
    if await _passes_limit(db, fund, body.amount.amount_minor):
        detail = LimitExceeded.explanation()
        fault = FieldProblem(pointer="/amount", code=LimitExceeded.code, detail=detail)
        raise LimitExceeded(errors=[fault])
    return await _record(db, actor, fund, EntryKind.RECEIPT, "journal_entry.received", body)


async def refund_money(
    db: AsyncSession, actor: Actor, fund_id: UUID, body: FromFunder
) -> Written[JournalEntryOut]:
    """Record what went back to the funder. Raises FundClosed, BankReferenceTaken, NotEnoughMoney,
    AccountingPeriodClosed (409), CurrencyDiffers, EffectiveDayOutOfOrder (422)."""
    fund = await open_fund(db, actor, fund_id, KEEPS)
    await refuse_booked_already(db, fund, EntryKind.REFUND, body.bank_reference)
    return await _record(db, actor, fund, EntryKind.REFUND, "journal_entry.refunded", body)


async def _passes_limit(db: AsyncSession, fund: Fund, amount_minor: int) -> bool:
    """Whether more would have come than was agreed, if this came too."""
    received = await balance(db, fund.id, Bucket.EXTERNAL) + amount_minor
    return received > fund.limit_minor


async def _record(
    db: AsyncSession, actor: Actor, fund: Fund, kind: EntryKind, verb: str, body: FromFunder
) -> Written[JournalEntryOut]:
    amount_minor = in_its_currency(fund, body.amount, at="/amount")
    refuse_out_of_order(db, body.effective_on)
    if kind is EntryKind.REFUND:
        await refuse_less_than_nothing(db, fund, amount_minor, body.effective_on)
    entry = await ledger.post(
        db,
        actor,
        fund.id,
        kind,
        amount_minor,
        effective_on=body.effective_on,
        bank_reference=body.bank_reference,
        note=body.note,
    )
    detail = {"amount_minor": amount_minor, "currency": fund.currency}
    activity.record(db, actor, verb, entry, detail=detail)
    return await ENTRIES.told_to(db, actor, entry.id)


async def refuse_booked_already(
    db: AsyncSession, fund: Fund, kind: EntryKind, bank_reference: str
) -> None:
    """Raises BankReferenceTaken (409). The fund is held, so nobody else books it meanwhile."""
    booked = select(JournalEntry.id).where(
        JournalEntry.fund_id == fund.id,
        JournalEntry.kind == kind,
        JournalEntry.bank_reference_folded == folded(bank_reference),
        ~ledger.is_undone(JournalEntry),
    )
    if (await db.scalars(booked)).first() is not None:
        raise BankReferenceTaken


def refuse_out_of_order(db: AsyncSession, day: date, earliest: date = date.min) -> None:
    """Raises EffectiveDayOutOfOrder (422). A fund has its days where the network has them."""
    if earliest <= day <= today(db, network_zone(db)):
        return
    refused = EffectiveDayOutOfOrder
    fault = FieldProblem(pointer="/effective_on", code=refused.code, detail=refused.explanation())
    raise refused(errors=[fault])


async def refuse_less_than_nothing(
    db: AsyncSession, fund: Fund, amount_minor: int, day: date
) -> None:
    """Raises NotEnoughMoney (409) where less is unallocated on that day or on any later one."""
    least_minor = await ledger.lowest(db, fund.id, Bucket.UNALLOCATED, day)
    if least_minor < amount_minor:
        least = decimal(least_minor, fund.currency)
        detail = f"From {day} on there are {fund.currency} {least} in `unallocated`, and no more."
        raise NotEnoughMoney(detail)


async def reverse_journal_entry(
    db: AsyncSession, actor: Actor, entry_id: UUID, body: ReverseEntry
) -> Written[JournalEntryOut]:
    """Undo a receipt or a refund that was recorded wrongly, by its mirror image.

    Raises FundClosed, MadeByAMove, EntryReversedAlready, LimitExceeded, NotEnoughMoney,
    AccountingPeriodClosed (409), EffectiveDayOutOfOrder (422).
    """
    entry = await access.journal_entry.allowing(db, actor, entry_id, KEEPS)
    fund = await open_fund(db, actor, entry.fund_id, KEEPS)
    if entry.kind not in BY_HAND:
        raise MadeByAMove
    refuse_out_of_order(db, body.effective_on, entry.effective_on)
    await _refuse_undoing(db, fund, entry, body.effective_on)
    undoing = await ledger.reverse(
        db, actor, entry, effective_on=body.effective_on, note=body.reason
    )
    detail = {"reverses_id": str(entry.id)}
    activity.record(db, actor, "journal_entry.reversed", undoing, reason=body.reason, detail=detail)
    return await ENTRIES.told_to(db, actor, undoing.id)


async def _refuse_undoing(db: AsyncSession, fund: Fund, entry: JournalEntry, day: date) -> None:
    """What the mirror image would be refused for. Raises EntryReversedAlready, LimitExceeded,
    NotEnoughMoney (409)."""
    undone = select(JournalEntry.id).where(JournalEntry.reverses_id == entry.id)
    if (await db.scalars(undone)).first() is not None:
        raise EntryReversedAlready
    if entry.kind is EntryKind.RECEIPT:
        await refuse_less_than_nothing(db, fund, entry.amount_minor, day)
    elif await _passes_limit(db, fund, entry.amount_minor):
        raise LimitExceeded
