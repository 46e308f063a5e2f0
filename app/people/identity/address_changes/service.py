"""What follows when an account has another address."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import record
from app.kernel.clock import now
from app.people.identity.access import held
from app.people.identity.actors import SignedIn
from app.people.identity.invitations.access import has_twin, open_of
from app.people.identity.invitations.service import mail_link
from app.people.identity.links import Links
from app.people.identity.models import Account, FormerAddress, Invitation
from app.people.identity.password_changes.service import spend_open_resets
from app.people.identity.tokens import SecretKind, new_secret, secret_digest

INVITED_TWICE: Final = "The address changed, and the new one is invited into the same role already."


async def take_along(
    db: AsyncSession, actor: SignedIn, account: Account, before: str, links: Links
) -> None:
    """Reset links that went to the old address open nothing any more, and its open invitations
    become the new one's. That it was theirs is kept, for when they are forgotten."""
    db.add(FormerAddress(account_id=account.id, email=before, left_at=now(db)))
    await spend_open_resets(db, account)
    await pass_on_invitations(db, actor, account, before, links)


async def pass_on_invitations(
    db: AsyncSession, actor: SignedIn, account: Account, before: str, links: Links
) -> None:
    """The open invitations of another address become the account's own, or are void where it has
    the same."""
    open_ = held(open_of(before, now(db)), Invitation)
    for invitation in (await db.scalars(open_)).all():
        await _readdress(db, actor, account, invitation, links)


async def _readdress(
    db: AsyncSession, actor: SignedIn, account: Account, invitation: Invitation, links: Links
) -> None:
    assert account.email is not None
    if await db.scalar(has_twin(invitation, account.email)):
        invitation.revoked_at = now(db)
        record(db, actor, "invitation.revoked", invitation, reason=INVITED_TWICE)
        return
    invitation.email = account.email
    record(db, actor, "invitation.readdressed", invitation)
    if not db.info["has_mail"]:
        return
    token = new_secret(SecretKind.INVITATION)
    digest = secret_digest(SecretKind.INVITATION, token)
    assert digest is not None, "our own secrets are well formed"
    invitation.digest, invitation.is_link_shown = digest, False
    await db.flush()
    link = links.invitation(token)
    invitation.mail = await mail_link(db, invitation, link, sender_id=invitation.invited_by_id)
