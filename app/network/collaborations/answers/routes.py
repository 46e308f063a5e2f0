"""The contract of answers."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.network.collaborations.access import CollaborationMerged
from app.network.collaborations.answers import service
from app.network.collaborations.answers.schemas import (
    CollaborationAnswerOut,
    CollaborationAnswerPage,
    CollaborationAnswerQuery,
    SaveCollaborationAnswer,
)
from app.network.collaborations.answers.service import VerdictMisplaced
from app.network.programmes.expectations.access import ExpectationNotFound
from app.people.identity.deps import CurrentActor
from app.web.preconditions import IfMatch, IsNew
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]
ExpectationId = Annotated[UUID, Path(description="The criterion or principle.")]


@router.get("/collaborations/{collaboration_id}/answers", permission="collaboration.read")
async def list_collaboration_answers(
    db: Db,
    actor: CurrentActor,
    collaboration_id: CollaborationId,
    query: Annotated[CollaborationAnswerQuery, Query()],
) -> CollaborationAnswerPage:
    """Every criterion and principle of its programme, with what the collaboration says of it. Empty
    where it belongs to no programme."""
    return await service.list_collaboration_answers(db, actor, collaboration_id, query)


@router.get(
    "/collaborations/{collaboration_id}/answers/{expectation_id}",
    permission="collaboration.read",
    refuses=(ExpectationNotFound,),
)
async def get_collaboration_answer(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, expectation_id: ExpectationId
) -> CollaborationAnswerOut:
    """A criterion or principle, and what the collaboration says of it."""
    return await service.get_collaboration_answer(db, actor, collaboration_id, expectation_id)


@router.put(
    "/collaborations/{collaboration_id}/answers/{expectation_id}",
    permission="collaboration.contribute",
    refuses=(CollaborationMerged, ExpectationNotFound, VerdictMisplaced),
    example={
        "verdict": "yes",
        "answer": "The city plans lanes without knowing where cargo bikes ride.",
    },
)
async def save_collaboration_answer(
    db: Db,
    actor: CurrentActor,
    collaboration_id: CollaborationId,
    expectation_id: ExpectationId,
    body: SaveCollaborationAnswer,
    if_match: IfMatch,
    is_new: IsNew,
) -> CollaborationAnswerOut:
    """Answer, in the collaboration's own words, how it meets a criterion or lives up to a
    principle; a later answer replaces the earlier. The first answer is sent with `If-None-Match:
    *`, any other with the `etag` of the one that it replaces, so that no colleague's is
    overwritten."""
    return await service.save_collaboration_answer(
        db, actor, collaboration_id, expectation_id, body, if_match=if_match, is_new=is_new
    )
