"""Who may see an announcement: the team of its cohort, and everyone it was sent to, for good."""

from typing import Final
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.network.cohorts.announcements.models import Announcement, Delivery
from app.people.identity.access import reached
from app.people.identity.actors import Actor

WITH_NAMES: Final[tuple[ORMOption, ...]] = (
    joinedload(Announcement.cohort),
    joinedload(Announcement.author),
)


class AnnouncementNotFound(NotFound):
    """There is no such announcement, or it was not sent to you."""


def readable(actor: Actor) -> Select[Announcement]:
    """Those of cohorts where the actor holds `announcement.read`, and those sent to them."""
    sent_to_me = exists().where(
        Delivery.announcement_id == Announcement.id, Delivery.account_id == actor.account_id
    )
    of_my_cohorts = reached(Announcement.cohort_id, actor, "announcement.read")
    return select(Announcement).where(or_(of_my_cohorts, sent_to_me)).options(*WITH_NAMES)


async def announcement(
    db: AsyncSession, actor: Actor, announcement_id: UUID, *, lock: bool = False
) -> Announcement:
    """The announcement with its cohort and author. Raises AnnouncementNotFound (404)."""
    statement = readable(actor).where(Announcement.id == announcement_id)
    if lock:
        statement = statement.with_for_update(key_share=True, of=Announcement)
        statement = statement.execution_options(populate_existing=True)
    found = await db.scalar(statement)
    if found is None:
        raise AnnouncementNotFound
    await actor.reach(db, [found.cohort_id])
    return found


async def hold(db: AsyncSession, announcement_id: UUID) -> Announcement:
    """Lock an announcement until the transaction ends, whoever asks, and read it afresh."""
    statement = select(Announcement).where(Announcement.id == announcement_id)
    statement = statement.options(*WITH_NAMES).with_for_update(key_share=True, of=Announcement)
    return (await db.scalars(statement.execution_options(populate_existing=True))).one()
