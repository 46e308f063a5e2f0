"""Lines of meeting reports that nobody was known by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, new_id, text_enum
from app.learning.sessions.attendance.models import Evidence
from app.learning.sessions.meeting_reports import ReportForm
from app.people.identity.models import Account


class UnmatchedAttendance(Base):
    """That somebody was in a meeting, whom no address says: until a person says who it was."""

    __tablename__ = "unmatched_attendance"
    __table_args__ = (
        UniqueConstraint(
            "session_id",
            "name",
            "email",
            "joined_at",
            "left_at",
            name="uq_unmatched_attendance_line",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("left_at > joined_at", "left_after_joining"),
        CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", "settled_by_somebody"),
        CheckConstraint("account_id IS NULL OR settled_at IS NOT NULL", "assigned_is_settled"),
        CheckConstraint("evidence_id IS NULL OR account_id IS NOT NULL", "evidence_of_somebody"),
        Index(
            "ix_unmatched_attendance_open",
            "session_id",
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    form: Mapped[ReportForm] = mapped_column(text_enum(ReportForm, "form"))
    name: Mapped[str]
    email: Mapped[str | None]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime]
    reported_at: Mapped[datetime]
    account_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """Who it was, once somebody has said so; settled without, it was nobody who takes part."""
    settled_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    settled_at: Mapped[datetime | None]
    evidence_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("attendance_evidence.id", ondelete="RESTRICT"), index=True
    )
    """What was added when it was settled."""

    account: Mapped[Account | None] = relationship(foreign_keys=[account_id], lazy="raise")
    evidence: Mapped[Evidence | None] = relationship(lazy="raise")
