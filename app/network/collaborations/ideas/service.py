"""What is done with ideas that come to nothing."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.errors import Conflict
from app.network.collaborations import access
from app.network.collaborations.lifecycle import CollaborationStatus
from app.network.collaborations.models import (
    Collaboration,
    FormerCollaborationName,
    Participant,
)
from app.people.identity.actors import Actor
from app.people.identity.drafts.service import Gone, refuse_depended_on, remove_nodes


class CollaborationNotIdea(Conflict):
    """Only an idea is deleted. What is more than that is abandoned, and stays on record."""


class GoneIdea(Gone):
    """An idea that was deleted."""

    __noun__: ClassVar[str] = "collaboration"


async def delete_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> None:
    """Delete an idea on which nothing depends, with its participants and the roles on it.

    The network keeps the record. Raises CollaborationNotIdea, DraftDependedOn (409).
    """
    idea = await access.collaboration.to_change(
        db, actor, collaboration_id, "collaboration.delete", if_match=if_match
    )
    if idea.status is not CollaborationStatus.IDEA:
        raise CollaborationNotIdea
    parts = {one.__tablename__ for one in (Collaboration, Participant, FormerCollaborationName)}
    nodes = (idea.dossier_id, idea.id)
    await refuse_depended_on(db, {"collaborations": [idea.id]}, nodes=nodes, parts=parts)
    detail = {"reference": idea.reference, "name": idea.name}
    activity.record(db, actor, "collaboration.deleted", GoneIdea(idea.id), detail=detail)
    await db.execute(delete(Participant).where(Participant.collaboration_id == idea.id))
    former = FormerCollaborationName.of_id == idea.id
    await db.execute(delete(FormerCollaborationName).where(former))
    await db.execute(delete(Collaboration).where(Collaboration.id == idea.id))
    db.expunge(idea)
    await remove_nodes(db, actor, nodes)
