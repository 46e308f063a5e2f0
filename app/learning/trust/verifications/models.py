"""Verifications as they are stored."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.learning.trust.sheets.models import Sheet
from app.learning.trust.verifications.lifecycle import VerificationStatus
from app.people.identity.models import Account


class VerificationVerdict(StrEnum):
    SUPPORTS = "supports"
    PARTLY = "partly"
    DOES_NOT = "does_not"
    CANNOT_TELL = "cannot_tell"


class Verification(Record):
    """What somebody outside the subject says of an answer, once for each answer."""

    __tablename__ = "verifications"
    __noun__: ClassVar[str] = "verification"
    __called_by__: ClassVar[str] = "sheet"
    __table_args__ = (
        Index(
            "uq_verifications_given",
            "sheet_id",
            "question",
            "account_id",
            unique=True,
            postgresql_where=text("status = 'standing'"),
        ),
        Index("ix_verifications_scope_id", "scope_id"),
        Index("ix_verifications_sheet_id", "sheet_id"),
        Index("ix_verifications_account_id", "account_id"),
        Index("ix_verifications_created_at", "created_at", "id"),
        Index("ix_verifications_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """That of the round."""
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), index=True)
    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("sheets.id", ondelete="RESTRICT"))
    question: Mapped[str]
    """Its key in the framework of the round."""
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    status: Mapped[VerificationStatus] = mapped_column(text_enum(VerificationStatus, "status"))
    verdict: Mapped[VerificationVerdict] = mapped_column(text_enum(VerificationVerdict, "verdict"))
    note: Mapped[str | None]

    sheet: Mapped[Sheet] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise")
