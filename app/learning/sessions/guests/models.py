"""Guests as they are stored."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Record, text_enum
from app.learning.sessions.guests.lifecycle import SessionGuestStatus
from app.learning.sessions.models import LearningSession
from app.people.identity.models import Account


class SessionGuest(Record):
    """Somebody from outside who is invited to one session."""

    __tablename__ = "session_guests"
    __noun__: ClassVar[str] = "session_guest"
    __table_args__ = (
        Index("ix_session_guests_session_id", "session_id", "created_at", "id"),
        Index("ix_session_guests_created_at", "created_at", "id"),
        Index("ix_session_guests_updated_at", "updated_at", "id"),
        Index("ix_session_guests_email", "email"),
        Index("uq_session_guests_digest", "digest", unique=True),
        Index(
            "uq_session_guests_email",
            "session_id",
            "email",
            unique=True,
            postgresql_where=text("status IN ('invited', 'accepted')"),
        ),
    )

    scope_id: Mapped[UUID] = synonym("session_id")

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    status: Mapped[SessionGuestStatus] = mapped_column(text_enum(SessionGuestStatus, "status"))
    name: Mapped[str]
    email: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the token in the link."""
    invited_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    answered_at: Mapped[datetime | None]

    session: Mapped[LearningSession] = relationship(lazy="raise")
    invited_by: Mapped[Account] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """They are known by their name."""
