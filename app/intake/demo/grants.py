"""Grants of the replay: drawn up, signed by two, reported, reviewed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import service as grants
from app.funding.grants.due_diligence import service as due_diligence
from app.funding.grants.due_diligence.models import DEFAULT_KINDS
from app.funding.grants.due_diligence.schemas import (
    RecordDueDiligenceCheck,
    RecordDueDiligenceChecks,
)
from app.funding.grants.due_diligence.standing import CheckOutcome
from app.funding.grants.milestones import service as milestones
from app.funding.grants.milestones.schemas import GrantMilestoneQuery
from app.funding.grants.models import MilestoneKind, TaxTreatment
from app.funding.grants.schemas import CreateGrant
from app.funding.grants.terms.schemas import BudgetLineIn, CriterionIn, EditGrantTerms, MilestoneIn
from app.funding.reports import service as reports
from app.funding.reports.answers import service as answers
from app.funding.reports.answers.schemas import AddReportEvidence, SaveReportAnswer
from app.funding.reports.reviews import service as reviews
from app.funding.reports.reviews.schemas import ChangeRequestIn, RequestReportChanges
from app.funding.reports.schemas import CreateReport, ReportOut
from app.intake.demo import facts
from app.intake.demo.stage import ZONE, Person, Stage, after, moment
from app.kernel.clock import day
from app.kernel.money import MoneyIn
from app.kernel.versions import ANY_VERSION
from app.people.identity.actors import SignedIn
from app.people.identity.roles import Role

SCOPING = "What was scoped, with whom, and what was found in the way."
LEARNINGS = "What was learnt that others can use, ready for publication."


@dataclass(frozen=True)
class Awarded:
    """A grant that was signed, and its milestones in their order."""

    grant_id: UUID
    lead: Person
    milestone_ids: Sequence[UUID]


def terms_of(
    award_minor: int,
    tax_treatment: str,
    *,
    starts_on: date,
    scoping_due_on: date,
    final_due_on: date,
) -> EditGrantTerms:
    """Three parts: three tenths at signature, the rest halved between two reports."""
    at_signature = award_minor * 3 // 10
    at_scoping = (award_minor - at_signature) // 2
    return EditGrantTerms(
        award=MoneyIn(amount_minor=award_minor, currency="GBP"),
        tax_treatment=TaxTreatment(tax_treatment),
        starts_on=starts_on,
        ends_on=final_due_on,
        budget_lines=[
            BudgetLineIn(label="Participants' time", amount_minor=award_minor * 4 // 5),
            BudgetLineIn(label="Workshops", amount_minor=award_minor - award_minor * 4 // 5),
        ],
        milestones=[
            MilestoneIn(
                kind=MilestoneKind.SIGNATURE,
                title="Agreement signed",
                amount_minor=at_signature,
                due_on=starts_on,
                timezone=ZONE,
            ),
            MilestoneIn(
                kind=MilestoneKind.DELIVERY,
                title="The data collaboration is scoped",
                amount_minor=at_scoping,
                due_on=scoping_due_on,
                timezone=ZONE,
                criteria=[CriterionIn(statement=SCOPING)],
            ),
            MilestoneIn(
                kind=MilestoneKind.REPORTING,
                title="Final report",
                amount_minor=award_minor - at_signature - at_scoping,
                due_on=final_due_on,
                timezone=ZONE,
                criteria=[CriterionIn(statement=LEARNINGS)],
            ),
        ],
    )


async def draw_up(
    stage: Stage, at: datetime, coordinator: Person, membership_id: UUID, terms: EditGrantTerms
) -> UUID:
    """A grant is drawn up, its grantee checked, and the grant offered."""
    async with stage.scene(at, coordinator) as (db, actor):
        wanted = CreateGrant(title="Grant for participants' time", terms=terms)
        made = await grants.create_grant(db, actor, membership_id, wanted)
    async with stage.scene(at + timedelta(minutes=20), coordinator) as (db, actor):
        checks = [
            RecordDueDiligenceCheck(kind=kind, outcome=CheckOutcome.PASSED, done_on=day(at, ZONE))
            for kind in DEFAULT_KINDS
        ]
        await due_diligence.record_due_diligence_checks(
            db, actor, made.id, RecordDueDiligenceChecks(items=checks)
        )
    async with stage.scene(at + timedelta(minutes=30), coordinator) as (db, actor):
        await grants.offer_grant(db, actor, made.id, if_match=None)
    return made.id


async def sign(stage: Stage, at: datetime, lead: Person, grant_id: UUID) -> Awarded:
    """The lead signs, then the convenor; the grant is active."""
    signatories = (lead, stage.cast[Role.PROGRAMME_MANAGER])
    for hour, signatory in enumerate(signatories):
        async with stage.scene(at + timedelta(hours=hour), signatory) as (db, actor):
            grant = await grants.get_grant(db, actor, grant_id)
            await grants.activate_grant(db, actor, grant_id, if_match=grant.version)
    async with stage.scene(at + timedelta(hours=2), lead) as (db, actor):
        page = await milestones.list_grant_milestones(db, actor, grant_id, GrantMilestoneQuery())
    return Awarded(grant_id, lead, [milestone.id for milestone in page.items])


async def award(
    stage: Stage, cohort: facts.Cohort, coordinator: Person, membership_id: UUID, lead: Person
) -> Awarded:
    """The grant of a member of a past cohort."""
    assert cohort.award_minor is not None
    offered = after(cohort.started_on, 1)
    length = (cohort.ended_on - cohort.started_on).days
    terms = terms_of(
        cohort.award_minor,
        cohort.tax_treatment,
        starts_on=after(offered, 3),
        scoping_due_on=after(cohort.started_on, length // 2),
        final_due_on=cohort.ended_on,
    )
    grant_id = await draw_up(stage, moment(offered), coordinator, membership_id, terms)
    return await sign(stage, moment(after(offered, 2), 9), lead, grant_id)


async def report_all(
    stage: Stage, cohort: facts.Cohort, coordinator: Person, awarded: Sequence[Awarded]
) -> None:
    """Both reports of every member; each second one is asked for a change first."""
    length = (cohort.ended_on - cohort.started_on).days
    for number, grant in enumerate(awarded):
        for milestone_id, due in (
            (grant.milestone_ids[1], after(cohort.started_on, length // 2)),
            (grant.milestone_ids[2], cohort.ended_on),
        ):
            at = moment(after(due, -number), 9)
            report = await submit(stage, at, grant, milestone_id)
            if number % 2:
                at += timedelta(days=1)
                await ask_for_change(stage, at, coordinator, report)
                at += timedelta(days=1)
                report = await resubmit(stage, at, grant, report)
            await accept(stage, at + timedelta(hours=6), coordinator, report)


async def close_all(
    stage: Stage, at: datetime, coordinator: Person, awarded: Sequence[Awarded]
) -> None:
    """Every grant is closed: each of its milestones was decided."""
    for grant in awarded:
        for hour, step in enumerate(("begin_closing", "close")):
            async with stage.scene(at + timedelta(hours=hour), coordinator) as (db, actor):
                await grants.move_grant(db, actor, grant.grant_id, step)


async def begin(stage: Stage, at: datetime, grant: Awarded, milestone_id: UUID) -> ReportOut:
    """The lead begins a report and answers its criterion."""
    async with stage.scene(at, grant.lead) as (db, actor):
        report = await reports.create_report(
            db, actor, milestone_id, CreateReport(narrative="As agreed, and on time.")
        )
        await _answer(db, actor, report, "Done; the evidence shows how.")
        return report


async def submit(stage: Stage, at: datetime, grant: Awarded, milestone_id: UUID) -> ReportOut:
    """A report with an answer and evidence is submitted."""
    report = await begin(stage, at, grant, milestone_id)
    async with stage.scene(at + timedelta(hours=1), grant.lead) as (db, actor):
        await answers.add_report_evidence(
            db,
            actor,
            report.id,
            AddReportEvidence(
                criterion_id=report.answers[0].criterion_id,
                url="https://example.org/reports/scoping",
                description="What we published about it.",
                licence="CC-BY-4.0",
                may_be_published=True,
            ),
        )
        return await reports.submit_report(db, actor, report.id, if_match=ANY_VERSION)


async def ask_for_change(
    stage: Stage, at: datetime, reviewer: Person, report: ReportOut
) -> ReportOut:
    """The reviewer asks for more on the criterion."""
    wanted = ChangeRequestIn(
        criterion_id=report.answers[0].criterion_id,
        request="Please say which organisations took part, and in which roles.",
    )
    async with stage.scene(at, reviewer) as (db, actor):
        return await reviews.request_changes_report(
            db, actor, report.id, RequestReportChanges(requests=[wanted]), if_match=ANY_VERSION
        )


async def resubmit(stage: Stage, at: datetime, grant: Awarded, report: ReportOut) -> ReportOut:
    """The lead mends what was asked for and submits again."""
    async with stage.scene(at, grant.lead) as (db, actor):
        present = await reports.get_report(db, actor, report.id)
        await _answer(db, actor, present, "Done by all; who took part in which role is said now.")
        return await reports.submit_report(db, actor, report.id, if_match=ANY_VERSION)


async def accept(stage: Stage, at: datetime, reviewer: Person, report: ReportOut) -> None:
    """The reviewer accepts what was submitted."""
    async with stage.scene(at, reviewer) as (db, actor):
        await reviews.accept_report(db, actor, report.id, if_match=ANY_VERSION)


async def _answer(db: AsyncSession, actor: SignedIn, report: ReportOut, answer: str) -> None:
    criterion = report.answers[0]
    await answers.save_report_answer(
        db,
        actor,
        report.id,
        criterion.criterion_id,
        SaveReportAnswer(answer=answer, is_met=True),
        if_match=criterion.version,
        is_new=criterion.version is None,
    )
