"""The contract of the organisations in a collaboration."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import LastDay
from app.kernel.written import Written, WrittenList
from app.network.collaborations.access import CollaborationMerged
from app.network.collaborations.participants import service
from app.network.collaborations.participants.schemas import (
    AddParticipant,
    ParticipantOut,
    ParticipantPage,
    ParticipantQuery,
    ParticipantsOfOneQuery,
)
from app.network.collaborations.participants.service import (
    AlreadyParticipant,
    EndsBeforeStart,
    ParticipantEnded,
)
from app.network.collaborations.participants.telling import (
    OF_COLLABORATION,
    PARTICIPANTS,
    PARTICIPANTS_AS_CSV,
)
from app.people.identity.deps import CurrentActor
from app.people.organisations.access import OrganisationUnknown
from app.people.reads.deps import Reading, export_of, history_of
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]
ParticipantId = Annotated[UUID, Path(description="The organisation in its role.")]


@router.post(
    "/collaborations/{collaboration_id}/participants",
    permission="collaboration.edit",
    refuses=(CollaborationMerged, AlreadyParticipant, OrganisationUnknown),
    status=201,
    location="/v1/participants/{id}",
    example={"organisation_id": "019cae40-0000-7000-8000-000000000001", "role": "steward"},
)
async def add_participant(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, body: AddParticipant
) -> Written[ParticipantOut]:
    """Let an organisation of the register take part in a role: as the steward of the data, a
    contributor, a user, a funder or a beneficiary. One may take part in several."""
    return await service.add_participant(db, actor, collaboration_id, body)


@router.get("/collaborations/{collaboration_id}/participants", permission="collaboration.read")
async def list_collaboration_participants(
    read: Reading,
    collaboration_id: CollaborationId,
    query: Annotated[ParticipantsOfOneQuery, Query()],
) -> WrittenList[ParticipantPage]:
    """The organisations in the collaboration, those who came first at the top."""
    return await PARTICIPANTS.page(read, query, OF_COLLABORATION, collaboration_id)


@router.get("/participants", permission="collaboration.read")
async def list_participants(
    read: Reading, query: Annotated[ParticipantQuery, Query()]
) -> WrittenList[ParticipantPage]:
    """The organisations in all collaborations that you may see; with `organisation_id`, what one
    organisation takes part in."""
    return await PARTICIPANTS.page(read, query)


@router.get("/participants/{participant_id}", permission="collaboration.read")
async def get_participant(read: Reading, participant_id: ParticipantId) -> Written[ParticipantOut]:
    """One organisation in one role."""
    return await PARTICIPANTS.one(read, participant_id)


@router.post(
    "/participants/{participant_id}/end",
    permission="collaboration.edit",
    refuses=(ParticipantEnded, EndsBeforeStart),
    example={"ended_on": "2026-03-31"},
)
async def end_participant(
    db: Db, actor: CurrentActor, participant_id: ParticipantId, body: LastDay
) -> Written[ParticipantOut]:
    """End an organisation's part in a collaboration, in this role, with the last day on which it
    took part."""
    return await service.end_participant(db, actor, participant_id, body)


history_of(
    router,
    "participant",
    "/participants/{participant_id}",
    PARTICIPANTS,
    permission="collaboration.read",
)

export_of(
    router, "/participants", PARTICIPANTS_AS_CSV, ParticipantQuery, permission="collaboration.read"
)
