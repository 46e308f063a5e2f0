"""Who is written to when a payee account is proposed, takes the place of another, or is revoked."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.funding.expenses.models import ExpenseClaim
from app.funding.grants.models import Grant
from app.funding.payments.payee_accounts import access
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.people.identity.actors import Actor
from app.people.identity.models import Account
from app.people.organisations.models import Organisation

_REVOKED: Final = (
    "A bank account was revoked",
    "Nothing is paid to it any more. Propose the account that is to be paid to instead.",
)
_LETTER: Final = """\
Dear {name},

{what} for {paid}: the account that ends in {last_four}, of {holder}.

{then} If you know nothing of this, tell those who run the programme at once.
"""
_PROPOSED: Final = (
    "A new bank account was proposed",
    "Nothing is paid to it until somebody of the programme has called and verified it.",
)
_VERIFIED: Final = (
    "A new bank account was verified",
    "It is paid to from now on, once some days for second thoughts have passed.",
)


@PAYEE_ACCOUNT.consequence("propose")
async def contacts_are_told_of_a_proposal(
    db: AsyncSession, actor: Actor, account: PayeeAccount, _reason: str | None
) -> None:
    """The contact of the account is written to, and that of the one whose place it would take."""
    before = await access.verified(db, account.scope_id)
    await _tell(db, actor, account, before, _PROPOSED)


@PAYEE_ACCOUNT.consequence("verify")
async def contacts_are_told_of_a_change(
    db: AsyncSession, actor: Actor, account: PayeeAccount, _reason: str | None
) -> None:
    """The contact of the account is written to, and that of the one whose place it takes."""
    before = await access.replaced_last(db, account.scope_id)
    await _tell(db, actor, account, before, _VERIFIED)


@PAYEE_ACCOUNT.consequence("revoke")
async def its_contact_is_told_that_it_was_revoked(
    db: AsyncSession, actor: Actor, account: PayeeAccount, _reason: str | None
) -> None:
    """The contact of the account is written to."""
    await _tell(db, actor, account, None, _REVOKED)


async def _tell(
    db: AsyncSession,
    actor: Actor,
    account: PayeeAccount,
    before: PayeeAccount | None,
    said: tuple[str, str],
) -> None:
    paid, subject, holder = await _named(db, account)
    what, then = said
    told = {one.contact_email: one.contact_name for one in (before, account) if one is not None}
    for number, (email, name) in enumerate(told.items()):
        if email is not None:
            letter = _LETTER.format(
                name=mail.said(name),
                what=what,
                paid=paid,
                last_four=account.last_four,
                holder=mail.said(holder),
                then=then,
            )
            await mail.send(
                db,
                to=email,
                subject=f"{what} for {subject}",
                text=letter,
                key=f"payee_account:{account.id}:{account.status}:{number}",
                about=account,
                sender_id=actor.account_id,
            )


async def _named(db: AsyncSession, account: PayeeAccount) -> tuple[str, str, str]:
    """What is paid to it, the same in a subject, and whose it is."""
    if account.expense_claim_id is not None:
        of_claim = (
            select(ExpenseClaim.reference, Account.name)
            .join(Account, Account.id == ExpenseClaim.claimant_id)
            .where(ExpenseClaim.id == account.expense_claim_id)
        )
        reference, name = (await db.execute(of_claim)).one()
        return f"the claim {reference}", f"the claim {reference}", name
    of_grant = (
        select(Grant.reference, Grant.title, Organisation.name)
        .join(Organisation, Organisation.id == account.organisation_id)
        .where(Grant.id == account.grant_id)
    )
    reference, title, name = (await db.execute(of_grant)).one()
    return f"the grant {reference}, {mail.said(title)}", f"the grant {reference}", name
