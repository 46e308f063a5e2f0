"""People's accounts, and one's own."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel import versions
from app.kernel.activity import ActivityPage, HistoryQuery, history, record
from app.kernel.clock import now
from app.kernel.editing import amend
from app.kernel.errors import Conflict, constraint
from app.kernel.paging import paginate
from app.kernel.schemas import Request
from app.people.identity import passwords
from app.people.identity.access import require
from app.people.identity.accounts import access
from app.people.identity.accounts.exports import PEOPLE
from app.people.identity.accounts.schemas import (
    AccountOut,
    AccountPage,
    AccountQuery,
    EditAccount,
    EditMe,
    MeOut,
    MyRoleOut,
)
from app.people.identity.actors import NOBODY, Actor, SignedIn
from app.people.identity.address_changes.service import take_along
from app.people.identity.beginnings.service import settle_given_by
from app.people.identity.emails import normalised
from app.people.identity.links import Links
from app.people.identity.models import Account, AccountKind, DisabledBy, EndReason, RoleAssignment
from app.people.identity.role_assignments.access import (
    is_valid,
    require_another,
    valid_now,
    visible_assignments,
)
from app.people.identity.role_assignments.service import assign
from app.people.identity.roles import Role, everyone_holds, everywhere_of, permissions_of
from app.people.identity.schemas import ScopeRef
from app.people.identity.scopes import NETWORK_ID, Scope
from app.people.identity.sign_ins.service import end_all
from app.web.exports import WholeList, whole_list

SORTS: Final = {
    "name": (Account.name_folded, Account.id),
    "created_at": (Account.created_at, Account.id),
}


class EmailTaken(Conflict):
    """Another account has this address."""


class AccountDisabled(Conflict):
    """The account is disabled already."""


class AccountEnabled(Conflict):
    """The account is enabled already."""


class AccountMerged(Conflict):
    """The account was merged into another one of the same person, which acts in its place."""


class AccountErased(Conflict):
    """The person was erased; what they did stays, and nothing of it can be taken up again."""


class OwnAccount(Conflict):
    """Nobody disables their own account; another administrator can."""


constraint("uq_accounts_email", EmailTaken)


async def list_accounts(db: AsyncSession, actor: SignedIn, query: AccountQuery) -> AccountPage:
    """The people one may see."""
    page = await paginate(db, _wanted(db, actor, query), query, SORTS, default=query.sort.value)
    return AccountPage(
        items=[AccountOut.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def export_accounts(db: AsyncSession, actor: SignedIn, query: AccountQuery) -> WholeList:
    """The same people as a table."""
    statement = _wanted(db, actor, query)
    return whole_list(db, PEOPLE, statement, query, SORTS, default=query.sort.value)


def _wanted(db: AsyncSession, actor: SignedIn, query: AccountQuery) -> Select[Account]:
    statement = access.visible_people(actor)
    if query.q is not None:
        statement = statement.where(func.strpos(Account.name_folded, func.fold(query.q)) > 0)
    if query.email is not None:
        statement = statement.where(Account.email == normalised(query.email))
    if query.is_disabled is not None:
        statement = statement.where(Account.disabled_at.is_not(None) == query.is_disabled)
    if query.role is not None or query.scope_id is not None:
        seen = visible_assignments(actor).where(is_valid(now(db)))
        holders = seen.with_only_columns(RoleAssignment.account_id)
        if query.role is not None:
            holders = holders.where(RoleAssignment.role == query.role)
        if query.scope_id is not None:
            holders = holders.where(RoleAssignment.scope_id == query.scope_id)
        statement = statement.where(Account.id.in_(holders))
    return statement


async def get_account(db: AsyncSession, actor: SignedIn, account_id: UUID) -> AccountOut:
    """One person's account."""
    return AccountOut.model_validate(await access.account(db, actor, account_id))


async def edit_account(
    db: AsyncSession,
    actor: SignedIn,
    account_id: UUID,
    body: EditAccount,
    *,
    if_match: int | None,
    links: Links,
) -> AccountOut:
    """Change a person's name or address.

    Raises NotAllowed (403), AccountMerged, EmailTaken (409).
    """
    account = await access.account(db, actor, account_id, lock=True)
    require(actor, "account.edit", NETWORK_ID)
    await _refuse_gone(db, account)
    before = account.email
    await _edit(db, actor, account, body, if_match=if_match)
    if before is not None and account.email != before:
        await take_along(db, actor, account, before, links)
        await db.flush()
    return AccountOut.model_validate(account)


async def _refuse_gone(db: AsyncSession, account: Account) -> None:
    if account.erased_at is not None:
        raise AccountErased
    if account.merged_into_id is None:
        return
    survivor = await db.get_one(Account, account.merged_into_id)
    given = {"merged_into_id": str(survivor.id)}
    said = f"It was merged into that of {survivor.name}: change that one."
    raise AccountMerged(said, extra=given)


async def edit_me(
    db: AsyncSession, actor: SignedIn, body: EditMe, *, if_match: int | None
) -> MeOut:
    """Change one's own name."""
    account = await db.get_one(Account, actor.account_id, with_for_update={"key_share": True})
    await _edit(db, actor, account, body, if_match=if_match)
    return await get_me(db, actor)


async def _edit(
    db: AsyncSession, actor: SignedIn, account: Account, body: Request, *, if_match: int | None
) -> None:
    versions.expect(account, if_match)
    values = body.model_dump()
    if "email" in values:
        values["email"] = normalised(values["email"])
        if values["email"] != account.email:
            account.address_proved_at = None
    if changed := amend(account, values):
        record(db, actor, f"{_noun(account)}.edited", account, detail=changed)
        await db.flush()


def _noun(account: Account) -> str:
    return "account" if account.kind == AccountKind.PERSON else "service_account"


async def disable_account(
    db: AsyncSession, actor: SignedIn, account_id: UUID, *, reason: str
) -> AccountOut:
    """Refuse an account from the next request on, and end its sign-ins.

    Raises NotAllowed (403), OwnAccount, AccountDisabled and LastHolder (409).
    """
    account = await access.account(db, actor, account_id, lock=True)
    require(actor, "account.edit", NETWORK_ID)
    if account.id in (actor.account_id, actor.person_id):
        raise OwnAccount
    if account.disabled_at is not None:
        raise AccountDisabled
    for held in await db.scalars(valid_now(db).where(RoleAssignment.account_id == account.id)):
        if held.role == Role.ADMINISTRATOR:
            await require_another(db, held)
    await settle_given_by(db, account.id)
    account.disabled_at, account.disabled_by = now(db), DisabledBy.ADMINISTRATOR
    await end_all(db, actor, account.id, EndReason.ACCOUNT_DISABLED)
    record(db, actor, "account.disabled", account, reason=reason)
    await db.flush()
    await settle_given_by(db, account.id)
    return AccountOut.model_validate(account)


async def enable_account(
    db: AsyncSession, actor: SignedIn, account_id: UUID, *, reason: str
) -> AccountOut:
    """Let a disabled account act again, with the roles it still holds.

    Raises NotAllowed (403), AccountEnabled (409).
    """
    account = await access.account(db, actor, account_id, lock=True)
    require(actor, "account.edit", NETWORK_ID)
    if account.disabled_at is None:
        raise AccountEnabled
    await _refuse_gone(db, account)
    account.disabled_at = account.disabled_by = None
    record(db, actor, "account.enabled", account, reason=reason)
    await db.flush()
    return AccountOut.model_validate(account)


async def get_me(db: AsyncSession, actor: SignedIn) -> MeOut:
    """Who acts, with the roles held now."""
    account = await db.get_one(Account, actor.account_id)
    held = valid_now(db).where(RoleAssignment.account_id == account.id)
    statement = held.options(joinedload(RoleAssignment.scope)).order_by(RoleAssignment.id)
    assignments = list(await db.scalars(statement))
    if actor.owner is not None:
        await actor.reach(db, [assignment.scope_id for assignment in assignments])
    return MeOut(
        id=account.id,
        kind=account.kind,
        name=account.name,
        email=account.email,
        is_address_proved=account.is_address_proved,
        proof_due_at=actor.proof_due_at,
        timezone=account.timezone,
        owner_id=account.owner_id,
        roles=[_my_role(assignment, actor) for assignment in assignments],
        everywhere=_held(actor, _everywhere(account, assignments), NETWORK_ID),
        credential=actor.credential,
        narrowed_to=None if actor.narrowed_to is None else sorted(actor.narrowed_to),
        version=account.version,
        created_at=account.created_at,
        updated_at=account.updated_at,
    )


def _my_role(assignment: RoleAssignment, actor: SignedIn) -> MyRoleOut:
    return MyRoleOut(
        role=assignment.role,
        scope=ScopeRef.model_validate(assignment.scope),
        permissions=_held(actor, permissions_of(assignment.role), assignment.scope_id),
        valid_until=assignment.valid_until,
    )


def _everywhere(account: Account, assignments: list[RoleAssignment]) -> frozenset[str]:
    of_roles = frozenset[str]().union(*(everywhere_of(one.role) for one in assignments))
    return of_roles | everyone_holds() if account.kind == AccountKind.PERSON else of_roles


def _held(actor: SignedIn, permissions: frozenset[str], scope_id: UUID) -> list[str]:
    """Those of these permissions that are held there: the credential carries them, and the owner
    of a service account holds them too."""
    return sorted(one for one in permissions if actor.holds(one, scope_id))


async def create_first_account(
    db: AsyncSession, *, email: str, name: str, password: str | None, role: Role
) -> Account:
    """An account with a role on the network, made from the command line without being invited.

    Without a password it can't sign in until a reset link is issued. Raises PasswordTooWeak (422),
    EmailTaken (409).
    """
    password_hash = None
    if password is not None:
        passwords.refuse_weak(password, (email, name), pointer="/password")
        password_hash = await passwords.hashed(password)
    account = await _add_person(db, NOBODY, email, name, password_hash, proved_at=now(db))
    await assign(db, NOBODY, account, role, await db.get_one(Scope, NETWORK_ID))
    await db.flush()
    return account


async def register_person(db: AsyncSession, actor: SignedIn, *, email: str, name: str) -> UUID:
    """The account of somebody known from elsewhere, who cannot sign in until a reset link is
    issued; its id. Raises NotAllowed (403), EmailTaken (409)."""
    require(actor, "account.edit", NETWORK_ID)
    return (await _add_person(db, actor, email, name, None)).id


async def _add_person(
    db: AsyncSession,
    actor: Actor,
    email: str,
    name: str,
    password_hash: str | None,
    *,
    proved_at: datetime | None = None,
) -> Account:
    if await access.is_taken(db, normalised(email)):
        raise EmailTaken
    account = Account(
        kind=AccountKind.PERSON,
        name=name,
        email=normalised(email),
        password_hash=password_hash,
        address_proved_at=proved_at,
    )
    db.add(account)
    await db.flush()
    record(db, actor, "account.created", account)
    return account


async def get_account_history(
    db: AsyncSession, actor: SignedIn, account_id: UUID, query: HistoryQuery
) -> ActivityPage:
    """What was done to an account, oldest first: one's own, or with a permission.

    Raises NotAllowed (403).
    """
    account = await access.account(db, actor, account_id)
    if account.id != actor.account_id:
        require(actor, "activity.read", NETWORK_ID)
    return await history(db, actor, account, query)
