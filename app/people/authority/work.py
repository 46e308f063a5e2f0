"""What waits where authority rests on somebody else: accounts that lose it, roles that are void."""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
)

from app.people.authority.queries import losing
from app.people.identity.actors import Actor
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.roles import ROLES
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeClosure
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When

ZONE: Final = literal("UTC")
"""Accounts and roles stand nowhere in particular."""


def _accounts_that_lose(reach: Reach, waits: Branch) -> Row:
    """Service accounts of which something is lost or will be, for the owner and administrators."""
    lost = losing(reach.at)
    is_lost = func.bool_or(lost.c.ends_at.is_(None))
    ends_at = case((is_lost, null()), else_=func.min(lost.c.ends_at)).label("ends_at")
    accounts = select(lost.c.account_id, ends_at).group_by(lost.c.account_id).subquery()
    mine = or_(
        _is_me(reach, Account.owner_id), reach.is_mine(literal(NETWORK_ID), waits.permission)
    )
    row = reach.row(
        (Account.id, null(), Account.name),
        {},
        When(ZONE, accounts.c.ends_at),
        (literal(NETWORK_ID), mine),
    )
    return row.select_from(Account).join(accounts, accounts.c.account_id == Account.id).where(mine)


def _roles_that_lose(reach: Reach, waits: Branch) -> Row:
    """The roles of such accounts, for whoever granted them and may end them."""
    lost = losing(reach.at)
    may_end = reach.is_mine(Scope.granted_at_id, waits.permission)
    mine = and_(_is_me(reach, RoleAssignment.granted_by_id), may_end)
    row = reach.row(
        (RoleAssignment.id, null(), Account.name),
        {},
        When(ZONE, lost.c.ends_at),
        (Scope.granted_at_id, mine),
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
    row = reach.row((Account.id, null(), Account.name), {}, When(ZONE), (literal(NETWORK_ID), mine))
    return row.select_from(Account).where(Account.kind == AccountKind.SERVICE, mine)


def _void_roles(reach: Reach, waits: Branch) -> Row:
    """Roles that became void before they began, for those who may grant them."""
    may_grant = reach.is_mine(Scope.granted_at_id, waits.permission)
    mine = and_(may_grant, _may_appoint(reach.actor), ~_is_me(reach, RoleAssignment.account_id))
    row = reach.row(
        (RoleAssignment.id, null(), Account.name),
        {},
        When(ZONE, RoleAssignment.valid_from),
        (Scope.granted_at_id, mine),
    )
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


def _is_me(reach: Reach, column: Any) -> ColumnElement[bool]:
    """Whether a column names the actor; nobody is reminded of these by the clock."""
    return false() if reach.actor is None else column == reach.actor.account_id


def _may_appoint(actor: Actor | None) -> ColumnElement[bool]:
    """Whether one of the actor's roles at or above the scope may grant this one."""
    if actor is None:
        return false()
    return or_(
        false(),
        *(
            and_(
                RoleAssignment.role.in_(ROLES[held.role].grants),
                Scope.kind.in_(ROLES[held.role].grants_on),
                select(ScopeClosure)
                .where(
                    ScopeClosure.ancestor_id == held.scope_id,
                    ScopeClosure.descendant_id == Scope.granted_at_id,
                )
                .exists()
                if held.scope_id != NETWORK_ID
                else literal(value=True),
            )
            for held in actor.roles
            if ROLES[held.role].grants
        ),
    )


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
