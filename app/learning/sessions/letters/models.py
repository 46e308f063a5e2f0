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
