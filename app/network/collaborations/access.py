"""Who may see a collaboration: its people, and those who reach its dossier."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import Conflict, NotFound
from app.network.collaborations.models import Collaboration, Participant
from app.people.identity.access import Loader, require
from app.people.identity.actors import Actor
from app.people.identity.models import RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.scopes import NETWORK_ID


class CollaborationNotFound(NotFound):
    """There is no such collaboration, or you may not see it."""


class ParticipantNotFound(NotFound):
    """There is no such participant, or you may not see the collaboration it is in."""


class CollaborationMerged(Conflict):
    """This collaboration was merged into the one that `merged_into_id` names: change that one."""


class OfItself(Loader[Collaboration]):
    """How a collaboration is obtained: one that turned out to be another is read, not changed."""

    async def allowing(
        self,
        db: AsyncSession,
        actor: Actor,
        thing_id: UUID,
        permission: str,
        *,
        lock: bool = False,
    ) -> Collaboration:
        """The row, for those who see it and hold `permission` on it.

        Raises 404, 403, and CollaborationMerged (409).
        """
        found = await super().allowing(db, actor, thing_id, permission, lock=lock)
        if found.merged_into_id is not None:
            given = {"merged_into_id": str(found.merged_into_id)}
            raise CollaborationMerged(await merged_into(db, found), extra=given)
        return found


async def merged_into(db: AsyncSession, merged: Collaboration) -> str:
    """What is said where somebody would change a collaboration that turned out to be another."""
    named = select(Collaboration.reference, Collaboration.name)
    found = await db.execute(named.where(Collaboration.id == merged.merged_into_id))
    survivor = found.one()
    return f"It was merged into {survivor.reference} {survivor.name}: change that one."


collaboration: Final = OfItself(Collaboration, "collaboration.read", CollaborationNotFound)
participant: Final = Loader(
    Participant, "collaboration.read", ParticipantNotFound, (joinedload(Participant.collaboration),)
)


def register(actor: Actor) -> Select[Collaboration]:
    """All collaborations, for those who may name any of them. Raises NotAllowed (403)."""
    require(actor, "collaboration.refer", NETWORK_ID)
    return select(Collaboration).where(Collaboration.merged_into_id.is_(None))


async def referred(db: AsyncSession, actor: Actor, collaboration_id: UUID) -> Collaboration:
    """The collaboration, for those who may name any of them, to offer it a place for instance.

    Raises CollaborationNotFound (404), also for those who may not.
    """
    if not actor.demand("collaboration.refer", NETWORK_ID):
        raise CollaborationNotFound
    found = await db.scalar(register(actor).where(Collaboration.id == collaboration_id))
    if found is None:
        raise CollaborationNotFound
    return found


def people(collaboration: Collaboration, *, at: datetime) -> Select[RoleAssignment]:
    """The roles that people hold at that instant on a collaboration the caller has obtained."""
    return (
        select(RoleAssignment)
        .where(RoleAssignment.scope_id == collaboration.id, is_valid(at))
        .options(joinedload(RoleAssignment.account))
    )
