"""Who may see an indicator: those who see its programme."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import FieldProblem, NotFound, Unprocessable
from app.network.indicators.models import Indicator
from app.people.identity.access import Loader


class IndicatorNotFound(NotFound):
    """There is no such indicator, or you may not see its programme."""


class IndicatorUnknown(Unprocessable):
    """The request names an indicator that the member's programme does not have."""


indicator: Final = Loader(Indicator, "programme.read", IndicatorNotFound)


async def locked(db: AsyncSession, indicator_id: UUID, programme_id: UUID) -> Indicator:
    """The indicator that a body names as `/indicator_id`, so that what is said of it is said one
    after the other. Raises IndicatorUnknown (422) where the programme has none of this id."""
    statement = (
        select(Indicator)
        .where(Indicator.id == indicator_id, Indicator.programme_id == programme_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = await db.scalar(statement)
    if found is None:
        pointer = FieldProblem(
            pointer="/indicator_id",
            code="indicator_unknown",
            detail="The member's programme has none of this id.",
        )
        raise IndicatorUnknown(errors=[pointer])
    return found
