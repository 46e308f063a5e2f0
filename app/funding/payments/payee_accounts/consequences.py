"""Who is written to when a payee account is proposed, takes the place of another, or is revoked."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.funding.grants.models import Grant
from app.funding.payments.payee_accounts import access
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.people.identity.actors import Actor
from app.people.organisations.models import Organisation

_REVOKED: Final = (
    "A bank account was revoked",
    "Nothing is paid to it any more. Propose the account to which the grant is to be paid.",
)
_LETTER: Final = """\
Dear {name},

{what} for the grant {reference}, {title}: the account that ends in {last_four}, of {organisation}.

{then} If you know nothing of this, tell those who run the programme at once.
"""
_PROPOSED: Final = (
    "A new bank account was proposed",
    "Nothing is paid to it until somebody of the programme has called and verified it.",
)
_VERIFIED: Final = (
    "A new bank account was verified",
    "The grant is paid to it from now on, once some days for second thoughts have passed.",
)


@PAYEE_ACCOUNT.consequence("propose")
async def contacts_are_told_of_a_proposal(
    db: AsyncSession, actor: Actor, account: PayeeAccount, _reason: str | None
) -> None:
    """The contact of the account is written to, and that of the one whose place it would take."""
    before = await access.verified(db, account.grant_id)
    await _tell(db, actor, account, before, _PROPOSED)


@PAYEE_ACCOUNT.consequence("verify")
async def contacts_are_told_of_a_change(
    db: AsyncSession, actor: Actor, account: PayeeAccount, _reason: str | None
) -> None:
    """The contact of the account is written to, and that of the one whose place it takes."""
    before = await access.replaced_last(db, account.grant_id)
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
    statement = (
        select(Grant.reference, Grant.title, Organisation.name)
        .join(Organisation, Organisation.id == account.organisation_id)
        .where(Grant.id == account.grant_id)
    )
    reference, title, organisation = (await db.execute(statement)).one()
    what, then = said
    told = {one.contact_email: one.contact_name for one in (before, account) if one is not None}
    for number, (email, name) in enumerate(told.items()):
        if email is not None:
            letter = _LETTER.format(
                name=mail.said(name),
                what=what,
                reference=reference,
                title=mail.said(title),
                last_four=account.last_four,
                organisation=mail.said(organisation),
                then=then,
            )
            await mail.send(
                db,
                to=email,
                subject=f"{what} for the grant {reference}",
                text=letter,
                key=f"payee_account:{account.id}:{account.status}:{number}",
                about=account,
                sender_id=actor.account_id,
            )
