"""Whom and what an agreement may name, and what becomes of its parties when organisations merge."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.network.collaborations.agreements.models import PARTIES
from app.network.collaborations.data_sets.models import DataSet
from app.network.collaborations.models import Collaboration, Participant
from app.people.organisations.models import Organisation
from app.people.organisations.queries import reconciles


async def taking_part(
    db: AsyncSession, collaboration: Collaboration, ids: Collection[UUID]
) -> list[Organisation]:
    """Those of these organisations that take part in the collaboration now, by name."""
    participants = select(Participant.organisation_id).where(
        Participant.collaboration_id == collaboration.id, Participant.ended_on.is_(None)
    )
    statement = select(Organisation).where(
        Organisation.id.in_(ids), Organisation.id.in_(participants)
    )
    return list(await db.scalars(statement.order_by(Organisation.name_folded, Organisation.id)))


async def data_sets_of(
    db: AsyncSession, collaboration: Collaboration, ids: Collection[UUID]
) -> list[DataSet]:
    """Those of these data sets that the collaboration works with, by name."""
    statement = select(DataSet).where(
        DataSet.id.in_(ids), DataSet.collaboration_id == collaboration.id
    )
    return list(await db.scalars(statement.order_by(DataSet.name_folded, DataSet.id)))


@reconciles
async def keep_one_signature(db: AsyncSession, duplicate_id: UUID, survivor_id: UUID) -> None:
    """Where both are party to an agreement, the survivor stands for both."""
    signed = select(PARTIES.c.agreement_id).where(PARTIES.c.organisation_id == survivor_id)
    await db.execute(
        delete(PARTIES).where(
            PARTIES.c.organisation_id == duplicate_id, PARTIES.c.agreement_id.in_(signed)
        )
    )
