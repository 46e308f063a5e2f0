"""Of somebody who asks what waits: what decides how the statement is written, and what is given
when it is run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Uuid,
    any_,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.kernel.db import Instant
from app.kernel.kept import Given
from app.kernel.permissions import PERMISSIONS
from app.people.identity.actors import Actor
from app.people.identity.roles import ROLES, Role
from app.people.identity.scopes import NETWORK_ID, ScopeClosure

_UUIDS: Final = ARRAY(Uuid())
_NETWORK: Final = 0
"""The number of the scopes of who holds something on the whole network."""


@dataclass(frozen=True)
class Reader:
    """Which permissions are held on the same scopes, and from where some may appoint; the scopes
    themselves are numbered, and given. Two coordinators of a cohort each are read for alike.

    `within` are pairs of numbers of which the first scopes are among the second. `only_own` leaves
    out what waits for others. `is_wide` says that so much lies below them that what waits is looked
    through in its order, and each row asked about, until a page is full; `is_clear` that nothing
    keeps them from deciding, whatever it is about.
    """

    held: tuple[tuple[str, int], ...]
    appoints: tuple[tuple[Role, int], ...]
    within: frozenset[tuple[int, int]]
    only_own: bool
    is_wide: bool
    is_clear: bool = False

    account_id = Given[Any]("account_id", Uuid())
    person_id = Given[Any]("person_id", Uuid())
    persons = Given[Any]("persons", _UUIDS)
    accounts = Given[Any]("accounts", _UUIDS)
    proof_due_at = Given[Any]("proof_due_at", Instant)

    def reaches(self, scope_id: Any, permission: str) -> ColumnElement[bool]:
        """Whether a column's scope lies where the permission is held."""
        return self._reaches(scope_id, self._numbers.get(permission))

    def reaches_either(self, scope_id: Any, *permissions: str) -> ColumnElement[bool]:
        """Whether it lies where any of these is held."""
        numbers = {self._numbers[one] for one in permissions if one in self._numbers}
        if len(numbers) < 2 or _NETWORK in numbers:
            return self._reaches(scope_id, min(numbers, default=None))
        if self.is_wide:
            return or_(*(_probed(scope_id, one) for one in sorted(numbers)))
        return scope_id.in_(union(*(self._scopes_below(one) for one in sorted(numbers))))

    def is_held_wherever(self, permission: str, other: str) -> bool:
        """Whether `permission` is held wherever the other is."""
        all_, some = self._numbers.get(permission), self._numbers.get(other)
        return some is None or all_ == _NETWORK or (some, all_) in self.within

    def appointing(self, scope_id: Any) -> Iterator[tuple[Role, ColumnElement[bool]]]:
        """The roles that may appoint, with whether each is held at or above a column's scope."""
        for role, number in self.appoints:
            yield role, self._reaches(scope_id, number)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return dict(self.held)

    def _reaches(self, scope_id: Any, number: int | None) -> ColumnElement[bool]:
        if number is None:
            return false()
        if number == _NETWORK:
            return true()
        if self.is_wide:
            return _probed(scope_id, number)
        return scope_id.in_(self._scopes_below(number))

    def _scopes_below(self, number: int) -> Select[UUID]:
        return select(_gathered_below(number))


def _probed(scope_id: Any, number: int) -> ColumnElement[bool]:
    """Whether a column's scope lies there, asked row by row along the order of a list."""
    found = (
        select(true())
        .where(
            ScopeClosure.descendant_id == scope_id,
            ScopeClosure.ancestor_id == any_(Given[Any](f"scopes_{number}", _UUIDS)),
        )
        .limit(literal_column("1"))
        .correlate_except(ScopeClosure)
    )
    return func.coalesce(found.scalar_subquery(), false())


def _below(number: int) -> Select[UUID]:
    """All scopes at and below those with a number."""
    above = any_(Given[Any](f"scopes_{number}", _UUIDS))
    return select(ScopeClosure.descendant_id).where(ScopeClosure.ancestor_id == above)


@cache
def _gathered_below(number: int) -> CTE:
    """The same, looked up once a statement, and first, so that what is searched for them is
    searched by its scope."""
    return _below(number).cte(f"below_{number}").prefix_with("MATERIALIZED")


def reader_of(
    actor: Actor, *, only_own: bool, is_wide: bool = False, is_clear: bool = False
) -> tuple[Reader, Mapping[str, Any]]:
    """How what waits is read for an actor, and what is given with it."""
    numbers: dict[frozenset[UUID], int] = {frozenset({NETWORK_ID}): _NETWORK}

    def number(scopes: frozenset[UUID]) -> int:
        return _NETWORK if NETWORK_ID in scopes else numbers.setdefault(scopes, len(numbers))

    held = tuple(
        (name, number(scopes)) for name in sorted(PERMISSIONS) if (scopes := actor.scopes_of(name))
    )
    roles: dict[Role, set[UUID]] = {}
    for one in actor.roles:
        if ROLES[one.role].grants:
            roles.setdefault(one.role, set()).add(one.scope_id)
    appoints = tuple((role, number(frozenset(roles[role]))) for role in sorted(roles))
    within = frozenset(
        (one, two) for some, one in numbers.items() for all_, two in numbers.items() if some <= all_
    )
    given = {f"scopes_{one}": sorted(scopes) for scopes, one in numbers.items() if one}
    own = {
        "account_id": actor.account_id,
        "person_id": actor.person_id,
        "persons": sorted(actor.persons),
        "accounts": sorted(actor.accounts),
        "proof_due_at": actor.proof_due_at,
    }
    return Reader(held, appoints, within, only_own, is_wide, is_clear), given | own
