"""The contract of merging collaborations."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.endorsements import SecondPersonRequired
from app.network.collaborations.access import CollaborationMerged, CollaborationNotFound
from app.overview.planning.collaboration_merges import service
from app.overview.planning.collaboration_merges.schemas import (
    CollaborationMergeOut,
    MergeCollaboration,
)
from app.overview.planning.collaboration_merges.service import (
    CollaborationsCollide,
    DuplicateUnknown,
)
from app.people.identity.deps import CurrentActor
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]


@router.post(
    "/collaborations/{collaboration_id}/merge",
    permission="collaboration.merge",
    refuses=(
        CollaborationNotFound,
        DuplicateUnknown,
        CollaborationMerged,
        CollaborationsCollide,
        SecondPersonRequired,
    ),
    if_match=True,
    example={
        "duplicate_id": "019cae40-0000-7000-8000-000000000002",
        "reason": "One collaboration, entered twice.",
        "dry_run": True,
    },
)
async def merge_collaboration(
    db: Db,
    actor: CurrentActor,
    collaboration_id: CollaborationId,
    body: MergeCollaboration,
    if_match: IfMatch,
) -> CollaborationMergeOut:
    """Let this collaboration take the place of `duplicate_id`, with its people, memberships, grants
    and dossier, once two persons have said so. The duplicate leaves the lists and stays readable
    under its id. What both have where there can be one is named and stands in the way. With
    `dry_run` it tells what would move."""
    return await service.merge_collaboration(db, actor, collaboration_id, body, if_match=if_match)
