"""The organisations in a collaboration: they join it in a role, and leave it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.schemas import LastDay
from app.kernel.written import Written
from app.network.collaborations import access
from app.network.collaborations.models import Participant
from app.network.collaborations.participants.schemas import (
    AddParticipant,
    ParticipantOut,
)
from app.network.collaborations.participants.telling import PARTICIPANTS
from app.network.collaborations.queries import today_at
from app.people.identity.actors import Actor
from app.people.organisations import access as organisations


class AlreadyParticipant(Conflict):
    """This organisation takes part in this role already."""


class ParticipantEnded(Conflict):
    """The organisation no longer takes part in this role; to have it back, add it again."""


class EndsBeforeStart(Unprocessable):
    """A participant leaves on the day it joined or later."""


constraint("uq_participants_current", AlreadyParticipant, "/organisation_id")


async def add_participant(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, body: AddParticipant
) -> Written[ParticipantOut]:
    """Let an organisation take part in a role. Raises AlreadyParticipant (409) when it does."""
    collaboration = await access.collaboration.allowing(
        db, actor, collaboration_id, "collaboration.edit"
    )
    await organisations.known(db, {"/organisation_id": body.organisation_id})
    participant = Participant(
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
        organisation_id=body.organisation_id,
        role=body.role,
        since_on=body.since_on or await today_at(db, collaboration.id),
    )
    db.add(participant)
    await db.flush()
    _record(db, actor, "participant_added", participant)
    return await PARTICIPANTS.told_to(db, actor, participant.id)


async def end_participant(
    db: AsyncSession, actor: Actor, participant_id: UUID, body: LastDay
) -> Written[ParticipantOut]:
    """End its part, with the last day on which it took part. Raises ParticipantEnded (409)."""
    participant = await access.participant.allowing(
        db, actor, participant_id, "collaboration.edit", lock=True
    )
    if participant.ended_on is not None:
        raise ParticipantEnded
    ended_on = body.ended_on or await today_at(db, participant.collaboration_id)
    if ended_on < participant.since_on:
        pointer = FieldProblem(
            pointer="/ended_on",
            code="ends_before_start",
            detail=f"Name a day from {participant.since_on} on.",
        )
        raise EndsBeforeStart(errors=[pointer])
    participant.ended_on = ended_on
    _record(db, actor, "participant_ended", participant)
    return await PARTICIPANTS.told_to(db, actor, participant.id)


def _record(db: AsyncSession, actor: Actor, verb: str, participant: Participant) -> None:
    """It belongs to the history of the collaboration."""
    detail = {
        "participant_id": str(participant.id),
        "organisation_id": str(participant.organisation_id),
        "role": participant.role,
    }
    activity.record(db, actor, f"collaboration.{verb}", participant.collaboration, detail=detail)
