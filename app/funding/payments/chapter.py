"""Payments in the demonstration: what milestones made payable, paid to accounts that were
verified."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.funding.funds.chapter import CURRENCY
from app.funding.funds.schemas import AmountIn
from app.funding.grants.chapter import Awarded
from app.funding.grants.milestones.telling import MILESTONES
from app.funding.grants.models import Grant
from app.funding.payments import service
from app.funding.payments.payee_accounts import service as accounts
from app.funding.payments.payee_accounts.numbers import AccountForm
from app.funding.payments.payee_accounts.schemas import ProposePayeeAccount, VerifyPayeeAccount
from app.funding.payments.runs import service as runs
from app.funding.payments.runs.schemas import GatherPaymentRun
from app.funding.payments.schemas import ExchangeIn, RequestPayment, SettlePayment
from app.kernel.chapters import chapter
from app.kernel.clock import day
from app.kernel.versions import ANY_VERSION
from app.network.collaborations.models import Participant
from app.network.conflicts.queries import ON_THE_GRANTEES_SIDE
from app.people.identity.chapter import ZONE, Stage

ON_SIGNATURE: Final = 0
"""Which of a grant's milestones is met by signing, counted from nought."""


@dataclass(frozen=True)
class PaymentScript:
    """What a milestone of a grant of the act made payable, as far as it came."""

    collaboration: str
    approver: str
    releaser: str
    iban: str
    holder_name: str
    contact: tuple[str, str]
    """Whom finance calls, and the address."""
    proposed_at: datetime | None
    """None where it goes to the account that was verified before."""
    verified_at: datetime
    requested_at: datetime
    invoice_number: str
    milestone: int = ON_SIGNATURE
    """Which of its grant's, counted from nought."""
    held_at: datetime | None = None
    held_because: str | None = None
    approved_at: datetime | None = None
    """It is released and settled a day later each."""
    currency: str = CURRENCY
    took_minor: int | None = None
    """What the bank took in the currency of the fund, where that is another."""


@chapter("payments.made", after=["grants.awarded", "reports.decided"], before=["grants.closed"])
async def pay(stage: Stage) -> None:
    """Propose and verify where each grant is paid to, and pay it as far as it came."""
    for script in stage.scripts(PaymentScript):
        [grant] = [
            one for one in stage.kept(Awarded) if one.script.collaboration == script.collaboration
        ]
        if script.proposed_at is not None:
            await _say_where_to(stage, script, script.proposed_at, grant)
        payment_id = await _request(stage, script, grant)
        if script.held_at is not None:
            async with stage.scene(script.held_at, grant.member.coordinator) as (db, actor):
                await service.unapproving(
                    db, actor, payment_id, "hold", if_match=None, reason=script.held_because
                )
        if script.approved_at is not None:
            await _pay(stage, script, script.approved_at, grant, payment_id)


async def _say_where_to(stage: Stage, script: PaymentScript, at: datetime, grant: Awarded) -> None:
    """The lead says where to, and finance calls."""
    name, email = script.contact
    async with stage.scene(at, grant.member.lead) as (db, actor):
        of_it = select(Grant.collaboration_id).where(Grant.id == grant.grant_id)
        steward = (
            select(Participant.organisation_id)
            .where(
                Participant.collaboration_id == of_it.scalar_subquery(),
                Participant.role.in_(ON_THE_GRANTEES_SIDE),
            )
            .order_by(Participant.id)
        )
        wanted = ProposePayeeAccount(
            organisation_id=(await db.scalars(steward)).first() or UUID(int=0),
            form=AccountForm.IBAN,
            country=script.iban[:2],
            currency=script.currency,
            holder_name=script.holder_name,
            number=script.iban,
            contact_name=name,
            contact_email=email,
        )
        proposed = await accounts.propose_payee_account(db, actor, grant.grant_id, wanted)
    async with stage.scene(script.verified_at, stage.cast[script.approver]) as (db, actor):
        call = VerifyPayeeAccount(
            called_name=name,
            called_at=script.verified_at - timedelta(hours=1),
            number_source="The organisation's website",
        )
        await accounts.verify_payee_account(db, actor, proposed.id, call, if_match=ANY_VERSION)


async def _request(stage: Stage, script: PaymentScript, grant: Awarded) -> UUID:
    """The lead sends an invoice."""
    milestone_id = grant.milestone_ids[script.milestone]
    async with stage.scene(script.requested_at, grant.member.lead) as (db, actor):
        earned = (await MILESTONES.told_to(db, actor, milestone_id)).read()
        wanted = RequestPayment(
            amount=AmountIn(**earned.amount.model_dump()), invoice_number=script.invoice_number
        )
        made = await service.request_payment(db, actor, milestone_id, wanted)
    return made.id


async def _pay(
    stage: Stage, script: PaymentScript, at: datetime, grant: Awarded, payment_id: UUID
) -> None:
    """It is approved in a run, released by another, and booked by the bank."""
    days = timedelta(days=1)
    of_it = select(Grant.fund_id).where(Grant.id == grant.grant_id)
    async with stage.scene(at, stage.cast[script.approver]) as (db, actor):
        fund_id = (await db.scalars(of_it)).one()
        assert fund_id is not None, "a fund pays what is paid"
        chosen = GatherPaymentRun(payment_ids=[payment_id], currency=script.currency)
        run = await runs.gather_payment_run(db, actor, fund_id, chosen)
        await runs.approve_payment_run(db, actor, run.id, if_match=ANY_VERSION)
    async with stage.scene(at + days, stage.cast[script.releaser]) as (db, actor):
        await runs.release_payment_run(db, actor, run.id, if_match=ANY_VERSION)
    async with stage.scene(at + 2 * days, stage.cast[script.releaser]) as (db, actor):
        booked_on = day(at + 2 * days, ZONE)
        said = SettlePayment(
            bank_reference=f"FT-{script.invoice_number}",
            value_on=booked_on,
            exchange=_exchange(script.took_minor, booked_on),
        )
        await service.settle_payment(db, actor, payment_id, said, if_match=ANY_VERSION)


def _exchange(took_minor: int | None, on: date) -> ExchangeIn | None:
    """What the bank says that it took of the fund's currency."""
    if took_minor is None:
        return None
    taken = AmountIn(amount_minor=took_minor, currency=CURRENCY)
    return ExchangeIn(taken=taken, source="Statement of the bank", quoted_on=on)
