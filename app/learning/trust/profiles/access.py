"""What of a subject's results somebody may see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.learning.trust.result_sets.access import is_seen
from app.learning.trust.result_sets.models import Result, ResultSet
from app.people.identity.access import Looking
from app.people.identity.actors import Actor


class TrustProfileNotFound(NotFound):
    """Nothing was published of this member in this round, or nothing that you may see."""


async def results_of(
    db: AsyncSession, actor: Actor, result_set_id: UUID, membership_id: UUID
) -> Sequence[Result]:
    """What was published of one subject, without breakdowns. Raises TrustProfileNotFound."""
    whole = joinedload(Result.result_set)
    found = await db.scalars(
        select(Result)
        .where(
            is_seen(Looking(actor), now(db)),
            Result.result_set_id == result_set_id,
            Result.membership_id == membership_id,
            Result.breakdown.is_(None),
        )
        .options(
            whole.joinedload(ResultSet.framework_version),
            whole.joinedload(ResultSet.round),
            joinedload(Result.collaboration),
        )
        .order_by(Result.place)
    )
    rows = found.all()
    if not rows:
        raise TrustProfileNotFound
    return rows


async def results_seen(
    db: AsyncSession, actor: Actor, result_set_ids: Sequence[UUID]
) -> Sequence[Result]:
    """What of these sets somebody may see of single subjects, without breakdowns."""
    found = await db.scalars(
        select(Result)
        .where(
            is_seen(Looking(actor), now(db)),
            Result.result_set_id.in_(result_set_ids),
            Result.membership_id.is_not(None),
            Result.breakdown.is_(None),
        )
        .order_by(Result.result_set_id, Result.place)
    )
    return found.all()
