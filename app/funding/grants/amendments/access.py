"""Amendments, for whoever sees the grant. Whoever moves one holds the grant before it."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.grants.amendments.lifecycle import UNSETTLED
from app.funding.grants.amendments.models import Amendment
from app.funding.grants.models import Grant
from app.kernel.errors import NotFound
from app.people.identity.access import Above, Loader, held


class AmendmentNotFound(NotFound):
    """There is no such amendment, or none that you may see."""


async def _hold_grant(db: AsyncSession, grant_id: UUID) -> None:
    await db.execute(held(select(Grant).where(Grant.id == grant_id), Grant))


async def unsettled(db: AsyncSession, grant_id: UUID) -> Sequence[Amendment]:
    """Amendments of a grant that the caller holds which may still come into force, held."""
    those = select(Amendment).where(Amendment.grant_id == grant_id, Amendment.status.in_(UNSETTLED))
    return (await db.scalars(held(those.order_by(Amendment.number), Amendment))).all()


_GRANT: Final = joinedload(Amendment.grant)

amendment: Final = Loader(
    Amendment,
    "grant.read",
    AmendmentNotFound,
    (
        _GRANT.joinedload(Grant.membership),
        _GRANT.joinedload(Grant.cohort),
        _GRANT.joinedload(Grant.collaboration),
    ),
    above=Above(Amendment.grant_id, _hold_grant),
)
