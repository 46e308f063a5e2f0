"""What is done with recoveries: each step of their money is an entry in the fund's ledger."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds import ledger
from app.funding.funds.buckets import MOVES_MONEY, EntryKind
from app.funding.funds.entries.service import (
    refuse_booked_already,
    refuse_less_than_nothing,
    refuse_out_of_order,
)
from app.funding.funds.models import JournalEntry
from app.funding.funds.service import in_its_currency
from app.funding.grants import access as grants
from app.funding.grants.booking.exchange.queries import share
from app.funding.grants.recoveries import access
from app.funding.grants.recoveries.lifecycle import RECOVERY, RecoveryStatus
from app.funding.grants.recoveries.models import Recovery
from app.funding.grants.recoveries.schemas import (
    ProposeRecovery,
    ReceiveRecovery,
    RecoveryOut,
    ReverseRecovery,
)
from app.funding.grants.recoveries.telling import LEFT, RECEIVED, RECOVERIES
from app.kernel.clock import today
from app.kernel.db import new_id
from app.kernel.editing import touch
from app.kernel.endorsements import content_digest
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.people.identity.actors import Actor

_S: Final = RecoveryStatus


class MoreThanOutstanding(Conflict):
    """More came back than was still to come: what is too much is not of this recovery."""


class ReceiptUnknown(Unprocessable):
    """Nothing was received of this recovery under that reference of the bank, or it was undone."""


async def propose_recovery(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: ProposeRecovery
) -> Written[RecoveryOut]:
    """Propose that the grantee pays back. Raises GuardsUnmet (409), CurrencyDiffers (422)."""
    grant = await grants.grant.allowing(db, actor, grant_id, "recovery.propose", lock=True)
    recovery = Recovery(
        id=new_id(),
        grant_id=grant.id,
        grant=grant,
        amount_minor=body.amount.amount_minor,
        currency=body.amount.currency,
        reason=body.reason,
    )
    if grant.fund_id is not None:
        in_its_currency(await access.fund_of(db, grant), body.amount, at="/amount")
    await create(db, actor, recovery, RECOVERY, "propose", under=grant.id, reason=body.reason)
    return await RECOVERIES.told_to(db, actor, recovery.id)


async def agree_recovery(
    db: AsyncSession, actor: Actor, recovery_id: UUID, *, if_match: int | None
) -> Written[RecoveryOut]:
    """Agree that it comes back: what was disbursed is recoverable."""
    recovery = await access.recovery(db, actor, recovery_id, lock=True)
    await move(db, actor, recovery, RECOVERY, "agree", if_match=if_match)
    await _book(db, actor, recovery, EntryKind.RECOVERY, recovery.amount_minor)
    return await RECOVERIES.told_to(db, actor, recovery.id)


async def dismiss_recovery(
    db: AsyncSession, actor: Actor, recovery_id: UUID, *, reason: str, if_match: int | None
) -> Written[RecoveryOut]:
    """Decide that nothing comes back."""
    recovery = await access.recovery(db, actor, recovery_id, lock=True)
    await move(db, actor, recovery, RECOVERY, "dismiss", reason=reason, if_match=if_match)
    return await RECOVERIES.told_to(db, actor, recovery.id)


async def receive_recovery(
    db: AsyncSession,
    actor: Actor,
    recovery_id: UUID,
    body: ReceiveRecovery,
    *,
    if_match: int | None,
) -> Written[RecoveryOut]:
    """Record what came back, all of it or a part: nobody is promised it yet.

    Raises MoreThanOutstanding, BankReferenceTaken, AccountingPeriodClosed (409), CurrencyDiffers,
    EffectiveDayOutOfOrder (422).
    """
    recovery = await access.recovery(db, actor, recovery_id, lock=True)
    left_minor, amount_minor = await _outstanding(db, recovery), body.amount.amount_minor
    to = _S.RECOVERED if amount_minor >= left_minor else _S.PARTIALLY_RECOVERED
    detail = {"amount_minor": amount_minor, "currency": recovery.currency}
    await move(db, actor, recovery, RECOVERY, "receive", to=to, if_match=if_match, detail=detail)
    touch(recovery)
    await _refuse_unsound(db, recovery, body, left_minor)
    told: dict[str, Any] = body.model_dump(include={"effective_on", "bank_reference", "note"})
    await _book(db, actor, recovery, EntryKind.RECOVERY_RECEIPT, amount_minor, **told)
    return await RECOVERIES.told_to(db, actor, recovery.id)


async def _refuse_unsound(
    db: AsyncSession, recovery: Recovery, body: ReceiveRecovery, left_minor: int
) -> None:
    fund = recovery.grant.fund
    assert fund is not None, "what is agreed is of a grant that a fund pays"
    if in_its_currency(fund, body.amount, at="/amount") > left_minor:
        detail = MoreThanOutstanding.explanation()
        fault = FieldProblem(pointer="/amount", code=MoreThanOutstanding.code, detail=detail)
        raise MoreThanOutstanding(errors=[fault])
    agreed = select(JournalEntry.effective_on).where(
        JournalEntry.recovery_id == recovery.id, JournalEntry.kind == EntryKind.RECOVERY
    )
    refuse_out_of_order(db, body.effective_on, (await db.scalars(agreed)).one())
    kind = EntryKind.RECOVERY_RECEIPT
    await refuse_booked_already(db, fund, kind, body.bank_reference)


async def reverse_recovery(
    db: AsyncSession,
    actor: Actor,
    recovery_id: UUID,
    body: ReverseRecovery,
    *,
    if_match: int | None,
) -> Written[RecoveryOut]:
    """Undo a receipt that was recorded wrongly: its amount is outstanding again.

    Raises NotEnoughMoney, AccountingPeriodClosed (409), ReceiptUnknown, EffectiveDayOutOfOrder
    (422).
    """
    recovery = await access.recovery(db, actor, recovery_id, lock=True)
    receipt = await access.receipt(db, recovery, body.bank_reference)
    came_minor = (await db.scalars(select(RECEIVED).where(Recovery.id == recovery.id))).one()
    is_all = receipt is not None and receipt.amount_minor == came_minor
    to = _S.AGREED if is_all else _S.PARTIALLY_RECOVERED
    await move(
        db, actor, recovery, RECOVERY, "reverse", to=to, reason=body.reason, if_match=if_match
    )
    touch(recovery)
    if receipt is None:
        detail = ReceiptUnknown.explanation()
        fault = FieldProblem(pointer="/bank_reference", code=ReceiptUnknown.code, detail=detail)
        raise ReceiptUnknown(errors=[fault])
    refuse_out_of_order(db, body.effective_on, receipt.effective_on)
    fund = await access.fund_of(db, recovery.grant)
    await refuse_less_than_nothing(db, fund, receipt.amount_minor, body.effective_on)
    await ledger.reverse(db, actor, receipt, effective_on=body.effective_on, note=body.reason)
    return await RECOVERIES.told_to(db, actor, recovery.id)


async def write_off_recovery(
    db: AsyncSession, actor: Actor, recovery_id: UUID, *, reason: str, if_match: int | None
) -> Written[RecoveryOut]:
    """Give up what did not come back. It takes two persons, who mean the same amount.

    Raises SecondPersonRequired (409) for who has said so already.
    """
    recovery = await access.recovery(db, actor, recovery_id, lock=True)
    left_minor = await _outstanding(db, recovery)
    outcome = await move(
        db,
        actor,
        recovery,
        RECOVERY,
        "write_off",
        reason=reason,
        if_match=if_match,
        detail={"amount_minor": left_minor, "currency": recovery.currency},
        digest=f"{content_digest(recovery)}-{left_minor}",
    )
    if outcome.made:
        await _book(db, actor, recovery, EntryKind.WRITE_OFF, left_minor)
    return await RECOVERIES.told_to(db, actor, recovery.id)


async def _outstanding(db: AsyncSession, recovery: Recovery) -> int:
    """What is agreed and neither came back nor was written off, in minor units."""
    return (await db.scalars(select(LEFT).where(Recovery.id == recovery.id))).one()


async def _book(
    db: AsyncSession,
    actor: Actor,
    recovery: Recovery,
    kind: EntryKind,
    amount_minor: int,
    **told: Any,
) -> None:
    grant = recovery.grant
    assert grant.fund_id is not None, "what is agreed is of a grant that a fund pays"
    day: dict[str, Any] = {"effective_on": today(db, grant.cohort.timezone)}
    about: dict[str, Any] = {"grant_id": grant.id, "recovery_id": recovery.id}
    about["granted"] = await share(db, grant, MOVES_MONEY[kind][0], amount_minor)
    await ledger.post(db, actor, grant.fund_id, kind, amount_minor, **(day | told | about))


async def explain_recovery_actions(db: AsyncSession, actor: Actor, recovery_id: UUID) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await explain_actions(db, actor, await access.recovery(db, actor, recovery_id), RECOVERY)
