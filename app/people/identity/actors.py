"""Who acts, and the answer to "may they?": roles on scopes, narrowed by the credential used.

A service account holds what it was granted as far as its owner holds it too, now: `Owner`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import Uuid

from app.kernel.activity import Recorded
from app.kernel.errors import AddressNotProved, Refusal
from app.people.identity.audiences import below, of_audience
from app.people.identity.roles import (
    ROLES,
    Role,
    everyone_holds,
    everywhere_of,
    permissions_of,
)
from app.people.identity.scopes import NETWORK_ID, ScopeClosure, ScopeKind

UNNARROWED: Final = "*"
"""The scope of a token that carries all that its account may do."""

_ANCESTORS_AMONG = select(ScopeClosure.descendant_id, ScopeClosure.ancestor_id).where(
    ScopeClosure.descendant_id == any_(bindparam("nodes", type_=ARRAY(Uuid()))),
    ScopeClosure.ancestor_id == any_(bindparam("held", type_=ARRAY(Uuid()))),
)


class Reach(IntEnum):
    """How far a permission reaches for somebody."""

    NOWHERE = 0
    SOMEWHERE = 1
    EVERYWHERE = 2


class CredentialKind(StrEnum):
    ACCESS_TOKEN = "access_token"  # noqa: S105
    API_TOKEN = "api_token"  # noqa: S105
    NONE = "none"
    """The service itself acts for the account: the command line, or the demonstration."""


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that is valid now, and the scope it is held on."""

    role: Role
    scope_id: UUID


ByRole = Mapping[Role, frozenset[UUID]]
"""The scopes on which each role is held. Somebody may hold one on hundreds, and is asked about
hundreds of permissions."""

_NETWORK: Final = frozenset({NETWORK_ID})

Meets = Mapping[tuple[UUID, UUID], frozenset[UUID]]
"""For a scope of one and a scope of another: the topmost of the scopes below both."""


@dataclass(frozen=True)
class Owner:
    """The person behind a service account: the roles that person holds now, and where their scopes
    meet those of the service. What neither names reaches no scope of the other."""

    roles: Sequence[HeldRole]
    meets: Meets

    @cached_property
    def by_role(self) -> ByRole:
        return _by_role(self.roles)

    def shared(self, of_service: UUID, of_owner: UUID) -> frozenset[UUID]:
        """The topmost scopes that lie below both; a scope lies below itself."""
        if of_service in (of_owner, NETWORK_ID):
            return frozenset({of_owner})
        if of_owner == NETWORK_ID:
            return frozenset({of_service})
        return self.meets.get((of_service, of_owner), frozenset())


@dataclass(frozen=True, eq=False)
class Actor:
    """Someone with roles on scopes, or the clock, or nobody.

    `owner` is whose authority bounds that of a service account; None for everyone else.
    `narrowed_to` is what the credential was limited to; None where it carries everything.
    `proof_due_at` is from when on they decide nothing until their address is proved; None where
    nothing is asked. `aliases` are the accounts that were merged into the person's. `demanded`
    collects what was asked for and granted while the request ran.
    """

    account_id: UUID | None
    person_id: UUID | None
    roles: Sequence[HeldRole] = ()
    everyone: bool = False
    owner: Owner | None = None
    narrowed_to: frozenset[str] | None = None
    proof_due_at: datetime | None = None
    aliases: frozenset[UUID] = frozenset()
    demanded: list[tuple[str, UUID]] = field(default_factory=list[tuple[str, UUID]])
    _scopes: dict[str, frozenset[UUID]] = field(default_factory=dict[str, frozenset[UUID]])
    _above: dict[UUID, frozenset[UUID]] = field(default_factory=dict[UUID, frozenset[UUID]])

    @cached_property
    def _by_role(self) -> ByRole:
        return _by_role(self.roles)

    @property
    def persons(self) -> frozenset[UUID]:
        """Every account that is this person, for what looks at who did something."""
        return self.aliases | ({self.person_id} if self.person_id else frozenset())

    @property
    def accounts(self) -> frozenset[UUID]:
        """The account that acts, with those that were merged into it, for what one has begun
        oneself; a service account is itself alone."""
        if self.account_id is None:
            return frozenset()
        return self.persons if self.account_id == self.person_id else frozenset({self.account_id})

    def scopes_of(self, permission: str) -> frozenset[UUID]:
        """The topmost scopes on which the permission is held; it reaches all below them."""
        if permission not in self._scopes:
            self._scopes[permission] = frozenset(self._holding(permission))
        return self._scopes[permission]

    def reach_of(self, permission: str) -> Reach:
        """How far the permission reaches."""
        scopes = self.scopes_of(permission)
        if NETWORK_ID in scopes:
            return Reach.EVERYWHERE
        return Reach.SOMEWHERE if scopes else Reach.NOWHERE

    def holds(self, permission: str, scope_id: UUID) -> bool:
        """Whether the permission is held on a scope at or above this one.

        Raises LookupError for a scope that was never `reach`ed: a no that was never looked up
        would hide a mistake in the caller.
        """
        scopes = self.scopes_of(permission)
        if NETWORK_ID in scopes or scope_id in scopes:
            return True
        if not scopes or scope_id == NETWORK_ID:
            return False
        if scope_id not in self._above:
            raise LookupError("reach the scope before asking what is held on it")
        return not scopes.isdisjoint(self._above[scope_id])

    def demand(self, permission: str, scope_id: UUID) -> bool:
        """`holds`, remembered when it is so: what the request rested on."""
        held = self.holds(permission, scope_id)
        if held and (permission, scope_id) not in self.demanded:
            self.demanded.append((permission, scope_id))
        return held

    def holds_somewhere(self, permission: str) -> bool:
        """Whether the permission is held on any scope at all."""
        return bool(self.scopes_of(permission))

    def roles_at(self, scope_id: UUID) -> frozenset[Role]:
        """The roles granted on a scope at or above this one, which was `reach`ed."""
        above = self._at_or_above(scope_id)
        return frozenset(held.role for held in self.roles if held.scope_id in above)

    def may_appoint(self, scope_id: UUID, kind: ScopeKind) -> frozenset[Role]:
        """The roles that those held on a scope at or above this one, which was `reach`ed, may
        grant on scopes of a kind; for a service account those that its owner may grant there too.
        """
        above = self._at_or_above(scope_id)
        own = _grants_of(self.roles, above, kind)
        return own if self.owner is None else own & _grants_of(self.owner.roles, above, kind)

    def _at_or_above(self, scope_id: UUID) -> set[UUID]:
        return {NETWORK_ID, scope_id, *self._above.get(scope_id, ())}

    def barred(self, at: datetime) -> Refusal | None:
        """What keeps them from deciding anything at an instant: an address that is not proved."""
        is_barred = self.proof_due_at is not None and at >= self.proof_due_at
        return AddressNotProved() if is_barred else None

    def reads(self, row: type[Recorded]) -> ColumnElement[bool]:
        """Which rows of what was done the audiences of their verbs let the actor read."""
        return of_audience(row, lambda held, kind: below(row, self.scopes_of(held), kind))

    async def reach(self, db: AsyncSession | AsyncConnection, scope_ids: Iterable[UUID]) -> None:
        """Learn in one statement which of the actor's roles lie above these scopes."""
        unknown = [scope_id for scope_id in set(scope_ids) if scope_id not in self._above]
        held = [scope_id for scope_id in self.own_scopes() if scope_id != NETWORK_ID]
        found: dict[UUID, list[UUID]] = {scope_id: [] for scope_id in unknown}
        if unknown and held:
            rows = await db.execute(_ANCESTORS_AMONG, {"nodes": unknown, "held": held})
            for node, ancestor in rows:
                found[node].append(ancestor)
        self.remember(found)

    def remember(self, above: Mapping[UUID, Iterable[UUID]]) -> None:
        """Take note of which of the actor's scopes lie at or above each of these."""
        self._above.update({node: frozenset(ancestors) for node, ancestors in above.items()})

    def held_at(self, permission: str) -> frozenset[UUID]:
        """The scopes of the roles that give the permission, be it everywhere, whatever the
        credential was limited to."""
        return frozenset(
            held.scope_id
            for held in self.roles
            if permission in permissions_of(held.role) | everywhere_of(held.role)
        )

    def own_scopes(self) -> frozenset[UUID]:
        """Every scope on which the actor may hold something."""
        own = frozenset(held.scope_id for held in self.roles)
        if self.owner is None:
            return own
        theirs = frozenset(held.scope_id for held in self.owner.roles)
        return own.union(theirs, *self.owner.meets.values())

    def _holding(self, permission: str) -> Iterable[UUID]:
        if self.narrowed_to is not None and permission not in self.narrowed_to:
            return ()
        own = granted_on(self._by_role, permission, everyone=self.everyone)
        if self.owner is None:
            return own
        theirs = granted_on(self.owner.by_role, permission, everyone=True)
        return (node for one in own for other in theirs for node in self.owner.shared(one, other))


def _by_role(roles: Iterable[HeldRole]) -> ByRole:
    found: dict[Role, set[UUID]] = {}
    for held in roles:
        found.setdefault(held.role, set()).add(held.scope_id)
    return {role: frozenset(scopes) for role, scopes in found.items()}


def granted_on(roles: ByRole, permission: str, *, everyone: bool) -> frozenset[UUID]:
    """The scopes on which these roles hold a permission, or what every person has."""
    found = [scopes for role, scopes in roles.items() if permission in permissions_of(role)]
    is_everywhere = any(permission in everywhere_of(role) for role in roles)
    if is_everywhere or (everyone and permission in everyone_holds()):
        found.append(_NETWORK)
    return found[0] if len(found) == 1 else frozenset[UUID]().union(*found)


def _grants_of(roles: Iterable[HeldRole], scopes: set[UUID], kind: ScopeKind) -> frozenset[Role]:
    held = (ROLES[one.role] for one in roles if one.scope_id in scopes)
    return frozenset[Role]().union(*(about.grants for about in held if kind in about.grants_on))


@dataclass(frozen=True, eq=False, kw_only=True)
class SignedIn(Actor):
    """An account that has proved itself; nothing but a dependency makes one."""

    account_id: UUID
    person_id: UUID
    credential: CredentialKind
    credential_id: UUID | None
    """The sign-in or client secret behind an access token, or the API token itself."""


def signed_in(
    rows: Sequence[Row[Any]],
    credential: CredentialKind,
    credential_id: UUID | None = None,
    narrowed_to: frozenset[str] | None = None,
) -> SignedIn:
    """The actor of an account from its rows, one a role of its own or its owner's (`queries`)."""
    account = rows[0]
    return SignedIn(
        account_id=account.id,
        person_id=account.owner_id or account.id,
        roles=[HeldRole(Role(row.role), row.scope_id) for row in rows if row.is_own],
        everyone=account.owner_id is None,
        owner=None if account.owner_id is None else owner_of(rows),
        narrowed_to=narrowed_to,
        proof_due_at=account.proof_due_at,
        aliases=frozenset(account.aliases),
        credential=credential,
        credential_id=credential_id,
    )


def owner_of(rows: Sequence[Row[Any]]) -> Owner:
    """What bounds a service account, from the same rows."""
    meets: dict[tuple[UUID, UUID], set[UUID]] = {}
    for row in rows:
        for theirs, node in row.meets or ():
            meets.setdefault((row.scope_id, UUID(theirs)), set()).add(UUID(node))
    return Owner(
        roles=[HeldRole(Role(row.role), row.scope_id) for row in rows if row.is_own is False],
        meets={pair: frozenset(nodes) for pair, nodes in meets.items()},
    )


NOBODY: Final = Actor(None, None)
"""Whoever did not sign in, and the service itself: holds nothing, and sees what is published."""


def scheduler() -> Actor:
    """The clock, when the worker makes the moves that dates bring."""
    return Actor(None, None, roles=(HeldRole(Role.SCHEDULER, NETWORK_ID),))
