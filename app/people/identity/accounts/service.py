"""People's accounts, and one's own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import versions
from app.kernel.activity import ActivityPage, HistoryQuery, history, record
from app.kernel.clock import now
from app.kernel.editing import amend
from app.kernel.errors import Conflict, constraint
from app.kernel.filters import compared_with
from app.kernel.schemas import Request
from app.kernel.written import Written
from app.people.identity import passwords
from app.people.identity.access import Looking, require
from app.people.identity.accounts import access
from app.people.identity.accounts.access import refuse_gone
from app.people.identity.accounts.exports import PEOPLE
from app.people.identity.accounts.queries import Own, own_within, read_own
from app.people.identity.accounts.schemas import (
    AccountOut,
    AccountQuery,
    EditAccount,
    EditMe,
    MeOut,
    MyRoleOut,
)
from app.people.identity.accounts.telling import PEOPLE as TOLD
from app.people.identity.accounts.telling import holds
from app.people.identity.actors import NOBODY, Actor, SignedIn
from app.people.identity.address_changes.service import take_along
from app.people.identity.beginnings.service import settle_given_by
from app.people.identity.emails import normalised
from app.people.identity.links import Links
from app.people.identity.models import Account, AccountKind, DisabledBy, EndReason, RoleAssignment
from app.people.identity.role_assignments.access import (
    require_another,
    valid_now,
)
from app.people.identity.role_assignments.service import assign
from app.people.identity.roles import Role, everyone_holds, everywhere_of, permissions_of
from app.people.identity.schemas import ScopeRef
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeKind
from app.people.identity.sign_ins.service import end_all
from app.people.reads.reader import Reader
from app.web.exports import WholeList, whole_list


class EmailTaken(Conflict):
    """Another account has this address."""


class AccountDisabled(Conflict):
    """The account is disabled already."""


class AccountEnabled(Conflict):
    """The account is enabled already."""


class OwnAccount(Conflict):
    """Nobody disables their own account; another administrator can."""


constraint("uq_accounts_email", EmailTaken, "/email")


async def export_accounts(db: AsyncSession, actor: SignedIn, query: AccountQuery) -> WholeList:
    """The people one may see, as a table."""
    statement = _wanted(db, actor, query)
    return whole_list(db, PEOPLE, statement, query, TOLD.sorts, default=query.sort.value)


def _wanted(db: AsyncSession, actor: SignedIn, query: AccountQuery) -> Select[Account]:
    statement = access.visible_people(actor).where(*TOLD.wanted(query))
    named = query.model_dump(include={"role", "scope_id"}, exclude_none=True)
    held = {name: compared_with(value) for name, value in named.items()}
    return statement.where(holds(Looking(actor), held, now(db))) if held else statement


async def edit_account(
    db: AsyncSession,
    actor: SignedIn,
    account_id: UUID,
    body: EditAccount,
    *,
    if_match: int | None,
    links: Links,
) -> Written[AccountOut]:
    """Change a person's name or address.

    Raises NotAllowed (403), AccountMerged, EmailTaken (409).
    """
    account = await access.account(db, actor, account_id, lock=True)
    require(actor, "account.edit", NETWORK_ID)
    await refuse_gone(db, account)
    before = account.email
    await _edit(db, actor, account, body, if_match=if_match)
    if before is not None and account.email != before:
        await take_along(db, actor, account, before, links)
        await db.flush()
    return await TOLD.told_to(db, actor, account.id)


async def edit_me(
    db: AsyncSession, actor: SignedIn, body: EditMe, *, if_match: int | None
) -> Written[MeOut]:
    """Change one's own name."""
    account = await db.get_one(Account, actor.account_id, with_for_update={"key_share": True})
    await _edit(db, actor, account, body, if_match=if_match)
    return _me(*await own_within(db, actor))


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
) -> Written[AccountOut]:
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
    return await TOLD.told_to(db, actor, account.id)


async def enable_account(
    db: AsyncSession, actor: SignedIn, account_id: UUID, *, reason: str
) -> Written[AccountOut]:
    """Let a disabled account act again, with the roles it still holds.

    Raises NotAllowed (403), AccountEnabled (409).
    """
    account = await access.account(db, actor, account_id, lock=True)
    require(actor, "account.edit", NETWORK_ID)
    if account.disabled_at is None:
        raise AccountEnabled
    await refuse_gone(db, account)
    account.disabled_at = account.disabled_by = None
    record(db, actor, "account.enabled", account, reason=reason)
    await db.flush()
    return await TOLD.told_to(db, actor, account.id)


async def get_me(read: Reader) -> Written[MeOut]:
    """Whoever asks, with the roles held now."""
    return _me(*await read_own(read))


def _me(actor: SignedIn, rows: Sequence[Own]) -> Written[MeOut]:
    account, held = rows[0], [one for one in rows if one.is_own]
    told = MeOut(
        id=account.id,
        kind=AccountKind(account.kind),
        name=account.name,
        email=account.email,
        is_address_proved=account.address_proved_at is not None,
        proof_due_at=account.proof_due_at,
        timezone=account.timezone,
        owner_id=account.owner_id,
        roles=[_my_role(actor, one) for one in held],
        everywhere=_held(actor, _everywhere(actor), NETWORK_ID),
        credential=actor.credential,
        narrowed_to=None if actor.narrowed_to is None else sorted(actor.narrowed_to),
        version=account.version,
        created_at=account.created_at,
        updated_at=account.updated_at,
    )
    return Written(told.model_dump_json(), MeOut, told.id, told.version)


def _my_role(actor: SignedIn, held: Own) -> MyRoleOut:
    assert held.role is not None
    assert held.scope_id is not None
    return MyRoleOut(
        role=held.role,
        scope=ScopeRef(
            id=held.scope_id,
            kind=ScopeKind(held.scope_kind),
            reference=held.scope_reference,
            name=held.scope_name,
        ),
        permissions=_held(actor, permissions_of(held.role), held.scope_id),
        valid_until=held.valid_until,
    )


def _everywhere(actor: SignedIn) -> frozenset[str]:
    of_roles = frozenset[str]().union(*(everywhere_of(one.role) for one in actor.roles))
    return of_roles | everyone_holds() if actor.everyone else of_roles


def _held(actor: SignedIn, permissions: frozenset[str], scope_id: UUID) -> list[str]:
    """Those of these permissions, which a role of theirs gives there, that are held: the credential
    carries them, and the owner of a service account holds them too."""
    if actor.owner is None and actor.narrowed_to is None:
        return sorted(permissions)
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
    if account.id not in actor.accounts:
        require(actor, "activity.read", NETWORK_ID)
    return await history(db, actor, account, query)
