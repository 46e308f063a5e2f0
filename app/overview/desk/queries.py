"""One statement for all that waits for somebody, whatever package it comes from.

The work list of an actor, the calendar of obligations and the reminders are all read from
`obligations`, so that they cannot disagree.
"""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    union_all,
)

from app.funding.grants.due_diligence.access import is_current as is_current_check
from app.funding.grants.due_diligence.models import DueDiligenceCheck
from app.funding.grants.due_diligence.standing import CheckOutcome
from app.funding.grants.lifecycle import EXPECTING_REPORTS, GrantStatus, MilestoneStatus
from app.funding.grants.models import (
    Capacity,
    Grant,
    GrantSignature,
    GrantVersion,
    Milestone,
    MilestoneExtension,
    is_current,
)
from app.funding.reports.lifecycle import GIVEN_UP, WITH_THE_REVIEWER, ReportStatus
from app.funding.reports.models import Report
from app.kernel.clock import beginning_in_sql, day_in_sql
from app.kernel.db import Instant
from app.network.cohorts.lifecycle import OPEN, MembershipStatus, TaskStatus
from app.network.cohorts.models import Cohort, Membership, Pause, Requirement, Task
from app.network.cohorts.pauses.lifecycle import PauseRequestStatus
from app.network.cohorts.pauses.models import PauseRequest
from app.network.collaborations.models import Collaboration
from app.overview.desk.kinds import ObligationStanding, WorkKind
from app.overview.desk.rows import Reach, Row, When, waiting_row
from app.people.identity.actors import Actor

_ENDED = (GrantStatus.CLOSED, GrantStatus.TERMINATED, GrantStatus.CANCELLED)
_UNFINISHED = (ReportStatus.DRAFT, ReportStatus.READY_FOR_CERTIFICATION)


def obligations(actor: Actor | None, at: datetime) -> Subquery:
    """What waits for somebody at an instant, as far as `actor` may see it; all of it for None.

    Rows say what it is (kind, subject_id, reference, name), where (cohort_*, collaboration_*,
    grant_*), when (opens_at, due_at, timezone, due_on, sorted_at), who may do it (scope_id,
    permission), and whether it waits for the actor (is_mine).
    """
    reach = Reach(actor, at)
    submitting = "report.submit"
    return union_all(
        _memberships(reach, WorkKind.ANSWER_OFFER, MembershipStatus.OFFERED, "membership.accept"),
        _memberships(
            reach, WorkKind.BEGIN_ONBOARDING, MembershipStatus.ACCEPTED, "membership.onboard"
        ),
        _memberships(
            reach, WorkKind.ACTIVATE_MEMBERSHIP, MembershipStatus.ONBOARDING, "membership.activate"
        ),
        _tasks(reach),
        _pause_requests(reach, WorkKind.DECIDE_PAUSE_REQUEST, "pause_request.decide"),
        _pause_requests(reach, WorkKind.AWAIT_PAUSE_DECISION, "pause_request.create"),
        _leaves(reach),
        _signatures(reach, Capacity.GRANTEE, "grant.sign_as_grantee"),
        _signatures(reach, Capacity.CONVENOR, "grant.sign_as_convenor"),
        _checks_to_renew(reach),
        _milestones_to_begin(reach),
        _reports(reach, WorkKind.SUBMIT_REPORT, _UNFINISHED, submitting),
        _reports(
            reach, WorkKind.ANSWER_CHANGE_REQUESTS, (ReportStatus.CHANGES_REQUESTED,), submitting
        ),
        _reports(reach, WorkKind.REVIEW_REPORT, WITH_THE_REVIEWER, "report.accept"),
        _extensions_to_decide(reach),
        _grants_to_close(reach),
    ).subquery("obligations")


def _memberships(reach: Reach, kind: WorkKind, status: MembershipStatus, permission: str) -> Row:
    expires = Membership.offer_expires_at if status == MembershipStatus.OFFERED else None
    mine = reach.is_mine(Membership.id, permission)
    row = waiting_row(
        kind,
        (Membership.id, Collaboration.reference, Collaboration.name),
        When(Membership.timezone, expires),
        (Membership.id, permission, mine),
        has_grant=False,
    )
    return (
        row.select_from(Membership)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .join(Collaboration, Collaboration.id == Membership.collaboration_id)
        .where(
            Membership.status == status,
            or_(mine, reach.sees(Membership.id, "membership.read")),
        )
    )


def _of_member(row: Row) -> Row:
    return row.join(Cohort, Cohort.id == Membership.cohort_id).join(
        Collaboration, Collaboration.id == Membership.collaboration_id
    )


def _tasks(reach: Reach) -> Row:
    """What a member has still to do and says itself when it has; due until its day is over where
    the member is."""
    mine = reach.is_mine(Task.membership_id, "task.answer")
    row = waiting_row(
        WorkKind.MEET_TASK,
        (Task.id, Collaboration.reference, Requirement.title),
        When(Membership.timezone, beginning_in_sql(Task.due_on + 1, Membership.timezone)),
        (Task.membership_id, "task.answer", mine),
        has_grant=False,
    )
    return _of_member(
        row.select_from(Task)
        .join(Requirement, Requirement.id == Task.requirement_id)
        .join(Membership, Membership.id == Task.membership_id)
    ).where(
        Task.status == TaskStatus.OPEN,
        Membership.status.in_(OPEN),
        ~Requirement.is_judged,
        or_(mine, reach.sees(Task.membership_id, "membership.read")),
    )


def _pause_requests(reach: Reach, kind: WorkKind, permission: str) -> Row:
    """Leave that was asked for; it can be given until the day of return has come where the member
    is, and then only be withdrawn."""
    mine = reach.is_mine(PauseRequest.membership_id, permission)
    can_be_given = PauseRequest.returns_on > day_in_sql(reach.at, Membership.timezone)
    row = waiting_row(
        kind,
        (PauseRequest.id, Collaboration.reference, Collaboration.name),
        When(Membership.timezone),
        (PauseRequest.membership_id, permission, mine),
        has_grant=False,
    )
    return _of_member(
        row.select_from(PauseRequest).join(Membership, Membership.id == PauseRequest.membership_id)
    ).where(
        PauseRequest.status == PauseRequestStatus.OPEN,
        Membership.status == MembershipStatus.ACTIVE,
        or_(can_be_given, literal(kind == WorkKind.AWAIT_PAUSE_DECISION)),
        or_(mine, reach.sees(PauseRequest.membership_id, "membership.read")),
    )


def _leaves(reach: Reach) -> Row:
    """Members on leave, from the day on which they mean to be back where they are."""
    mine = reach.is_mine(Membership.id, "membership.resume")
    row = waiting_row(
        WorkKind.RESUME_MEMBERSHIP,
        (Membership.id, Collaboration.reference, Collaboration.name),
        When(Membership.timezone, beginning_in_sql(Pause.returns_on, Membership.timezone)),
        (Membership.id, "membership.resume", mine),
        has_grant=False,
    )
    return _of_member(
        row.select_from(Membership).join(
            Pause, and_(Pause.membership_id == Membership.id, Pause.resumed_at.is_(None))
        )
    ).where(
        Membership.status == MembershipStatus.PAUSED,
        or_(mine, reach.sees(Membership.id, "membership.read")),
    )


def _checks_to_renew(reach: Reach) -> Row:
    """Grants that have not ended, and since when the first of their checks has lapsed."""
    lapses_at = beginning_in_sql(DueDiligenceCheck.expires_on + 1, Cohort.timezone)
    mine = reach.is_mine(Grant.id, "due_diligence.check")
    row = waiting_row(
        WorkKind.RENEW_CHECK,
        (Grant.id, Grant.reference, Grant.title),
        When(Cohort.timezone, func.min(lapses_at)),
        (Grant.id, "due_diligence.check", mine),
    )
    return (
        _of_grant(row.select_from(Grant))
        .join(DueDiligenceCheck, DueDiligenceCheck.grant_id == Grant.id)
        .where(
            Grant.status.not_in(_ENDED),
            DueDiligenceCheck.outcome != CheckOutcome.FAILED,
            is_current_check(),
            DueDiligenceCheck.expires_on < day_in_sql(reach.at, Cohort.timezone),
            or_(mine, reach.sees(Grant.id, "due_diligence.check")),
        )
        .group_by(Grant.id, Cohort.id, Collaboration.id)
    )


def _of_grant(row: Row) -> Row:
    return row.join(Cohort, Cohort.id == Grant.cohort_id).join(
        Collaboration, Collaboration.id == Grant.collaboration_id
    )


def _signatures(reach: Reach, capacity: Capacity, permission: str) -> Row:
    """Offered grants that nobody has signed for this side yet; the person who has signed for the
    other side does not sign for this one."""
    of_this_offer = and_(
        GrantSignature.grant_version_id == GrantVersion.id,
        GrantSignature.agreement_sha256 == GrantVersion.agreement_sha256,
    )
    signed = exists().where(of_this_offer, GrantSignature.capacity == capacity)
    mine = reach.is_mine(Grant.id, permission)
    if reach.actor is not None:
        own = exists().where(of_this_offer, GrantSignature.person_id == reach.actor.person_id)
        mine = and_(mine, ~own)
    row = waiting_row(
        WorkKind.SIGN_GRANT,
        (Grant.id, Grant.reference, Grant.title),
        When(Cohort.timezone),
        (Grant.id, permission, mine),
    )
    return (
        _of_grant(row.select_from(Grant))
        .join(GrantVersion, and_(GrantVersion.grant_id == Grant.id, GrantVersion.number == 1))
        .where(
            Grant.status == GrantStatus.OFFERED,
            ~signed,
            or_(mine, reach.sees(Grant.id, "grant.read")),
        )
    )


def _milestones_to_begin(reach: Reach) -> Row:
    """Milestones of grants in force that no report has been begun on."""
    begun = exists().where(
        Report.milestone_id == Milestone.id,
        Report.status.not_in(GIVEN_UP),
    )
    mine = reach.is_mine(Milestone.grant_id, "report.create")
    row = waiting_row(
        WorkKind.REPORT_MILESTONE,
        (Milestone.id, Milestone.reference, Milestone.title),
        When(Milestone.timezone, Milestone.due_at, Milestone.opens_at),
        (Milestone.grant_id, "report.create", mine),
    )
    return _of_grant(row.select_from(Milestone).join(Grant, Grant.id == Milestone.grant_id)).where(
        Grant.status.in_(EXPECTING_REPORTS),
        Milestone.status == MilestoneStatus.PLANNED,
        ~begun,
        or_(mine, reach.sees(Milestone.grant_id, "grant.read")),
    )


def _reports(
    reach: Reach, kind: WorkKind, statuses: tuple[ReportStatus, ...], permission: str
) -> Row:
    of_grantee = kind != WorkKind.REVIEW_REPORT
    mine = reach.is_mine(Report.grant_id, permission)
    row = waiting_row(
        kind,
        (Report.id, Milestone.reference, Milestone.title),
        When(Milestone.timezone, Milestone.due_at if of_grantee else None),
        (Report.grant_id, permission, mine),
    )
    return _of_grant(
        row.select_from(Report)
        .join(Milestone, Milestone.id == Report.milestone_id)
        .join(Grant, Grant.id == Report.grant_id)
    ).where(
        Grant.status.in_(EXPECTING_REPORTS),
        Report.status.in_(statuses),
        or_(mine, reach.sees(Report.grant_id, "report.read")),
    )


def _extensions_to_decide(reach: Reach) -> Row:
    """Later due dates that were asked for; an answer is of use until the present one."""
    mine = reach.is_mine(MilestoneExtension.grant_id, "milestone.extend")
    row = waiting_row(
        WorkKind.DECIDE_EXTENSION,
        (MilestoneExtension.id, Milestone.reference, Milestone.title),
        When(Milestone.timezone, Milestone.due_at),
        (MilestoneExtension.grant_id, "milestone.extend", mine),
    )
    return _of_grant(
        row.select_from(MilestoneExtension)
        .join(Milestone, Milestone.id == MilestoneExtension.milestone_id)
        .join(Grant, Grant.id == MilestoneExtension.grant_id)
    ).where(
        MilestoneExtension.decided_at.is_(None),
        Grant.status.in_(EXPECTING_REPORTS),
        or_(mine, reach.sees(MilestoneExtension.grant_id, "grant.read")),
    )


def _grants_to_close(reach: Reach) -> Row:
    """Active grants with the end of their period, in the cohort's zone; they wait for somebody
    from then on."""
    ends_at = beginning_in_sql(GrantVersion.ends_on + 1, Cohort.timezone)
    is_over = GrantVersion.ends_on < day_in_sql(reach.at, Cohort.timezone)
    mine = and_(reach.is_mine(Grant.id, "grant.close"), is_over)
    row = waiting_row(
        WorkKind.CLOSE_GRANT,
        (Grant.id, Grant.reference, Grant.title),
        When(Cohort.timezone, ends_at, ends_at),
        (Grant.id, "grant.close", mine),
    )
    return (
        _of_grant(row.select_from(Grant))
        .join(GrantVersion, and_(GrantVersion.grant_id == Grant.id, is_current()))
        .where(Grant.status == GrantStatus.ACTIVE, or_(mine, reach.sees(Grant.id, "grant.read")))
    )


def standing_at(found: Subquery, at: datetime) -> ColumnElement[str]:
    """How each obligation stands to its dates at an instant, as the column `standing`."""
    instant = literal(at, Instant)
    return case(
        (found.c.due_at <= instant, literal(ObligationStanding.OVERDUE.value)),
        (found.c.opens_at > instant, literal(ObligationStanding.UPCOMING.value)),
        else_=literal(ObligationStanding.DUE.value),
    ).label("standing")
