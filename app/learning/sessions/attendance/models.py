"""The evidence of attendance as it is stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, new_id, text_enum
from app.learning.sessions.attendance.reckoning import Said
from app.learning.sessions.presence import Stay
from app.network.cohorts.models import Membership
from app.people.identity.models import Account


class Evidence(Base):
    """That somebody was at a session from then until then, or what was said of them."""

    __tablename__ = "attendance_evidence"
    __table_args__ = (
        UniqueConstraint("session_id", "account_id", "joined_at", "left_at"),
        CheckConstraint("(joined_at IS NULL) = (left_at IS NULL)", "stay_whole"),
        CheckConstraint("left_at > joined_at", "left_after_joining"),
        CheckConstraint("(said IS NULL) = (joined_at IS NOT NULL)", "stay_or_said"),
        CheckConstraint("reason IS NULL OR said IS NOT NULL", "reason_of_what_is_said"),
        Index(
            "uq_attendance_evidence_said",
            "session_id",
            "account_id",
            unique=True,
            postgresql_where=text("said IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT"), index=True
    )
    """The member for whom they were there."""
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    said: Mapped[Said | None] = mapped_column(text_enum(Said, "said"))
    reason: Mapped[str | None]
    recorded_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    recorded_at: Mapped[datetime]

    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="raise")
    membership: Mapped[Membership] = relationship(lazy="raise")
    recorded_by: Mapped[Account] = relationship(foreign_keys=[recorded_by_id], lazy="raise")

    @property
    def stay(self) -> Stay | None:
        """From when until when they were there, where that is what it says."""
        return Stay(self.joined_at, self.left_at) if self.joined_at and self.left_at else None
