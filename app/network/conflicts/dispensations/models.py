"""Dispensations as they are stored."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.network.conflicts.dispensations.lifecycle import DispensationStatus
from app.people.identity.models import Account


class Dispensation(Record):
    """Two persons let a third decide about one thing although they are not independent of it."""

    __tablename__ = "dispensations"
    __noun__: ClassVar[str] = "dispensation"
    __called_by__: ClassVar[str] = "account"
    __table_args__ = (
        CheckConstraint("proposed_by_id <> account_id", "not_for_oneself"),
        CheckConstraint(
            "confirmed_by_id NOT IN (account_id, proposed_by_id)", "confirmed_by_another"
        ),
        CheckConstraint(
            "status <> 'confirmed' OR confirmed_by_id IS NOT NULL", "confirmed_by_someone"
        ),
        CheckConstraint(
            "(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", "confirmation_has_its_instant"
        ),
        Index(
            "uq_dispensations_one_at_a_time",
            "subject_id",
            "account_id",
            unique=True,
            postgresql_where=text("status <> 'revoked'"),
        ),
        Index("ix_dispensations_created_at", "created_at", "id"),
        Index("ix_dispensations_subject_id", "subject_id"),
        Index("ix_dispensations_updated_at", "updated_at", "id"),
    )

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """Who may decide."""
    noun: Mapped[str]
    subject_id: Mapped[UUID]
    """About what."""
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    status: Mapped[DispensationStatus] = mapped_column(text_enum(DispensationStatus, "status"))
    reason: Mapped[str]
    until_on: Mapped[date]
    """The last day on which it counts, where the thing is."""
    proposed_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    confirmed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    confirmed_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="raise")
    proposed_by: Mapped[Account] = relationship(foreign_keys=[proposed_by_id], lazy="raise")
    confirmed_by: Mapped[Account | None] = relationship(
        foreign_keys=[confirmed_by_id], lazy="raise"
    )
