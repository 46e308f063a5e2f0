"""What waits where somebody left: a coordinator to be named, a lead to be invited.

A lead is to be named by who may name one: whoever runs each cohort that has a say, else an
administrator.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select

from app.kernel.clock import Moment
from app.network.cohorts.lifecycle import OPEN, CohortStatus
from app.network.cohorts.models import Cohort, Membership
from app.network.cohorts.work import IN_COHORT
from app.network.collaborations.lifecycle import ENDED
from app.network.collaborations.models import Collaboration
from app.people.authority.queries import may_invite
from app.people.identity.grounds.access import standing_memberships
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import Role
from app.people.obligations.register import Branch, Elsewhere, Kind, Side, work
from app.people.obligations.rows import Reach, Row, When


def _is_vacant(role: Role, scope_ids: Sequence[Any], at: Moment) -> ColumnElement[bool]:
    """Whether somebody held a role on one of these scopes, and nobody holds it who may act."""
    held = and_(RoleAssignment.role == role, RoleAssignment.scope_id.in_(scope_ids))
    acts = and_(
        Account.id == RoleAssignment.account_id,
        Account.disabled_at.is_(None),
        Account.owner_id.is_(None),
    )
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


def _is_asked_about(membership_id: Any, status: Any) -> ColumnElement[bool]:
    """Whether a membership has not come to its end, or has a grant that is not closed."""
    standing = standing_memberships().subquery()
    it = select(standing.c.id).where(standing.c.id == membership_id).correlate_except(standing)
    return or_(status.in_(OPEN), it.exists())


def _members(reach: Reach, waits: Branch) -> Row:
    """Members that have not come to an end, or have a grant in force, whose last lead has left or
    was disabled."""
    may_name = may_invite(reach, Role.COLLABORATION_LEAD, Membership.collaboration_id)
    mine = and_(reach.is_mine(Membership.id, waits.permission), may_name)
    row = reach.row(
        (Membership.id, None, None),
        IN_COHORT,
        When(Membership.timezone),
        (Membership.id, mine),
    )
    return row.select_from(Membership).where(
        _is_asked_about(Membership.id, Membership.status),
        _is_vacant(Role.COLLABORATION_LEAD, (Membership.collaboration_id,), reach.at),
        reach.concerns(mine, Membership.id, waits.permission, "membership.read"),
    )


def _collaborations(reach: Reach, waits: Branch) -> Row:
    """The same of collaborations that are a member of no cohort."""
    may_name = may_invite(reach, Role.COLLABORATION_LEAD, Collaboration.id)
    mine = and_(reach.is_mine(Collaboration.scope_id, waits.permission), may_name)
    row = reach.row(
        (Collaboration.id, None, None),
        {"collaboration_id": Collaboration.id},
        When(literal("UTC")),
        (Collaboration.scope_id, mine),
    )
    in_a_cohort = (
        select(Membership.id)
        .where(
            Membership.collaboration_id == Collaboration.id,
            _is_asked_about(Membership.id, Membership.status),
        )
        .correlate(Collaboration)
        .exists()
    )
    return row.select_from(Collaboration).where(
        Collaboration.status.not_in(ENDED),
        Collaboration.merged_into_id.is_(None),
        ~in_a_cohort,
        _is_vacant(Role.COLLABORATION_LEAD, (Collaboration.id,), reach.at),
        reach.concerns(mine, Collaboration.scope_id, waits.permission, "collaboration.read"),
    )


NAME_A_LEAD: Final = Kind(
    "name_lead", Elsewhere("membership", "invite", "create_invitation", "invitations")
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
    Branch(NAME_A_LEAD, "membership.name_lead", Side.CONVENOR, _members),
    Branch(
        NAME_A_LEAD,
        "membership.name_lead",
        Side.CONVENOR,
        _collaborations,
        Elsewhere("collaboration", "invite", "create_invitation", "invitations"),
    ),
)
