"""The organisations in a collaboration: they join it in a role, and leave it."""

from typing import Final
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.paging import paginate
from app.kernel.schemas import LastDay
from app.network.collaborations import access
from app.network.collaborations.models import Participant
from app.network.collaborations.participants.schemas import (
    AddParticipant,
    ParticipantOut,
    ParticipantPage,
    ParticipantQuery,
    ParticipantsOfOneQuery,
)
from app.network.collaborations.queries import today_at
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.people.organisations import access as organisations

SORTS: Final = {"since_on": (Participant.since_on, Participant.id)}


class AlreadyParticipant(Conflict):
    """This organisation takes part in this role already."""


class ParticipantEnded(Conflict):
    """The organisation no longer takes part in this role; to have it back, add it again."""


class EndsBeforeStart(Unprocessable):
    """A participant leaves on the day it joined or later."""


constraint("uq_participants_current", AlreadyParticipant)


async def add_participant(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, body: AddParticipant
) -> ParticipantOut:
    """Let an organisation take part in a role. Raises AlreadyParticipant (409) when it does."""
    collaboration = await access.collaboration.allowing(
        db, actor, collaboration_id, "collaboration.edit"
    )
    found = await organisations.known(db, {"/organisation_id": body.organisation_id})
    participant = Participant(
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
        organisation_id=body.organisation_id,
        organisation=found[body.organisation_id],
        role=body.role,
        since_on=body.since_on or await today_at(db, collaboration.id),
    )
    db.add(participant)
    await db.flush()
    _record(db, actor, "participant_added", participant)
    await db.flush()
    return ParticipantOut.model_validate(participant)


async def list_participants(
    db: AsyncSession, actor: Actor, query: ParticipantQuery
) -> ParticipantPage:
    """The participants of the collaborations that the actor may see."""
    statement = visible(Participant, actor, "collaboration.read").filter_by(
        **query.model_dump(include={"collaboration_id", "organisation_id"}, exclude_none=True)
    )
    return await _page(db, statement, query)


async def list_collaboration_participants(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, query: ParticipantsOfOneQuery
) -> ParticipantPage:
    """The participants of one collaboration."""
    collaboration = await access.collaboration(db, actor, collaboration_id)
    statement = visible(Participant, actor, "collaboration.read").where(
        Participant.collaboration_id == collaboration.id
    )
    return await _page(db, statement, query, bound=collaboration.id)


async def _page(
    db: AsyncSession,
    statement: Select[Participant],
    query: ParticipantsOfOneQuery,
    *,
    bound: UUID | None = None,
) -> ParticipantPage:
    if query.role is not None:
        statement = statement.where(Participant.role == query.role)
    if query.is_current is not None:
        statement = statement.where(Participant.ended_on.is_(None) == query.is_current)
    statement = statement.options(*access.WITH_NAMES)
    page = await paginate(db, statement, query, SORTS, default="since_on", bound=bound)
    return ParticipantPage(
        items=[ParticipantOut.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_participant(db: AsyncSession, actor: Actor, participant_id: UUID) -> ParticipantOut:
    """One organisation in one role."""
    return ParticipantOut.model_validate(await access.participant(db, actor, participant_id))


async def end_participant(
    db: AsyncSession, actor: Actor, participant_id: UUID, body: LastDay
) -> ParticipantOut:
    """Say on which day it took part for the last time. Raises ParticipantEnded (409)."""
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
    await db.flush()
    return ParticipantOut.model_validate(participant)


def _record(db: AsyncSession, actor: Actor, verb: str, participant: Participant) -> None:
    """It belongs to the history of the collaboration."""
    detail = {
        "participant_id": str(participant.id),
        "organisation_id": str(participant.organisation_id),
        "role": participant.role,
    }
    activity.record(db, actor, f"collaboration.{verb}", participant.collaboration, detail=detail)
