"""The verbs of the reviewer: asking for changes, and deciding."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access as grants
from app.funding.grants.lifecycle import MILESTONE
from app.funding.grants.milestones.schemas import MilestoneOut
from app.funding.grants.milestones.telling import MILESTONES
from app.funding.grants.models import Milestone
from app.funding.reports import access
from app.funding.reports.lifecycle import REPORT
from app.funding.reports.models import ChangeRequest, Report
from app.funding.reports.reviews.schemas import (
    AcceptMilestonePart,
    ChangeRequestIn,
    RequestReportChanges,
)
from app.funding.reports.schemas import ReportOut
from app.funding.reports.telling import REPORTS
from app.funding.reports.unlocking import Part, PartKind, criterion_part
from app.kernel.canonical import canonical, sha256
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.endorsements import content_digest
from app.kernel.errors import FieldProblem, Unprocessable
from app.kernel.lifecycle import create, move
from app.kernel.written import Written
from app.people.identity.actors import Actor


class PartUnknown(Unprocessable):
    """The milestone has no criterion, or the budget no line, with this id."""


class PartNotLess(Unprocessable):
    """A part of a milestone's amount is less than the whole of it."""


async def start_review_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, if_match: int | None
) -> Written[ReportOut]:
    """Take a submitted report on as its reviewer; it cannot be recalled from then on."""
    report = await access.report(db, actor, report_id, lock=True)
    await move(db, actor, report, REPORT, "start_review", if_match=if_match)
    report.reviewer_id = actor.person_id
    return await REPORTS.told_to(db, actor, report.id)


async def request_changes_report(
    db: AsyncSession,
    actor: Actor,
    report_id: UUID,
    body: RequestReportChanges,
    *,
    if_match: int | None,
) -> Written[ReportOut]:
    """Hand a report back for named changes. Raises PartUnknown (422)."""
    report = await access.whole_report(db, actor, report_id, lock=True)
    detail = {"number": report.submissions, "requests": len(body.requests)}
    await move(db, actor, report, REPORT, "request_changes", if_match=if_match, detail=detail)
    _refuse_unknown(report, body.requests)
    assert actor.person_id is not None
    for wanted in body.requests:
        db.add(
            ChangeRequest(
                report_id=report.id,
                round=report.submissions,
                part=wanted.about.kind,
                criterion_id=wanted.criterion_id,
                line_id=wanted.line_id,
                request=wanted.request,
                requested_by_id=actor.person_id,
                requested_at=now(db),
            )
        )
    report.reviewer_id = report.reviewer_id or actor.person_id
    report.certified_by_id = None
    await _move_milestone(db, actor, report, "request_changes")
    return await REPORTS.told_to(db, actor, report.id)


def _refuse_unknown(report: Report, requests: list[ChangeRequestIn]) -> None:
    terms = report.milestone.terms
    known = {criterion_part(criterion.criterion_id) for criterion in terms.criteria}
    known |= {Part(PartKind.BUDGET_LINE, line.line_id) for line in terms.grant_version.budget_lines}
    faults = [
        FieldProblem(
            pointer=f"/requests/{at}/{'criterion_id' if request.criterion_id else 'line_id'}",
            code="unknown",
            detail="Name a criterion of the milestone or a line of the budget.",
        )
        for at, request in enumerate(requests)
        if request.about.id is not None and request.about not in known
    ]
    if faults:
        raise PartUnknown(errors=faults)


async def accept_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, if_match: int | None
) -> Written[ReportOut]:
    """Accept the submitted version that was read, and its milestone with it."""
    report = await access.answered_report(db, actor, report_id, lock=True)
    await move(db, actor, report, REPORT, "accept", if_match=if_match, detail=decided(report))
    _decide(db, actor, report)
    await _move_milestone(db, actor, report, "accept")
    return await REPORTS.told_to(db, actor, report.id)


async def accept_partially_milestone(
    db: AsyncSession,
    actor: Actor,
    milestone_id: UUID,
    body: AcceptMilestonePart,
    *,
    if_match: int | None,
) -> Written[MilestoneOut]:
    """Accept less than the milestone's amount; it takes two persons, who say the same amount.

    Raises PartNotLess (422), and SecondPersonRequired (409) for who has endorsed it already.
    """
    report = await access.report_under_review(db, actor, milestone_id)
    milestone = await grants.agreed_milestone(db, actor, milestone_id, lock=True)
    submitted = decided(report) if report else {}
    part = {"accepted_amount_minor": body.accepted_amount_minor, **submitted}
    outcome = await move(
        db,
        actor,
        milestone,
        MILESTONE,
        "accept_partially",
        reason=body.reason,
        if_match=if_match,
        detail=part,
        digest=sha256(canonical({"milestone": content_digest(milestone), **part})).hex(),
        writes={"accepted_minor": body.accepted_amount_minor},
    )
    _refuse_whole(milestone, body)
    if outcome.made:
        assert report is not None, "a reported milestone has a report under review"
        await move(db, actor, report, REPORT, "accept_partially", reason=body.reason, detail=part)
        _decide(db, actor, report)
    return await MILESTONES.told_to(db, actor, milestone.id)


def _refuse_whole(milestone: Milestone, body: AcceptMilestonePart) -> None:
    if body.accepted_amount_minor < milestone.terms.amount_minor:
        return
    fault = FieldProblem(
        pointer="/accepted_amount_minor",
        code="not_less",
        detail="Name less than the milestone's amount, or accept the report.",
    )
    raise PartNotLess(errors=[fault])


async def reject_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, reason: str, if_match: int | None
) -> Written[ReportOut]:
    """Reject the submitted version that was read, and its milestone with it."""
    report = await access.report(db, actor, report_id, lock=True)
    await move(
        db,
        actor,
        report,
        REPORT,
        "reject",
        reason=reason,
        if_match=if_match,
        detail=decided(report),
    )
    _decide(db, actor, report)
    await _move_milestone(db, actor, report, "reject", reason=reason)
    return await REPORTS.told_to(db, actor, report.id)


async def excuse_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, reason: str, if_match: int | None
) -> Written[ReportOut]:
    """Do without a report that was begun, and without its milestone."""
    report = await access.whole_report(db, actor, report_id, lock=True)
    await move(db, actor, report, REPORT, "excuse", reason=reason, if_match=if_match)
    _decide(db, actor, report)
    await _move_milestone(db, actor, report, "excuse", reason=reason)
    return await REPORTS.told_to(db, actor, report.id)


async def excuse_milestone(
    db: AsyncSession, actor: Actor, milestone_id: UUID, *, reason: str, if_match: int | None
) -> Written[MilestoneOut]:
    """Do without a report that nobody has begun: one is put on record that is excused."""
    milestone = await grants.agreed_milestone(db, actor, milestone_id, lock=True)
    await move(db, actor, milestone, MILESTONE, "excuse", reason=reason, if_match=if_match)
    report = Report(
        id=new_id(),
        milestone_id=milestone.id,
        milestone=milestone,
        grant_id=milestone.grant_id,
        grant=milestone.grant,
    )
    _decide(db, actor, report)
    await create(db, actor, report, REPORT, "excuse", under=milestone.scope_id, reason=reason)
    return await MILESTONES.told_to(db, actor, milestone.id)


async def reopen_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, reason: str, if_match: int | None
) -> Written[ReportOut]:
    """Take a decision back; the report is in review again, and its milestone reported.

    A rejection is taken back by two. Raises SecondPersonRequired (409) for who has said so already.
    """
    report = await access.report(db, actor, report_id, lock=True)
    outcome = await move(db, actor, report, REPORT, "reopen", reason=reason, if_match=if_match)
    if outcome.made:
        report.decided_by_id, report.decided_at = None, None
        await _move_milestone(db, actor, report, "reopen", reason=reason)
    return await REPORTS.told_to(db, actor, report.id)


def decided(report: Report) -> dict[str, object]:
    """What a decision is bound to: the version that was submitted last, and its hash."""
    sha256_of_latest = report.latest.sha256.hex() if report.latest else None
    return {"number": report.submissions, "sha256": sha256_of_latest}


def _decide(db: AsyncSession, actor: Actor, report: Report) -> None:
    report.decided_by_id, report.decided_at = actor.person_id, now(db)


async def _move_milestone(
    db: AsyncSession, actor: Actor, report: Report, name: str, *, reason: str | None = None
) -> None:
    if name == "reopen":
        report.milestone.accepted_minor = None
    await move(db, actor, report.milestone, MILESTONE, name, reason=reason)
