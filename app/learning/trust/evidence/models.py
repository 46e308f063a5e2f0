"""Evidence as it is stored. It does not change: it is withdrawn, and shown anew."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.learning.trust.evidence.lifecycle import SheetEvidenceStatus
from app.learning.trust.sheets.models import Sheet


class SheetEvidence(Record):
    """What shows that an answer is so: something at an address, a file, or what is stated."""

    __tablename__ = "sheet_evidence"
    __noun__: ClassVar[str] = "sheet_evidence"
    __called_by__: ClassVar[str] = "sheet"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(url, statement, file_id) > 0 OR status = 'withdrawn'", "something"
        ),
        UniqueConstraint("file_id"),
        CheckConstraint("sha256 IS NULL OR url IS NOT NULL", "hash_of_something"),
        CheckConstraint("expires_on > collected_on", "expires_after_collecting"),
        Index("ix_sheet_evidence_scope_id", "scope_id"),
        Index("ix_sheet_evidence_sheet_id", "sheet_id", "question"),
        Index("ix_sheet_evidence_created_at", "created_at", "id"),
        Index("ix_sheet_evidence_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """That of the round."""
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), index=True)
    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("sheets.id", ondelete="RESTRICT"))
    question: Mapped[str]
    """Its key in the framework of the round."""
    status: Mapped[SheetEvidenceStatus] = mapped_column(text_enum(SheetEvidenceStatus, "status"))
    url: Mapped[str | None]
    sha256: Mapped[str | None]
    """Of what was found there, in hexadecimal digits."""
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"))
    """What was uploaded; its own row has its hash."""
    statement: Mapped[str | None]
    collected_on: Mapped[date]
    expires_on: Mapped[date | None]
    """From which day on it shows nothing any more."""

    sheet: Mapped[Sheet] = relationship(lazy="raise")
