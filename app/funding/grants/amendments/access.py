"""Amendments, for whoever sees the grant. Whoever moves one holds the grant before it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.grants.amendments.lifecycle import UNSETTLED
from app.funding.grants.amendments.models import Amendment
from app.funding.grants.models import Grant
from app.kernel.errors import NotFound
from app.people.identity.access import Loader, held


class AmendmentNotFound(NotFound):
    """There is no such amendment, or none that you may see."""


class _BelowGrant(Loader[Amendment]):
    async def hold_above(self, db: AsyncSession, wanted: Select[Any]) -> None:
        grant_id = await db.scalar(wanted.with_only_columns(Amendment.grant_id))
        if grant_id is None:
            raise self.missing
        await db.execute(held(select(Grant).where(Grant.id == grant_id), Grant))


async def unsettled(db: AsyncSession, grant_id: UUID) -> Sequence[Amendment]:
    """Amendments of a grant that the caller holds which may still come into force, held."""
    those = select(Amendment).where(Amendment.grant_id == grant_id, Amendment.status.in_(UNSETTLED))
    return (await db.scalars(held(those.order_by(Amendment.number), Amendment))).all()


_GRANT: Final = joinedload(Amendment.grant)

amendment: Final = _BelowGrant(
    Amendment,
    "grant.read",
    AmendmentNotFound,
    (
        _GRANT.joinedload(Grant.membership),
        _GRANT.joinedload(Grant.cohort),
        _GRANT.joinedload(Grant.collaboration),
    ),
)
