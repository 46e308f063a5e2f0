"""What waits among reports: milestones to report, reports to submit and to review."""

from functools import partial
from typing import Final

from sqlalchemy import exists, func, or_, select

from app.funding.grants.lifecycle import EXPECTING_REPORTS, MILESTONE, MilestoneStatus
from app.funding.grants.models import Grant, Milestone
from app.funding.grants.queries import is_held
from app.funding.grants.work import OF_GRANT, milestones_by_two
from app.funding.reports.lifecycle import GIVEN_UP, REPORT, WITH_THE_REVIEWER, ReportStatus
from app.funding.reports.models import Report
from app.funding.reports.queries import certified_by_others
from app.network.cohorts.pauses.queries import is_on_leave
from app.people.obligations.register import Branch, Kind, Making, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding

UNFINISHED: Final = (ReportStatus.DRAFT, ReportStatus.READY_FOR_CERTIFICATION)


def _milestones_to_begin(reach: Reach, waits: Branch) -> Row:
    """Milestones of grants in force that no report has been begun on, of members not on leave."""
    begun = exists().where(
        Report.milestone_id == Milestone.id,
        Report.status.not_in(GIVEN_UP),
    )
    mine = reach.is_mine(Milestone.grant_id, waits.permission)
    row = reach.row(
        (Milestone.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(
            Milestone.timezone, Milestone.due_at, Milestone.opens_at, made_at=Milestone.created_at
        ),
        (Milestone.grant_id, mine),
    )
    return (
        row.select_from(Milestone)
        .join(Grant, Grant.id == Milestone.grant_id)
        .where(
            Grant.status.in_(EXPECTING_REPORTS),
            ~is_held(reach.at),
            Milestone.status == MilestoneStatus.PLANNED,
            ~begun,
            ~is_on_leave(Grant.membership_id),
            reach.concerns(mine, Milestone.grant_id, waits.permission, "grant.read"),
        )
    )


def _reports(reach: Reach, waits: Branch, *, statuses: tuple[ReportStatus, ...]) -> Row:
    mine = reach.is_mine(Report.grant_id, waits.permission)
    row = reach.row(
        (Report.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(
            Milestone.timezone,
            Milestone.due_at if waits.side is Side.GRANTEE else None,
            made_at=Milestone.created_at,
        ),
        (Report.grant_id, mine),
        matter_id=None if waits.side is Side.GRANTEE else Report.id,
        done_by=certified_by_others() if waits.side is Side.GRANTEE else None,
    )
    return (
        row.select_from(Report)
        .join(Milestone, Milestone.id == Report.milestone_id)
        .join(Grant, Grant.id == Report.grant_id)
        .where(
            Grant.status.in_(EXPECTING_REPORTS),
            ~is_held(reach.at),
            Report.status.in_(statuses),
            Milestone.status != MilestoneStatus.CANCELLED,
            *([~is_on_leave(Grant.membership_id)] if waits.side is Side.GRANTEE else []),
            reach.concerns(mine, Report.grant_id, waits.permission, "report.read"),
        )
    )


def _reopenings(reach: Reach, _waits: Branch) -> Row:
    """Reports whose reopening waits for the second of two persons; the team alone knows."""
    reopening = Seconding(REPORT, "reopen", Report.id, Report.grant_id)
    mine = reopening.is_mine(reach)
    row = reach.row(
        (Report.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(Milestone.timezone),
        (Report.grant_id, mine),
        matter_id=Report.id,
    )
    of_report = (
        row.select_from(Report)
        .join(Milestone, Milestone.id == Report.milestone_id)
        .join(Grant, Grant.id == Report.grant_id)
    )
    return of_report.where(
        reopening.waits(), or_(mine, reach.sees(Report.grant_id, "activity.read_team"))
    )


def _parts(reach: Reach, _waits: Branch) -> Row:
    """Milestones a part of which waits to be accepted: whoever might accept the report may."""
    under_review = (
        select(Report.id)
        .where(Report.milestone_id == Milestone.id, Report.status.in_(WITH_THE_REVIEWER))
        .correlate(Milestone)
        .scalar_subquery()
    )
    matter_id = func.coalesce(under_review, Milestone.id)
    return milestones_by_two(reach, "accept_partially", matter_id=matter_id)


work(
    Branch(
        Kind(
            "report_milestone",
            Making("milestone", "create", "create_report", "reports"),
            "Report the milestone",
        ),
        "report.create",
        Side.GRANTEE,
        _milestones_to_begin,
        is_walked=True,
    ),
    Branch(
        Kind("submit_report", Moving(REPORT, "submit"), "Submit the report on the milestone"),
        "report.submit",
        Side.GRANTEE,
        partial(_reports, statuses=UNFINISHED),
    ),
    Branch(
        Kind(
            "answer_change_requests",
            Moving(REPORT, "submit"),
            "Answer the requested changes to the report on the milestone",
        ),
        "report.submit",
        Side.GRANTEE,
        partial(_reports, statuses=(ReportStatus.CHANGES_REQUESTED,)),
    ),
    Branch(
        Kind("review_report", Moving(REPORT, "accept")),
        "report.accept",
        Side.CONVENOR,
        partial(_reports, statuses=WITH_THE_REVIEWER),
        is_walked=True,
    ),
    Branch(
        Kind("endorse_reopening", Moving(REPORT, "reopen")),
        "report.reopen",
        Side.CONVENOR,
        _reopenings,
    ),
    Branch(
        Kind("endorse_part", Moving(MILESTONE, "accept_partially")),
        "milestone.approve_part",
        Side.CONVENOR,
        _parts,
    ),
)
