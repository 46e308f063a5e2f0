"""The contract of letting a collaboration off sharing what it learnt."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.errors import AddressNotProved
from app.kernel.lifecycle import GuardsUnmet
from app.kernel.schemas import WithReason
from app.kernel.written import Written
from app.network.collaborations.access import CollaborationMerged
from app.network.collaborations.schemas import CollaborationOut
from app.network.conflicts.learning_waivers import service
from app.people.identity.deps import CurrentActor
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]


@router.post(
    "/collaborations/{collaboration_id}/waive-learning",
    permission="collaboration.waive_learning",
    refuses=(CollaborationMerged, AddressNotProved, GuardsUnmet),
    example={"reason": "The partners' contract forbids them to publish anything of it."},
)
async def waive_collaboration_learning(
    db: Db,
    actor: CurrentActor,
    collaboration_id: CollaborationId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[CollaborationOut]:
    """Let it conclude without having shared what it learnt, and say why. Whoever is of it, works
    for its steward or a contributor, or has a conflict of interest about it leaves that to somebody
    else (`conflict_of_interest`)."""
    return await service.waive_collaboration_learning(
        db, actor, collaboration_id, body, if_match=if_match
    )
