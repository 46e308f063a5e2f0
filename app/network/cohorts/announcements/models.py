"""Announcements, and to whom they were sent."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.background.mail import MailMessage
from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.network.cohorts.announcements.lifecycle import AnnouncementStatus
from app.network.cohorts.models import Cohort
from app.people.identity.models import Account


class Audience(StrEnum):
    MEMBERS = "members"
    """Everyone who works in a member that takes part or is on leave."""
    LEADS = "leads"
    """Those who speak for one."""
    JOINING = "joining"
    """Everyone who works in a member that has accepted its place and does not take part yet."""


class Announcement(Record):
    """What the members of a cohort are told, or are to be told at `publish_at`."""

    __tablename__ = "announcements"
    __noun__: ClassVar[str] = "announcement"
    __table_args__ = (
        CheckConstraint("status <> 'scheduled' OR publish_at IS NOT NULL", "scheduled_for"),
        CheckConstraint("(publish_at IS NULL) = (timezone IS NULL)", "zone_of_publish_at"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", "sent_once"),
        CheckConstraint("(sent_at IS NULL) = (recipient_count IS NULL)", "counted_when_sent"),
        CheckConstraint("recipient_count >= 1", "sent_to_somebody"),
        Index("ix_announcements_cohort_id", "cohort_id", "created_at", "id"),
        Index(
            "ix_announcements_publish_at",
            "publish_at",
            postgresql_where=text("status = 'scheduled'"),
        ),
        Index("ix_announcements_updated_at", "updated_at", "id"),
        Index("ix_announcements_title_folded", "title_folded", "id"),
        trigrams("announcements", "title_folded"),
    )

    scope_id: Mapped[UUID] = synonym("cohort_id")

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    status: Mapped[AnnouncementStatus] = mapped_column(text_enum(AnnouncementStatus, "status"))
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    body: Mapped[str]
    audience: Mapped[Audience] = mapped_column(text_enum(Audience, "audience"))
    membership_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT"), index=True
    )
    """The one member that it is for; null: all of them."""
    author_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    publish_at: Mapped[datetime | None]
    timezone: Mapped[str | None]
    """The zone in which `publish_at` was read off the clock."""
    sent_at: Mapped[datetime | None]
    recipient_count: Mapped[int | None]

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    author: Mapped[Account] = relationship(lazy="raise")


class Delivery(Base):
    """That an announcement was sent to a person: from then on they may read it."""

    __tablename__ = "announcement_deliveries"
    __table_args__ = (
        UniqueConstraint("announcement_id", "account_id"),
        Index("ix_announcement_deliveries_account_id", "account_id", "announcement_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    announcement_id: Mapped[UUID] = mapped_column(
        ForeignKey("announcements.id", ondelete="RESTRICT")
    )
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT"), index=True
    )
    """The member they were told as people of; one of them where they work in several."""
    is_mailed: Mapped[bool]
    mail_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("mail_messages.id", ondelete="SET NULL"), index=True
    )

    mail: Mapped[MailMessage | None] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise")
