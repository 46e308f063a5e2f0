"""What priority areas count towards targets."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.network.programmes.models import CountingRule
from app.network.programmes.priority_areas.models import PriorityArea
from app.network.programmes.queries import counts


@counts(CountingRule.PRIORITY_AREAS_LAUNCHED)
async def priority_areas_launched(
    db: AsyncSession, programme_ids: Sequence[UUID], ends_at: datetime
) -> dict[UUID, int]:
    """In how many of each programme's areas a collaboration had been launched before `ends_at`."""
    statement = (
        select(PriorityArea.programme_id, func.count())
        .where(PriorityArea.programme_id.in_(programme_ids), PriorityArea.launched_at < ends_at)
        .group_by(PriorityArea.programme_id)
    )
    return dict((await db.execute(statement)).all())
