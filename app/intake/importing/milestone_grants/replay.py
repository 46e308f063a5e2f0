"""An application is agreed to, delivered on and evaluated again, by the verbs of whoever did so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.funding.grants import access
from app.funding.grants import service as grants
from app.funding.grants.due_diligence import service as due_diligence
from app.funding.grants.due_diligence.schemas import (
    RecordDueDiligenceCheck,
    RecordDueDiligenceChecks,
)
from app.funding.grants.due_diligence.standing import CheckOutcome
from app.funding.grants.milestones import service as milestones
from app.funding.grants.models import MilestoneKind, TaxTreatment
from app.funding.grants.schemas import CreateGrant
from app.funding.grants.terms.schemas import CriterionIn, EditGrantTerms, MilestoneIn
from app.funding.payments.opening.schemas import Paid
from app.funding.payments.opening.service import bring_in_grant
from app.intake.importing.ground import ZONE, beside
from app.intake.importing.milestone_grants.cohort import ImportCohort
from app.intake.importing.milestone_grants.deliveries import Reporting
from app.intake.importing.milestone_grants.history import Act, Step
from app.intake.importing.milestone_grants.paid import convenor_of
from app.intake.importing.milestone_grants.plan import Plan
from app.intake.importing.people import LONGEST_NAME, appoint, person
from app.intake.importing.reading import shortened
from app.intake.importing.runs import Passage
from app.kernel.clock import beginning, day
from app.kernel.money import MoneyIn
from app.network.cohorts.memberships import service as memberships
from app.network.cohorts.memberships.schemas import CreateMembership
from app.network.collaborations import service as collaborations
from app.network.collaborations.models import Origin, ParticipantRole
from app.network.collaborations.participants import service as participants
from app.network.collaborations.participants.schemas import AddParticipant
from app.network.collaborations.schemas import CreateCollaboration
from app.people.identity.roles import Role
from app.people.organisations import service as organisations
from app.people.organisations.models import OrganisationKind
from app.people.organisations.schemas import CreateOrganisation

TERMINATED = "The source says that the grant was terminated."
UNKNOWN_CHECKS = "The source does not say how the applicant was checked."
LONGEST_PAGE = 200


def moment(on: date, hour: int, minute: int = 0) -> datetime:
    """An instant of a day of which the source says no more than the day."""
    return beginning(on, ZONE) + timedelta(hours=hour, minutes=minute)


@dataclass(frozen=True)
class Grantee:
    """Who was given a grant, and their place in the cohort."""

    lead_id: UUID
    membership_id: UUID


async def replay(passage: Passage, plan: Plan, cohort: ImportCohort) -> None:
    """Bring a planned grant in, from the applicant's arrival to the last evaluation."""
    grantee = await _arrive(passage, plan, cohort)
    grant_id = await _agree(passage, plan, cohort, grantee)
    milestone_ids = await _note_milestones(passage, plan, grant_id, grantee)
    reporting = Reporting(passage, plan, cohort, grantee.lead_id, milestone_ids)
    for minute, step in enumerate(plan.history.steps):
        at = moment(step.on, 12, minute)
        if step.act is Act.TERMINATE:
            await _terminate(passage, plan, cohort, grant_id, step, at)
        else:
            await reporting.take(step, at)
    await _pay(passage, plan, grant_id, milestone_ids)


async def _arrive(passage: Passage, plan: Plan, cohort: ImportCohort) -> Grantee:
    """The applicant is entered into the registers, takes a place in the cohort and accepts it."""
    db, name, at = passage.db, plan.application.id, moment(plan.agreed_on, 9)
    lead_id = await person(passage, name, f"Applicant {name}", at)
    called = shortened(f"Applicant {name}", LONGEST_NAME)
    applicant = CreateOrganisation(name=called, kind=OrganisationKind.OTHER)
    async with passage.acting(at, cohort.manager_id) as actor:
        organisation = await organisations.create_organisation(db, actor, applicant)
    async with passage.acting(at, cohort.manager_id) as actor:
        wanted = CreateCollaboration(
            reference=await cohort.next_reference(passage), name=plan.title, origin=Origin.AD_HOC
        )
        collaboration = await collaborations.create_collaboration(db, actor, wanted)
    async with passage.acting(at, cohort.manager_id) as actor:
        place = CreateMembership(collaboration_id=collaboration.id)
        membership = await memberships.create_membership(db, actor, cohort.cohort_id, place)
    async with passage.acting(at, cohort.manager_id) as actor:
        part = AddParticipant(
            organisation_id=organisation.id,
            role=ParticipantRole.CONTRIBUTOR,
            since_on=plan.agreed_on,
        )
        await participants.add_participant(db, actor, collaboration.id, part)
    await appoint(passage, lead_id, Role.COLLABORATION_LEAD, collaboration.id, at)
    async with passage.acting(at, lead_id) as actor:
        await memberships.accept_membership(db, actor, membership.id, if_match=None)
    passage.note("organisation", name, organisation.id)
    passage.note("collaboration", name, collaboration.id)
    passage.note("membership", name, membership.id)
    return Grantee(lead_id, membership.id)


async def _agree(passage: Passage, plan: Plan, cohort: ImportCohort, grantee: Grantee) -> UUID:
    """The grant is drawn up, offered without checks of our own, and signed for both sides."""
    db, at = passage.db, moment(plan.agreed_on, 10)
    wanted = CreateGrant(title=plan.title, terms=_terms(plan))
    async with passage.acting(at, cohort.manager_id) as actor:
        grant = await grants.create_grant(db, actor, grantee.membership_id, wanted)
    await _waive_checks(passage, cohort, grant.id, at)
    async with passage.acting(at, cohort.manager_id) as actor:
        await grants.offer_grant(db, actor, grant.id, if_match=None)
    for signatory in (grantee.lead_id, cohort.manager_id):
        async with passage.acting(at, signatory) as actor:
            read = await access.grant(db, actor, grant.id)
            await grants.activate_grant(db, actor, grant.id, if_match=read.version)
    return passage.note("grant", plan.application.id, grant.id)


async def _waive_checks(
    passage: Passage, cohort: ImportCohort, grant_id: UUID, at: datetime
) -> None:
    """Whether the applicant was checked is not in the source: what is required now is waived."""
    async with passage.acting(at, cohort.manager_id) as actor:
        known = await due_diligence.get_grant_due_diligence(passage.db, actor, grant_id)
        waived = [
            RecordDueDiligenceCheck(
                kind=one.kind,
                outcome=CheckOutcome.WAIVED,
                done_on=day(at, ZONE),
                note=UNKNOWN_CHECKS,
            )
            for one in known.kinds
            if one.is_required
        ]
        if waived:
            checks = RecordDueDiligenceChecks(items=waived)
            await due_diligence.record_due_diligence_checks(passage.db, actor, grant_id, checks)


def _terms(plan: Plan) -> EditGrantTerms:
    return EditGrantTerms(
        award=MoneyIn(amount_minor=plan.award_minor, currency=plan.currency),
        tax_treatment=TaxTreatment.OUTSIDE,
        starts_on=plan.agreed_on,
        ends_on=plan.ends_on,
        milestones=[
            MilestoneIn(
                kind=MilestoneKind.DELIVERY,
                title=planned.title,
                is_parallel=place in plan.history.parallel,
                amount_minor=planned.amount_minor,
                due_on=planned.due_on,
                timezone=ZONE,
                criteria=[CriterionIn(statement=one.statement) for one in planned.criteria],
            )
            for place, planned in enumerate(plan.milestones)
        ],
    )


async def _pay(passage: Passage, plan: Plan, grant_id: UUID, milestone_ids: Sequence[UUID]) -> None:
    """Bring the grant into books as one that was paid whatever it earned: the day is not known."""
    happened = [step.on for step in plan.history.steps]
    at = moment(max(happened, default=plan.agreed_on), 20)
    async with passage.acting(at) as importer:
        funder_id = await convenor_of(passage.db, grant_id)
        paid = dict.fromkeys(milestone_ids, Paid())
        await bring_in_grant(passage.db, importer, grant_id, funder_id, paid)


async def _note_milestones(
    passage: Passage, plan: Plan, grant_id: UUID, grantee: Grantee
) -> Sequence[UUID]:
    """The milestones in their order, each remembered by its number in the source."""
    async with passage.acting(moment(plan.agreed_on, 10), grantee.lead_id) as actor:
        found = await milestones.milestones_of(passage.db, actor, grant_id)
    in_order = sorted(found, key=lambda milestone: milestone.number)
    for promised, milestone in zip(plan.application.milestones, in_order, strict=True):
        passage.note("milestone", f"{plan.application.id}/{promised.number}", milestone.id)
    return [milestone.id for milestone in in_order]


async def _terminate(
    passage: Passage, plan: Plan, cohort: ImportCohort, grant_id: UUID, step: Step, at: datetime
) -> None:
    """The convenor and the evaluator end the grant early."""
    assert step.evaluation is not None
    evaluation = plan.application.evaluations[step.evaluation]
    evaluator_id = await cohort.evaluator(beside(passage), evaluation.evaluator)
    for one in (cohort.manager_id, evaluator_id):
        async with passage.acting(at, one) as actor:
            read = await access.grant(passage.db, actor, grant_id)
            await grants.move_grant(
                passage.db, actor, grant_id, "terminate", reason=TERMINATED, if_match=read.version
            )
    name = f"{plan.application.id}/evaluation-{step.evaluation + 1}"
    passage.note("evaluation", name, grant_id)
