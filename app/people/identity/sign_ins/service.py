"""Signing in, staying signed in, and signing out.

Verbs that take a `Database` open short transactions of their own: no connection is held while a
password is hashed, and what a refusal must leave behind (an attempt counted, a family ended) is
committed before the refusal is raised.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.db import Database
from app.kernel.errors import Unauthenticated
from app.kernel.paging import paginate
from app.people.identity import passwords, throttling
from app.people.identity.actors import UNNARROWED, Actor, SignedIn
from app.people.identity.clients import Client
from app.people.identity.emails import normalised
from app.people.identity.failures import note_failure
from app.people.identity.keys import Keychain
from app.people.identity.models import Account, EndReason, RefreshToken, SignIn
from app.people.identity.sign_ins import access
from app.people.identity.sign_ins.schemas import (
    LogIn,
    SignInOut,
    SignInPage,
    SignInQuery,
    TokensOut,
    WithRefreshToken,
)
from app.people.identity.throttling import (
    BY_ACCOUNT,
    BY_ACCOUNT_AND_ADDRESS,
    BY_ACCOUNT_AND_DEVICE,
    BY_ADDRESS,
    Counted,
)
from app.people.identity.tokens import (
    ACCESS_TOKEN_LIFETIME,
    INVALID_TOKEN,
    SecretKind,
    new_secret,
    secret_digest,
    successor_of,
)
from app.web.rate_limits import tell

CLIENT_ID: Final = "pln"
"""The client of every token that a password led to; service accounts are clients of their own."""

QUOTA: Final = "sign-in"
"""What is told of attempts, whatever they are counted by: that would say which accounts exist."""

FAMILY_LIVES: Final = timedelta(days=90)
REFRESH_LIVES: Final = timedelta(days=30)
ANSWER_MAY_BE_LOST: Final = timedelta(seconds=60)
"""How long a used refresh token gives its successor again, while that one is unused."""


class WrongCredentials(Unauthenticated):
    """The address and the password do not belong together, or the account may not sign in."""


class RefreshTokenRefused(Unauthenticated):
    """The refresh token is unknown, has expired, or was used before. Sign in again. The use of an
    old one ends the whole sign-in, because it may have been stolen."""


async def log_in(database: Database, body: LogIn, *, keys: Keychain, client: Client) -> TokensOut:
    """Sign in with a password.

    Raises TooManyAttempts (429) and WrongCredentials (401), after the same work and in the same
    words whether there is such an account or not.
    """
    proved = await prove_password(database, body.email, body.password, keys=keys, client=client)
    async with database.transaction() as db:
        account = await db.get_one(Account, proved.id, with_for_update={"key_share": True})
        if account.disabled_at or account.password_hash != proved.password_hash:
            raise WrongCredentials
        return await begin(db, account, keys=keys, client=client)


async def prove_password(
    database: Database, email: str, password: str, *, keys: Keychain, client: Client
) -> Account:
    """The account of this address once its password is proved; the attempt is counted first.

    Raises TooManyAttempts (429), WrongCredentials (401).
    """
    address = normalised(email)
    async with database.transaction() as db:
        account, known = await access.account_to_try(db, address, client.user_agent)
        counted = _counted(address, client, keys, is_known=client.is_among(known))
        standings = await throttling.count(db, counted)
    guesses, wait = standings[counted[0].limit], throttling.wait(standings)
    if wait:
        tell(replace(guesses.quota(QUOTA), left=0, resets_in=wait))
        raise throttling.refusal(wait)
    tell(guesses.quota(QUOTA))
    fits = await passwords.matches(password, account.password_hash if account else None)
    if account is None or account.disabled_at or not fits:
        async with database.transaction() as db:
            await note_failure(db, account.id if account else None)
        raise WrongCredentials
    async with database.transaction() as db:
        await throttling.forgive(db, counted[0], counted[1:])
    tell(replace(guesses.quota(QUOTA), left=guesses.limit.most))
    return account


def _counted(email: str, client: Client, keys: Keychain, *, is_known: bool) -> list[Counted]:
    """What an attempt counts against, that which a success forgets first.

    Where the account has signed in before with the same device, that is the device alone: nobody
    else's failures lock it out, neither elsewhere nor in the same office.
    """
    subjects = (
        {BY_ACCOUNT_AND_DEVICE: f"{email}|{client.network}|{client.user_agent}"}
        if is_known
        else {
            BY_ACCOUNT_AND_ADDRESS: f"{email}|{client.network}",
            BY_ADDRESS: client.network,
            BY_ACCOUNT: email,
        }
    )
    return [
        Counted.of(limit, subject, secret=keys.counter_key) for limit, subject in subjects.items()
    ]


async def begin(db: AsyncSession, account: Account, *, keys: Keychain, client: Client) -> TokensOut:
    """Open a sign-in of an account that has proved itself, and give its first tokens."""
    at = now(db)
    sign_in = SignIn(
        account_id=account.id,
        user_agent=client.user_agent,
        address=client.address,
        started_at=at,
        last_used_at=at,
        expires_at=at + FAMILY_LIVES,
    )
    db.add(sign_in)
    await db.flush()
    record(db, Actor(account.id, account.person_id), "sign_in.started", sign_in)
    secret = new_secret(SecretKind.REFRESH_TOKEN)
    token = _link(sign_in, secret, at=at, predecessor=None)
    db.add(token)
    return await _tokens(db, sign_in, token, secret, keys)


async def issue_token(db: AsyncSession, account: Account, *, keys: Keychain) -> str:
    """An access token for an account, without its password: for the command line and tests."""
    client = Client(address=None, user_agent="pln token")
    return (await begin(db, account, keys=keys, client=client)).access_token


async def refresh_tokens(
    database: Database, body: WithRefreshToken, *, keys: Keychain
) -> TokensOut:
    """Exchange a refresh token for its successor and a new access token.

    A used one gives the same successor again for a minute, as long as that one is unused: the
    answer may have been lost. Otherwise its use ends the whole sign-in, which is committed before
    RefreshTokenRefused (401) is raised.
    """
    digest = secret_digest(SecretKind.REFRESH_TOKEN, body.refresh_token)
    if digest is not None:
        async with database.transaction() as db:
            tokens = await _refresh(db, digest, body.refresh_token, keys)
        if tokens is not None:
            return tokens
    raise RefreshTokenRefused(headers=INVALID_TOKEN)


async def _refresh(
    db: AsyncSession, digest: bytes, secret: str, keys: Keychain
) -> TokensOut | None:
    """The next tokens, or None where there are none to be had; a stolen family is ended."""
    found = await access.presented(db, digest)
    if found is None:
        return None
    sign_in, token = found
    account = await db.get_one(Account, sign_in.account_id)
    if sign_in.ended_at or account.disabled_at or token.expires_at <= now(db):
        return None
    following = await access.successor(db, token) or _rotate(db, sign_in, token, secret, keys)
    if not _may_be_given(db, token, following):
        _end(db, Actor(account.id, account.person_id), sign_in, EndReason.REUSE)
        return None
    return await _tokens(db, sign_in, following, successor_of(secret, key=keys.successor_key), keys)


def _rotate(
    db: AsyncSession, sign_in: SignIn, token: RefreshToken, secret: str, keys: Keychain
) -> RefreshToken:
    token.rotated_at = sign_in.last_used_at = now(db)
    following = _link(
        sign_in, successor_of(secret, key=keys.successor_key), at=now(db), predecessor=token
    )
    db.add(following)
    return following


def _may_be_given(db: AsyncSession, token: RefreshToken, following: RefreshToken) -> bool:
    assert token.rotated_at is not None, "a token with a successor was rotated"
    return following.rotated_at is None and now(db) - token.rotated_at <= ANSWER_MAY_BE_LOST


def _link(
    sign_in: SignIn, secret: str, *, at: datetime, predecessor: RefreshToken | None
) -> RefreshToken:
    digest = secret_digest(SecretKind.REFRESH_TOKEN, secret)
    assert digest is not None, "our own secrets are well formed"
    return RefreshToken(
        sign_in_id=sign_in.id,
        predecessor_id=predecessor.id if predecessor else None,
        digest=digest,
        issued_at=at,
        expires_at=min(at + REFRESH_LIVES, sign_in.expires_at),
    )


async def _tokens(
    db: AsyncSession, sign_in: SignIn, token: RefreshToken, secret: str, keys: Keychain
) -> TokensOut:
    await db.flush()
    access_token, _ = (await keys.signing(db)).issue(
        account_id=sign_in.account_id,
        client_id=CLIENT_ID,
        scope=UNNARROWED,
        sign_in_id=sign_in.id,
        now=now(db),
    )
    return TokensOut(
        access_token=access_token,
        token_type="Bearer",  # noqa: S106
        expires_in=int(ACCESS_TOKEN_LIFETIME.total_seconds()),
        refresh_token=secret,
        refresh_expires_at=token.expires_at,
    )


async def log_out(db: AsyncSession, body: WithRefreshToken) -> None:
    """End the sign-in of a refresh token; silent where there is none, since it is out already."""
    digest = secret_digest(SecretKind.REFRESH_TOKEN, body.refresh_token)
    found = await access.presented(db, digest) if digest else None
    if found is None or found[0].ended_at:
        return
    account = await db.get_one(Account, found[0].account_id)
    _end(db, Actor(account.id, account.person_id), found[0], EndReason.LOGOUT)


async def list_sign_ins(db: AsyncSession, actor: SignedIn, query: SignInQuery) -> SignInPage:
    """One's own sign-ins that have not ended, latest first."""
    page = await paginate(
        db, access.own_sign_ins(db, actor), query, {"id": (SignIn.id,)}, default="-id", filters={}
    )
    return SignInPage(
        items=[_described(sign_in, actor) for sign_in in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _described(sign_in: SignIn, actor: SignedIn) -> SignInOut:
    return SignInOut(
        id=sign_in.id,
        user_agent=sign_in.user_agent,
        address=sign_in.address,
        started_at=sign_in.started_at,
        last_used_at=sign_in.last_used_at,
        expires_at=sign_in.expires_at,
        is_current=sign_in.id == actor.credential_id,
    )


async def end_sign_in(db: AsyncSession, actor: SignedIn, sign_in_id: UUID) -> None:
    """End one of one's own sign-ins: its tokens are refused from now on."""
    _end(db, actor, await access.own_sign_in(db, actor, sign_in_id), EndReason.ENDED)


async def end_all(
    db: AsyncSession,
    actor: Actor,
    account_id: UUID,
    reason: EndReason,
    *,
    keep: UUID | None = None,
) -> None:
    """End every sign-in of an account, except the one to keep."""
    standing = select(SignIn).where(
        SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.id != keep
    )
    for sign_in in await db.scalars(standing.order_by(SignIn.id).with_for_update(key_share=True)):
        _end(db, actor, sign_in, reason)


def _end(db: AsyncSession, actor: Actor, sign_in: SignIn, reason: EndReason) -> None:
    sign_in.ended_at = now(db)
    sign_in.ended_because = reason
    record(db, actor, "sign_in.ended", sign_in, detail={"because": reason})


async def forget_old(db: AsyncSession) -> int:
    """Delete the refresh tokens that have expired, which nobody can use; how many there were."""
    expired = select(RefreshToken.id).where(RefreshToken.expires_at <= now(db))
    await db.execute(
        update(RefreshToken)
        .where(RefreshToken.predecessor_id.in_(expired))
        .values(predecessor_id=None)
        .execution_options(synchronize_session=False)
    )
    gone = await db.execute(
        delete(RefreshToken)
        .where(RefreshToken.expires_at <= now(db))
        .returning(RefreshToken.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
