"""Recoveries."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.grants.models import Grant
from app.funding.grants.recoveries.lifecycle import RecoveryStatus
from app.kernel.db import Record, text_enum


class Recovery(Record):
    """An amount that was disbursed to a grantee and is to come back.

    What came and what was written off is in the ledger, by entries that name it.
    """

    __tablename__ = "recoveries"
    __noun__: ClassVar[str] = "recovery"
    __called_by__: ClassVar[str] = "grant"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", "amount_minor"),
        Index("ix_recoveries_grant_id", "grant_id", "created_at"),
        Index("ix_recoveries_created_at", "created_at", "id"),
        Index("ix_recoveries_updated_at", "updated_at", "id"),
    )

    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("grant_id")
    status: Mapped[RecoveryStatus] = mapped_column(text_enum(RecoveryStatus, "status"))
    amount_minor: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str]
    """Why it is to come back."""

    grant: Mapped[Grant] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its grant and its day."""
