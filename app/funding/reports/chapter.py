"""Reports in the demonstration: begun, submitted, asked to be changed, accepted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.chapter import Awarded
from app.funding.reports import service
from app.funding.reports.answers import service as answers
from app.funding.reports.answers.schemas import AddReportEvidence, SaveReportAnswer
from app.funding.reports.reviews import service as reviews
from app.funding.reports.reviews.schemas import ChangeRequestIn, RequestReportChanges
from app.funding.reports.schemas import CreateReport
from app.funding.reports.telling import REPORTS
from app.kernel.chapters import chapter
from app.kernel.versions import ANY_VERSION
from app.people.identity.actors import SignedIn
from app.people.identity.chapter import Stage


@dataclass(frozen=True)
class ReportScript:
    """The report on a milestone of the act, as far as it came."""

    collaboration: str
    milestone: int
    """Which of its grant's, counted from nought."""
    begun_at: datetime
    submitted_at: datetime | None = None
    changes_asked_at: datetime | None = None
    submitted_again_at: datetime | None = None
    accepted_at: datetime | None = None


@chapter("reports.decided", after=["grants.awarded"], before=["grants.closed", "cohorts.changed"])
async def report(stage: Stage) -> None:
    """Write the reports of the act, and review them, each step at its time."""
    for script in sorted(stage.scripts(ReportScript), key=lambda one: one.begun_at):
        [grant] = [
            one for one in stage.kept(Awarded) if one.script.collaboration == script.collaboration
        ]
        report_id = await _begin(stage, script, grant)
        if script.submitted_at is not None:
            await _submit(stage, script.submitted_at, grant, report_id)
        if script.changes_asked_at is not None:
            await _ask_for_change(stage, script.changes_asked_at, grant, report_id)
        if script.submitted_again_at is not None:
            await _submit_again(stage, script.submitted_again_at, grant, report_id)
        if script.accepted_at is not None:
            async with stage.scene(script.accepted_at, grant.member.coordinator) as (db, actor):
                await reviews.accept_report(db, actor, report_id, if_match=ANY_VERSION)


async def _begin(stage: Stage, script: ReportScript, grant: Awarded) -> UUID:
    """The lead begins a report and answers its criterion."""
    wanted = CreateReport(narrative="As agreed, and on time.")
    milestone_id = grant.milestone_ids[script.milestone]
    async with stage.scene(script.begun_at, grant.member.lead) as (db, actor):
        made = await service.create_report(db, actor, milestone_id, wanted)
        await _answer(db, actor, made.id, "Done; the evidence shows how.")
    return made.id


async def _submit(stage: Stage, at: datetime, grant: Awarded, report_id: UUID) -> None:
    """The lead adds evidence and submits."""
    lead = grant.member.lead
    async with stage.scene(at - timedelta(minutes=5), lead) as (db, actor):
        read = (await REPORTS.told_to(db, actor, report_id)).read()
        evidence = AddReportEvidence(
            criterion_id=read.answers[0].criterion_id,
            url="https://example.org/reports/scoping",
            description="What we published about it.",
            licence="CC-BY-4.0",
            may_be_published=True,
        )
        await answers.add_report_evidence(db, actor, report_id, evidence)
    async with stage.scene(at, lead) as (db, actor):
        await service.submit_report(db, actor, report_id, if_match=ANY_VERSION)


async def _ask_for_change(stage: Stage, at: datetime, grant: Awarded, report_id: UUID) -> None:
    """The coordinator asks for more on the criterion."""
    async with stage.scene(at, grant.member.coordinator) as (db, actor):
        read = (await REPORTS.told_to(db, actor, report_id)).read()
        wanted = ChangeRequestIn(
            criterion_id=read.answers[0].criterion_id,
            request="Please say which organisations took part, and in which roles.",
        )
        await reviews.request_changes_report(
            db, actor, report_id, RequestReportChanges(requests=[wanted]), if_match=ANY_VERSION
        )


async def _submit_again(stage: Stage, at: datetime, grant: Awarded, report_id: UUID) -> None:
    """The lead mends what was asked for and submits again."""
    async with stage.scene(at, grant.member.lead) as (db, actor):
        await _answer(db, actor, report_id, "Done by all; who took part in which role is said now.")
        await service.submit_report(db, actor, report_id, if_match=ANY_VERSION)


async def _answer(db: AsyncSession, actor: SignedIn, report_id: UUID, answer: str) -> None:
    read = (await REPORTS.told_to(db, actor, report_id)).read()
    criterion = read.answers[0]
    await answers.save_report_answer(
        db,
        actor,
        report_id,
        criterion.criterion_id,
        SaveReportAnswer(answer=answer, is_met=True),
        if_match=criterion.version,
        is_new=criterion.version is None,
    )
