"""Collaborations of the replay on their way into a cohort."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.intake.demo import facts
from app.intake.demo.casting import invite
from app.intake.demo.stage import ZONE, Person, Stage
from app.kernel.clock import day
from app.network.cohorts.memberships import service as memberships
from app.network.collaborations import service as collaborations
from app.network.collaborations.models import Origin, ParticipantRole
from app.network.collaborations.participants import service as participants
from app.network.collaborations.participants.schemas import AddParticipant
from app.network.collaborations.schemas import CreateCollaboration
from app.people.identity.roles import Role
from app.people.organisations import service as organisations
from app.people.organisations.models import OrganisationKind
from app.people.organisations.schemas import CreateOrganisation


@dataclass(frozen=True)
class Member:
    """A collaboration that was offered a place, and who leads it."""

    collaboration_id: UUID
    membership_id: UUID
    lead: Person


async def register(
    stage: Stage, at: datetime, who: Person, organisation: facts.Organisation
) -> UUID:
    """Enter an organisation into the register."""
    async with stage.scene(at, who) as (db, actor):
        made = await organisations.create_organisation(
            db,
            actor,
            CreateOrganisation(
                name=organisation.name,
                kind=OrganisationKind(organisation.kind),
                country=organisation.country,
            ),
        )
    return made.id


async def introduce(stage: Stage, at: datetime, who: Person, chosen: facts.Collaboration) -> UUID:
    """Enter a collaboration into the register."""
    programme_id, strand_id = stage.belongs or (None, None)
    async with stage.scene(at, who) as (db, actor):
        made = await collaborations.create_collaboration(
            db,
            actor,
            CreateCollaboration(
                name=chosen.name,
                challenge=chosen.challenge,
                country=chosen.country,
                origin=Origin(chosen.origin),
                programme_id=programme_id,
                strand_id=strand_id,
            ),
        )
    return made.id


async def name_participants(
    stage: Stage,
    at: datetime,
    who: Person,
    collaboration_id: UUID,
    membership_id: UUID,
    chosen: facts.Collaboration,
) -> Member:
    """Say which organisations take part, the first as steward of the data; invite the lead."""
    for position, organisation in enumerate(chosen.organisations):
        organisation_id = await register(stage, at, who, organisation)
        role = ParticipantRole.CONTRIBUTOR if position else ParticipantRole.STEWARD
        async with stage.scene(at, who) as (db, actor):
            await participants.add_participant(
                db,
                actor,
                collaboration_id,
                AddParticipant(organisation_id=organisation_id, role=role, since_on=day(at, ZONE)),
            )
    lead = await invite(stage, at, who, chosen.lead, Role.COLLABORATION_LEAD, collaboration_id)
    return Member(collaboration_id, membership_id, lead)


async def join(stage: Stage, at: datetime, coordinator: Person, member: Member) -> None:
    """The lead accepts the place, and onboarding begins."""
    async with stage.scene(at, member.lead) as (db, actor):
        await memberships.accept_membership(db, actor, member.membership_id, if_match=None)
    async with stage.scene(at + timedelta(hours=1), coordinator) as (db, actor):
        await memberships.onboard_membership(db, actor, member.membership_id, if_match=None)


async def bring_in(stage: Stage, at: datetime, coordinator: Person, member: Member) -> None:
    """Onboarding is done: the member is active."""
    async with stage.scene(at, coordinator) as (db, actor):
        await memberships.activate_membership(db, actor, member.membership_id, if_match=None)
