"""`CurrentActor`: proves who calls, in one statement from credential to roles.

The token says who; what they may do is read at each request, so that a role that was taken away
or an account that was disabled is refused by the very next one.
"""

import base64
import binascii
import functools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database
from app.kernel.errors import NotAllowed, Unauthenticated
from app.kernel.statements import Kept
from app.people.identity.actors import (
    NOBODY,
    UNNARROWED,
    Actor,
    CredentialKind,
    SignedIn,
    signed_in,
)
from app.people.identity.beginnings.service import settle_held_by
from app.people.identity.keys import Keychain
from app.people.identity.links import Links
from app.people.identity.models import ApiToken
from app.people.identity.queries import BY_ACCESS_TOKEN, BY_API_TOKEN
from app.people.identity.roles import read_only
from app.people.identity.tokens import SecretKind, invalid_token, secret_digest
from app.web import idempotency
from app.web.credentials import proved_by
from app.web.transaction import Db

NOTED_EVERY: Final = timedelta(hours=1)
"""How exact an API token's time of last use is."""

PROOF_HOLDS: Final = timedelta(seconds=1)
"""How long a body may take before whoever sends it is asked again who they are."""


class ReadOnlyToken(NotAllowed):
    """API tokens read. Use an access token to change something."""

    title = "Read-only token"
    is_anywhere = True


def keychain_of(request: Request) -> Keychain:
    """The signing keys of this process."""
    state = request.app.state
    if getattr(state, "keychain", None) is None:
        state.keychain = Keychain(state.settings)
    return state.keychain


async def _keychain(request: Request) -> Keychain:
    return keychain_of(request)


Keys = Annotated[Keychain, Depends(_keychain)]


async def _database_of(request: Request) -> Database:
    return request.app.state.database


Transactions = Annotated[Database, Depends(_database_of)]
"""For verbs that open short transactions of their own."""


async def _front_end_of(request: Request) -> Links:
    return Links(request.app.state.settings.frontend_url)


FrontEnd = Annotated[Links, Depends(_front_end_of)]
"""Where links that let somebody in lead to."""


async def prove_ahead(request: Request) -> None:
    """Prove the credential before the body comes, and keep the proof for when it has come.

    Who sends none takes no connection.
    """
    credential_of(request)
    proved = await prove(request, request.app.state.database, keychain_of(request))
    request.state.proved = (proved, request.app.state.clock.now())


@proved_by(prove_ahead)
async def _current_actor(request: Request, db: Db, keys: Keys) -> SignedIn:
    actor = await _still(request, db, keys)
    await idempotency.begin(request, db, actor)
    return actor


@proved_by(prove_ahead)
async def _streaming_actor(request: Request, keys: Keys) -> SignedIn:
    return await _still(request, request.app.state.database, keys)


@proved_by(prove_ahead)
async def _proved_actor(request: Request, database: Transactions, keys: Keys) -> SignedIn:
    async with database.transaction() as db:
        return await _still(request, db, keys)


async def _still(request: Request, on: AsyncSession | Database, keys: Keychain) -> SignedIn:
    """Whoever was proved ahead of the body; proved anew where the body took its time."""
    proved: tuple[SignedIn, datetime] | None = getattr(request.state, "proved", None)
    at: datetime = request.app.state.clock.now()
    if proved is not None and at - proved[1] <= PROOF_HOLDS:
        return proved[0]
    return await prove(request, on, keys)


async def _public_actor() -> Actor:
    return NOBODY


CurrentActor = Annotated[SignedIn, Depends(_current_actor)]
"""Whoever proved an account on this request, within its transaction."""

StreamingActor = Annotated[SignedIn, Depends(_streaming_actor)]
"""The same on a connection that is given back at once, for a body that may be long in coming."""

ProvedActor = Annotated[SignedIn, Depends(_proved_actor)]
"""The same without a transaction kept open, for verbs that open short ones of their own."""

PublicActor = Annotated[Actor, Depends(_public_actor)]
"""Anyone: holds nothing, and sees what is published."""


async def prove(request: Request, on: AsyncSession | Database, keys: Keychain) -> SignedIn:
    """The account that sent the credential. Raises Unauthenticated (401)."""
    at: datetime = request.app.state.clock.now()
    token = credential_of(request)
    if token.startswith(SecretKind.API_TOKEN):
        actor = await _by_api_token(request, on, token, at)
    else:
        actor = await _by_access_token(request, on, keys, token, at)
    request.state.actor = actor  # for the log
    return actor


async def _by_access_token(
    request: Request, on: AsyncSession | Database, keys: Keychain, token: str, at: datetime
) -> SignedIn:
    claims = await keys.verify(on, token, at)
    values = {
        "proved_account_id": claims.account_id,
        "credential_id": claims.sign_in_id,
        "at": at,
        "has_mail": _has_mail(request),
    }
    rows = await _rows(request, on, CredentialKind.ACCESS_TOKEN, values)
    narrowed = None if claims.scope == UNNARROWED else frozenset(claims.scope.split())
    return signed_in(rows, CredentialKind.ACCESS_TOKEN, claims.sign_in_id, narrowed)


async def _by_api_token(
    request: Request, on: AsyncSession | Database, token: str, at: datetime
) -> SignedIn:
    digest = secret_digest(SecretKind.API_TOKEN, token)
    if digest is None:
        raise invalid_token()
    values = {"digest": digest, "at": at, "has_mail": _has_mail(request)}
    rows = await _rows(request, on, CredentialKind.API_TOKEN, values)
    if request.method not in ("GET", "HEAD"):
        raise ReadOnlyToken
    found = rows[0]
    await note_use(on, found.token_id, found.last_used_at, at)
    narrowed = read_only().intersection(found.permissions)
    return signed_in(rows, CredentialKind.API_TOKEN, found.token_id, narrowed)


async def note_use(
    on: AsyncSession | Database, token_id: UUID, last_used_at: datetime | None, at: datetime
) -> None:
    """Note that an API token is used, unless that was noted lately."""
    if last_used_at is not None and last_used_at >= at - NOTED_EVERY:
        return
    noted = update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=at)
    if isinstance(on, AsyncSession):
        await on.execute(noted)
        return
    async with on.transaction() as own:
        await own.execute(noted)


@functools.cache
def _written(credential: CredentialKind) -> Kept:
    return Kept.of(BY_API_TOKEN if credential is CredentialKind.API_TOKEN else BY_ACCESS_TOKEN)


async def _rows(
    request: Request,
    on: AsyncSession | Database,
    credential: CredentialKind,
    values: dict[str, Any],
) -> Sequence[Any]:
    """Who it is and what it holds; read again where a role had to be settled that begins now."""
    statement = _written(credential)
    prover = on if isinstance(on, AsyncSession) else on.ahead or on
    rows = await statement.rows(prover, values)
    if not rows:
        raise invalid_token()
    if not rows[0].is_due:
        return rows
    database: Database = request.app.state.database
    async with database.transaction() as own:
        await settle_held_by(own, [one for one in (rows[0].id, rows[0].owner_id) if one])
    return await statement.rows(prover, values)


def _has_mail(request: Request) -> bool:
    return bool(request.app.state.database.info["has_mail"])


def credential_of(request: Request) -> str:
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
