"""Which people's accounts one may see: one's own, and those of people where one may read them."""

from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.errors import FieldProblem, NotFound, Unprocessable
from app.people.identity.access import one, reached
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.scopes import NETWORK_ID, Scope

_PEOPLE: Final = 0x706C6E07
"""The lock of whoever merges or forgets people."""


class AccountNotFound(NotFound):
    """There is no such account, or you may not see it."""


class AccountUnknown(Unprocessable):
    """The request names an account that there is not, that you may not see, or that is disabled."""


def visible_people(actor: SignedIn) -> Select[Account]:
    """The people whose accounts the actor may see."""
    return _visible(actor).where(Account.kind == AccountKind.PERSON)


def _visible(actor: SignedIn) -> Select[Account]:
    """An account is seen where a role of it is, whether that role is held still or not."""
    if NETWORK_ID in actor.scopes_of("account.read"):
        return select(Account)
    here = (
        select(RoleAssignment.id)
        .join(RoleAssignment.scope)
        .where(
            RoleAssignment.account_id == Account.id,
            reached(Scope.granted_at_id, actor, "account.read"),
        )
        .exists()
    )
    own = (Account.id == actor.account_id) | (Account.owner_id == actor.person_id)
    return select(Account).where(or_(own, here))


async def account(
    db: AsyncSession, actor: SignedIn, account_id: UUID, *, lock: bool = False
) -> Account:
    """A person's account. Raises AccountNotFound (404)."""
    statement = visible_people(actor).where(Account.id == account_id)
    return await one(db, statement, Account, lock=lock, missing=AccountNotFound)


async def account_named(
    db: AsyncSession, actor: SignedIn, account_id: UUID, *, pointer: str
) -> Account:
    """The account, of a person or a service, that a request names at `pointer`.

    Raises AccountUnknown (422) when there is none to be seen, or it is disabled.
    """
    statement = _visible(actor).where(Account.id == account_id, Account.disabled_at.is_(None))
    found = await db.scalar(statement)
    if found is None:
        fault = FieldProblem(
            pointer=pointer, code="account_unknown", detail="No enabled account that you may see."
        )
        raise AccountUnknown(errors=[fault])
    return found


def prove(db: AsyncSession, account: Account) -> None:
    """The person reads what is mailed to the account's address: note since when that is known."""
    if account.address_proved_at is None:
        account.address_proved_at = now(db)
        record(db, Actor(account.id, account.id), "account.address_proved", account)


async def hold_people(db: AsyncSession) -> None:
    """Let nobody else merge or forget people until the transaction ends: either holds several
    accounts, and which those are is known only once no other changes it."""
    await db.execute(select(func.pg_advisory_xact_lock(_PEOPLE)))


async def is_taken(db: AsyncSession, email: str) -> bool:
    """Whether there is an account of this normalised address."""
    return await db.scalar(select(Account.id).where(Account.email == email)) is not None
