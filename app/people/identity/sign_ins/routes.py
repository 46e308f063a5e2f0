"""Signing in and out over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.people.identity.deps import CurrentActor, Keys, Transactions
from app.people.identity.sign_ins import service
from app.people.identity.sign_ins.access import SignInNotFound
from app.people.identity.sign_ins.deps import ClientDep
from app.people.identity.sign_ins.schemas import (
    LogIn,
    SignInPage,
    SignInQuery,
    TokensOut,
    WithRefreshToken,
)
from app.people.identity.sign_ins.service import RefreshTokenRefused, WrongCredentials
from app.people.identity.throttling import TooManyAttempts
from app.web.routing import Router
from app.web.terms import PUBLIC, SIGNED_IN
from app.web.transaction import Db

router = Router("Signing in")


@router.post(
    "/auth/login", permission=PUBLIC, secret=True, refuses=(WrongCredentials, TooManyAttempts)
)
async def log_in(
    transactions: Transactions, keys: Keys, client: ClientDep, body: LogIn
) -> TokensOut:
    """Sign in with an address and its password.

    The answer is the same for a wrong password, an unknown address and a disabled account.
    """
    return await service.log_in(transactions, body, keys=keys, client=client)


@router.post("/auth/refresh", permission=PUBLIC, secret=True, refuses=(RefreshTokenRefused,))
async def refresh_tokens(
    transactions: Transactions, keys: Keys, body: WithRefreshToken
) -> TokensOut:
    """Exchange a refresh token for its successor and a new access token.

    Each refresh token works once. For a minute, and as long as its successor is unused, it gives
    that same successor again, so that a lost answer does not sign anyone out. Any other second use
    ends the whole sign-in.
    """
    return await service.refresh_tokens(transactions, body, keys=keys)


@router.post("/auth/logout", permission=PUBLIC, secret=True, status=204)
async def log_out(db: Db, body: WithRefreshToken) -> None:
    """Sign out: the sign-in of this refresh token ends, and its access tokens with it.

    Answers the same when it had ended before.
    """
    await service.log_out(db, body)


@router.get("/me/sign-ins", permission=SIGNED_IN)
async def list_sign_ins(
    db: Db, actor: CurrentActor, query: Annotated[SignInQuery, Query()]
) -> SignInPage:
    """List where I am signed in, latest first."""
    return await service.list_sign_ins(db, actor, query)


@router.post(
    "/me/sign-ins/{sign_in_id}/end", permission=SIGNED_IN, status=204, refuses=(SignInNotFound,)
)
async def end_sign_in(db: Db, actor: CurrentActor, sign_in_id: UUID) -> None:
    """End one of my sign-ins: its tokens are refused from now on."""
    await service.end_sign_in(db, actor, sign_in_id)
