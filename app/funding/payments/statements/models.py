"""Files of the bank that were brought in, and their lines."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.funds.models import Fund
from app.funding.payments.models import Payment
from app.funding.payments.statements.lifecycle import BankLineObstacle, BankLineStatus
from app.funding.payments.statements.lines import BankFileForm, BankOutcome
from app.kernel.db import Record, text_enum
from app.people.identity.models import Account


class BankStatement(Record):
    """That a file of the bank was brought in, with what of it was new."""

    __tablename__ = "bank_statements"
    __noun__: ClassVar[str] = "bank_statement"
    __called_by__: ClassVar[str] = "fund"
    __table_args__ = (
        CheckConstraint("known_count >= 0 AND other_count >= 0", "counts"),
        Index("ix_bank_statements_fund_id", "fund_id", "created_at", "id"),
        Index("ix_bank_statements_created_at", "created_at", "id"),
        Index("ix_bank_statements_updated_at", "updated_at", "id"),
    )

    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("fund_id")
    file_name: Mapped[str]
    """What the file was called."""
    form: Mapped[BankFileForm] = mapped_column(text_enum(BankFileForm, "form"))
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    known_count: Mapped[int]
    """Its lines that another file had told before."""
    other_count: Mapped[int]
    """Its entries that are about no payment: what came in, or was not booked."""
    imported_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )

    fund: Mapped[Fund] = relationship(lazy="raise")
    imported_by: Mapped[Account] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by the name of its file."""


class BankLine(Record):
    """One thing that the bank says: that it paid an amount, or did not. What it says never
    changes."""

    __tablename__ = "bank_lines"
    __noun__: ClassVar[str] = "bank_line"
    __called_by__: ClassVar[str] = "statement"
    __table_args__ = (
        UniqueConstraint("fund_id", "fingerprint"),
        UniqueConstraint("statement_id", "position"),
        CheckConstraint("amount_minor > 0", "amount_minor"),
        CheckConstraint("charges_minor >= 0", "charges_minor"),
        CheckConstraint("taken_minor > 0", "taken_minor"),
        CheckConstraint("(taken_minor IS NULL) = (taken_currency IS NULL)", "taken_whole"),
        CheckConstraint("(status = 'matched') = (payment_id IS NOT NULL)", "matched"),
        Index("ix_bank_lines_statement_id", "statement_id", "created_at", "id"),
        Index("ix_bank_lines_fund_id", "fund_id", "created_at", "id"),
        Index("ix_bank_lines_created_at", "created_at", "id"),
        Index("ix_bank_lines_value_on", "value_on", "id"),
        Index("ix_bank_lines_updated_at", "updated_at", "id"),
    )

    statement_id: Mapped[UUID] = mapped_column(
        ForeignKey("bank_statements.id", ondelete="RESTRICT")
    )
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("fund_id")
    position: Mapped[int]
    """Counts the lines of the file."""
    status: Mapped[BankLineStatus] = mapped_column(text_enum(BankLineStatus, "status"))
    outcome: Mapped[BankOutcome] = mapped_column(text_enum(BankOutcome, "outcome"))
    end_to_end_id: Mapped[str | None]
    bank_reference: Mapped[str | None]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    charges_minor: Mapped[int]
    taken_minor: Mapped[int | None]
    taken_currency: Mapped[str | None]
    """What the bank took for it in another currency, where it says so."""
    value_on: Mapped[date]
    reason: Mapped[str | None]
    """Why the bank did not do it."""
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    """By which a line is known that another file has told."""
    payment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("payments.id", ondelete="RESTRICT"), index=True
    )
    obstacle: Mapped[BankLineObstacle | None] = mapped_column(
        text_enum(BankLineObstacle, "obstacle")
    )
    obstacle_detail: Mapped[str | None]

    statement: Mapped[BankStatement] = relationship(lazy="raise")
    fund: Mapped[Fund] = relationship(lazy="raise")
    payment: Mapped[Payment | None] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its file and its place there."""
