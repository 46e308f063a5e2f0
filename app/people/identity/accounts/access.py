"""Which people's accounts one may see: one's own, and those of people where one may read them."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, any_, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.errors import Conflict, FieldProblem, NotFound, Unprocessable, not_allowed
from app.people.identity.access import Looking, Sight, one, reached, require
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.scopes import NETWORK_ID, Scope

_PEOPLE: Final = 0x706C6E07
"""The lock of whoever merges or forgets people."""


class AccountNotFound(NotFound):
    """There is no such account, or you may not see it."""


class AccountUnknown(Unprocessable):
    """The request names an account that there is not, that you may not see, or that is disabled."""


class AccountMerged(Conflict):
    """The account was merged into another one of the same person, which acts in its place."""


class AccountErased(Conflict):
    """The person was erased; what they did stays, and nothing of it can be taken up again."""


def visible_people(actor: SignedIn) -> Select[Account]:
    """The people whose accounts the actor may see."""
    return select(Account).where(is_person_seen(Looking(actor)))


def is_person_seen(by: Sight) -> ColumnElement[bool]:
    """Whether somebody may see an account, and it is a person's."""
    return and_(Account.kind == AccountKind.PERSON, is_seen(by))


def is_seen(by: Sight) -> ColumnElement[bool]:
    """An account is seen where a role of it is, whether that role is held still or not; and one's
    own is, with those that were merged into it and one's services."""
    here = (
        select(RoleAssignment.id)
        .join(RoleAssignment.scope)
        .where(
            RoleAssignment.account_id == Account.id,
            by.reaches("account.read", Scope.granted_at_id),
        )
        .correlate_except(RoleAssignment, Scope)
        .exists()
    )
    own = or_(
        Account.id == by.account_id,
        Account.merged_into_id == by.account_id,
        Account.owner_id == by.person_id,
    )
    return or_(by.everywhere("account.read"), own, here)


def is_same_person(column: Any, person_id: Any) -> ColumnElement[bool]:
    """Whether a column has this account, or one that was merged into it."""
    merged = aliased(Account)
    aliases = select(merged.id).where(merged.merged_into_id == person_id)
    return or_(column == person_id, column.in_(aliases))


def any_of_one_person(asked: Any) -> ColumnElement[Any]:
    """The accounts that are asked for and those that were merged into them, to compare a column
    with."""
    same = aliased(Account)
    every = select(same.id).where(or_(same.id == asked, same.merged_into_id == asked))
    return any_(func.array(every.scalar_subquery(), type_=ARRAY(Uuid())))


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
    statement = select(Account).where(
        Account.id == account_id, Account.disabled_at.is_(None), is_seen(Looking(actor))
    )
    found = await db.scalar(statement)
    if found is None:
        fault = FieldProblem(
            pointer=pointer, code="account_unknown", detail="No enabled account that you may see."
        )
        raise AccountUnknown(errors=[fault])
    return found


async def refuse_gone(db: AsyncSession, account: Account) -> None:
    """Raises AccountErased, AccountMerged (409) for one that nobody is behind any more."""
    if account.erased_at is not None:
        raise AccountErased
    if account.merged_into_id is None:
        return
    survivor = await reached_by(db, account)
    given = {"merged_into_id": str(survivor.id)}
    said = f"It was merged into that of {survivor.name}: change that one."
    raise AccountMerged(said, extra=given)


async def reached_by(db: AsyncSession, account: Account) -> Account:
    """By which account a person is reached: the one that theirs was merged into."""
    into_id = account.merged_into_id
    return account if into_id is None else await db.get_one(Account, into_id)


async def require_over(
    db: AsyncSession, actor: SignedIn, permission: str, account_id: UUID
) -> None:
    """Refuse whoever does not hold the permission where a person holds or held a role, nor on the
    network. Raises NotAllowed (403)."""
    if NETWORK_ID in actor.scopes_of(permission):
        require(actor, permission, NETWORK_ID)
        return
    held = (
        select(Scope.granted_at_id)
        .join(RoleAssignment, RoleAssignment.scope_id == Scope.id)
        .where(
            is_same_person(RoleAssignment.account_id, account_id),
            reached(Scope.granted_at_id, actor, permission),
        )
    )
    node = await db.scalar(held.order_by(RoleAssignment.id).limit(1))
    if node is None:
        raise not_allowed(permission)
    await actor.reach(db, [node])
    require(actor, permission, node)


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
