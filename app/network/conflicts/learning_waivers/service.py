"""Letting a collaboration off sharing what it learnt."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.clock import network_zone
from app.kernel.lifecycle import refuse_unmet
from app.kernel.schemas import WithReason
from app.kernel.written import Written
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.schemas import CollaborationOut
from app.network.collaborations.telling import COLLABORATIONS
from app.network.conflicts.guards import independence
from app.network.conflicts.learning_waivers.queries import collaborations
from app.people.identity.access import require_decider
from app.people.identity.actors import Actor


async def waive_collaboration_learning(
    db: AsyncSession,
    actor: Actor,
    collaboration_id: UUID,
    body: WithReason,
    *,
    if_match: int | None,
) -> Written[CollaborationOut]:
    """Let it conclude without sharing what it learnt.

    Raises GuardsUnmet (409) for whoever is not independent of it.
    """
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.waive_learning", lock=True
    )
    if if_match is not None:
        versions.expect(collaboration, if_match)
    require_decider(db, actor)
    matters = collaborations(network_zone(db))
    marked = refuse_unmet(await independence(db, actor, matters, collaboration.id))
    collaboration.learning_waiver = body.reason
    verb = "collaboration.learning_waived"
    activity.record(db, actor, verb, collaboration, reason=body.reason, detail=marked)
    return await COLLABORATIONS.told_to(db, actor, collaboration.id)
