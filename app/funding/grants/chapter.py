"""Grants in the demonstration: drawn up, signed by two, closed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.funding.funds.chapter import CURRENCY, Fund
from app.funding.grants import access, service
from app.funding.grants.due_diligence import service as due_diligence
from app.funding.grants.due_diligence.models import DEFAULT_KINDS
from app.funding.grants.due_diligence.schemas import (
    RecordDueDiligenceCheck,
    RecordDueDiligenceChecks,
)
from app.funding.grants.due_diligence.standing import CheckOutcome
from app.funding.grants.milestones import service as milestones
from app.funding.grants.models import MilestoneKind, TaxTreatment
from app.funding.grants.schemas import CreateGrant
from app.funding.grants.terms.schemas import BudgetLineIn, CriterionIn, EditGrantTerms, MilestoneIn
from app.kernel.chapters import chapter
from app.kernel.clock import day
from app.kernel.money import MoneyIn
from app.network.cohorts.chapter import Called, Member, member
from app.people.identity.chapter import ZONE, Person, Stage

SCOPING = "What was scoped, with whom, and what was found in the way."
LEARNINGS = "What was learnt that others can use, ready for publication."


@dataclass(frozen=True)
class GrantScript:
    """The grant of a member of the act, as far as it came."""

    collaboration: str
    manager: str
    award_minor: int
    tax_treatment: TaxTreatment
    drawn_up_at: datetime
    starts_on: date
    scoping_due_on: date
    final_due_on: date
    signed_by_lead_at: datetime | None = None
    signed_at: datetime | None = None
    """When the convenor signed it too, whose word is the second."""
    closed_at: datetime | None = None
    is_in_the_books: bool = True
    """Whether the fund of the programme pays it."""
    currency: str = CURRENCY


@dataclass(frozen=True)
class Awarded:
    """A grant that is in force, and its milestones in their order."""

    script: GrantScript
    grant_id: UUID
    member: Member
    milestone_ids: tuple[UUID, ...]


@chapter("grants.agreed", after=["funds.given"], before=["cohorts.started"])
async def agree(stage: Stage) -> None:
    """What was drawn up before the cohort started."""
    for cohort in stage.kept(Called):
        for script in stage.scripts(GrantScript):
            if script.drawn_up_at < cohort.script.started_at:
                await _award(stage, script)


@chapter("grants.awarded", after=["cohorts.started"], before=["cohorts.changed"])
async def award(stage: Stage) -> None:
    """What was drawn up since."""
    for cohort in stage.kept(Called):
        for script in stage.scripts(GrantScript):
            if script.drawn_up_at >= cohort.script.started_at:
                await _award(stage, script)


@chapter("grants.closed", after=["grants.awarded"], before=["cohorts.ended"])
async def close(stage: Stage) -> None:
    """Close what was awarded: each of its milestones was decided."""
    for grant in stage.kept(Awarded):
        at = grant.script.closed_at
        if at is None:
            continue
        for hour, step in enumerate(("begin_closing", "close")):
            coordinator = grant.member.coordinator
            async with stage.scene(at + timedelta(hours=hour), coordinator) as (db, actor):
                await service.move_grant(db, actor, grant.grant_id, step)


async def _award(stage: Stage, script: GrantScript) -> None:
    """Draw up a grant, and have it signed by as many as have signed it."""
    to = member(stage, script.collaboration)
    grant_id = await _draw_up(stage, to, script)
    for at, who in (
        (script.signed_by_lead_at, to.lead),
        (script.signed_at, stage.cast[script.manager]),
    ):
        if at is not None:
            await _sign(stage, at, who, grant_id)
    if script.signed_at is not None:
        await _keep(stage, to, script, grant_id)


async def _draw_up(stage: Stage, to: Member, script: GrantScript) -> UUID:
    """A grant is drawn up, its grantee checked, and the grant offered."""
    at, coordinator = script.drawn_up_at, to.coordinator
    async with stage.scene(at, coordinator) as (db, actor):
        wanted = CreateGrant(
            title="Grant for participants' time",
            fund_id=next((one.id for one in stage.kept(Fund) if script.is_in_the_books), None),
            terms=_terms(script),
        )
        made = await service.create_grant(db, actor, to.membership_id, wanted)
    async with stage.scene(at + timedelta(minutes=20), coordinator) as (db, actor):
        checks = [
            RecordDueDiligenceCheck(kind=kind, outcome=CheckOutcome.PASSED, done_on=day(at, ZONE))
            for kind in DEFAULT_KINDS
        ]
        await due_diligence.record_due_diligence_checks(
            db, actor, made.id, RecordDueDiligenceChecks(items=checks)
        )
    async with stage.scene(at + timedelta(minutes=30), coordinator) as (db, actor):
        await service.offer_grant(db, actor, made.id, if_match=None)
    return made.id


def _terms(script: GrantScript) -> EditGrantTerms:
    """Three parts: three tenths at signature, the rest halved between two reports."""
    award_minor = script.award_minor
    at_signature = award_minor * 3 // 10
    at_scoping = (award_minor - at_signature) // 2
    at_the_end = award_minor - at_signature - at_scoping
    time_minor = award_minor * 4 // 5
    return EditGrantTerms(
        award=MoneyIn(amount_minor=award_minor, currency=script.currency),
        tax_treatment=script.tax_treatment,
        starts_on=script.starts_on,
        ends_on=script.final_due_on,
        budget_lines=[
            BudgetLineIn(label="Participants' time", amount_minor=time_minor),
            BudgetLineIn(label="Workshops", amount_minor=award_minor - time_minor),
        ],
        milestones=[
            _milestone(MilestoneKind.SIGNATURE, "Agreement signed", at_signature, script.starts_on),
            _milestone(
                MilestoneKind.DELIVERY,
                "The data collaboration is scoped",
                at_scoping,
                script.scoping_due_on,
                SCOPING,
            ),
            _milestone(
                MilestoneKind.REPORTING, "Final report", at_the_end, script.final_due_on, LEARNINGS
            ),
        ],
    )


def _milestone(
    kind: MilestoneKind, title: str, amount_minor: int, due_on: date, *criteria: str
) -> MilestoneIn:
    return MilestoneIn(
        kind=kind,
        title=title,
        amount_minor=amount_minor,
        due_on=due_on,
        timezone=ZONE,
        criteria=[CriterionIn(statement=one) for one in criteria],
    )


async def _sign(stage: Stage, at: datetime, who: Person, grant_id: UUID) -> None:
    """Somebody reads the grant and signs what they read; the second signature sets it in force."""
    async with stage.scene(at, who) as (db, actor):
        read = await access.grant(db, actor, grant_id)
        await service.activate_grant(db, actor, grant_id, if_match=read.version)


async def _keep(stage: Stage, to: Member, script: GrantScript, grant_id: UUID) -> None:
    async with stage.scene(stage.clock.now(), to.lead) as (db, actor):
        found = await milestones.milestones_of(db, actor, grant_id)
    stage.keep(Awarded(script, grant_id, to, tuple(one.id for one in found)))
