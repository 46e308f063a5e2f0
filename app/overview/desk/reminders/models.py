"""What somebody was reminded of, and on which day they last had their digest."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, new_id, text_enum
from app.kernel.vocabularies import Vocabulary
from app.overview.desk.kinds import WorkKind


class ReminderKind(Vocabulary):
    """The occasion of a reminder, in the time zone of what is due."""

    WEEK_BEFORE = "week_before"
    ON_THE_DAY = "on_the_day"
    OVERDUE = "overdue"
    HALF_WAY = "half_way"
    """Half of the time to answer has passed: goes by itself, at that moment."""
    DAY_BEFORE = "day_before"
    """It begins within a day: goes by itself, a day before."""


class Reminder(Base):
    """A person was told that something is due. A later due date is reminded of anew."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("account_id", "work", "subject_id", "due_at", "kind"),
        Index("ix_reminders_account_id", "account_id", "reminded_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    kind: Mapped[ReminderKind] = mapped_column(text_enum(ReminderKind, "kind"))
    work: Mapped[WorkKind] = mapped_column(text_enum(WorkKind, "work", is_open=True))
    subject_id: Mapped[UUID]
    reference: Mapped[str | None]
    name: Mapped[str]
    """What it was called when the person was told."""
    due_at: Mapped[datetime]
    due_on: Mapped[date]
    timezone: Mapped[str]
    reminded_at: Mapped[datetime]


class Digest(Base):
    """The last day, where the person is, on which what is due was gathered for them: once a day,
    whether there was something to tell or not."""

    __tablename__ = "reminder_digests"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), primary_key=True
    )
    gathered_on: Mapped[date]
    gathered_at: Mapped[datetime]
