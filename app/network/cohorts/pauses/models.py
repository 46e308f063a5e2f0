"""Requests for leave."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Record, text_enum
from app.network.cohorts.models import Membership
from app.network.cohorts.pauses.lifecycle import PauseRequestStatus
from app.people.identity.models import Account


class PauseRequest(Record):
    """That a member would like leave until a day, and what became of it."""

    __tablename__ = "pause_requests"
    __noun__: ClassVar[str] = "pause_request"
    __called_by__: ClassVar[str] = "membership"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (settled_at IS NULL)", "settled_unless_open"),
        CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", "settled_by_somebody"),
        CheckConstraint("status <> 'declined' OR answer IS NOT NULL", "declined_for_a_reason"),
        Index("ix_pause_requests_membership_id", "membership_id", "created_at", "id"),
        Index("ix_pause_requests_created_at", "created_at", "id"),
        Index(
            "uq_pause_requests_open",
            "membership_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_pause_requests_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = synonym("membership_id")

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id", ondelete="RESTRICT"))
    status: Mapped[PauseRequestStatus] = mapped_column(text_enum(PauseRequestStatus, "status"))
    reason: Mapped[str]
    returns_on: Mapped[date]
    moves_due_dates: Mapped[bool]
    asked_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    answer: Mapped[str | None]
    """Why it was declined."""
    settled_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    settled_at: Mapped[datetime | None]

    membership: Mapped[Membership] = relationship(lazy="raise")
    asked_by: Mapped[Account] = relationship(lazy="raise", foreign_keys=[asked_by_id])
    settled_by: Mapped[Account | None] = relationship(lazy="raise", foreign_keys=[settled_by_id])
