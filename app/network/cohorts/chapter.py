"""Cohorts in the demonstration: from the call over their members' ways to their end."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.kernel.chapters import chapter
from app.network.cohorts import access, service
from app.network.cohorts.memberships import service as memberships
from app.network.cohorts.memberships.schemas import CreateMembership, WithdrawMembership
from app.network.cohorts.models import Departure
from app.network.cohorts.schemas import CreateCohort, EditCohort
from app.network.cohorts.starts.service import start_cohort
from app.network.collaborations.chapter import CollaborationScript, introduce, name_participants
from app.network.programmes.chapter import Programme
from app.people.identity.chapter import Person, Stage, invite
from app.people.identity.roles import Role
from app.people.letters.chapter import invite_in_vain


@dataclass(frozen=True)
class CohortScript:
    """A cohort as it was announced, and when it came to what."""

    cohort: CreateCohort
    manager: str
    coordinator: str
    called_at: datetime
    selected_at: datetime
    confirmed_at: datetime
    started_at: datetime
    ended_at: datetime | None = None
    stated_start_on: date | None = None
    """Its first day as it was reported afterwards."""


@dataclass(frozen=True)
class MemberScript:
    """A collaboration on its way into a cohort, as far as it came."""

    collaboration: CollaborationScript
    offered_at: datetime
    expires_at: datetime | None = None
    override_reason: str | None = None
    accepted_at: datetime | None = None
    activated_at: datetime | None = None
    left_at: datetime | None = None
    left_because: str = ""
    is_reached: bool = True
    """Whether the letter that invites its lead arrives."""


@dataclass(frozen=True)
class Called:
    """A cohort that was announced, and by whom it is run."""

    id: UUID
    script: CohortScript
    manager: Person
    coordinator: Person


@dataclass(frozen=True)
class Member:
    """A collaboration that was offered a place, and who leads it."""

    script: MemberScript
    membership_id: UUID
    lead: Person
    coordinator: Person


def member(stage: Stage, collaboration: str) -> Member:
    """The member of this act that has the name."""
    return next(one for one in stage.kept(Member) if one.script.collaboration.name == collaboration)


@chapter("cohorts.confirmed", after=["programmes.opened"], before=["conflicts.declared"])
async def confirm(stage: Stage) -> None:
    """Call for members, offer places, and confirm those who accepted."""
    for script in stage.scripts(CohortScript):
        cohort = await _call(stage, script)
        for wanted in stage.scripts(MemberScript):
            if wanted.offered_at < script.confirmed_at:
                await _offer(stage, cohort, wanted)
        for one in stage.kept(Member):
            await _join(stage, one)
        await _walk(stage, script.confirmed_at, cohort, "confirm")


@chapter("cohorts.started", after=["cohorts.confirmed"])
async def start(stage: Stage) -> None:
    """Start with those whose onboarding is done."""
    for cohort in stage.kept(Called):
        at, members = cohort.script.started_at, stage.kept(Member)
        for one in members:
            await _bring_in(stage, one)
        async with stage.scene(at, cohort.manager) as (db, actor):
            await start_cohort(db, actor, cohort.id, if_match=None)
        for one in members:
            await _gather(stage, at + timedelta(days=1), one)


@chapter("cohorts.changed", after=["cohorts.started"])
async def change(stage: Stage) -> None:
    """While it runs a member leaves, and a place that is free is offered."""
    for cohort in stage.kept(Called):
        for one in stage.kept(Member):
            if one.script.left_at is not None:
                said = WithdrawMembership(
                    departure=Departure.CAPACITY, reason=one.script.left_because
                )
                async with stage.scene(one.script.left_at, one.lead) as (db, actor):
                    await memberships.withdraw_membership(
                        db, actor, one.membership_id, said, if_match=None
                    )
        for wanted in stage.scripts(MemberScript):
            if wanted.offered_at >= cohort.script.confirmed_at:
                await _offer(stage, cohort, wanted)


@chapter("cohorts.ended", after=["cohorts.changed"])
async def end(stage: Stage) -> None:
    """Wrap up, let the members complete, and close."""
    for cohort in stage.kept(Called):
        last = cohort.script.ended_at
        if last is None:
            continue
        await _wrap_up(stage, last, cohort)
        for one in stage.kept(Member):
            async with stage.scene(last + timedelta(days=14), cohort.coordinator) as (db, actor):
                await memberships.complete_membership(db, actor, one.membership_id, if_match=None)
        async with stage.scene(last + timedelta(days=15), cohort.manager) as (db, actor):
            await service.close_cohort(db, actor, cohort.id, if_match=None)


async def _wrap_up(stage: Stage, at: datetime, cohort: Called) -> None:
    """Its last weeks begin; when it is said to have begun is stated where it was reported."""
    stated = cohort.script.stated_start_on
    async with stage.scene(at, cohort.manager) as (db, actor):
        seen = await service.wrap_up_cohort(db, actor, cohort.id, if_match=None)
        if stated is not None:
            said = EditCohort(started_on=stated)
            await service.edit_cohort(db, actor, cohort.id, said, if_match=seen.version)


async def _call(stage: Stage, script: CohortScript) -> Called:
    """Announce a cohort and its places."""
    [programme] = stage.kept(Programme)
    manager = stage.cast[script.manager]
    async with stage.scene(script.called_at, manager) as (db, actor):
        made = await service.create_cohort(db, actor, programme.id, script.cohort)
    cohort = Called(made.id, script, manager, stage.cast[script.coordinator])
    stage.keep(cohort)
    await _walk(stage, script.called_at, cohort, "recruit")
    await _walk(stage, script.selected_at, cohort, "select")
    return cohort


async def _walk(stage: Stage, at: datetime, cohort: Called, step: str) -> None:
    async with stage.scene(at, cohort.manager) as (db, actor):
        await service.move_cohort(db, actor, cohort.id, step, if_match=None)


async def _offer(stage: Stage, cohort: Called, script: MemberScript) -> None:
    """Offer a place, or one on the waitlist where the cohort is full, and invite the lead."""
    at, coordinator, of = script.offered_at, cohort.coordinator, script.collaboration
    collaboration_id = await introduce(stage, at, coordinator, of)
    wanted = CreateMembership(
        collaboration_id=collaboration_id,
        offer_expires_at=script.expires_at,
        override_reason=script.override_reason,
    )
    async with stage.scene(at, coordinator) as (db, actor):
        made = await memberships.create_membership(db, actor, cohort.id, wanted)
    await name_participants(stage, at, coordinator, collaboration_id, of)
    place = (of.lead, Role.COLLABORATION_LEAD, collaboration_id)
    if script.is_reached:
        lead = await invite(stage, at, coordinator, *place)
        stage.keep(Member(script, made.id, lead, coordinator))
    else:
        await invite_in_vain(stage, at, coordinator, *place)


async def _join(stage: Stage, one: Member) -> None:
    """The lead accepts the place, and onboarding begins."""
    at = one.script.accepted_at
    if at is None:
        return
    async with stage.scene(at, one.lead) as (db, actor):
        await memberships.accept_membership(db, actor, one.membership_id, if_match=None)
    async with stage.scene(at + timedelta(hours=1), one.coordinator) as (db, actor):
        await memberships.onboard_membership(db, actor, one.membership_id, if_match=None)


async def _bring_in(stage: Stage, one: Member) -> None:
    """Onboarding is done: the member is active."""
    at = one.script.activated_at
    if at is None:
        return
    async with stage.scene(at, one.coordinator) as (db, actor):
        await memberships.activate_membership(db, actor, one.membership_id, if_match=None)


async def _gather(stage: Stage, at: datetime, one: Member) -> None:
    """The lead invites whoever works with them."""
    name = one.script.collaboration.member
    if name is None:
        return
    async with stage.scene(at, one.lead) as (db, actor):
        seen = await access.membership(db, actor, one.membership_id)
    await invite(stage, at, one.lead, name, Role.COLLABORATION_MEMBER, seen.collaboration_id)
