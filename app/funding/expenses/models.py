"""Claims of expenses, and their items."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.expenses.lifecycle import ExpenseClaimStatus, ExpenseKind
from app.funding.funds.models import Fund
from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.network.cohorts.models import Cohort
from app.people.files.models import File
from app.people.identity.models import Account


class ExpenseClaim(Record):
    """What a person claims back from a fund; a scope of its own below the cohort and the fund."""

    __tablename__ = "expense_claims"
    __noun__: ClassVar[str] = "expense_claim"
    __nodes__: ClassVar[tuple[str, ...]] = ("id",)
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("cohort_id", "number"),
        CheckConstraint("length(reference) <= 20", "reference_leaves_room_for_payments"),
        CheckConstraint("approved_minor > 0", "approved_minor"),
        CheckConstraint("approved_tax_minor BETWEEN 0 AND approved_minor", "approved_tax_minor"),
        CheckConstraint("decided_by_id <> claimant_id", "decided_by_another"),
        CheckConstraint(
            "(status = 'approved') = (approved_minor IS NOT NULL) "
            "AND (approved_minor IS NULL) = (approved_tax_minor IS NULL)",
            "approved_whole",
        ),
        CheckConstraint(
            "(status IN ('approved', 'declined')) = (decided_by_id IS NOT NULL)", "decided"
        ),
        Index("ix_expense_claims_fund_id", "fund_id", "created_at", "id"),
        Index("ix_expense_claims_claimant_id", "claimant_id", "created_at", "id"),
        trigrams("expense_claims", "title_folded", "reference"),
        Index("ix_expense_claims_created_at", "created_at", "id"),
        Index("ix_expense_claims_updated_at", "updated_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True, sort_order=-10
    )
    scope_id: Mapped[UUID] = synonym("id")
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"))
    """The fund that is to pay it, out of what it has promised to nobody."""
    claimant_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    """Who has spent the money."""
    drafted_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """Who drew it up: the claimant, or somebody who did it for them."""
    number: Mapped[int]
    """Counts the claims of the cohort."""
    reference: Mapped[str]
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    purpose: Mapped[str]
    """What the money was spent for."""
    status: Mapped[ExpenseClaimStatus] = mapped_column(text_enum(ExpenseClaimStatus, "status"))
    currency: Mapped[str]
    """The fund's."""
    submitted_at: Mapped[datetime | None]
    """When it was last submitted."""
    decided_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    approved_minor: Mapped[int | None]
    """What was approved of all its items."""
    approved_tax_minor: Mapped[int | None]
    """The part of that which is tax."""

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    fund: Mapped[Fund] = relationship(lazy="raise")
    claimant: Mapped[Account] = relationship(foreign_keys=[claimant_id], lazy="raise")
    drafted_by: Mapped[Account] = relationship(foreign_keys=[drafted_by_id], lazy="raise")
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id], lazy="raise")
    items: Mapped[list["ExpenseItem"]] = relationship(
        lazy="raise", viewonly=True, order_by="ExpenseItem.number"
    )

    @property
    def personal_fields(self) -> frozenset[str]:
        """What it was spent for may say what nobody else is to know, and goes with the claimant."""
        return frozenset({"title", "purpose"})


class ExpenseItem(Base):
    """One thing that money was spent on, with its receipt, or why there is none."""

    __tablename__ = "expense_items"
    __noun__: ClassVar[str] = "expense_item"
    __called_by__: ClassVar[str] = "claim"
    __table_args__ = (
        UniqueConstraint("claim_id", "number"),
        UniqueConstraint("file_id"),
        CheckConstraint("amount_minor > 0", "amount_minor"),
        CheckConstraint("tax_minor BETWEEN 0 AND amount_minor", "tax_minor"),
        CheckConstraint("approved_minor BETWEEN 0 AND amount_minor", "approved_minor"),
        CheckConstraint(
            "approved_minor IS NULL OR (approved_minor < amount_minor) = "
            "(lowered_because IS NOT NULL)",
            "lowered_with_a_reason",
        ),
        CheckConstraint("num_nonnulls(file_id, no_receipt_because) <= 1", "receipt_or_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("expense_claims.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("claim_id")
    number: Mapped[int]
    """Counts the items of the claim."""
    spent_on: Mapped[date]
    kind: Mapped[ExpenseKind] = mapped_column(text_enum(ExpenseKind, "kind"))
    description: Mapped[str]
    amount_minor: Mapped[int]
    """Tax included, in the currency of the claim."""
    tax_minor: Mapped[int]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"))
    """The receipt."""
    no_receipt_because: Mapped[str | None]
    approved_minor: Mapped[int | None]
    """What was approved of it; null until it is decided."""
    lowered_because: Mapped[str | None]

    claim: Mapped[ExpenseClaim] = relationship(lazy="raise")
    file: Mapped[File | None] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its claim and its number there."""
