"""What else must hold before a payment moves, and what payments stand in the way of."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.expenses.queries import EXPENSE_CLAIMS
from app.funding.funds.buckets import Bucket
from app.funding.funds.ledger import balance
from app.funding.funds.ledger import held as held_minor
from app.funding.funds.lifecycle import FundStatus
from app.funding.funds.models import Fund
from app.funding.grants.booking.queries import earning
from app.funding.grants.due_diligence.access import READ as READS_CHECKS
from app.funding.grants.due_diligence.queries import standings
from app.funding.grants.due_diligence.standing import SUFFICIENT
from app.funding.grants.lifecycle import GRANT, PAYING
from app.funding.grants.models import Grant, Milestone
from app.funding.grants.queries import GRANTS, why_held
from app.funding.grants.recoveries.lifecycle import CLAIMED
from app.funding.grants.recoveries.models import Recovery
from app.funding.payments.approvals import digest
from app.funding.payments.exchange.access import fund_of
from app.funding.payments.lifecycle import LIVE, NOT_RELEASED, PAYMENT, PaymentStatus
from app.funding.payments.models import Payment
from app.funding.payments.payee_accounts.access import proposed
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT, PayeeAccountStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.funding.payments.queries import PAYMENTS, has_accepted
from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.limits import limits_of
from app.kernel.money import decimal
from app.kernel.schemas import Ref
from app.kernel.transitions import Marked, Unmet
from app.network.conflicts.guards import independence

_OPEN = (*NOT_RELEASED, PaymentStatus.RELEASED)


@PAYMENT.guard("approve")
@PAYMENT.guard("release")
async def grant_is_in_force(db: AsyncSession, _actor: Actor, payment: Payment) -> Unmet | None:
    """A grant that is suspended, held or closed pays nothing; of one that was terminated what was
    earned is paid. What was approved of a person's claim is owed to them whatever ends."""
    return not_paying(db, payment.grant) if payment.grant else None


def not_paying(db: AsyncSession, grant: Grant) -> Unmet | None:
    """Why nothing of a grant is paid now, where that is so."""
    because = why_held(db, grant)
    if because is not None:
        said = because.replace("_", " ")
        return Unmet("grant_held", f"The grant is held ({said}) until the convenor settles it.")
    if grant.status in PAYING:
        return None
    return Unmet("grant_not_paying", f"The grant is {grant.status}: nothing is paid of it.")


@PAYMENT.guard("approve")
@PAYMENT.guard("release")
async def decider_is_independent(
    db: AsyncSession, actor: Actor, payment: Payment
) -> Unmet | Marked | None:
    """Whoever requests a payment, approves it and releases it are three persons, the last two
    independent of the grantee."""
    return await independence(db, actor, PAYMENTS, payment.id)


@PAYMENT.guard("approve")
async def acceptor_is_another(db: AsyncSession, actor: Actor, payment: Payment) -> Unmet | None:
    """Of much money somebody approves who did not accept what it is paid for."""
    if payment.in_books_minor <= limits_of(db).payment_second_look_minor:
        return None
    if payment.milestone_id is None:
        claim = payment.expense_claim
        if claim is None or claim.decided_by_id not in actor.persons:
            return None
        return Unmet("claim_approved_by_you", "You approved its claim: another approves it.")
    if not await has_accepted(db, payment.milestone_id, actor.persons):
        return None
    return Unmet("milestone_accepted_by_you", "You accepted its milestone: another approves it.")


@PAYMENT.guard("approve")
@PAYMENT.guard("release")
async def account_has_cooled_off(db: AsyncSession, _actor: Actor, payment: Payment) -> Unmet | None:
    """Nothing goes to an account that is new or revoked, or that is about to be another one."""
    if await proposed(db, payment.scope_id) is not None:
        return Unmet("payee_account_changing", "Another account waits: verify or reject it first.")
    account = payment.payee_account
    assert account is not None, "what is history is neither approved nor released"
    if account.status is PayeeAccountStatus.REVOKED:
        return Unmet("payee_account_revoked", "Its account was revoked: verify another first.")
    usable_at = account.usable_at
    assert usable_at is not None, "what is paid to was verified"
    if usable_at <= now(db):
        return None
    return Unmet(
        "payee_account_cooling_off",
        f"The account is new: nothing goes there until {usable_at:%d %B %Y, %H:%M} (UTC).",
    )


@PAYMENT.guard("release")
async def books_are_confirmed(db: AsyncSession, _actor: Actor, payment: Payment) -> Unmet | None:
    """A fund whose books were opened with what stood before them pays once that is confirmed."""
    opening = select(Fund.reference).where(
        Fund.id == payment.fund_id, Fund.status == FundStatus.OPENING
    )
    if (known_as := await db.scalar(opening)) is None:
        return None
    said = f"The books of {known_as} were opened and wait for finance to confirm them."
    return Unmet("opening_unconfirmed", said)


@PAYMENT.guard("release")
async def grantee_was_checked(db: AsyncSession, actor: Actor, payment: Payment) -> Unmet | None:
    """Each check of the grantee that the programme requires holds on the day. Of a person who
    claims back what they spent nothing but the account is checked."""
    if payment.grant is None:
        return None
    found = await standings(db, payment.grant)
    lacking = [f"{kind} ({how})" for kind, how in found.items() if how not in SUFFICIENT]
    if not lacking:
        return None
    detail = "The checks of the grantee are not complete."
    if actor.holds(READS_CHECKS, payment.scope_id):
        detail = f"Not passed or waived: {', '.join(lacking)}."
    return Unmet("due_diligence_incomplete", detail)


@PAYMENT.guard("release")
async def approval_stands(_db: AsyncSession, _actor: Actor, payment: Payment) -> Unmet | None:
    """What is released is what was approved."""
    if payment.approved_sha256 in (None, digest(payment)):
        return None
    return Unmet("approval_lapsed", "It is not what was approved any more: hold it, and resume it.")


@PAYMENT.guard("release")
async def fund_holds_it(db: AsyncSession, _actor: Actor, payment: Payment) -> Unmet | None:
    """The grant has that much to be paid in its fund, or all claims of people together have."""
    payable = held_minor(payment.fund_id, Bucket.PAYABLE, payment.grant_id)
    there_minor = (await db.scalars(select(payable))).one()
    if payment.in_books_minor <= there_minor:
        return None
    currency = (await fund_of(db, payment)).currency
    there = decimal(there_minor, currency)
    return Unmet("payable_short", f"The fund holds {currency} {there} for the grantee.")


@PAYMENT.guard("reverse")
async def reverser_is_independent(
    db: AsyncSession, actor: Actor, payment: Payment
) -> Unmet | Marked | None:
    """Neither of the two who say that money came back is of the grantee, or claimed it."""
    if payment.expense_claim_id is not None:
        return await independence(db, actor, EXPENSE_CLAIMS, payment.expense_claim_id)
    assert payment.grant_id is not None, "a payment is of a grant or of a claim"
    return await independence(db, actor, GRANTS, payment.grant_id)


@PAYMENT.guard("reverse")
async def it_was_not_claimed_back(
    db: AsyncSession, _actor: Actor, payment: Payment
) -> Unmet | None:
    """What a recovery has claimed comes back by the recovery, and not a second time."""
    disbursed = held_minor(payment.fund_id, Bucket.DISBURSED, payment.grant_id)
    there_minor = (await db.scalars(select(disbursed))).one()
    if (payment.taken_minor or payment.in_books_minor) <= there_minor:
        return None
    claims = select(Recovery.id, Recovery.reason).where(
        Recovery.grant_id == payment.grant_id, Recovery.status.in_(CLAIMED)
    )
    found = (await db.execute(claims.order_by(Recovery.created_at))).all()
    currency = (await fund_of(db, payment)).currency
    there = decimal(there_minor, currency)
    return Unmet(
        "disbursed_short",
        f"Of what was paid {currency} {there} is not claimed back. Record what came by "
        "receive_recovery, and propose a recovery of the rest.",
        subjects=tuple(Ref(id=id_, reference=None, name=why) for id_, why in found),
    )


@PAYMENT.guard("reverse")
async def fund_takes_it_back(db: AsyncSession, _actor: Actor, payment: Payment) -> Unmet | None:
    """A closed fund takes no entry, and owes nothing again."""
    fund = await fund_of(db, payment)
    if fund.status is not FundStatus.CLOSED:
        return None
    return Unmet("fund_closed", f"The fund {fund.reference} is closed: reopen it first.")


@PAYMENT.guard("reverse")
async def gain_is_there_still(db: AsyncSession, _actor: Actor, payment: Payment) -> Unmet | None:
    """What the exchange of a payment gave back to its fund is there to be undone."""
    less_minor = payment.in_books_minor - (payment.taken_minor or payment.in_books_minor)
    left_minor = await balance(db, payment.fund_id, Bucket.UNALLOCATED) if less_minor > 0 else 0
    if less_minor <= left_minor:
        return None
    fund = await fund_of(db, payment)
    less, left = (decimal(one, fund.currency) for one in (less_minor, left_minor))
    return Unmet(
        "exchange_gain_spent",
        f"Its exchange gave {fund.currency} {less} back to the fund {fund.reference}, which has "
        f"{left} left that is promised to nobody.",
    )


@PAYEE_ACCOUNT.guard("verify")
async def payments_go_to_the_same_payee(
    db: AsyncSession, _actor: Actor, account: PayeeAccount
) -> Unmet | None:
    """Another organisation is paid once what was requested for this one is settled or cancelled."""
    to_others = (
        Payment.scope_id == account.scope_id,
        Payment.payee_id != account.organisation_id,
    )
    return await _open(db, "Settle or cancel what is paid to another organisation.", *to_others)


@GRANT.guard("close")
async def payments_are_settled(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """No payment of it is open."""
    return await _open(db, "Settle or cancel its payments first.", Payment.grant_id == grant.id)


@GRANT.guard("close")
async def what_was_earned_is_paid(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """A grant that a fund pays is closed once nothing of it is payable any more."""
    if grant.fund_id is None:
        return None
    paid_or_asked = select(Payment.milestone_id).where(Payment.status.in_(LIVE))
    unpaid = (
        select(Milestone.id, Milestone.reference, Milestone.title)
        .where(
            Milestone.grant_id == grant.id,
            Milestone.id.in_(earning(grant.id)),
            Milestone.id.not_in(paid_or_asked),
            held_minor(grant.fund_id, Bucket.PAYABLE, grant.id) > 0,
        )
        .order_by(Milestone.reference)
    )
    found = (await db.execute(unpaid)).all()
    if not found:
        return None
    said = "What was earned is not paid: request its payment first."
    if why_held(db, grant) is not None:
        said = "What was earned is not paid: continue the grant and pay it, or terminate it."
    subjects = tuple(Ref(id=id_, reference=known_as, name=title) for id_, known_as, title in found)
    return Unmet("money_payable", said, subjects=subjects)


@GRANT.guard("terminate")
async def nothing_is_on_its_way(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """What the bank has is settled or has failed; what was not released is cancelled with it."""
    released = Payment.status == PaymentStatus.RELEASED
    said = "A payment is on its way: wait for the bank."
    return await _open(db, said, Payment.grant_id == grant.id, released)


async def _open(db: AsyncSession, said: str, *which: ColumnElement[bool]) -> Unmet | None:
    """The condition that no payment is open, with those that are."""
    still_open = select(Payment.id, Payment.reference).where(Payment.status.in_(_OPEN), *which)
    found = (await db.execute(still_open.order_by(Payment.number))).all()
    if not found:
        return None
    subjects = tuple(Ref(id=id_, reference=known_as, name=known_as) for id_, known_as in found)
    return Unmet("payments_open", said, subjects=subjects)
