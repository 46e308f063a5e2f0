"""One statement for all that waits for an actor, whatever package it comes from."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Subquery,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.cohorts.lifecycle import OPEN, MembershipStatus, TaskStatus
from app.cohorts.models import Cohort, Membership, Pause, Requirement, Task
from app.cohorts.pauses.lifecycle import PauseRequestStatus
from app.cohorts.pauses.models import PauseRequest
from app.collaborations.models import Collaboration
from app.desk.schemas import WorkKind
from app.grants.due_diligence.access import is_current
from app.grants.due_diligence.models import DueDiligenceCheck
from app.grants.due_diligence.standing import CheckOutcome
from app.grants.lifecycle import GrantStatus, MilestoneStatus
from app.grants.models import Capacity, Grant, GrantSignature, GrantVersion, Milestone
from app.identity.access import reached
from app.identity.actors import Actor
from app.kernel.db import Instant
from app.reports.lifecycle import WITH_THE_REVIEWER, ReportStatus
from app.reports.models import Report

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where what has no date stands in an order by date."""

_ENDED = (GrantStatus.CLOSED, GrantStatus.TERMINATED, GrantStatus.CANCELLED)
_UNFINISHED = (ReportStatus.DRAFT, ReportStatus.READY_FOR_CERTIFICATION)


def work_of(actor: Actor, at: datetime) -> Subquery:
    """What waits for `actor` at an instant, as rows of (kind, subject_id, reference, name,
    cohort_id, cohort_reference, cohort_name, due_at, sorted_at)."""
    return union_all(
        _memberships(actor, WorkKind.ANSWER_OFFER, MembershipStatus.OFFERED, "membership.accept"),
        _memberships(
            actor, WorkKind.BEGIN_ONBOARDING, MembershipStatus.ACCEPTED, "membership.onboard"
        ),
        _memberships(
            actor, WorkKind.ACTIVATE_MEMBERSHIP, MembershipStatus.ONBOARDING, "membership.activate"
        ),
        _tasks(actor),
        _pause_requests(actor, WorkKind.DECIDE_PAUSE_REQUEST, "pause_request.decide"),
        _pause_requests(actor, WorkKind.AWAIT_PAUSE_DECISION, "pause_request.create"),
        _leaves(actor),
        _signatures(actor, Capacity.GRANTEE, "grant.sign_as_grantee"),
        _signatures(actor, Capacity.CONVENOR, "grant.sign_as_convenor"),
        _checks_to_renew(actor, at),
        _milestones_to_begin(actor),
        _reports(actor, WorkKind.SUBMIT_REPORT, _UNFINISHED, "report.submit"),
        _reports(
            actor,
            WorkKind.ANSWER_CHANGE_REQUESTS,
            (ReportStatus.CHANGES_REQUESTED,),
            "report.submit",
        ),
        _reports(actor, WorkKind.REVIEW_REPORT, WITH_THE_REVIEWER, "report.accept"),
    ).subquery("work")


def _row(
    kind: WorkKind, subject: Any, reference: Any, name: Any, due_at: Any
) -> Select[*tuple[Any, ...]]:
    return select(
        literal(kind.value).label("kind"),
        subject.label("subject_id"),
        reference.label("reference"),
        name.label("name"),
        Cohort.id.label("cohort_id"),
        Cohort.reference.label("cohort_reference"),
        Cohort.name.label("cohort_name"),
        due_at.label("due_at"),
        func.coalesce(due_at, literal(NEVER, Instant)).label("sorted_at"),
    )


def _memberships(
    actor: Actor, kind: WorkKind, status: MembershipStatus, permission: str
) -> Select[*tuple[Any, ...]]:
    expires: ColumnElement[Any] = cast(null(), Instant)
    if status == MembershipStatus.OFFERED:
        expires = Membership.offer_expires_at.expression
    row = _row(kind, Membership.id, Collaboration.reference, Collaboration.name, expires)
    return (
        row.select_from(Membership)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .join(Collaboration, Collaboration.id == Membership.collaboration_id)
        .where(Membership.status == status, reached(Membership.id, actor, permission))
    )


def _tasks(actor: Actor) -> Select[*tuple[Any, ...]]:
    """What a member has still to do and says itself when it has, for its lead; due until its day is
    over where the member is."""
    due = _midnight(Task.due_on + 1)
    row = _row(WorkKind.MEET_TASK, Task.id, Collaboration.reference, Requirement.title, due)
    return (
        row.select_from(Task)
        .join(Requirement, Requirement.id == Task.requirement_id)
        .join(Membership, Membership.id == Task.membership_id)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .join(Collaboration, Collaboration.id == Membership.collaboration_id)
        .where(
            Task.status == TaskStatus.OPEN,
            Membership.status.in_(OPEN),
            ~Requirement.is_judged,
            reached(Task.membership_id, actor, "task.answer"),
        )
    )


def _pause_requests(actor: Actor, kind: WorkKind, permission: str) -> Select[*tuple[Any, ...]]:
    """Leave that was asked for and can still be given."""
    row = _row(
        kind, PauseRequest.id, Collaboration.reference, Collaboration.name, cast(null(), Instant)
    )
    return (
        row.select_from(PauseRequest)
        .join(Membership, Membership.id == PauseRequest.membership_id)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .join(Collaboration, Collaboration.id == Membership.collaboration_id)
        .where(
            PauseRequest.status == PauseRequestStatus.OPEN,
            Membership.status == MembershipStatus.ACTIVE,
            reached(PauseRequest.membership_id, actor, permission),
        )
    )


def _leaves(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Members on leave, from the day on which they mean to be back where they are."""
    back = _midnight(Pause.returns_on)
    row = _row(
        WorkKind.RESUME_MEMBERSHIP, Membership.id, Collaboration.reference, Collaboration.name, back
    )
    return (
        row.select_from(Membership)
        .join(Pause, and_(Pause.membership_id == Membership.id, Pause.resumed_at.is_(None)))
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .join(Collaboration, Collaboration.id == Membership.collaboration_id)
        .where(
            Membership.status == MembershipStatus.PAUSED,
            reached(Membership.id, actor, "membership.resume"),
        )
    )


def _midnight(day: Any) -> ColumnElement[Any]:
    """The instant at which a day begins for the member."""
    return func.timezone(Membership.timezone, cast(day, DateTime()), type_=Instant)


def _signatures(actor: Actor, capacity: Capacity, permission: str) -> Select[*tuple[Any, ...]]:
    """Offered grants that nobody has signed for this side yet, nor this person for the other."""
    signed = exists().where(
        GrantSignature.grant_version_id == GrantVersion.id,
        GrantSignature.agreement_sha256 == GrantVersion.agreement_sha256,
        or_(GrantSignature.capacity == capacity, GrantSignature.person_id == actor.person_id),
    )
    row = _row(WorkKind.SIGN_GRANT, Grant.id, Grant.reference, Grant.title, cast(null(), Instant))
    return (
        row.select_from(Grant)
        .join(Cohort, Cohort.id == Grant.cohort_id)
        .join(GrantVersion, and_(GrantVersion.grant_id == Grant.id, GrantVersion.number == 1))
        .where(Grant.status == GrantStatus.OFFERED, ~signed, reached(Grant.id, actor, permission))
    )


def _checks_to_renew(actor: Actor, at: datetime) -> Select[*tuple[Any, ...]]:
    """Grants that have not ended, and since when the first of their checks has lapsed."""
    day_after = cast(DueDiligenceCheck.expires_on + 1, DateTime)
    lapses_at = cast(func.timezone(Cohort.timezone, day_after), Instant)
    row = _row(WorkKind.RENEW_CHECK, Grant.id, Grant.reference, Grant.title, func.min(lapses_at))
    return (
        row.select_from(Grant)
        .join(Cohort, Cohort.id == Grant.cohort_id)
        .join(DueDiligenceCheck, DueDiligenceCheck.grant_id == Grant.id)
        .where(
            Grant.status.not_in(_ENDED),
            DueDiligenceCheck.outcome != CheckOutcome.FAILED,
            is_current(),
            lapses_at <= at,
            reached(Grant.id, actor, "due_diligence.check"),
        )
        .group_by(Grant.id, Cohort.id)
    )


def _milestones_to_begin(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Milestones of active grants that no report has been begun on."""
    begun = exists().where(
        Report.milestone_id == Milestone.id,
        Report.status.not_in((ReportStatus.REJECTED, ReportStatus.WITHDRAWN)),
    )
    row = _row(
        WorkKind.REPORT_MILESTONE,
        Milestone.id,
        Milestone.reference,
        Milestone.title,
        Milestone.due_at,
    )
    return (
        row.select_from(Milestone)
        .join(Grant, Grant.id == Milestone.grant_id)
        .join(Cohort, Cohort.id == Grant.cohort_id)
        .where(
            Grant.status == GrantStatus.ACTIVE,
            Milestone.status == MilestoneStatus.PLANNED,
            ~begun,
            reached(Milestone.grant_id, actor, "report.create"),
        )
    )


def _reports(
    actor: Actor, kind: WorkKind, statuses: tuple[ReportStatus, ...], permission: str
) -> Select[*tuple[Any, ...]]:
    due = cast(null(), Instant) if kind == WorkKind.REVIEW_REPORT else Milestone.due_at.expression
    row = _row(kind, Report.id, Milestone.reference, Milestone.title, due)
    return (
        row.select_from(Report)
        .join(Milestone, Milestone.id == Report.milestone_id)
        .join(Grant, Grant.id == Report.grant_id)
        .join(Cohort, Cohort.id == Grant.cohort_id)
        .where(
            Grant.status == GrantStatus.ACTIVE,
            Report.status.in_(statuses),
            reached(Report.grant_id, actor, permission),
        )
    )
