"""Of whom it is expected that they come: who acts for a member that takes part when it begins."""

from typing import Any

from sqlalchemy import Select, and_, or_, select

from app.learning.sessions.models import LearningSession, SessionCohort
from app.learning.sessions.sittings.queries import sits_elsewhere
from app.network.cohorts.models import Membership, Pause
from app.network.collaborations.models import Collaboration
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import held_at
from app.people.identity.roles import COLLABORATION


def people_expected() -> Select[*tuple[Any, ...]]:
    """Of each session the members that took part when it began, were not on leave and attended no
    other of its sittings, with each of their people then."""
    at = LearningSession.starts_at
    on_leave = (
        select(Pause.id)
        .where(
            Pause.membership_id == Membership.id,
            Pause.paused_at <= at,
            or_(Pause.resumed_at.is_(None), Pause.resumed_at > at),
        )
        .exists()
    )
    is_member = and_(
        Membership.cohort_id == SessionCohort.cohort_id,
        Membership.activated_at <= at,
        or_(Membership.ended_at.is_(None), Membership.ended_at > at),
        ~on_leave,
        ~sits_elsewhere(Membership.id),
    )
    acts_for_it = and_(
        RoleAssignment.scope_id == Membership.collaboration_id,
        RoleAssignment.role.in_(COLLABORATION),
        held_at(RoleAssignment, at),
    )
    return (
        select(
            LearningSession.id.label("session_id"),
            Membership.id.label("membership_id"),
            Membership.activated_at,
            Collaboration.id.label("collaboration_id"),
            Collaboration.reference,
            Collaboration.name.label("collaboration_name"),
            Account.name_folded,
            Account.id.label("account_id"),
            Account.name,
        )
        .distinct()
        .select_from(LearningSession)
        .join(SessionCohort, SessionCohort.session_id == LearningSession.id)
        .join(Membership, is_member)
        .join(Collaboration, Collaboration.id == Membership.collaboration_id)
        .outerjoin(RoleAssignment, acts_for_it)
        .outerjoin(Account, Account.id == RoleAssignment.account_id)
    )
