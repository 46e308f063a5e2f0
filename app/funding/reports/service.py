"""The verbs of the grantee: beginning, writing and submitting a report."""

import json
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Table, delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from app.funding.grants import access as grants
from app.funding.grants.lifecycle import IN_FORCE, MILESTONE, MilestoneStatus
from app.funding.reports import access
from app.funding.reports.differences import differences
from app.funding.reports.lifecycle import REPORT, ReportStatus
from app.funding.reports.models import Evidence, Report, ReportVersion
from app.funding.reports.queries import open_parts, person
from app.funding.reports.schemas import (
    CreateReport,
    EditReport,
    ReportChangeOut,
    ReportChangesOut,
    ReportOut,
    ReportVersionOut,
)
from app.funding.reports.telling import REPORTS
from app.funding.reports.unlocking import NARRATIVE, SUMMARY, Part
from app.kernel import activity
from app.kernel.canonical import canonical, sha256
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.people.identity.actors import Actor


class MilestoneAlreadyReported(Conflict):
    """The milestone has a report that was neither withdrawn nor rejected."""


class ReportLocked(Conflict):
    """This part of the report cannot be written now: it is with the reviewer, or no change of it
    was requested."""


class ReportInUse(Conflict):
    """Only a draft that was never submitted and shows no files can be deleted. Withdraw it
    instead."""


class PeriodOutOfOrder(Unprocessable):
    """The period that a report covers ends on the day it starts or later."""


constraint("uq_reports_one_at_a_time", MilestoneAlreadyReported)
constraint("ck_reports_period_in_order", PeriodOutOfOrder, "/period_ends_on")


async def create_report(
    db: AsyncSession, actor: Actor, milestone_id: UUID, body: CreateReport
) -> Written[ReportOut]:
    """Begin a report on a milestone. Raises MilestoneAlreadyReported (409) for a second one."""
    milestone = await grants.milestone(db, actor, milestone_id, lock=True)
    assert actor.person_id is not None
    report = Report(
        id=new_id(),
        milestone_id=milestone.id,
        milestone=milestone,
        grant_id=milestone.grant_id,
        grant=milestone.grant,
        prepared_by_id=actor.person_id,
        **body.model_dump(),
    )
    await create(db, actor, report, REPORT, under=milestone.scope_id)
    return await REPORTS.told_to(db, actor, report.id)


async def edit_report(
    db: AsyncSession, actor: Actor, report_id: UUID, body: EditReport, *, if_match: int | None
) -> Written[ReportOut]:
    """Change the period, the narrative or the summary. Raises ReportLocked (409) where it is not
    open."""
    report = await access.whole_report.to_change(
        db, actor, report_id, "report.edit", if_match=if_match
    )
    edits = body.model_dump()
    parts = _parts_of(edits)
    for part in parts:
        refuse_locked(report, part)
    changed = amend(report, edits)
    if changed:
        report.content_version += 1
        activity.record(db, actor, "report.edited", report, detail=changed)
    for part in parts:
        answer_requests(db, actor, report, part)
    return await REPORTS.told_to(db, actor, report.id)


def _parts_of(edits: Collection[str]) -> set[Part]:
    """The parts that an edit of these fields writes."""
    return {SUMMARY if field == "public_summary" else NARRATIVE for field in edits}


async def request_certification_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, if_match: int | None
) -> Written[ReportOut]:
    """Mark a report as ready for somebody else to certify and submit it."""
    report = await access.whole_report(db, actor, report_id, lock=True)
    await move(db, actor, report, REPORT, "request_certification", if_match=if_match)
    assert actor.person_id is not None
    report.prepared_by_id = actor.person_id
    return await REPORTS.told_to(db, actor, report.id)


async def decline_certification_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, reason: str, if_match: int | None
) -> Written[ReportOut]:
    """Hand a report back to those who prepared it, as a draft or for the changes that were asked
    for."""
    report = await access.report(db, actor, report_id, lock=True)
    is_asked = report.milestone.status is MilestoneStatus.CHANGES_REQUESTED
    back = ReportStatus.CHANGES_REQUESTED if is_asked else ReportStatus.DRAFT
    await move(
        db,
        actor,
        report,
        REPORT,
        "decline_certification",
        to=back,
        reason=reason,
        if_match=if_match,
    )
    return await REPORTS.told_to(db, actor, report.id)


async def submit_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, if_match: int | None
) -> Written[ReportOut]:
    """Submit a report: a version of it is kept for ever, and its milestone is reported."""
    report = await access.whole_report(db, actor, report_id, lock=True)
    is_ready = report.status is ReportStatus.READY_FOR_CERTIFICATION
    version = await _version_of(db, actor, report)
    detail = {"number": version.number, "sha256": version.sha256.hex()}
    await move(db, actor, report, REPORT, "submit", if_match=if_match, detail=detail)
    db.add(version)
    report.submissions, report.submitted_at = version.number, version.submitted_at
    report.content_version += 1
    certifies = is_ready and actor.person_id != report.prepared_by_id
    version.certified_by_id = report.certified_by_id = actor.person_id if certifies else None
    await move(db, actor, report.milestone, MILESTONE, "report")
    report.milestone.reported_at = report.milestone.reported_at or version.submitted_at
    return await REPORTS.told_to(db, actor, report.id)


async def recall_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, if_match: int | None
) -> Written[ReportOut]:
    """Take a report back before its review begins. The submitted version stays on record."""
    report = await access.report(db, actor, report_id, lock=True)
    await move(db, actor, report, REPORT, "recall", if_match=if_match)
    report.certified_by_id = None
    await _recall_milestone(db, actor, report)
    return await REPORTS.told_to(db, actor, report.id)


async def withdraw_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, reason: str, if_match: int | None
) -> Written[ReportOut]:
    """Give a report up; the milestone waits for another."""
    report = await access.report(db, actor, report_id, lock=True)
    was_submitted = report.milestone.status in MILESTONE.any_named("recall").origins
    await move(db, actor, report, REPORT, "withdraw", reason=reason, if_match=if_match)
    if was_submitted and report.grant.status in IN_FORCE:
        await _recall_milestone(db, actor, report)
    return await REPORTS.told_to(db, actor, report.id)


async def delete_report(
    db: AsyncSession, actor: Actor, report_id: UUID, *, if_match: int | None
) -> None:
    """Delete a draft with all that is said in it. Raises ReportInUse (409)."""
    report = await access.whole_report.to_change(
        db, actor, report_id, "report.edit", if_match=if_match
    )
    if report.status is not ReportStatus.DRAFT or await access.is_depended_on(db, report):
        raise ReportInUse
    activity.record(db, actor, "report.deleted", report)
    await db.execute(delete(Evidence).where(Evidence.report_id == report.id))
    for said in (*report.answers, *report.expenditures):
        await db.delete(said)
    await db.delete(report)
    await db.flush()


async def _recall_milestone(db: AsyncSession, actor: Actor, report: Report) -> None:
    with db.no_autoflush:
        is_reported = await access.were_changes_requested(db, report)
    await move(db, actor, report.milestone, MILESTONE, "recall")
    if not is_reported:
        report.milestone.reported_at = None


async def _version_of(db: AsyncSession, actor: Actor, report: Report) -> ReportVersion:
    """What is submitted now, as the version that it becomes."""
    assert actor.person_id is not None
    number, at = report.submissions + 1, now(db)
    said = (await REPORTS.told_to(db, actor, report.id)).read()
    content = canonical(
        {
            "report": report.id,
            "number": number,
            "grant": report.grant.reference,
            "grant_terms": report.milestone.terms.grant_version.number,
            "milestone": report.milestone.reference,
            "period_starts_on": report.period_starts_on,
            "period_ends_on": report.period_ends_on,
            "narrative": report.narrative,
            "public_summary": report.public_summary,
            "answers": [
                one.model_dump(include={"criterion_id", "statement", "answer", "is_met"})
                for one in said.answers
            ],
            "expenditures": [
                one.model_dump(exclude={"is_unlocked", "etag", "version", "updated_at"})
                for one in said.expenditures
            ],
            "evidence": [
                one.model_dump(exclude={"etag", "version", "created_at", "added_by"})
                for one in said.evidence
            ],
            "submitted_by": actor.person_id,
            "submitted_at": at,
        }
    )
    return ReportVersion(
        report_id=report.id,
        number=number,
        content=content,
        sha256=sha256(content),
        submitted_by_id=actor.person_id,
        submitted_at=at,
    )


def refuse_locked(report: Report, part: Part) -> None:
    """Raises ReportLocked (409) unless the part may be written now."""
    if not open_parts(report).allows(part):
        raise ReportLocked


async def content_changed(db: AsyncSession, report: Report) -> None:
    """Count that something inside a report has changed; its own fields and their version stand
    still, so that a colleague who writes them is not disturbed."""
    table = Report.__table__
    assert isinstance(table, Table)
    grown = (
        update(table)
        .where(table.c.id == report.id)
        .values(content_version=table.c.content_version + 1)
        .returning(table.c.content_version)
    )
    set_committed_value(report, "content_version", await db.scalar(grown))


async def part_saved(db: AsyncSession, actor: Actor, report: Report, part: Part) -> None:
    """Count that a part of a report was saved, and take what was asked about it for answered."""
    await content_changed(db, report)
    answer_requests(db, actor, report, part)


def answer_requests(db: AsyncSession, actor: Actor, report: Report, part: Part) -> None:
    """Take the requests about a part that was written again for answered."""
    for request in report.change_requests:
        if request.about.covers(part) and request.answered_at is None:
            request.answered_at, request.answered_by_id = now(db), actor.person_id


async def get_report_version(
    db: AsyncSession, actor: Actor, report_id: UUID, number: int
) -> ReportVersionOut:
    """A report as it was submitted the first, second or later time."""
    report = await access.report(db, actor, report_id)
    version = await access.version(db, report, number)
    return ReportVersionOut(
        number=version.number,
        sha256=version.sha256.hex(),
        content=version.content,
        submitted_by=person(version.submitted_by),
        submitted_at=version.submitted_at,
        certified_by=version.certified_by and person(version.certified_by),
    )


async def get_report_changes(
    db: AsyncSession, actor: Actor, report_id: UUID, number: int
) -> ReportChangesOut:
    """What changed from the version before to this one. Raises ReportVersionNotFound (404), for
    the first version too."""
    report = await access.report(db, actor, report_id)
    before = await access.version(db, report, number - 1)
    after = await access.version(db, report, number)
    found = differences(json.loads(before.content), json.loads(after.content))
    return ReportChangesOut(
        number=number,
        previous_number=number - 1,
        changes=[ReportChangeOut.model_validate(change) for change in found],
    )


async def explain_report_actions(db: AsyncSession, actor: Actor, report_id: UUID) -> ActionsOut:
    """The moves of a report, with what stands in the way of each."""
    return await explain_actions(db, actor, await access.whole_report(db, actor, report_id), REPORT)
