"""Minutes as they are stored."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Base, Record, new_id, text_enum
from app.learning.sessions.minutes.lifecycle import SessionMinutesStatus
from app.learning.sessions.models import LearningSession
from app.people.identity.models import Account


class SessionMinutes(Record):
    """What was said in a session, and the recap that is published of it."""

    __tablename__ = "session_minutes"
    __noun__: ClassVar[str] = "session_minutes"
    __called_by__: ClassVar[str] = "session"
    __table_args__ = (
        UniqueConstraint("session_id"),
        CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", "published_at"),
        Index("ix_session_minutes_created_at", "created_at", "id"),
        Index("ix_session_minutes_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = synonym("session_id")

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    status: Mapped[SessionMinutesStatus] = mapped_column(text_enum(SessionMinutesStatus, "status"))
    recap: Mapped[str]
    links: Mapped[list[Any]]
    learning_ids: Mapped[list[Any]]
    published_at: Mapped[datetime | None]

    session: Mapped[LearningSession] = relationship(lazy="raise")
    recordings: Mapped[list["Recording"]] = relationship(
        lazy="raise", order_by="Recording.position", cascade="all, delete-orphan"
    )


class Recording(Base):
    """A recording of a session, or of one of its parts."""

    __tablename__ = "session_recordings"
    __table_args__ = (
        UniqueConstraint("minutes_id", "position", deferrable=True, initially="DEFERRED"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("session_minutes.id", ondelete="RESTRICT"))
    position: Mapped[int]
    title: Mapped[str]
    url: Mapped[str]
    segment: Mapped[str | None]

    voices: Mapped[list["Voice"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class Voice(Base):
    """Somebody who is heard in a recording."""

    __tablename__ = "session_recording_voices"

    recording_id: Mapped[UUID] = mapped_column(
        ForeignKey("session_recordings.id", ondelete="RESTRICT"), primary_key=True
    )
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), primary_key=True, index=True
    )

    account: Mapped[Account] = relationship(lazy="raise")
