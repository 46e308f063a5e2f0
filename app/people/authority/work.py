"""What waits where authority rests on somebody else: accounts that lose it, roles that are void."""

from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import Uuid

from app.kernel.clock import Moment
from app.kernel.permissions import PERMISSIONS
from app.people.authority.queries import appoints, losing
from app.people.identity.grounds.access import is_met
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.role_assignments.access import held_at
from app.people.identity.roles import ROLES
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeClosure, ScopeKind
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When

_GIVER: Final = aliased(RoleAssignment)

ZONE: Final = literal("UTC")
"""Accounts and roles stand nowhere in particular."""

_NETWORK: Final = cast(literal(NETWORK_ID, Uuid), Uuid)


def _accounts_that_lose(reach: Reach, waits: Branch) -> Row:
    """Service accounts of which something is lost or will be, for the owner and administrators."""
    lost = losing()
    is_lost = func.bool_or(lost.c.ends_at.is_(None))
    ends_at = case((is_lost, null()), else_=func.min(lost.c.ends_at)).label("ends_at")
    accounts = select(lost.c.account_id, ends_at).group_by(lost.c.account_id).subquery()
    mine = or_(_is_me(reach, Account.owner_id), reach.is_mine(_NETWORK, waits.permission))
    row = reach.row(
        (Account.id, null(), Account.name),
        {},
        When(ZONE, accounts.c.ends_at),
        (_NETWORK, mine),
        Account.owner_id,
    )
    found = row.select_from(Account).join(accounts, accounts.c.account_id == Account.id)
    return found if reach.actor is None else found.where(mine)


def _roles_that_lose(reach: Reach, waits: Branch) -> Row:
    """The roles of such accounts, for whoever granted them and may end them."""
    lost = losing()
    mine = and_(_is_me(reach, RoleAssignment.granted_by_id), _may_give(reach, waits))
    row = reach.row(
        (RoleAssignment.id, null(), Account.name),
        {},
        When(ZONE, lost.c.ends_at),
        (Scope.granted_at_id, mine),
        RoleAssignment.granted_by_id,
    )
    if reach.actor is None:
        giver = aliased(RoleAssignment)
        mine = (
            _held_at(giver, Scope.granted_at_id, waits.permission, reach.at)
            .where(giver.account_id == RoleAssignment.granted_by_id)
            .exists()
        )
    return (
        row.select_from(RoleAssignment)
        .join(lost, lost.c.role_assignment_id == RoleAssignment.id)
        .join(Account, Account.id == RoleAssignment.account_id)
        .join(Scope, Scope.id == RoleAssignment.scope_id)
        .where(mine, reach.sees(Scope.granted_at_id, "role_assignment.read"))
    )


def _offered(reach: Reach, _waits: Branch) -> Row:
    """Service accounts that are offered to a person, for that person."""
    mine = _is_me(reach, Account.offered_to_id)
    row = reach.row((Account.id, null(), Account.name), {}, When(ZONE), (_NETWORK, mine))
    return row.select_from(Account).where(Account.kind == AccountKind.SERVICE, mine)


def _void_roles(reach: Reach, waits: Branch) -> Row:
    """Roles that became void before they began, for those who may grant them."""
    may_grant = _may_give(reach, waits, besides=RoleAssignment.id)
    mine = and_(may_grant, ~_is_me(reach, RoleAssignment.account_id))
    row = reach.row(
        (RoleAssignment.id, null(), Account.name),
        {},
        When(ZONE, RoleAssignment.valid_from),
        (Scope.granted_at_id, mine),
        None if reach.actor else _GIVER.account_id,
    )
    if reach.actor is None:
        return _of_those_who_may_give_it(row, waits, reach.at)
    return (
        row.select_from(RoleAssignment)
        .join(Account, Account.id == RoleAssignment.account_id)
        .join(Scope, Scope.id == RoleAssignment.scope_id)
        .where(
            RoleAssignment.is_to_come,
            RoleAssignment.voided_at.is_not(None),
            Account.disabled_at.is_(None),
            mine,
            reach.sees(Scope.granted_at_id, "role_assignment.read"),
        )
    )


def _of_those_who_may_give_it(row: Row, waits: Branch, at: Moment) -> Row:
    """The same for whoever is reminded: those who lead the collaboration or may on the network, or
    where the role is granted; of the grounds those that need no further look."""
    node = case((Scope.kind == ScopeKind.COLLABORATION, Scope.id), else_=Scope.granted_at_id)
    grants = [
        and_(
            _GIVER.role == role,
            RoleAssignment.role.in_(about.grants),
            Scope.kind.in_(about.grants_on),
        )
        for role, about in ROLES.items()
        if about.grants and role in PERMISSIONS[waits.permission].held_by
    ]
    return (
        row.select_from(RoleAssignment)
        .join(Account, Account.id == RoleAssignment.account_id)
        .join(Scope, Scope.id == RoleAssignment.scope_id)
        .join(ScopeClosure, ScopeClosure.descendant_id == node)
        .join(_GIVER, _GIVER.scope_id == ScopeClosure.ancestor_id)
        .where(
            RoleAssignment.is_to_come,
            RoleAssignment.voided_at.is_not(None),
            Account.disabled_at.is_(None),
            _GIVER.account_id != RoleAssignment.account_id,
            held_at(_GIVER, at),
            or_(false(), *grants),
        )
    )


def _held_at(giver: Any, node: Any, permission: str, at: Moment) -> Select[Any]:
    """The roles by which somebody holds a permission on a node."""
    return (
        select(literal(1))
        .select_from(giver)
        .join(ScopeClosure, ScopeClosure.ancestor_id == giver.scope_id)
        .where(
            ScopeClosure.descendant_id == node,
            giver.role.in_(PERMISSIONS[permission].held_by),
            held_at(giver, at),
        )
    )


def _is_me(reach: Reach, column: Any) -> ColumnElement[bool]:
    """Whether a column names the actor."""
    return false() if reach.actor is None else column == reach.actor.account_id


def _may_give(reach: Reach, waits: Branch, besides: Any = None) -> ColumnElement[bool]:
    """Whether the actor may give, or end, a row's role on every node that it reaches."""
    given = partial(appoints, reach, waits.permission, Scope.kind, RoleAssignment.role.in_)
    return is_met(Scope, given, reach.at, besides=besides)


work(
    Branch(
        Kind(
            "pass_service_account",
            Making("service_account", "offer", "offer_service_account", "offer"),
            "Pass on the service account that would lose what it was granted",
        ),
        "service_account.edit",
        Side.CONVENOR,
        _accounts_that_lose,
    ),
    Branch(
        Kind(
            "end_role_of_service",
            Making("role_assignment", "end", "end_role_assignment", "end"),
            "End the role that its service account would lose",
        ),
        "role_assignment.end",
        Side.CONVENOR,
        _roles_that_lose,
    ),
    Branch(
        Kind(
            "take_service_account",
            Making("service_account", "take", "take_service_account", "take"),
        ),
        "service_account.create",
        Side.CONVENOR,
        _offered,
    ),
    Branch(
        Kind(
            "renew_role",
            Making("role_assignment", "renew", "renew_role_assignment", "renew"),
            "Grant anew the role that is void",
        ),
        "role_assignment.create",
        Side.CONVENOR,
        _void_roles,
    ),
)
