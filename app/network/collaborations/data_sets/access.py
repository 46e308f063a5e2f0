"""Who may see a data set: those who see its collaboration."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.network.collaborations.data_sets.models import DataSet
from app.people.identity.access import obtain
from app.people.identity.actors import Actor


class DataSetNotFound(NotFound):
    """There is no such data set, or you may not see the collaboration it belongs to."""


async def data_set(
    db: AsyncSession, actor: Actor, data_set_id: UUID, *, lock: bool = False
) -> DataSet:
    """The data set with its collaboration. Raises DataSetNotFound (404)."""
    return await obtain(
        db,
        actor,
        DataSet,
        data_set_id,
        "collaboration.read",
        lock=lock,
        missing=DataSetNotFound,
        options=[joinedload(DataSet.collaboration)],
    )
