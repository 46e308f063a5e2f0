"""`CurrentActor`: proves who calls, in one statement from credential to roles.

The token says who; what they may do is read at each request, so that a role that was taken away
or an account that was disabled is refused by the very next one.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import Row, Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import aliased

from app.identity.actors import (
    PUBLIC_ACTOR,
    UNNARROWED,
    Actor,
    CredentialKind,
    HeldRole,
    SignedIn,
)
from app.identity.keys import Keychain
from app.identity.models import (
    Account,
    AccountKind,
    ApiToken,
    ClientSecret,
    RoleAssignment,
    SignIn,
)
from app.identity.roles import READ_ONLY
from app.kernel import idempotency
from app.kernel.clock import now
from app.kernel.db import Database, Db, Instant, ReadDb
from app.kernel.errors import NotAllowed, Unauthenticated
from app.kernel.tokens import SecretKind, invalid_token, secret_digest

NOTED_EVERY: Final = timedelta(hours=1)
"""How exact an API token's time of last use is."""


class ReadOnlyToken(NotAllowed):
    """API tokens read. Use an access token to change something."""


_at = bindparam("at", type_=Instant)
_owner = aliased(Account)

_roles_now = and_(
    RoleAssignment.account_id == Account.id,
    RoleAssignment.valid_from <= _at,
    or_(RoleAssignment.valid_until.is_(None), RoleAssignment.valid_until > _at),
)


def _enabled_with_roles(*more: Any) -> Select[*tuple[Any, ...]]:
    """One row a valid role, or one without a role; none for an account that is disabled."""
    columns = (Account.id, Account.kind, Account.owner_id)
    return (
        select(*columns, RoleAssignment.role, RoleAssignment.scope_id, *more)
        .select_from(Account)
        .outerjoin(_owner, _owner.id == Account.owner_id)
        .outerjoin(RoleAssignment, _roles_now)
        .where(Account.disabled_at.is_(None), _owner.disabled_at.is_(None))
    )


_BY_ACCESS_TOKEN = _enabled_with_roles().where(
    Account.id == bindparam("account_id"),
    or_(
        exists().where(
            SignIn.id == bindparam("credential_id"),
            SignIn.account_id == Account.id,
            SignIn.ended_at.is_(None),
        ),
        exists().where(
            ClientSecret.id == bindparam("credential_id"),
            ClientSecret.account_id == Account.id,
            or_(ClientSecret.expires_at.is_(None), ClientSecret.expires_at > _at),
        ),
    ),
)

_BY_API_TOKEN = (
    _enabled_with_roles(ApiToken.id.label("token_id"), ApiToken.permissions, ApiToken.last_used_at)
    .join(ApiToken, ApiToken.account_id == Account.id)
    .where(
        ApiToken.digest == bindparam("digest"),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > _at,
    )
)


_BY_ACCOUNT = _enabled_with_roles().where(Account.id == bindparam("account_id"))


async def load_actor(
    db: AsyncSession, account_id: UUID, narrowed_to: frozenset[str] | None
) -> Actor | None:
    """What an account may do now, for work that is done in its name; None when it is disabled.

    `narrowed_to` are the permissions that the credential which asked for the work was limited to.
    """
    rows = (await db.execute(_BY_ACCOUNT, {"account_id": account_id, "at": now(db)})).all()
    if not rows:
        return None
    account = rows[0]
    return Actor(
        account_id=account.id,
        person_id=account.owner_id or account.id,
        roles=[HeldRole(row.role, row.scope_id) for row in rows if row.role is not None],
        everyone=account.kind == AccountKind.PERSON,
        narrowed_to=narrowed_to,
    )


def keychain_of(request: Request) -> Keychain:
    """The signing keys of this process."""
    state = request.app.state
    if getattr(state, "keychain", None) is None:
        state.keychain = Keychain(state.settings)
    return state.keychain


Keys = Annotated[Keychain, Depends(keychain_of)]


def _database_of(request: Request) -> Database:
    return request.app.state.database


Transactions = Annotated[Database, Depends(_database_of)]
"""For verbs that open short transactions of their own."""


async def _current_actor(request: Request, db: Db, keys: Keys) -> SignedIn:
    actor = await _prove(request, db, keys)
    await idempotency.begin(request, db, actor)
    return actor


async def _reading_actor(request: Request, db: ReadDb, keys: Keys) -> SignedIn:
    return await _prove(request, db, keys)


async def _streaming_actor(request: Request, keys: Keys) -> SignedIn:
    database: Database = request.app.state.database
    async with database.read() as connection:
        return await _prove(request, connection, keys)


async def _public_actor() -> Actor:
    return PUBLIC_ACTOR


CurrentActor = Annotated[SignedIn, Depends(_current_actor)]
"""Whoever proved an account on this request, within its transaction."""

ReadingActor = Annotated[SignedIn, Depends(_reading_actor)]
"""The same on the connection of `ReadDb`, for reads of one statement."""

StreamingActor = Annotated[SignedIn, Depends(_streaming_actor)]
"""The same on a connection that is given back at once, for a body that may be long in coming."""

PublicActor = Annotated[Actor, Depends(_public_actor)]
"""Anyone: holds nothing, and sees what is published."""


async def _prove(request: Request, db: AsyncSession | AsyncConnection, keys: Keychain) -> SignedIn:
    at: datetime = request.app.state.clock.now()
    token = _credential(request)
    if token.startswith(SecretKind.API_TOKEN):
        return await _by_api_token(request, db, token, at)
    claims = await keys.verify(db, token, at)
    values = {"account_id": claims.account_id, "credential_id": claims.sign_in_id, "at": at}
    rows = (await db.execute(_BY_ACCESS_TOKEN, values)).all()
    narrowed = None if claims.scope == UNNARROWED else frozenset(claims.scope.split())
    return _actor(rows, CredentialKind.ACCESS_TOKEN, claims.sign_in_id, narrowed)


async def _by_api_token(
    request: Request, db: AsyncSession | AsyncConnection, token: str, at: datetime
) -> SignedIn:
    digest = secret_digest(SecretKind.API_TOKEN, token)
    if digest is None:
        raise invalid_token()
    rows = (await db.execute(_BY_API_TOKEN, {"digest": digest, "at": at})).all()
    if not rows:
        raise invalid_token()
    if request.method not in ("GET", "HEAD"):
        raise ReadOnlyToken
    found = rows[0]
    if found.last_used_at is None or found.last_used_at < at - NOTED_EVERY:
        used = update(ApiToken).where(ApiToken.id == found.token_id).values(last_used_at=at)
        await db.execute(used)
    narrowed = READ_ONLY.intersection(found.permissions)
    return _actor(rows, CredentialKind.API_TOKEN, found.token_id, narrowed)


def _actor(
    rows: Sequence[Row[Any]],
    credential: CredentialKind,
    credential_id: UUID | None,
    narrowed_to: frozenset[str] | None,
) -> SignedIn:
    if not rows:
        raise invalid_token()
    account = rows[0]
    return SignedIn(
        account_id=account.id,
        person_id=account.owner_id or account.id,
        roles=[HeldRole(row.role, row.scope_id) for row in rows if row.role is not None],
        everyone=account.kind == AccountKind.PERSON,
        narrowed_to=narrowed_to,
        credential=credential,
        credential_id=credential_id,
    )


def _credential(request: Request) -> str:
    """The token of the one Authorization header; an API token may come as a Basic password."""
    headers = request.headers.getlist("authorization")
    if len(headers) != 1:
        raise Unauthenticated
    scheme, _, value = headers[0].partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            return _basic_password(value.strip())
        case _:
            raise invalid_token()


def _basic_password(value: str) -> str:
    try:
        decoded = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        raise invalid_token() from None
    password = decoded.partition(":")[2]
    if not password.startswith(SecretKind.API_TOKEN):
        raise invalid_token()
    return password
