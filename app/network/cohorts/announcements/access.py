"""Who may see an announcement: the team of its cohort, and everyone it was sent to, for good."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.background.mail import DeliveryState, is_in_state
from app.kernel.errors import NotFound
from app.network.cohorts.announcements.models import Announcement, Delivery
from app.people.identity.access import Loader, held, reached
from app.people.identity.actors import Actor
from app.people.identity.models import Account

WITH_NAMES: Final[tuple[ORMOption, ...]] = (
    joinedload(Announcement.cohort),
    joinedload(Announcement.author),
)


class AnnouncementNotFound(NotFound):
    """There is no such announcement, or it was not sent to you."""


def readable(actor: Actor) -> Select[Announcement]:
    """Those of cohorts where the actor holds `announcement.read`, and those sent to them."""
    sent_to_me = exists().where(
        Delivery.announcement_id == Announcement.id, Delivery.account_id.in_(actor.persons)
    )
    of_my_cohorts = reached(Announcement.cohort_id, actor, "announcement.read")
    return select(Announcement).where(or_(of_my_cohorts, sent_to_me)).options(*WITH_NAMES)


class _Readable(Loader[Announcement]):
    def rows(self, actor: Actor, permission: str) -> Select[Announcement]:  # noqa: ARG002
        return readable(actor)


announcement: Final = _Readable(Announcement, "announcement.read", AnnouncementNotFound)


def failed_deliveries(announcement_id: Any) -> Select[Delivery]:
    """Those of an announcement whose letter failed, to people who may still be written to."""
    return (
        select(Delivery)
        .join(Delivery.mail)
        .join(Delivery.account)
        .where(
            Delivery.announcement_id == announcement_id,
            is_in_state(DeliveryState.FAILED),
            Account.disabled_at.is_(None),
        )
        .order_by(Delivery.id)
    )


async def hold(db: AsyncSession, announcement_id: UUID) -> Announcement | None:
    """Lock an announcement until the transaction ends, whoever asks, and read it afresh; None
    where another holds it."""
    statement = select(Announcement).where(Announcement.id == announcement_id)
    statement = held(statement.options(*WITH_NAMES), Announcement, skip_locked=True)
    return await db.scalar(statement)
