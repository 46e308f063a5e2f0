"""Action items as they are stored."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.kernel.filters import trigrams
from app.learning.sessions.action_items.lifecycle import ActionItemStatus
from app.learning.sessions.models import LearningSession
from app.people.identity.models import Account


class ActionItem(Record):
    """What somebody said in a session that they would do, by a day."""

    __tablename__ = "action_items"
    __noun__: ClassVar[str] = "action_item"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (settled_at IS NULL)", "settled_unless_open"),
        Index("ix_action_items_session_id", "session_id", "due_on", "id"),
        Index("ix_action_items_owner_id", "owner_id", "due_on", "id"),
        Index("ix_action_items_due_on", "due_on", "id"),
        Index("ix_action_items_created_at", "created_at", "id"),
        Index("ix_action_items_updated_at", "updated_at", "id"),
        Index("ix_action_items_title_folded", "title_folded", "id"),
        trigrams("action_items", "title_folded"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    """The session in which it was agreed."""
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    """The session that it was carried on to last, in which it is asked about."""
    raised_in_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), index=True
    )
    status: Mapped[ActionItemStatus] = mapped_column(text_enum(ActionItemStatus, "status"))
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    due_on: Mapped[date]
    settled_at: Mapped[datetime | None]

    session: Mapped[LearningSession] = relationship(lazy="raise", foreign_keys=[session_id])
    raised_in: Mapped[LearningSession] = relationship(lazy="raise", foreign_keys=[raised_in_id])
    owner: Mapped[Account] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its title."""
