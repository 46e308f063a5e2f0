"""Changing one's password, issuing a reset link, and setting a new password with it.

Whatever changes a password ends the account's other sign-ins. Hashing happens between short
transactions, so that no connection waits for it.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.db import Database
from app.kernel.errors import Conflict, NotAllowed, NotFound
from app.people.identity import passwords
from app.people.identity.access import require
from app.people.identity.accounts.access import account as visible_account
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.clients import Client
from app.people.identity.keys import Keychain
from app.people.identity.links import Links
from app.people.identity.models import Account, EndReason, PasswordReset
from app.people.identity.password_changes.schemas import (
    AcceptPasswordReset,
    ChangePassword,
    PasswordResetOut,
)
from app.people.identity.scopes import NETWORK_ID
from app.people.identity.sign_ins.service import end_all, prove_password
from app.people.identity.tokens import SecretKind, new_secret, secret_digest

RESET_LIVES: Final = timedelta(hours=24)

_LETTER: Final = """\
Dear {name},

an administrator of the peer learning network has issued this link, with which you can set a new
password. It works once, until {until:%d %B %Y %H:%M} UTC:

{link}
"""


class NoPassword(NotAllowed):
    """Service accounts have no password: they prove themselves with a client secret."""


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
) -> PasswordResetOut:
    """Issue a link with which a person sets a new password; those issued before die.

    Raises NotAllowed (403).
    """
    account = await visible_account(db, actor, account_id, lock=True)
    require(actor, "account.edit", NETWORK_ID)
    await _spend_open(db, account)
    token = new_secret(SecretKind.PASSWORD_RESET)
    digest = secret_digest(SecretKind.PASSWORD_RESET, token)
    reset = PasswordReset(
        account_id=account.id,
        issued_by_id=actor.account_id,
        digest=digest,
        issued_at=now(db),
        expires_at=now(db) + RESET_LIVES,
    )
    db.add(reset)
    await db.flush()
    record(db, actor, "account.password_reset_issued", account)
    return await _handed_out(db, account, reset, links.password_reset(token))


async def _spend_open(db: AsyncSession, account: Account) -> None:
    is_open = (PasswordReset.account_id == account.id, PasswordReset.used_at.is_(None))
    await db.execute(update(PasswordReset).where(*is_open).values(used_at=now(db)))


async def _handed_out(
    db: AsyncSession, account: Account, reset: PasswordReset, link: str
) -> PasswordResetOut:
    is_mailed = await mail.send(
        db,
        to=account.email or "",
        subject="A new password for the peer learning network",
        text=_LETTER.format(name=mail.said(account.name), until=reset.expires_at, link=link),
        key=f"password_reset:{reset.id}",
    )
    await db.flush()
    return PasswordResetOut(
        id=reset.id,
        account_id=account.id,
        link=link,
        is_mailed=is_mailed,
        expires_at=reset.expires_at,
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
