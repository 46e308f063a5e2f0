"""Evidence and verifications as they are stored. Both are of attributed rounds."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.learning.trust.sheets.models import Sheet
from app.people.identity.models import Account


class EvidenceKind(StrEnum):
    URL = "url"
    FILE = "file"
    STATEMENT = "statement"


class Verdict(StrEnum):
    SUPPORTS = "supports"
    PARTLY = "partly"
    DOES_NOT = "does_not"
    CANNOT_TELL = "cannot_tell"


class Evidence(Record):
    """What shows that an answer is so. It does not change: it is taken away, and added anew."""

    __tablename__ = "sheet_evidence"
    __noun__: ClassVar[str] = "evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["sheet_id", "question"],
            ["sheet_answers.sheet_id", "sheet_answers.question"],
            name="fk_sheet_evidence_sheet_id_question",
            ondelete="RESTRICT",
        ),
        CheckConstraint("(kind = 'url') = (url IS NOT NULL)", "url"),
        CheckConstraint("(kind = 'file') = (file_id IS NOT NULL)", "file"),
        CheckConstraint("kind <> 'statement' OR note IS NOT NULL", "statement"),
        CheckConstraint("kind <> 'file' OR sha256 IS NOT NULL", "file_has_hash"),
        CheckConstraint("expires_on > collected_on", "expires_after_collecting"),
        Index("ix_sheet_evidence_scope_id", "scope_id"),
        Index("ix_sheet_evidence_sheet_id", "sheet_id", "question"),
        Index("ix_sheet_evidence_created_at", "created_at", "id"),
        Index("ix_sheet_evidence_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """That of the round: whoever is outside its subject may look."""
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), index=True)
    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("sheets.id", ondelete="RESTRICT"))
    question: Mapped[str]
    kind: Mapped[EvidenceKind] = mapped_column(text_enum(EvidenceKind, "kind"))
    url: Mapped[str | None]
    file_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("files.id", ondelete="RESTRICT"), index=True
    )
    sha256: Mapped[str | None]
    """Of what was found there, in hexadecimal digits."""
    note: Mapped[str | None]
    collected_on: Mapped[date]
    expires_on: Mapped[date | None]
    """From which day on it shows nothing any more."""

    sheet: Mapped[Sheet] = relationship(lazy="raise")


class Verification(Record):
    """What somebody outside the subject says of an answer."""

    __tablename__ = "verifications"
    __noun__: ClassVar[str] = "verification"
    __table_args__ = (
        UniqueConstraint("sheet_id", "question", "account_id"),
        ForeignKeyConstraint(
            ["sheet_id", "question"],
            ["sheet_answers.sheet_id", "sheet_answers.question"],
            name="fk_verifications_sheet_id_question",
            ondelete="RESTRICT",
        ),
        Index("ix_verifications_scope_id", "scope_id"),
        Index("ix_verifications_account_id", "account_id"),
        Index("ix_verifications_created_at", "created_at", "id"),
        Index("ix_verifications_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """That of the round."""
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), index=True)
    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("sheets.id", ondelete="RESTRICT"))
    question: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    verdict: Mapped[Verdict] = mapped_column(text_enum(Verdict, "verdict"))
    note: Mapped[str | None]

    sheet: Mapped[Sheet] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise")
