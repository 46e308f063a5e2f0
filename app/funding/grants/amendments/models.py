"""Amendments of grants."""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.grants.amendments.lifecycle import AmendmentStatus
from app.funding.grants.models import Grant
from app.kernel.db import Record, text_enum


class Amendment(Record):
    """What would be agreed of a grant instead of what is: a whole new version of its terms."""

    __tablename__ = "amendments"
    __noun__: ClassVar[str] = "amendment"
    __called_by__: ClassVar[str] = "grant"
    __table_args__ = (
        UniqueConstraint("grant_id", "number"),
        CheckConstraint(
            "num_nonnulls(agreement, agreement_sha256) IN (0, 2)", "agreement_has_its_hash"
        ),
        CheckConstraint(
            "agreement IS NOT NULL OR status NOT IN "
            "('approved', 'awaiting_countersignature', 'effective')",
            "approved_as_written",
        ),
        Index(
            "uq_amendments_one_open",
            "grant_id",
            unique=True,
            postgresql_where=text(
                "status IN ('submitted', 'approved', 'awaiting_countersignature')"
            ),
        ),
        Index("ix_amendments_created_at", "created_at", "id"),
        Index("ix_amendments_updated_at", "updated_at", "id"),
    )

    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("grant_id")
    number: Mapped[int]
    base_number: Mapped[int]
    """The version of the terms that it would change."""
    status: Mapped[AmendmentStatus] = mapped_column(text_enum(AmendmentStatus, "status"))
    reason: Mapped[str]
    terms: Mapped[dict[str, Any]]
    """What is proposed, whole, as `ProposedTermsOut` shows it."""
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """How that differs from the base, as `AmendmentDifferenceOut` shows it."""
    is_material: Mapped[bool]
    """Both sides sign it."""
    agreement: Mapped[str | None]
    """What was approved, as canonical JSON: what the two signatories sign."""
    agreement_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)

    grant: Mapped[Grant] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its grant and its number."""
