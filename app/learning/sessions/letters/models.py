"""What people were last told of a session by letter."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base


class SessionLetter(Base):
    """Up to which change of a session its people have had letters, and what the last said."""

    __tablename__ = "session_letters"

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), primary_key=True
    )
    sequence: Mapped[int]
    said: Mapped[str | None]
    """A hash of what a calendar shows of it; null while nobody was invited."""
    told_at: Mapped[datetime]


class SessionInvitee(Base):
    """Somebody whose calendar was asked by letter to keep a session, and was not told since that
    they take no part in it any more; or was, once `withdrawn_at` is there."""

    __tablename__ = "session_invitees"

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), primary_key=True
    )
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    sequence: Mapped[int]
    """Of the session, in the last letter that they had."""
    withdrawn_at: Mapped[datetime | None]
