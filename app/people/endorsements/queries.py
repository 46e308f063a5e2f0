"""Whom the kernel asks about those who endorse: are they enabled, and what do they hold now?"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Text,
    any_,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.kernel import endorsements
from app.kernel.activity import Actor
from app.kernel.endorsements import Endorsement, Giver
from app.kernel.permissions import PERMISSIONS
from app.kernel.transitions import BY_TWO
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.queries import actor_of
from app.people.identity.role_assignments.access import held_at
from app.people.identity.scopes import ScopeClosure

_PERSON: Final = aliased(Account)
_GIVEN_BY: Final = aliased(Account)


class Accounts:
    """The accounts by which endorsements were given, with the roles that they hold."""

    def of(self, row: type[Endorsement], at: datetime | ColumnElement[Any]) -> Giver:
        """Who gave an endorsement, as things are at an instant."""
        is_disabled = (
            exists()
            .where(
                or_(_GIVEN_BY.id == row.account_id, _GIVEN_BY.id == row.person_id),
                _GIVEN_BY.disabled_at.is_not(None),
            )
            .correlate_except(_GIVEN_BY)
        )
        name = select(_PERSON.name).where(_PERSON.id == row.person_id)
        return Giver(name.correlate_except(_PERSON).scalar_subquery(), ~is_disabled, _held(row, at))

    async def actor(self, db: AsyncSession, account_id: UUID) -> Actor | None:
        """The account as it may act now; None when it may not act."""
        return await actor_of(db, account_id)


def _held(row: type[Endorsement], at: datetime | ColumnElement[Any]) -> ColumnElement[list[str]]:
    """Those of the permissions of an endorsement that its account holds where it was given; a
    service account those that its owner holds there too."""
    own = _held_by(row, row.account_id, at, "own")
    owners = _held_by(row, row.person_id, at, "owners")
    return func.array(own.intersect(owners).scalar_subquery())


def _held_by(
    row: type[Endorsement], account_id: Any, at: datetime | ColumnElement[Any], name: str
) -> Select[Any]:
    asked = sorted(PERMISSIONS.keys() & set[str]().union(*BY_TWO.values()))
    held_by = [(one, role, PERMISSIONS[one].everywhere) for one in asked for role in _holders(one)]
    permissions, roles, everywhere = zip(*held_by, strict=True)
    granting = (
        func.unnest(
            literal(list(permissions), ARRAY(Text())),
            literal(list(roles), ARRAY(Text())),
            literal(list(everywhere), ARRAY(Boolean())),
        )
        .table_valued(
            column("permission", Text),
            column("role", Text),
            column("is_everywhere", Boolean),
            name=name,
        )
        .render_derived()
    )
    reaches = exists().where(
        ScopeClosure.descendant_id == row.scope_id,
        ScopeClosure.ancestor_id == RoleAssignment.scope_id,
    )
    reaches = reaches.correlate_except(ScopeClosure)
    is_held = exists().where(
        RoleAssignment.account_id == account_id,
        type_coerce(RoleAssignment.role, Text) == granting.c.role,
        held_at(RoleAssignment, at),
        or_(granting.c.is_everywhere, reaches),
    )
    is_held = is_held.correlate_except(RoleAssignment)
    return (
        select(granting.c.permission)
        .where(granting.c.permission == any_(row.permissions), is_held)
        .correlate(row)
    )


def _holders(permission: str) -> list[str]:
    return sorted(role.value for role in PERMISSIONS[permission].held_by)


endorsements.ask(Accounts())
