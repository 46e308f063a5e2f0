"""Sending an announcement to each of its people, and what became of it."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.background import mail
from app.kernel.clock import now
from app.kernel.paging import paginate
from app.kernel.schemas import Ref
from app.network.cohorts.announcements import access
from app.network.cohorts.announcements.models import Announcement, Delivery
from app.network.cohorts.announcements.queries import Recipient
from app.network.cohorts.announcements.schemas import DeliveryOut, DeliveryPage, DeliveryQuery
from app.people.identity.actors import Actor

SORTS: Final = {"id": (Delivery.id,)}

_LETTER: Final = """\
Dear {name},

this is announced to the people of {cohort}, of whom you are one:

{body}
"""


async def deliver(db: AsyncSession, announcement: Announcement, to: list[Recipient]) -> None:
    """Let each read it from now on, and mail it to them; the caller has moved it to `sent`."""
    announcement.sent_at = now(db)
    announcement.recipient_count = len(to)
    for recipient in to:
        mail_id = await _mail(db, announcement, recipient, announcement.author_id)
        delivery = Delivery(
            announcement_id=announcement.id,
            account_id=recipient.account_id,
            membership_id=recipient.membership_id,
            is_mailed=mail_id is not None,
            mail_id=mail_id,
        )
        db.add(delivery)
    await db.flush()


async def resend(db: AsyncSession, announcement: Announcement, sender_id: UUID) -> list[UUID]:
    """Mail it once more to those whose letter failed; who they are."""
    failed = access.failed_deliveries(announcement.id).options(joinedload(Delivery.account))
    told: list[UUID] = []
    for delivery in (await db.scalars(failed)).all():
        person = delivery.account
        to = Recipient(person.id, person.name, person.email or "", delivery.membership_id)
        again = f":{delivery.mail_id}"
        delivery.mail_id = await _mail(db, announcement, to, sender_id, again)
        told.append(person.id)
    return told


async def _mail(
    db: AsyncSession,
    announcement: Announcement,
    recipient: Recipient,
    sender_id: UUID,
    again: str = "",
) -> UUID | None:
    letter = _LETTER.format(
        name=mail.said(recipient.name),
        cohort=mail.said(announcement.cohort.name),
        body=mail.quoted(announcement.body),
    )
    return await mail.send(
        db,
        to=recipient.email,
        subject=f"Announcement: {mail.said(announcement.title)}",
        text=letter,
        key=f"announcement:{announcement.id}:{recipient.account_id}{again}",
        about=announcement,
        sender_id=sender_id,
        recipient_id=recipient.account_id,
    )


async def list_announcement_deliveries(
    db: AsyncSession, actor: Actor, announcement_id: UUID, query: DeliveryQuery
) -> DeliveryPage:
    """To whom it was sent, for the team alone."""
    announcement = await access.announcement.allowing(
        db, actor, announcement_id, "announcement.read"
    )
    statement = select(Delivery).where(Delivery.announcement_id == announcement.id)
    statement = statement.options(joinedload(Delivery.account), joinedload(Delivery.mail))
    page = await paginate(db, statement, query, SORTS, default="id", bound=announcement.id)
    return DeliveryPage(
        items=[_delivered(delivery) for delivery in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _delivered(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(
        person=Ref(id=delivery.account.id, reference=None, name=delivery.account.name),
        membership_id=delivery.membership_id,
        is_mailed=delivery.is_mailed,
        delivery=delivery.mail.delivery if delivery.mail else None,
    )
