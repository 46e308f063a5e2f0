"""The invented cohort that is under way: something is due, waits for review, is about to expire."""

from datetime import datetime, timedelta
from uuid import UUID

from app.funding.grants.terms.schemas import EditGrantTerms
from app.intake.demo import facts
from app.intake.demo.casting import invite
from app.intake.demo.grants import Awarded, ask_for_change, begin, draw_up, sign, submit, terms_of
from app.intake.demo.members import Member, bring_in, introduce, join, name_participants
from app.intake.demo.stage import ZONE, Person, Stage
from app.kernel.clock import day
from app.network.cohorts import service as cohorts
from app.network.cohorts.memberships import service as memberships
from app.network.cohorts.memberships.schemas import CreateMembership, MembershipOut
from app.network.cohorts.schemas import CreateCohort
from app.network.cohorts.starts import service as starts
from app.people.identity.roles import Role

AWARD_MINOR = 1_500_000
PLACES = 5


async def play_the_present(stage: Stage, programme_id: UUID, at: datetime) -> None:
    """A cohort that started three weeks before `at`, with its members at every point of the path.

    One has a report due in five days, one waits for review, one was asked for changes, one has a
    grant to sign, one an offer that expires tomorrow, and one waits for a place.
    """
    cohort_id = await _recruit(stage, programme_id, at)
    weeks_ago = at - timedelta(days=28)
    members = [
        await _choose(stage, weeks_ago + timedelta(minutes=number), cohort_id, chosen)
        for number, chosen in enumerate(facts.PRESENT_COLLABORATIONS[:4])
    ]
    for member in members:
        await join(stage, weeks_ago + timedelta(days=2), _coordinator(stage), member)
    await _start(stage, at - timedelta(days=21), cohort_id, members[:3])
    await invite(
        stage,
        at - timedelta(days=20),
        members[0].lead,
        "Zoe Ashdown",
        Role.COLLABORATION_MEMBER,
        members[0].collaboration_id,
    )
    awarded = [await _award(stage, at, member) for member in members[:3]]
    await _report(stage, at, awarded)
    terms = _terms(at)
    await draw_up(
        stage, at - timedelta(days=1), _coordinator(stage), members[3].membership_id, terms
    )
    *_, offered, waiting = facts.PRESENT_COLLABORATIONS
    tomorrow = at + timedelta(hours=20)
    await _choose(stage, at - timedelta(hours=6), cohort_id, offered, expires_at=tomorrow)
    await _offer(stage, at - timedelta(hours=5), cohort_id, waiting)
    stage.clock.set(at)


def _coordinator(stage: Stage) -> Person:
    return stage.cast[Role.COORDINATOR]


async def _recruit(stage: Stage, programme_id: UUID, at: datetime) -> UUID:
    manager = stage.cast[Role.PROGRAMME_MANAGER]
    async with stage.scene(at - timedelta(days=70), manager) as (db, actor):
        made = await cohorts.create_cohort(
            db,
            actor,
            programme_id,
            CreateCohort(
                reference="PLN4",
                name="Data for places",
                focus="Data that neighbours gather and hold together. An invented cohort.",
                timezone=ZONE,
                announced_capacity=PLACES,
                minimum_size=3,
                planned_start_on=day(at - timedelta(days=21), ZONE),
                planned_end_on=day(at + timedelta(days=160), ZONE),
            ),
        )
        await cohorts.move_cohort(db, actor, made.id, "recruit", if_match=None)
    async with stage.scene(at - timedelta(days=35), manager) as (db, actor):
        await cohorts.move_cohort(db, actor, made.id, "select", if_match=None)
    return made.id


async def _choose(
    stage: Stage,
    at: datetime,
    cohort_id: UUID,
    chosen: facts.Collaboration,
    *,
    expires_at: datetime | None = None,
) -> Member:
    made = await _offer(stage, at, cohort_id, chosen, expires_at=expires_at)
    coordinator = _coordinator(stage)
    return await name_participants(stage, at, coordinator, made.collaboration.id, made.id, chosen)


async def _offer(
    stage: Stage,
    at: datetime,
    cohort_id: UUID,
    chosen: facts.Collaboration,
    *,
    expires_at: datetime | None = None,
) -> MembershipOut:
    """A place for a collaboration, or a place on the waitlist where the cohort is full."""
    coordinator = _coordinator(stage)
    collaboration_id = await introduce(stage, at, coordinator, chosen)
    wanted = CreateMembership(collaboration_id=collaboration_id, offer_expires_at=expires_at)
    async with stage.scene(at, coordinator) as (db, actor):
        return await memberships.create_membership(db, actor, cohort_id, wanted)


async def _start(stage: Stage, at: datetime, cohort_id: UUID, members: list[Member]) -> None:
    manager = stage.cast[Role.PROGRAMME_MANAGER]
    async with stage.scene(at - timedelta(days=1), manager) as (db, actor):
        await cohorts.move_cohort(db, actor, cohort_id, "confirm", if_match=None)
    for member in members:
        await bring_in(stage, at - timedelta(hours=1), _coordinator(stage), member)
    async with stage.scene(at, manager) as (db, actor):
        await starts.start_cohort(db, actor, cohort_id, if_match=None)


def _terms(at: datetime) -> EditGrantTerms:
    on = day(at, ZONE)
    return terms_of(
        AWARD_MINOR,
        "outside",
        starts_on=on - timedelta(days=18),
        scoping_due_on=on + timedelta(days=5),
        final_due_on=on + timedelta(days=150),
    )


async def _award(stage: Stage, at: datetime, member: Member) -> Awarded:
    offered = at - timedelta(days=20)
    grant_id = await draw_up(stage, offered, _coordinator(stage), member.membership_id, _terms(at))
    return await sign(stage, offered + timedelta(days=1), member.lead, grant_id)


async def _report(stage: Stage, at: datetime, awarded: list[Awarded]) -> None:
    due, waiting, changing = awarded
    await begin(stage, at - timedelta(days=2), due, due.milestone_ids[1])
    await submit(stage, at - timedelta(days=1), waiting, waiting.milestone_ids[1])
    asked = await submit(stage, at - timedelta(days=4), changing, changing.milestone_ids[1])
    await ask_for_change(stage, at - timedelta(days=3), _coordinator(stage), asked)
