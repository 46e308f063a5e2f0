"""What a payment's moves do in the ledger and to its attempts, and what becomes of payments when
what they rest on changes or ends."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.expenses.models import ExpenseClaim
from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import first_day_open, post
from app.funding.grants.lifecycle import GRANT, MILESTONE
from app.funding.grants.models import Grant, Milestone
from app.funding.payments import access
from app.funding.payments.exchange.service import post_difference, undo_difference
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.models import Payment, PaymentAttempt
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.funding.payments.voiding import UNAPPROVED, void_approval
from app.kernel.clock import day, now, today
from app.kernel.lifecycle import move
from app.kernel.transitions import Touched
from app.network.cohorts.models import Cohort
from app.people.identity.actors import Actor


@PAYMENT.consequence("release")
async def money_is_on_its_way(
    db: AsyncSession, actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """The amount leaves what is payable and is in transit, by an attempt of its own."""
    assert actor.person_id is not None
    latest = await access.latest_attempt(db, payment.id)
    number = (latest.number if latest else 0) + 1
    attempt = PaymentAttempt(
        payment_id=payment.id,
        number=number,
        end_to_end_id=f"{payment.reference}-{number}",
        payee_account_id=payment.payee_account_id,
        released_by_id=actor.person_id,
        released_at=now(db),
    )
    db.add(attempt)
    await _book(db, actor, payment, EntryKind.PAYMENT)


@PAYMENT.consequence("settle")
async def money_has_arrived(
    db: AsyncSession, actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """The amount is disbursed, on the bank's day or the first after it whose period is open, and
    not before the day on which it left; in another currency than its fund's what the bank took."""
    left_at = await _end_attempt(db, payment, None)
    assert payment.value_on is not None
    left_on = day(left_at, await _zone(db, payment))
    counts_on = await first_day_open(db, payment.fund_id, max(payment.value_on, left_on))
    await post(
        db,
        actor,
        payment.fund_id,
        EntryKind.SETTLEMENT,
        payment.in_books_minor,
        effective_on=counts_on,
        grant_id=payment.grant_id,
        milestone_id=payment.milestone_id,
        expense_claim_id=payment.expense_claim_id,
        bank_reference=payment.bank_reference,
        granted=payment.granted,
    )
    await post_difference(db, actor, payment, counts_on)


@PAYMENT.consequence("fail")
async def money_did_not_leave(
    db: AsyncSession, actor: Actor, payment: Payment, reason: str | None
) -> None:
    """The amount is payable again; its attempt has failed."""
    await _end_attempt(db, payment, reason)
    await _book(db, actor, payment, EntryKind.PAYMENT_FAILED)


@PAYMENT.consequence("reverse")
async def money_came_back(
    db: AsyncSession, actor: Actor, payment: Payment, reason: str | None
) -> None:
    """The amount is payable again, as it stood in the books, and may be requested anew."""
    on = today(db, await _zone(db, payment))
    await undo_difference(db, actor, payment, on, reason or "")
    await _book(db, actor, payment, EntryKind.PAYMENT_RETURNED, note=reason)


async def _book(
    db: AsyncSession, actor: Actor, payment: Payment, kind: EntryKind, note: str | None = None
) -> None:
    timezone = await _zone(db, payment)
    await post(
        db,
        actor,
        payment.fund_id,
        kind,
        payment.in_books_minor,
        effective_on=today(db, timezone),
        grant_id=payment.grant_id,
        milestone_id=payment.milestone_id,
        expense_claim_id=payment.expense_claim_id,
        note=note,
        granted=payment.granted,
    )


async def _zone(db: AsyncSession, payment: Payment) -> str:
    of_grant = select(Grant.cohort_id).where(Grant.id == payment.grant_id)
    of_claim = select(ExpenseClaim.cohort_id).where(ExpenseClaim.id == payment.expense_claim_id)
    zone = select(Cohort.timezone).where(Cohort.id.in_(of_grant.union_all(of_claim)))
    return (await db.scalars(zone)).one()


async def _end_attempt(db: AsyncSession, payment: Payment, fault: str | None) -> datetime:
    """End the attempt that is open; when it began."""
    attempt = await access.latest_attempt(db, payment.id)
    assert attempt is not None, "what was released has an attempt"
    attempt.ended_at, attempt.fault = now(db), fault
    return attempt.released_at


async def _changing(db: AsyncSession, _actor: Actor, account: PayeeAccount) -> list[Touched]:
    return await _touched(db, account.scope_id)


async def _dropped(db: AsyncSession, _actor: Actor, grant: Grant) -> list[Touched]:
    return await _touched(db, grant.id)


async def _touched(db: AsyncSession, scope_id: UUID) -> list[Touched]:
    payments = await db.scalars(access.unreleased(Payment.scope_id == scope_id))
    return [Touched("payment", one.id, one.reference, one.reference) for one in payments]


@PAYEE_ACCOUNT.consequence("verify", touches=_changing)
async def payments_go_to_the_new_account(
    db: AsyncSession, actor: Actor, account: PayeeAccount, reason: str | None
) -> None:
    """Payments that were not released go to it; those that were approved are to be approved
    again."""
    for payment in await access.hold(db, access.unreleased(Payment.scope_id == account.scope_id)):
        payment.payee_account_id = account.id
        await void_approval(db, actor, payment, reason)


@PAYEE_ACCOUNT.consequence("revoke", touches=_changing)
async def approvals_of_payments_to_it_are_void(
    db: AsyncSession, actor: Actor, account: PayeeAccount, reason: str | None
) -> None:
    """Payments to it that were approved are to be approved again, once another takes its place."""
    for payment in await access.hold(db, access.unreleased(Payment.scope_id == account.scope_id)):
        await void_approval(db, actor, payment, reason)


@GRANT.consequence("terminate", touches=_dropped)
async def unreleased_payments_are_cancelled(
    db: AsyncSession, actor: Actor, grant: Grant, reason: str | None
) -> None:
    """Payments that were not released are cancelled; what was earned stays payable, and is
    requested anew."""
    await _drop(db, actor, Payment.grant_id == grant.id, reason)


@MILESTONE.consequence("reopen")
async def its_payment_is_cancelled(
    db: AsyncSession, actor: Actor, milestone: Milestone, reason: str | None
) -> None:
    """A payment that was requested of it is cancelled: nothing is payable."""
    await _drop(db, actor, Payment.milestone_id == milestone.id, reason)


async def _drop(
    db: AsyncSession, actor: Actor, which: ColumnElement[bool], reason: str | None
) -> None:
    for payment in await access.hold(db, access.unreleased(which)):
        await move(db, actor, payment, PAYMENT, "drop", reason=reason, writes=UNAPPROVED)
        await db.flush()
