"""Who may see a request for leave: those who see the membership."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.network.cohorts.access import hold_cohort
from app.network.cohorts.models import Membership
from app.network.cohorts.pauses.models import PauseRequest
from app.people.identity.access import obtain
from app.people.identity.actors import Actor

WITH_NAMES: Final[tuple[ORMOption, ...]] = (
    joinedload(PauseRequest.membership).joinedload(Membership.cohort),
    joinedload(PauseRequest.membership).joinedload(Membership.collaboration),
    joinedload(PauseRequest.asked_by),
    joinedload(PauseRequest.settled_by),
)


class PauseRequestNotFound(NotFound):
    """There is no such request for leave, or none that you may see."""


async def pause_request(
    db: AsyncSession, actor: Actor, pause_request_id: UUID, *, lock: bool = False
) -> PauseRequest:
    """The request with its membership and who asked; `lock` holds the cohort too.

    Raises PauseRequestNotFound (404).
    """
    if lock:
        cohort_id = select(Membership.cohort_id).join(PauseRequest)
        await hold_cohort(db, await db.scalar(cohort_id.where(PauseRequest.id == pause_request_id)))
    return await obtain(
        db,
        actor,
        PauseRequest,
        pause_request_id,
        "membership.read",
        lock=lock,
        missing=PauseRequestNotFound,
        options=WITH_NAMES,
    )
