"""What waits where somebody left: a coordinator to be named, a lead to be invited."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists

from app.kernel.clock import Moment
from app.network.cohorts.lifecycle import OPEN, CohortStatus
from app.network.cohorts.models import Cohort, Membership
from app.network.cohorts.work import IN_COHORT
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import Role
from app.people.obligations.register import Branch, Elsewhere, Kind, Side, work
from app.people.obligations.rows import Reach, Row, When


def _is_vacant(role: Role, scope_ids: Sequence[Any], at: Moment) -> ColumnElement[bool]:
    """Whether somebody held a role on one of these scopes, and nobody holds it who may act."""
    held = and_(RoleAssignment.role == role, RoleAssignment.scope_id.in_(scope_ids))
    acts = and_(Account.id == RoleAssignment.account_id, Account.disabled_at.is_(None))
    return and_(exists().where(held), ~exists().where(held, acts, is_valid(at)))


def _cohorts(reach: Reach, waits: Branch) -> Row:
    """Cohorts under way whose last coordinator has left, on them or on their programme."""
    mine = reach.is_mine(Cohort.id, waits.permission)
    row = reach.row(
        (Cohort.id, Cohort.reference, Cohort.name),
        {"cohort_id": Cohort.id},
        When(Cohort.timezone),
        (Cohort.id, mine),
    )
    ended = (CohortStatus.CLOSED, CohortStatus.CANCELLED)
    return row.select_from(Cohort).where(
        Cohort.status.not_in(ended),
        _is_vacant(Role.COORDINATOR, (Cohort.id, Cohort.programme_id), reach.at),
        reach.concerns(mine, Cohort.id, waits.permission, "cohort.read"),
    )


def _members(reach: Reach, waits: Branch) -> Row:
    """Members that have not come to an end whose last lead has left or was disabled."""
    mine = reach.is_mine(Membership.id, waits.permission)
    row = reach.row(
        (Membership.id, None, None),
        IN_COHORT,
        When(Membership.timezone),
        (Membership.id, mine),
    )
    return row.select_from(Membership).where(
        Membership.status.in_(OPEN),
        _is_vacant(Role.COLLABORATION_LEAD, (Membership.collaboration_id,), reach.at),
        reach.concerns(mine, Membership.id, waits.permission, "membership.read"),
    )


work(
    Branch(
        Kind(
            "name_coordinator",
            Elsewhere("cohort", "name", "create_role_assignment", "role-assignments"),
        ),
        "cohort.name_coordinator",
        Side.CONVENOR,
        _cohorts,
    ),
    Branch(
        Kind("name_lead", Elsewhere("membership", "invite", "create_invitation", "invitations")),
        "membership.name_lead",
        Side.CONVENOR,
        _members,
    ),
)
