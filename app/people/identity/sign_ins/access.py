"""Which account a password is tried against, and whose sign-ins one may see: one's own."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.people.identity.access import one
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account, RefreshToken, SignIn


class SignInNotFound(NotFound):
    """You have no such sign-in, or it has ended."""

    title = "Sign-in not found"


async def account_to_try(
    db: AsyncSession, email: str, user_agent: str | None
) -> tuple[Account | None, Sequence[str]]:
    """The account of a normalised address, and from which addresses it has signed in before with
    what calls itself so.

    One statement for accounts that exist and those that do not.
    """
    known = select(SignIn.address).where(
        SignIn.account_id == Account.id,
        SignIn.address.is_not(None),
        SignIn.user_agent == user_agent,
        SignIn.expires_at > now(db),
    )
    addresses = func.array(known.distinct().scalar_subquery(), type_=ARRAY(Text))
    found = (await db.execute(select(Account, addresses).where(Account.email == email))).first()
    return (found[0], found[1]) if found else (None, ())


def own_sign_ins(db: AsyncSession, actor: SignedIn) -> Select[SignIn]:
    """The actor's sign-ins that have not ended."""
    return select(SignIn).where(
        SignIn.account_id == actor.account_id,
        SignIn.ended_at.is_(None),
        SignIn.expires_at > now(db),
    )


async def own_sign_in(db: AsyncSession, actor: SignedIn, sign_in_id: UUID) -> SignIn:
    """One of the actor's sign-ins, locked. Raises SignInNotFound (404)."""
    statement = own_sign_ins(db, actor).where(SignIn.id == sign_in_id)
    return await one(db, statement, SignIn, lock=True, missing=SignInNotFound)


async def presented(db: AsyncSession, digest: bytes) -> tuple[SignIn, RefreshToken] | None:
    """The refresh token of this digest and its family, which is locked before the token is read."""
    family = (
        select(SignIn)
        .join(RefreshToken, RefreshToken.sign_in_id == SignIn.id)
        .where(RefreshToken.digest == digest)
        .with_for_update(key_share=True, of=SignIn)
    )
    sign_in = await db.scalar(family)
    if sign_in is None:
        return None
    token = await db.scalar(select(RefreshToken).where(RefreshToken.digest == digest))
    assert token is not None, "refresh tokens are not deleted while their family stands"
    return sign_in, token


async def successor(db: AsyncSession, token: RefreshToken) -> RefreshToken | None:
    """The refresh token that followed this one."""
    return await db.scalar(select(RefreshToken).where(RefreshToken.predecessor_id == token.id))
