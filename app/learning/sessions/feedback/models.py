"""Feedback as it is stored: who has given some beside what was said, and what was released.

Nothing of an answer says whose it is or when it was given: its id is random and no row says an
instant. Both tables are emptied when feedback closes, and what was released stays.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base


class FeedbackGiver(Base):
    """That somebody has given feedback about a session."""

    __tablename__ = "session_feedback_givers"

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), primary_key=True
    )
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class FeedbackAnswer(Base):
    """What somebody said about a session."""

    __tablename__ = "session_feedback_answers"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 5", "rating"),
        CheckConstraint("recommendation BETWEEN 0 AND 10", "recommendation"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), index=True
    )
    rating: Mapped[int]
    recommendation: Mapped[int]
    comment: Mapped[str | None]


class FeedbackRelease(Base):
    """What was released of a session's feedback when it closed; of too few answers nothing."""

    __tablename__ = "session_feedback_releases"

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), primary_key=True
    )
    closed_at: Mapped[datetime]
    released: Mapped[dict[str, Any] | None]
