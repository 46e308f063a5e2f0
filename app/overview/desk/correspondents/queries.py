"""One statement for a page: who speaks for each collaboration, and who runs each cohort."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database
from app.kernel.kept import AT
from app.kernel.schemas import Ref
from app.kernel.statements import Kept
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeClosure
from app.people.obligations.register import Side

_IN: Final = ScopeClosure.descendant_id
_SPEAKS: Final = {"collaborations": Role.COLLABORATION_LEAD, "cohorts": Role.COORDINATOR}

_HELD: Final = union_all(
    *(
        select(_IN.label("scope_id"), RoleAssignment.id.label("held_by"))
        .join(RoleAssignment, RoleAssignment.scope_id == ScopeClosure.ancestor_id)
        .where(
            any_(bindparam(scopes, type_=ARRAY(Uuid()))) == _IN,
            RoleAssignment.role == role,
            is_valid(AT),
        )
        for scopes, role in _SPEAKS.items()
    )
).subquery()
"""Looked up from the places: below a role may lie the whole network."""

_FOUND: Final = (
    select(_HELD.c.scope_id, Account.id, Account.name)
    .join(RoleAssignment, RoleAssignment.id == _HELD.c.held_by)
    .join(Account, Account.id == RoleAssignment.account_id)
    .where(Account.disabled_at.is_(None), Account.email.is_not(None))
    .ext(distinct_on(_HELD.c.scope_id))
    .order_by(
        _HELD.c.scope_id,
        (RoleAssignment.scope_id == _HELD.c.scope_id).desc(),
        RoleAssignment.valid_from,
        RoleAssignment.id,
    )
)
"""Of several whoever holds the role there, and not further up, and of those the first."""


@dataclass(frozen=True)
class Correspondents:
    """Who is written to, by cohort and collaboration."""

    found: Mapping[UUID, Ref]

    def of(self, side: Side, row: Any) -> Ref | None:
        """Whoever speaks for that side where the row stands; None where nobody does."""
        scope_id = row.collaboration_id if side is Side.GRANTEE else row.cohort_id
        return self.found.get(scope_id)


@cache
def _written() -> Kept:
    return Kept.of(_FOUND)


async def correspondents(
    on: AsyncSession | Database, rows: Iterable[Any], at: datetime
) -> Correspondents:
    """Those of the places where these rows stand, at an instant."""
    given = {
        "collaborations": sorted({row.collaboration_id for row in rows if row.collaboration_id}),
        "cohorts": sorted({row.cohort_id for row in rows if row.cohort_id}),
    }
    found = await _written().rows(on, {**given, "at": at})
    return Correspondents(
        {row.scope_id: Ref(id=row.id, reference=None, name=row.name) for row in found}
    )
