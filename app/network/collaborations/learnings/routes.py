"""The contract of learnings."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.collaborations.access import CollaborationMerged
from app.network.collaborations.learnings import service
from app.network.collaborations.learnings.schemas import (
    EditLearning,
    LearningOut,
    LearningPage,
    LearningQuery,
    LearningsOfOneQuery,
    ShareLearning,
)
from app.network.collaborations.learnings.telling import (
    LEARNINGS,
    LEARNINGS_AS_CSV,
    OF_COLLABORATION,
)
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]
LearningId = Annotated[UUID, Path(description="The learning.")]


@router.post(
    "/collaborations/{collaboration_id}/learnings",
    permission="collaboration.contribute",
    refuses=(CollaborationMerged,),
    status=201,
    location="/v1/learnings/{id}",
    example={
        "title": "Scoping a data collaboration of couriers",
        "url": "https://example.org/scoping",
        "licence": "CC-BY-4.0",
        "audience": "Cities that plan for cargo bikes",
    },
)
async def share_learning(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, body: ShareLearning
) -> Written[LearningOut]:
    """Share something that the collaboration learnt: where it is to be read, and under which
    licence others may use it. Before a collaboration concludes it has shared one, or this was
    waived (`learning_missing`)."""
    return await service.share_learning(db, actor, collaboration_id, body)


@router.get("/collaborations/{collaboration_id}/learnings", permission="collaboration.read")
async def list_collaboration_learnings(
    read: Reading,
    collaboration_id: CollaborationId,
    query: Annotated[LearningsOfOneQuery, Query()],
) -> WrittenList[LearningPage]:
    """The learnings of the collaboration, the earliest first."""
    return await LEARNINGS.page(read, query, OF_COLLABORATION, collaboration_id)


@router.get("/learnings", permission="collaboration.read")
async def list_learnings(
    read: Reading, query: Annotated[LearningQuery, Query()]
) -> WrittenList[LearningPage]:
    """The learnings of all collaborations that you may see, the earliest first."""
    return await LEARNINGS.page(read, query)


@router.get("/learnings/{learning_id}", permission="collaboration.read")
async def get_learning(read: Reading, learning_id: LearningId) -> Written[LearningOut]:
    """One learning."""
    return await LEARNINGS.one(read, learning_id)


@router.patch(
    "/learnings/{learning_id}",
    permission="collaboration.contribute",
    if_match=True,
    example={"audience": "Cities, and operators of cargo bikes"},
)
async def edit_learning(
    db: Db, actor: CurrentActor, learning_id: LearningId, body: EditLearning, if_match: IfMatch
) -> Written[LearningOut]:
    """Change what the body names and nothing else; `null` clears."""
    return await service.edit_learning(db, actor, learning_id, body, if_match=if_match)


@router.delete(
    "/learnings/{learning_id}", permission="collaboration.contribute", if_match=True, status=204
)
async def delete_learning(
    db: Db, actor: CurrentActor, learning_id: LearningId, if_match: IfMatch
) -> None:
    """Delete a learning that was recorded by mistake; its history stays."""
    await service.delete_learning(db, actor, learning_id, if_match=if_match)


history_of(
    router, "learning", "/learnings/{learning_id}", LEARNINGS, permission="collaboration.read"
)

export_of(router, "/learnings", LEARNINGS_AS_CSV, LearningQuery, permission="collaboration.read")
