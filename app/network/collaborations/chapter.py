"""Collaborations in the demonstration: entered into the register, with who takes part."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.kernel.clock import day
from app.network.collaborations import service
from app.network.collaborations.models import Origin, ParticipantRole
from app.network.collaborations.participants import service as participants
from app.network.collaborations.participants.schemas import AddParticipant
from app.network.collaborations.schemas import CreateCollaboration
from app.network.programmes.chapter import Programme
from app.people.identity.chapter import ZONE, Person, Stage
from app.people.organisations.chapter import OrganisationScript, register


@dataclass(frozen=True)
class CollaborationScript:
    """A collaboration, who takes part in it (the first as steward of the data), and its people."""

    name: str
    challenge: str
    country: str | None
    organisations: tuple[OrganisationScript, ...]
    lead: str
    member: str | None = None


@dataclass(frozen=True)
class Introduced:
    """A collaboration that is in the register."""

    id: UUID
    name: str


def introduced(stage: Stage, name: str) -> UUID:
    """The id of a collaboration that was introduced in this act."""
    return next(one.id for one in stage.kept(Introduced) if one.name == name)


async def introduce(stage: Stage, at: datetime, who: Person, script: CollaborationScript) -> UUID:
    """Enter a collaboration into the register, for the programme of the play."""
    [programme] = stage.kept(Programme)
    wanted = CreateCollaboration(
        name=script.name,
        challenge=script.challenge,
        country=script.country,
        origin=Origin.NETWORK_MEMBER,
        programme_id=programme.id,
        strand_id=programme.strand_id,
    )
    async with stage.scene(at, who) as (db, actor):
        made = await service.create_collaboration(db, actor, wanted)
    stage.keep(Introduced(made.id, script.name))
    return made.id


async def name_participants(
    stage: Stage, at: datetime, who: Person, collaboration_id: UUID, script: CollaborationScript
) -> None:
    """Say which organisations take part, and in which roles."""
    for position, organisation in enumerate(script.organisations):
        wanted = AddParticipant(
            organisation_id=await register(stage, at, who, organisation),
            role=ParticipantRole.CONTRIBUTOR if position else ParticipantRole.STEWARD,
            since_on=day(at, ZONE),
        )
        async with stage.scene(at, who) as (db, actor):
            await participants.add_participant(db, actor, collaboration_id, wanted)
