"""What service accounts may really do: what they were granted, as far as their owners hold it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, Uuid, and_, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.db import Instant
from app.kernel.errors import not_allowed
from app.kernel.referring import NETWORK_NAME
from app.people.identity.actors import Actor, HeldRole, Owner, granted_on, owner_of
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.queries import OF_SERVICES
from app.people.identity.roles import Role, everywhere_of, permissions_of
from app.people.identity.schemas import ScopeRef
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeClosure, ScopeKind
from app.people.identity.service_accounts.schemas import LostBecause, LostPermissionOut

_ENDED: Final[Select[*tuple[Any, ...]]] = (
    select(
        RoleAssignment.account_id,
        RoleAssignment.role,
        RoleAssignment.valid_until,
        RoleAssignment.scope_id,
        ScopeClosure.descendant_id.label("reached_id"),
    )
    .outerjoin(
        ScopeClosure,
        and_(
            ScopeClosure.ancestor_id == RoleAssignment.scope_id,
            ScopeClosure.descendant_id == any_(bindparam("scope_ids", type_=ARRAY(Uuid()))),
        ),
    )
    .where(
        RoleAssignment.account_id == any_(bindparam("owner_ids", type_=ARRAY(Uuid()))),
        RoleAssignment.valid_from < RoleAssignment.valid_until,
        RoleAssignment.valid_until <= bindparam("at", type_=Instant),
        RoleAssignment.is_to_come.is_(False),
    )
)


_NETWORK: Final = ScopeRef(id=NETWORK_ID, kind=ScopeKind.NETWORK, reference=None, name=NETWORK_NAME)


@dataclass(frozen=True)
class Granted:
    """A permission that a role of a service account grants on a scope, since then."""

    permission: str
    scope_id: UUID
    scope: ScopeRef = field(compare=False)
    since: datetime


@dataclass(frozen=True)
class Authority:
    """What a service account was granted, what of it it holds now, and what it lost."""

    granted: Sequence[Granted]
    effective: frozenset[str]
    lost: Sequence[LostPermissionOut]

    async def require_held_by(
        self, db: AsyncSession, actor: Actor, permissions: Collection[str] | None = None
    ) -> None:
        """Refuse whoever does not hold all that was granted, or these permissions of it,
        wherever it was. Raises NotAllowed (403), naming the first."""
        missing = await self.missing_to(db, actor, permissions)
        if missing:
            raise not_allowed(missing[0])

    async def missing_to(
        self, db: AsyncSession, actor: Actor, permissions: Collection[str] | None = None
    ) -> list[str]:
        """The permissions of all that was granted, or of these, that somebody does not hold
        wherever they were granted."""
        asked = [
            one for one in self.granted if permissions is None or one.permission in permissions
        ]
        await actor.reach(db, {one.scope_id for one in asked})
        return sorted(
            {one.permission for one in asked if not actor.holds(one.permission, one.scope_id)}
        )


async def authority_of(db: AsyncSession, account_id: UUID) -> Authority:
    """The authority of one service account."""
    return (await authorities_of(db, [account_id]))[account_id]


async def authorities_of(
    db: AsyncSession, account_ids: Collection[UUID]
) -> Mapping[UUID, Authority]:
    """The authority of each of these service accounts, in two statements however many they are."""
    given = {"account_ids": list(account_ids), "at": now(db)}
    rows = (await db.execute(_of_services(), given)).all()
    by_account = {key: list(found) for key, found in groupby(rows, lambda row: row.id)}
    ended = await _ended(db, rows)
    return {
        key: _authority(found, ended.get(found[0].owner_id, ()))
        for key, found in by_account.items()
    }


@cache
def _of_services() -> Select[*tuple[Any, ...]]:
    """With how each scope is called, which is known once all packages are there."""
    node: Any = Scope
    return OF_SERVICES.add_columns(
        node.reference.label("scope_reference"), node.name.label("scope_name")
    )


async def _ended(db: AsyncSession, rows: Sequence[Row[Any]]) -> Mapping[UUID, Sequence[Row[Any]]]:
    """The roles that owners held once, and which of the scopes in question they reached."""
    given = {
        "owner_ids": list({row.owner_id for row in rows}),
        "scope_ids": list({row.scope_id for row in rows if row.is_own}),
        "at": now(db),
    }
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in await db.execute(_ENDED, given):
        found[row.account_id].append(row)
    return found


def _authority(rows: Sequence[Row[Any]], ended: Iterable[Row[Any]]) -> Authority:
    owner, off = owner_of(rows), rows[0].owner_disabled_at
    own = [HeldRole(row.role, row.scope_id) for row in rows if row.is_own]
    granted = sorted(set(_granted(rows)), key=lambda one: (one.permission, one.scope_id))
    service = Actor(None, None, roles=own, owner=owner)
    names = {one.permission for one in granted}
    acts = off is None and rows[0].disabled_at is None
    effective = {name for name in names if acts and service.holds_somewhere(name)}
    lost = [_lost(one, off, ended) for one in granted if off is not None or not _covers(owner, one)]
    return Authority(granted, frozenset(effective), lost)


def _granted(rows: Sequence[Row[Any]]) -> Iterator[Granted]:
    for row in rows:
        if row.is_own:
            scope = ScopeRef(
                id=row.scope_id,
                kind=row.scope_kind,
                reference=row.scope_reference,
                name=row.scope_name,
            )
            for permission in permissions_of(row.role) - everywhere_of(row.role):
                yield Granted(permission, row.scope_id, scope, row.valid_from)
            for permission in everywhere_of(row.role):
                yield Granted(permission, NETWORK_ID, _NETWORK, row.valid_from)


def _covers(owner: Owner, granted: Granted) -> bool:
    """Whether the owner holds all of what was granted, and not a part of it alone."""
    theirs = granted_on(owner.by_role, granted.permission, everyone=True)
    here = granted.scope_id
    return any(here in owner.shared(here, other) for other in theirs)


def _lost(
    granted: Granted, owner_disabled_at: datetime | None, ended: Iterable[Row[Any]]
) -> LostPermissionOut:
    since, because = granted.since, LostBecause.OWNER_NEVER_HELD
    ends = [row.valid_until for row in ended if _reached(row, granted)]
    if owner_disabled_at is not None:
        since, because = owner_disabled_at, LostBecause.OWNER_DISABLED
    elif ends:
        since, because = max(ends), LostBecause.OWNER_ROLE_ENDED
    return LostPermissionOut(
        permission=granted.permission,
        scope=granted.scope,
        since=since,
        because=because,
    )


def _reached(row: Row[Any], granted: Granted) -> bool:
    role: Role = row.role
    is_here = granted.scope_id == row.reached_id or row.scope_id == NETWORK_ID
    return granted.permission in everywhere_of(role) or (
        is_here and granted.permission in permissions_of(role)
    )


def with_authority(account: Account, authority: Authority) -> dict[str, Any]:
    """What is told of a service account: its columns, and what it may really do."""
    told = ("id", "name", "owner", "offered_to", "disabled_at", "disabled_by", "version")
    stamps = ("created_at", "updated_at")
    return {
        **{name: getattr(account, name) for name in (*told, *stamps)},
        "effective_permissions": sorted(authority.effective),
        "lost": authority.lost,
    }
