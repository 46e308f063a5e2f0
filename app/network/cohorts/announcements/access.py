"""Who may see an announcement: the team of its cohort, and everyone it was sent to, for good."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.background.mail import DeliveryState, is_in_state
from app.kernel.errors import NotFound
from app.network.cohorts.announcements.models import Announcement, Delivery
from app.people.identity.access import Loader, Sight, held
from app.people.identity.accounts.access import is_same_person
from app.people.identity.models import Account

WITH_COHORT: Final[ORMOption] = joinedload(Announcement.cohort)


class AnnouncementNotFound(NotFound):
    """There is no such announcement, or it was not sent to you."""


def is_readable(by: Sight) -> ColumnElement[bool]:
    """Those of cohorts where somebody holds `announcement.read`, and those sent to them."""
    sent_to_them = (
        exists()
        .where(
            Delivery.announcement_id == Announcement.id,
            is_same_person(Delivery.account_id, by.person_id),
        )
        .correlate_except(Delivery)
    )
    return or_(by.reaches("announcement.read", Announcement.cohort_id), sent_to_them)


announcement: Final = Loader(
    Announcement,
    "announcement.read",
    AnnouncementNotFound,
    (WITH_COHORT,),
    seen=is_readable,
)


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
    statement = held(statement.options(WITH_COHORT), Announcement, skip_locked=True)
    return await db.scalar(statement)
