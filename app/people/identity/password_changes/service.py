"""Changing one's password, issuing a reset link, and setting a new password with it.

Whatever changes a password ends the account's other sign-ins. Hashing happens between short
transactions, so that no connection waits for it.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.background import mail
from app.background.mail import MailMessage
from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.db import Database
from app.kernel.errors import Conflict, NotAllowed, NotFound
from app.kernel.paging import paginate
from app.kernel.schemas import WithReason
from app.people.identity import passwords
from app.people.identity.access import require
from app.people.identity.accounts.access import account as visible_account
from app.people.identity.accounts.access import prove, refuse_gone
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.clients import Client
from app.people.identity.invitations.schemas import ShownLinkOut
from app.people.identity.invitations.service import LinkShown
from app.people.identity.keys import Keychain
from app.people.identity.links import Links
from app.people.identity.models import Account, EndReason, PasswordReset
from app.people.identity.password_changes.schemas import (
    AcceptPasswordReset,
    ChangePassword,
    NewPasswordResetOut,
    PasswordResetOut,
    PasswordResetPage,
    PasswordResetQuery,
)
from app.people.identity.scopes import NETWORK_ID
from app.people.identity.sign_ins.service import end_all, prove_password
from app.people.identity.tokens import SecretKind, new_secret, secret_digest

RESET_LIVES: Final = timedelta(hours=24)
SORTS: Final = {"issued_at": (PasswordReset.issued_at, PasswordReset.id)}

_LETTER: Final = """\
Dear {name},

an administrator of the peer learning network has issued this link, with which you can set a new
password. It works once, until {until:%d %B %Y %H:%M} UTC:

{link}
"""


class NoPassword(NotAllowed):
    """Service accounts have no password: they prove themselves with a client secret."""


class AccountNotEnabled(Conflict):
    """The account is disabled, so a new password would let nobody in. Enable it first."""


class PasswordChangedMeanwhile(Conflict):
    """The password was changed elsewhere while this request ran."""


class PasswordResetNotFound(NotFound):
    """There is no such reset link."""


class PasswordResetNotOpen(Conflict):
    """The reset link was used or has expired, or a newer one was issued. Ask for another one."""


async def change_password(
    database: Database, actor: SignedIn, body: ChangePassword, *, keys: Keychain, client: Client
) -> None:
    """Change one's own password, and end one's other sign-ins.

    Raises WrongCredentials (401), NoPassword (403), PasswordTooWeak (422), TooManyAttempts (429).
    """
    async with database.transaction() as db:
        account = await db.get_one(Account, actor.account_id)
    if account.email is None:
        raise NoPassword
    current = await prove_password(
        database, account.email, body.current_password, keys=keys, client=client
    )
    context = (account.email, account.name)
    passwords.refuse_weak(body.new_password, context, pointer="/new_password")
    chosen = await passwords.hashed(body.new_password)
    async with database.transaction() as db:
        locked = await _unchanged(db, current)
        await _set(db, actor, locked, chosen, keep=actor.credential_id)


async def _unchanged(db: AsyncSession, read: Account) -> Account:
    """The account, locked. Raises PasswordChangedMeanwhile (409) if it was."""
    account = await db.get_one(Account, read.id, with_for_update={"key_share": True})
    if account.password_hash != read.password_hash:
        raise PasswordChangedMeanwhile
    return account


async def _set(
    db: AsyncSession, actor: Actor, account: Account, password_hash: str, *, keep: UUID | None
) -> None:
    account.password_hash = password_hash
    await end_all(db, actor, account.id, EndReason.PASSWORD_CHANGED, keep=keep)
    record(db, actor, "account.password_changed", account)


async def issue_password_reset(
    db: AsyncSession, actor: SignedIn, account_id: UUID, *, links: Links
) -> NewPasswordResetOut:
    """Issue a link with which a person sets a new password; those issued before die.

    Raises NotAllowed (403), AccountErased, AccountMerged, AccountNotEnabled (409).
    """
    account = await visible_account(db, actor, account_id, lock=True)
    require(actor, "account.edit", NETWORK_ID)
    await refuse_gone(db, account)
    if account.disabled_at is not None:
        raise AccountNotEnabled
    await spend_open_resets(db, account)
    token = new_secret(SecretKind.PASSWORD_RESET)
    digest = secret_digest(SecretKind.PASSWORD_RESET, token)
    reset = PasswordReset(
        account_id=account.id,
        issued_by_id=actor.account_id,
        digest=digest,
        issued_at=now(db),
        expires_at=now(db) + RESET_LIVES,
        is_link_shown=not db.info["has_mail"],
        mail=None,
    )
    db.add(reset)
    await db.flush()
    record(db, actor, "account.password_reset_issued", account)
    return await _handed_out(db, actor, account, reset, links.password_reset(token))


async def list_password_resets(
    db: AsyncSession, actor: SignedIn, account_id: UUID, query: PasswordResetQuery
) -> PasswordResetPage:
    """The links that were issued for an account, without the links. Raises NotAllowed (403)."""
    account = await visible_account(db, actor, account_id)
    require(actor, "account.edit", NETWORK_ID)
    issued = select(PasswordReset).where(PasswordReset.account_id == account.id)
    issued = issued.options(joinedload(PasswordReset.mail))
    page = await paginate(
        db, issued, query, SORTS, default="-issued_at", bound=account.id, filters={}
    )
    return PasswordResetPage(
        items=[PasswordResetOut.model_validate(reset) for reset in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def show_reset_link(
    db: AsyncSession, actor: SignedIn, password_reset_id: UUID, body: WithReason, *, links: Links
) -> ShownLinkOut:
    """Show a new link in place of one that was mailed, once; the mailed one dies.

    Who sets a password with it has proved nothing of the address. Raises NotAllowed (403),
    PasswordResetNotFound (404), PasswordResetNotOpen, LinkShown (409).
    """
    reset = await db.get(PasswordReset, password_reset_id)
    if reset is None:
        raise PasswordResetNotFound
    account = await visible_account(db, actor, reset.account_id, lock=True)
    require(actor, "account.edit", NETWORK_ID)
    await db.refresh(reset)
    if reset.used_at is not None or reset.expires_at <= now(db):
        raise PasswordResetNotOpen
    if reset.is_link_shown:
        raise LinkShown
    token = new_secret(SecretKind.PASSWORD_RESET)
    digest = secret_digest(SecretKind.PASSWORD_RESET, token)
    assert digest is not None, "our own secrets are well formed"
    reset.digest, reset.is_link_shown = digest, True
    record(db, actor, "account.reset_link_shown", account, reason=body.reason)
    await db.flush()
    return ShownLinkOut(link=links.password_reset(token), expires_at=reset.expires_at)


async def spend_open_resets(db: AsyncSession, account: Account) -> None:
    """The links that were issued before open nothing any more."""
    is_open = (PasswordReset.account_id == account.id, PasswordReset.used_at.is_(None))
    await db.execute(update(PasswordReset).where(*is_open).values(used_at=now(db)))


async def _handed_out(
    db: AsyncSession, actor: SignedIn, account: Account, reset: PasswordReset, link: str
) -> NewPasswordResetOut:
    mail_id = await mail.send(
        db,
        to=account.email or "",
        subject="A new password for the peer learning network",
        text=_LETTER.format(name=mail.said(account.name), until=reset.expires_at, link=link),
        key=f"password_reset:{reset.id}",
        about=account,
        sender_id=actor.account_id,
        recipient_id=account.id,
    )
    reset.mail = await db.get_one(MailMessage, mail_id) if mail_id else None
    await db.flush()
    shown = PasswordResetOut.model_validate(reset).model_dump()
    return NewPasswordResetOut(
        **shown, link=None if mail_id else link, is_mailed=mail_id is not None
    )


async def accept_password_reset(database: Database, body: AcceptPasswordReset) -> None:
    """Set a new password with a reset link, and end every sign-in of the account.

    Raises PasswordResetNotFound (404), PasswordResetNotOpen (409), PasswordTooWeak (422).
    """
    digest = secret_digest(SecretKind.PASSWORD_RESET, body.token)
    if digest is None:
        raise PasswordResetNotFound
    async with database.transaction() as db:
        account, _ = await _opened_by(db, digest)
    context = (account.email or "", account.name)
    passwords.refuse_weak(body.new_password, context, pointer="/new_password")
    chosen = await passwords.hashed(body.new_password)
    async with database.transaction() as db:
        account, reset = await _opened_by(db, digest)
        reset.used_at = now(db)
        if not reset.is_link_shown:
            prove(db, account)
        await _set(db, Actor(account.id, account.id), account, chosen, keep=None)


async def _opened_by(db: AsyncSession, digest: bytes) -> tuple[Account, PasswordReset]:
    """The account, locked, and the open reset link whose token has this digest."""
    statement = (
        select(Account, PasswordReset)
        .join(PasswordReset, PasswordReset.account_id == Account.id)
        .where(PasswordReset.digest == digest)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await db.execute(statement)).one_or_none()
    if found is None:
        raise PasswordResetNotFound
    account, reset = found
    if reset.used_at is not None or reset.expires_at <= now(db) or account.disabled_at is not None:
        raise PasswordResetNotOpen
    return account, reset
