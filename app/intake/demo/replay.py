"""The replay: the past of the network, act by act, through the verbs of whoever did each thing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from app.intake.demo import facts
from app.intake.demo.casting import cast_of_the_network, cast_of_the_programme
from app.intake.demo.grants import award, close_all, report_all
from app.intake.demo.members import Member, bring_in, introduce, join, name_participants, register
from app.intake.demo.stage import Person, Stage, after, moment
from app.network.cohorts import service as cohorts
from app.network.cohorts.memberships import service as memberships
from app.network.cohorts.memberships.schemas import CreateMembership
from app.network.cohorts.schemas import CreateCohort
from app.network.cohorts.starts import service as starts
from app.network.programmes import service as programmes
from app.network.programmes.expectations import service as expectations
from app.network.programmes.expectations.models import ExpectationKind
from app.network.programmes.expectations.schemas import CreateExpectation
from app.network.programmes.models import CountingRule
from app.network.programmes.schemas import CreateProgramme
from app.network.programmes.strands import service as strands
from app.network.programmes.strands.schemas import CreateStrand
from app.network.programmes.targets import service as targets
from app.network.programmes.targets.progress import Comparator
from app.network.programmes.targets.schemas import CountTarget, CreateTarget
from app.people.identity.roles import Role

Tell = Callable[[str], None]


async def replay_the_past(stage: Stage, tell: Tell) -> UUID:
    """Act out all that is known; the programme's id."""
    tell("April 2020: the programme is announced")
    await cast_of_the_network(stage, moment(facts.PROGRAMME_STARTS_ON, 8))
    programme_id = await open_programme(stage)
    await lay_out(stage, programme_id)
    aims = await set_targets(stage, programme_id)
    await cast_of_the_programme(stage, moment(facts.PROGRAMME_STARTS_ON, 12), programme_id)
    first, *others = facts.PAST_COHORTS
    await _replay_one(stage, tell, programme_id, first)
    await count(stage, aims, facts.YEAR_ONE)
    for cohort in others:
        await _replay_one(stage, tell, programme_id, cohort)
    return programme_id


async def _replay_one(stage: Stage, tell: Tell, programme_id: UUID, cohort: facts.Cohort) -> None:
    tell(f"{cohort.called_on:%B %Y}: {cohort.reference}, {cohort.name}")
    await replay_cohort(stage, programme_id, cohort)


async def open_programme(stage: Stage) -> UUID:
    """Register convenor and funder, open the programme, and say who runs it."""
    manager = _manager(stage)
    opened = moment(facts.PROGRAMME_STARTS_ON, 11)
    convenor = await register(stage, opened, manager, facts.CONVENOR)
    funder = await register(stage, opened, manager, facts.FUNDER)
    async with stage.scene(opened, manager) as (db, actor):
        programme = await programmes.create_programme(
            db,
            actor,
            CreateProgramme(
                reference=facts.PROGRAMME_REFERENCE,
                name=facts.PROGRAMME_NAME,
                summary=facts.PROGRAMME_SUMMARY,
                convenor_ids=[convenor],
                funder_ids=[funder],
                planned_start_on=facts.PROGRAMME_STARTS_ON,
                planned_end_on=facts.PROGRAMME_ENDS_ON,
                actual_start_on=facts.PROGRAMME_STARTS_ON,
            ),
        )
    return programme.id


async def lay_out(stage: Stage, programme_id: UUID) -> None:
    """Name the strands of the programme, and what it expects of its collaborations."""
    at = moment(facts.PROGRAMME_STARTS_ON, 11, minute=15)
    asked = [
        *((ExpectationKind.CRITERION, *said) for said in facts.CRITERIA),
        *((ExpectationKind.PRINCIPLE, *said) for said in facts.PRINCIPLES),
    ]
    async with stage.scene(at, _manager(stage)) as (db, actor):
        for key, name, summary in facts.STRANDS:
            strand = CreateStrand(key=key, name=name, summary=summary)
            made = await strands.create_strand(db, actor, programme_id, strand)
            if key == facts.PEER_LEARNING:
                stage.belongs = (programme_id, made.id)
        for position, (kind, key, title) in enumerate(asked, start=1):
            wanted = CreateExpectation(kind=kind, key=key, title=title, position=position)
            await expectations.create_expectation(db, actor, programme_id, wanted)


async def set_targets(stage: Stage, programme_id: UUID) -> dict[str, UUID]:
    """Say what the programme aims at; the id of each target by its key."""
    at, manager = moment(facts.PROGRAMME_STARTS_ON, 11, minute=30), _manager(stage)
    made: dict[str, UUID] = {}
    for target in facts.TARGETS:
        wanted = CreateTarget(
            key=target.key,
            name=target.name,
            comparator=Comparator(target.comparator),
            value=target.value,
            counting_rule=CountingRule(target.counting_rule),
            due_on=target.due_on,
        )
        async with stage.scene(at, manager) as (db, actor):
            made[target.key] = (await targets.create_target(db, actor, programme_id, wanted)).id
    return made


async def count(stage: Stage, aims: dict[str, UUID], reading: facts.Reading) -> None:
    """Write down how many there were on a day, once that had been made public."""
    said = CountTarget(
        counted_on=reading.counted_on, counted=reading.counted, source=reading.source
    )
    async with stage.scene(moment(reading.noted_on), _manager(stage)) as (db, actor):
        await targets.count_target(db, actor, aims[reading.target_key], said)


def _manager(stage: Stage) -> Person:
    return stage.cast[Role.PROGRAMME_MANAGER]


async def replay_cohort(stage: Stage, programme_id: UUID, cohort: facts.Cohort) -> None:
    """A cohort from its call to its end."""
    coordinator = stage.cast[cohort.coordinator]
    manager = _manager(stage)
    cohort_id = await call(stage, programme_id, cohort)
    await walk(stage, moment(after(cohort.called_on, 35)), manager, cohort_id, "select")
    members = [
        await choose(stage, cohort, cohort_id, chosen, number)
        for number, chosen in enumerate(cohort.collaborations)
    ]
    settled = after(cohort.selected_on, 4)
    for member in members:
        await join(stage, moment(settled), coordinator, member)
    await walk(stage, moment(settled, 17), manager, cohort_id, "confirm")
    for member in members:
        await bring_in(stage, moment(cohort.started_on, 9), coordinator, member)
    async with stage.scene(moment(cohort.started_on, 12), manager) as (db, actor):
        await starts.start_cohort(db, actor, cohort_id, if_match=None)
    awarded = [
        await award(stage, cohort, coordinator, member.membership_id, member.lead)
        for member in members
        if cohort.award_minor is not None
    ]
    await report_all(stage, cohort, coordinator, awarded)
    await close_all(stage, moment(after(cohort.ended_on, 10)), coordinator, awarded)
    await bring_to_an_end(stage, cohort, cohort_id, members)


async def call(stage: Stage, programme_id: UUID, cohort: facts.Cohort) -> UUID:
    """Announce a cohort and its places."""
    manager = _manager(stage)
    async with stage.scene(moment(cohort.called_on, 9), manager) as (db, actor):
        made = await cohorts.create_cohort(
            db,
            actor,
            programme_id,
            CreateCohort(
                reference=cohort.reference,
                name=cohort.name,
                focus=cohort.focus,
                timezone=cohort.timezone,
                announced_capacity=cohort.announced_capacity,
                minimum_size=1,
                planned_start_on=cohort.planned_start_on,
                planned_end_on=cohort.planned_end_on,
                offer_hours=24 * 7,
            ),
        )
    await walk(stage, moment(cohort.called_on), manager, made.id, "recruit")
    return made.id


async def walk(stage: Stage, at: datetime, who: Person, cohort_id: UUID, step: str) -> None:
    """Move a cohort along its life."""
    async with stage.scene(at, who) as (db, actor):
        await cohorts.move_cohort(db, actor, cohort_id, step, if_match=None)


async def choose(
    stage: Stage,
    cohort: facts.Cohort,
    cohort_id: UUID,
    chosen: facts.Collaboration,
    number: int,
) -> Member:
    """Offer a place; the one beyond those announced is given with the reason why."""
    coordinator = stage.cast[cohort.coordinator]
    at = moment(cohort.selected_on, 9, minute=number)
    collaboration_id = await introduce(stage, at, coordinator, chosen)
    is_beyond = number >= cohort.announced_capacity
    async with stage.scene(at, coordinator) as (db, actor):
        membership = await memberships.create_membership(
            db,
            actor,
            cohort_id,
            CreateMembership(
                collaboration_id=collaboration_id,
                override_reason=cohort.override_reason if is_beyond else None,
            ),
        )
    return await name_participants(stage, at, coordinator, collaboration_id, membership.id, chosen)


async def bring_to_an_end(
    stage: Stage, cohort: facts.Cohort, cohort_id: UUID, members: list[Member]
) -> None:
    """Wrap up, let the members complete, and close."""
    coordinator = stage.cast[cohort.coordinator]
    manager = _manager(stage)
    last = moment(cohort.ended_on, 16)
    async with stage.scene(last, manager) as (db, actor):
        await cohorts.wrap_up_cohort(db, actor, cohort_id, if_match=None)
    for member in members:
        async with stage.scene(last + timedelta(days=14), coordinator) as (db, actor):
            await memberships.complete_membership(db, actor, member.membership_id, if_match=None)
    async with stage.scene(last + timedelta(days=15), manager) as (db, actor):
        await cohorts.close_cohort(db, actor, cohort_id, if_match=None)
