"""Who may see a priority area: those who see its programme."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import FieldProblem, NotFound, Unprocessable
from app.network.programmes.priority_areas.models import PriorityArea
from app.people.identity.access import Loader


class PriorityAreaNotFound(NotFound):
    """There is no such priority area, or you may not see its programme."""


class PriorityAreaUnknown(Unprocessable):
    """The request names a priority area that the collaboration's programme does not have."""


priority_area: Final = Loader(PriorityArea, "programme.read", PriorityAreaNotFound)


async def known(
    db: AsyncSession, priority_area_id: UUID, programme_id: UUID | None
) -> PriorityArea:
    """The area that a body names as `/priority_area_id`, of a programme the caller has found.

    Raises PriorityAreaUnknown (422) where the programme has none of this id.
    """
    statement = select(PriorityArea).where(
        PriorityArea.id == priority_area_id, PriorityArea.programme_id == programme_id
    )
    found = await db.scalar(statement)
    if found is None:
        pointer = FieldProblem(
            pointer="/priority_area_id",
            code="priority_area_unknown",
            detail="The collaboration's programme has none of this id.",
        )
        raise PriorityAreaUnknown(errors=[pointer])
    return found
