"""What is told of milestones."""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.funding.grants.access import GrantNotFound, MilestoneNotFound
from app.funding.grants.deadlines import MilestoneStanding
from app.funding.grants.lifecycle import EXPECTING_REPORTS, MILESTONE, MilestoneStatus
from app.funding.grants.milestones.schemas import MilestoneOut, MilestonePage
from app.funding.grants.models import (
    AcceptanceCriterion,
    Grant,
    GrantVersion,
    Milestone,
    MilestoneTerms,
)
from app.funding.grants.queries import because_held, is_held
from app.funding.grants.telling import granted_to
from app.funding.grants.terms.schemas import CriterionOut
from app.kernel.filters import known_above
from app.kernel.written import Present, many
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.network.cohorts.pauses.queries import is_on_leave
from app.network.collaborations.models import Collaboration
from app.people.reads.declarations import Telling, Within
from app.web.exports import AT

_current: Any = aliased(GrantVersion, name="current")
_is_accepted: Final = Milestone.status == MilestoneStatus.ACCEPTED
_awaits_report: Final = and_(
    Milestone.status == MilestoneStatus.PLANNED,
    Grant.status.in_(EXPECTING_REPORTS),
    Membership.status != MembershipStatus.PAUSED,
    because_held(AT).is_(None),
)


def stands(standing: MilestoneStanding, at: Any) -> ColumnElement[bool]:
    """Whether a milestone's dates say this of it at an instant, for a list of them."""
    if standing is MilestoneStanding.LATE:
        return Milestone.reported_at >= Milestone.due_at
    expecting = select(Grant.id).where(
        Grant.status.in_(EXPECTING_REPORTS), ~is_held(at), ~is_on_leave(Grant.membership_id)
    )
    expected = and_(Milestone.status == MilestoneStatus.PLANNED, Milestone.grant_id.in_(expecting))
    if standing is MilestoneStanding.OVERDUE:
        return and_(expected, Milestone.due_at <= at)
    return and_(expected, Milestone.opens_at <= at, Milestone.due_at > at)


MILESTONES: Final = Telling(
    MilestoneOut,
    Milestone,
    "grant.read",
    missing=MilestoneNotFound,
    lifecycle=MILESTONE,
    joins=[
        Milestone.grant,
        Grant.membership,
        Grant.cohort,
        Grant.collaboration,
        Milestone.terms,
        MilestoneTerms.grant_version.of_type(_current),
    ],
    told={
        "grant": {"id": Grant.id, "reference": Grant.reference, "name": Grant.title},
        "cohort": Cohort,
        "collaboration": Collaboration,
        "amount": {"amount_minor": MilestoneTerms.amount_minor, "currency": _current.currency},
        "accepted_amount": Present(
            or_(_is_accepted, Milestone.accepted_minor.is_not(None)),
            {
                "amount_minor": case(
                    (_is_accepted, MilestoneTerms.amount_minor), else_=Milestone.accepted_minor
                ),
                "currency": _current.currency,
            },
        ),
        "is_due": and_(_awaits_report, Milestone.opens_at <= AT, Milestone.due_at > AT),
        "is_overdue": and_(_awaits_report, Milestone.due_at <= AT),
        "is_late": func.coalesce(Milestone.reported_at >= Milestone.due_at, False),
        "criteria": many(
            CriterionOut,
            AcceptanceCriterion,
            AcceptanceCriterion.milestone_terms_id == MilestoneTerms.id,
            order=[AcceptanceCriterion.position],
            told={"id": AcceptanceCriterion.criterion_id},
        ),
    },
    filters={
        "standing": lambda asked: or_(
            *(and_(asked == one.value, stands(one, AT)) for one in MilestoneStanding)
        ),
        "organisation_id": granted_to(Milestone.grant_id),
    },
    sorts={"due_at": (Milestone.due_at, Milestone.id)},
    page_of=MilestonePage,
)
known_above("milestone", Milestone)
OF_GRANT: Final = Within(Milestone.grant_id, Grant, "grant.read", GrantNotFound)
