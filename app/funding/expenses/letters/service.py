"""Letters about a claim: to those who review it, and to the claimant. They say nothing of what the
money was spent on that somebody would read over a shoulder: that is read in the claim."""

from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.funding.expenses import access
from app.funding.expenses.lifecycle import ExpenseClaimStatus
from app.funding.expenses.models import ExpenseClaim
from app.kernel.money import decimal
from app.people.identity.accounts.access import reached_by
from app.people.identity.actors import Actor
from app.people.identity.models import Account

_TO_REVIEWER: Final = """\
Dear {name},

{claimant} claims expenses of {amount} for the cohort {cohort}: the claim {reference} waits to be
approved, returned or declined.
"""
_TO_CLAIMANT: Final = """\
Dear {name},

{said}
{because}"""
_SAID: Final = {
    ExpenseClaimStatus.SUBMITTED: "your claim {reference} was reopened: what was decided about it "
    "counts no more, and it is decided about anew.",
    ExpenseClaimStatus.RETURNED: "your claim {reference} was returned to you: change it, and "
    "submit it again.",
    ExpenseClaimStatus.APPROVED: "your claim {reference} was approved: {approved} of {amount} will "
    "be paid. Say where to, if you have not.",
    ExpenseClaimStatus.DECLINED: "your claim {reference} was declined: nothing of it is paid.",
}
_PAID: Final = """\
Dear {name},

{amount} for your claim {reference} was paid, and booked by the bank on {day}, to your account that
ends in {last_four}.
"""
_CAME_BACK: Final = """\
Dear {name},

{amount} for your claim {reference} came back from the bank: you have not received it, and it is to
be paid again. Look whether your account, which ends in {last_four}, is the right one.
"""


async def to_reviewers(db: AsyncSession, actor: Actor, claim: ExpenseClaim) -> None:
    """Tell those who may decide about it, but for whoever claims it or has submitted it."""
    involved = {claim.claimant_id, claim.drafted_by_id, *actor.persons}
    for one in await access.reviewers(db, claim):
        if one.id in involved:
            continue
        letter = _TO_REVIEWER.format(
            name=mail.said(one.name),
            claimant=mail.said(claim.claimant.name),
            amount=_claimed(claim),
            cohort=mail.said(claim.cohort.name),
            reference=claim.reference,
        )
        await _send(db, actor, claim, one, f"A claim to review: {claim.reference}", letter)


async def to_claimant(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, reason: str | None
) -> None:
    """Tell the claimant what became of it, and of each item of which less was approved."""
    said = _SAID[claim.status].format(
        reference=claim.reference,
        amount=_claimed(claim),
        approved=_money(claim, claim.approved_minor or 0),
    )
    because = [reason] if reason else []
    because += [
        f"Item {one.number}, {_money(claim, one.approved_minor or 0)} of "
        f"{_money(claim, one.amount_minor)}: {one.lowered_because}"
        for one in claim.items
        if one.lowered_because
    ]
    told = "".join(f"\n{mail.quoted(one)}\n" for one in because)
    to = await reached_by(db, claim.claimant)
    letter = _TO_CLAIMANT.format(name=mail.said(to.name), said=said, because=told)
    became = "reopened" if claim.status is ExpenseClaimStatus.SUBMITTED else claim.status.value
    await _send(db, actor, claim, to, f"Your claim {claim.reference} was {became}", letter)


async def of_payment(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, payment: str, day: date, last_four: str
) -> None:
    """Tell the claimant that it was paid, by the payment of a reference."""
    to = await reached_by(db, claim.claimant)
    letter = _PAID.format(
        name=mail.said(to.name),
        amount=_money(claim, claim.approved_minor or 0),
        reference=claim.reference,
        day=f"{day:%d %B %Y}",
        last_four=last_four,
    )
    await _send(db, actor, claim, to, f"Your claim {claim.reference} was paid: {payment}", letter)


async def of_return(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, payment: str, last_four: str
) -> None:
    """Tell the claimant that what was paid, by the payment of a reference, came back."""
    to = await reached_by(db, claim.claimant)
    letter = _CAME_BACK.format(
        name=mail.said(to.name),
        amount=_money(claim, claim.approved_minor or 0),
        reference=claim.reference,
        last_four=last_four,
    )
    subject = f"What was paid for your claim {claim.reference} came back: {payment}"
    await _send(db, actor, claim, to, subject, letter)


async def _send(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, to: Account, subject: str, letter: str
) -> None:
    """Write to somebody who has an address still; once for each version of the claim."""
    if to.email is None or to.erased_at is not None:
        return
    await mail.send(
        db,
        to=to.email,
        subject=subject,
        text=letter,
        key=f"expense_claim:{claim.id}:{claim.version}:{subject}:{to.id}",
        about=claim,
        sender_id=actor.account_id,
        recipient_id=to.id,
    )


def _claimed(claim: ExpenseClaim) -> str:
    return _money(claim, sum(one.amount_minor for one in claim.items))


def _money(claim: ExpenseClaim, amount_minor: int) -> str:
    return f"{claim.currency} {decimal(amount_minor, claim.currency)}"
