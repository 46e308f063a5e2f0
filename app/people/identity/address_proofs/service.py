"""Mailing a link to one's own address, and proving the address with it."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.background import mail
from app.background.mail import DeliveryState, MailMessage
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.people.identity.accounts.access import prove
from app.people.identity.actors import SignedIn
from app.people.identity.address_proofs.schemas import AddressProofOut, ProveAddress
from app.people.identity.links import Links
from app.people.identity.models import Account, AddressProof
from app.people.identity.tokens import SecretKind, new_secret, secret_digest

LIVES: Final = timedelta(days=2)
NOT_AGAIN_FOR: Final = timedelta(minutes=10)
"""How long one link is enough: whoever asks again is told how far its letter has come."""

_LETTER: Final = """\
Dear {name},

open this link to show that this address is yours; it works once, for two days:

{link}

If you have no account in the peer learning network, you need do nothing.
"""


class NoAddress(Conflict):
    """A service account has no address: its owner's counts."""


class MailOff(Conflict):
    """No mail is sent here, so nothing is asked of your address and nothing can prove it."""


class AddressProofNotFound(NotFound):
    """There is no such link, or it is about another account or an address that you no longer
    have."""


class AddressProofNotOpen(Conflict):
    """The link was used before or has expired. Ask for another one."""


async def prove_my_address(
    db: AsyncSession, actor: SignedIn, body: ProveAddress, *, links: Links
) -> AddressProofOut:
    """Prove one's address by the token of a link, or have a link mailed to it.

    Raises AddressProofNotFound (404), AddressProofNotOpen, NoAddress, MailOff (409).
    """
    account = await db.get_one(Account, actor.account_id, with_for_update={"key_share": True})
    if account.email is None:
        raise NoAddress
    if body.token is not None:
        await _use(db, account, body.token)
    if account.is_address_proved:
        await db.flush()
        return _shown(account, None)
    if not db.info["has_mail"]:
        raise MailOff
    return _shown(account, await _recent(db, account) or await _issue(db, account, links))


async def _use(db: AsyncSession, account: Account, token: str) -> None:
    digest = secret_digest(SecretKind.ADDRESS_PROOF, token)
    statement = select(AddressProof).where(
        AddressProof.digest == digest,
        AddressProof.account_id == account.id,
        AddressProof.email == account.email,
    )
    proof = await db.scalar(statement.with_for_update())
    if proof is None:
        raise AddressProofNotFound
    if proof.used_at is not None or proof.expires_at <= now(db):
        raise AddressProofNotOpen
    proof.used_at = now(db)
    prove(db, account)


async def _recent(db: AsyncSession, account: Account) -> AddressProof | None:
    """A link that was issued a moment ago and whose letter has not failed."""
    statement = select(AddressProof).where(
        AddressProof.account_id == account.id,
        AddressProof.email == account.email,
        AddressProof.used_at.is_(None),
        AddressProof.issued_at > now(db) - NOT_AGAIN_FOR,
    )
    latest = statement.order_by(AddressProof.issued_at.desc()).limit(1)
    found = await db.scalar(latest.options(joinedload(AddressProof.mail)))
    if found is None or (found.mail and found.mail.state == DeliveryState.FAILED):
        return None
    return found


async def _issue(db: AsyncSession, account: Account, links: Links) -> AddressProof:
    assert account.email is not None
    token = new_secret(SecretKind.ADDRESS_PROOF)
    digest = secret_digest(SecretKind.ADDRESS_PROOF, token)
    assert digest is not None, "our own secrets are well formed"
    proof = AddressProof(
        account_id=account.id,
        email=account.email,
        digest=digest,
        issued_at=now(db),
        expires_at=now(db) + LIVES,
        mail=None,
    )
    db.add(proof)
    await db.flush()
    link = links.address_proof(token)
    mail_id = await mail.send(
        db,
        to=account.email,
        subject="Is this address yours?",
        text=_LETTER.format(name=mail.said(account.name), link=link),
        key=f"address_proof:{proof.id}",
        about=account,
        sender_id=account.id,
        recipient_id=account.id,
    )
    proof.mail = await db.get_one(MailMessage, mail_id)
    await db.flush()
    return proof


def _shown(account: Account, proof: AddressProof | None) -> AddressProofOut:
    assert account.email is not None
    return AddressProofOut(
        email=account.email,
        is_address_proved=account.is_address_proved,
        delivery=proof.mail.delivery if proof and proof.mail else None,
        expires_at=proof.expires_at if proof else None,
    )
