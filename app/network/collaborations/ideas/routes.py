"""The contract of ideas."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.network.collaborations.access import CollaborationMerged, CollaborationNotFound
from app.network.collaborations.ideas import service
from app.network.collaborations.ideas.service import CollaborationNotIdea
from app.people.identity.deps import CurrentActor
from app.people.identity.drafts.service import DraftDependedOn
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]


@router.delete(
    "/collaborations/{collaboration_id}",
    permission="collaboration.delete",
    refuses=(CollaborationMerged, CollaborationNotFound, CollaborationNotIdea, DraftDependedOn),
    if_match=True,
    status=204,
)
async def delete_collaboration(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, if_match: IfMatch
) -> None:
    """Delete an idea on which nothing depends, with its participants and the roles on it. What is
    more than an idea is abandoned."""
    await service.delete_collaboration(db, actor, collaboration_id, if_match=if_match)
