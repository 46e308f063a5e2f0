"""Which service accounts have lost something or will, and by which of their roles; and what whoever
reads may give."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Uuid,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import aliased

from app.kernel.db import Instant
from app.kernel.kept import AT
from app.people.authority.losses import FORESEEN, losses
from app.people.identity.grounds.access import is_met
from app.people.identity.roles import ROLES, Role
from app.people.identity.scopes import Scope
from app.people.obligations.rows import Reach


@cache
def losing() -> CTE:
    """A row for each role of a service account of which something is lost or will be; looked up
    once a statement.

    It has the `role_assignment_id`, the `account_id`, and when it will be lost (`ends_at`); null
    where it is.
    """
    until = f"(:at + interval '{FORESEEN.days} days')"
    statement = text(
        "SELECT role_assignment_id, account_id, at FROM "  # noqa: S608
        f"({losses(':at', until)}) AS losses"
    )
    columns = {"role_assignment_id": Uuid, "account_id": Uuid, "at": Instant}
    found = statement.bindparams(AT).columns(**columns).subquery()
    first: Any = func.min(found.c.at)
    ends_at = case((first > AT, first)).label("ends_at")
    ids = (found.c.role_assignment_id, found.c.account_id)
    return select(*ids, ends_at).group_by(*ids).cte("losing")


def appoints(
    reach: Reach,
    permission: str,
    kind: Any,
    is_among: Callable[[frozenset[Role]], ColumnElement[bool]],
    node: Any,
) -> ColumnElement[bool]:
    """Whether whoever reads holds the permission on a node, and one of their roles at or above it
    grants a role on scopes of this kind of which `is_among` says whether it is one of these."""
    if reach.actor is None:
        return false()
    appointing = (
        and_(is_among(ROLES[role].grants), kind.in_(ROLES[role].grants_on), is_held)
        for role, is_held in reach.actor.appointing(node)
    )
    return and_(reach.is_mine(node, permission), or_(false(), *appointing))


def may_invite(reach: Reach, role: Role, scope_id: Any) -> ColumnElement[bool]:
    """Whether whoever reads may invite somebody into a role on a column's scope: on every node that
    it reaches."""
    place = aliased(Scope)

    def is_among(granted: frozenset[Role]) -> ColumnElement[bool]:
        return true() if role in granted else false()

    granted = is_met(
        place, partial(appoints, reach, "invitation.create", place.kind, is_among), reach.at
    )
    return select(literal(1)).select_from(place).where(place.id == scope_id, granted).exists()
