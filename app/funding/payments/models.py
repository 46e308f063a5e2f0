"""Payments of what a milestone or the claim of a person made payable, and their attempts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.funding.expenses.models import ExpenseClaim
from app.funding.funds.models import Fund
from app.funding.grants.models import Grant, Milestone
from app.funding.payments.lifecycle import PaymentStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.money import Money
from app.network.cohorts.models import Cohort
from app.people.identity.models import Account
from app.people.organisations.models import Organisation


class Payment(Record):
    """What a milestone made payable, on its way to the grantee's account; or what was approved of a
    person's claim, on its way to theirs. It belongs to the scope of that grant or claim."""

    __tablename__ = "payments"
    __noun__: ClassVar[str] = "payment"
    __called_by__: ClassVar[str] = "milestone"
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("scope_id", "number"),
        CheckConstraint("num_nonnulls(milestone_id, expense_claim_id) = 1", "of_one_source"),
        CheckConstraint("(grant_id IS NULL) = (milestone_id IS NULL)", "grant_of_its_milestone"),
        CheckConstraint("scope_id = coalesce(grant_id, expense_claim_id)", "scope_of_its_source"),
        CheckConstraint("amount_minor > 0", "amount_minor"),
        CheckConstraint("tax_minor BETWEEN 0 AND amount_minor", "tax_minor"),
        CheckConstraint("charges_minor >= 0", "charges_minor"),
        CheckConstraint(
            "booked_minor IS NULL OR booked_minor > 0 AND NOT is_history", "booked_minor"
        ),
        CheckConstraint("taken_minor > 0 AND taken_rate > 0", "taken"),
        CheckConstraint(
            "num_nonnulls(taken_minor, taken_rate, rate_source, rate_on) = CASE "
            "WHEN booked_minor IS NOT NULL AND settled_at IS NOT NULL THEN 4 ELSE 0 END",
            "exchanged_whole",
        ),
        CheckConstraint("(invoice_number IS NULL) = (invoice_folded IS NULL)", "invoice_folded"),
        CheckConstraint("approved_by_id <> requested_by_id", "approved_by_another"),
        CheckConstraint(
            "released_by_id <> requested_by_id AND released_by_id <> approved_by_id",
            "released_by_another",
        ),
        CheckConstraint(
            "num_nonnulls(approved_by_id, approved_at, approved_sha256) IN (0, 3)",
            "approved_whole",
        ),
        CheckConstraint(
            "(status IN ('approved', 'released', 'settled', 'reversed') AND NOT is_history) = "
            "(approved_by_id IS NOT NULL)",
            "approved",
        ),
        CheckConstraint(
            "(status IN ('released', 'settled', 'reversed') AND NOT is_history) = "
            "(released_by_id IS NOT NULL)",
            "released",
        ),
        CheckConstraint(
            "(status IN ('settled', 'reversed')) = (settled_at IS NOT NULL)", "settled"
        ),
        CheckConstraint(
            "is_history OR num_nonnulls(settled_at, bank_reference, bank_reference_folded, "
            "value_on, charges_minor) IN (0, 5)",
            "settled_whole",
        ),
        CheckConstraint(
            "(bank_reference IS NULL) = (bank_reference_folded IS NULL)", "bank_reference_folded"
        ),
        CheckConstraint(
            "is_history OR (payee_account_id IS NOT NULL "
            "AND (payee_id IS NULL) = (grant_id IS NULL))",
            "paid_to_somebody",
        ),
        CheckConstraint("NOT is_history OR status IN ('settled', 'reversed')", "history_is_over"),
        Index(
            "uq_payments_one_live",
            "milestone_id",
            unique=True,
            postgresql_where=text("status NOT IN ('cancelled', 'reversed')"),
        ),
        Index(
            "uq_payments_one_live_of_claim",
            "expense_claim_id",
            unique=True,
            postgresql_where=text("status NOT IN ('cancelled', 'reversed')"),
        ),
        Index(
            "uq_payments_invoice",
            "payee_id",
            "invoice_folded",
            unique=True,
            postgresql_where=text("status NOT IN ('cancelled', 'reversed')"),
        ),
        Index(
            "uq_payments_bank_reference",
            "fund_id",
            "bank_reference_folded",
            unique=True,
            postgresql_where=text("bank_reference_folded IS NOT NULL"),
        ),
        Index("ix_payments_fund_id", "fund_id", "created_at", "id"),
        Index("ix_payments_payee_id", "payee_id", "created_at", "id"),
        Index("ix_payments_grant_id", "grant_id"),
        Index("ix_payments_milestone_id", "milestone_id"),
        Index("ix_payments_expense_claim_id", "expense_claim_id"),
        Index("ix_payments_created_at", "created_at", "id"),
        Index("ix_payments_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """The grant, or the claim."""
    grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))
    milestone_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("milestones.id", ondelete="RESTRICT")
    )
    expense_claim_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("expense_claims.id", ondelete="RESTRICT")
    )
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"))
    """The fund that pays it."""
    is_history: Mapped[bool] = mapped_column(default=False)
    """Whether it was made before the fund had books: nobody approved or released it here."""
    payee_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT")
    )
    """Null for history that does not say, and for the claim of a person."""
    payee_account_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("payee_accounts.id", ondelete="RESTRICT"), index=True
    )
    """The account to which it goes, which is the grant's or the claim's until it is released; null
    for history."""
    number: Mapped[int]
    """Counts the payments of the grant or of the claim."""
    reference: Mapped[str]
    status: Mapped[PaymentStatus] = mapped_column(text_enum(PaymentStatus, "status"))
    amount_minor: Mapped[int]
    tax_minor: Mapped[int]
    """The part of the amount that is tax."""
    currency: Mapped[str]
    booked_minor: Mapped[int | None]
    """What the amount is in the books, where its fund is of another currency."""
    taken_minor: Mapped[int | None]
    """What the bank took for it in the fund's currency, once it is settled."""
    taken_rate: Mapped[Decimal | None] = mapped_column(Numeric(24, 12))
    """How many units of the fund's currency the bank took for one of the payment's."""
    rate_source: Mapped[str | None]
    rate_on: Mapped[date | None]
    """Who says so, and the day that it is of."""
    invoice_number: Mapped[str | None]
    invoice_folded: Mapped[str | None]
    """The same however it is written."""
    requested_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    approved_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    approved_at: Mapped[datetime | None]
    approved_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The hash of what was approved: see `approvals.py`."""
    released_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    settled_at: Mapped[datetime | None]
    """When the bank's word was written down."""
    bank_reference: Mapped[str | None]
    bank_reference_folded: Mapped[str | None]
    value_on: Mapped[date | None]
    """The day on which the bank booked it."""
    charges_minor: Mapped[int | None]
    """What the bank took besides, in the currency of the payment."""

    grant: Mapped[Grant | None] = relationship(lazy="raise")
    milestone: Mapped[Milestone | None] = relationship(lazy="raise")
    expense_claim: Mapped[ExpenseClaim | None] = relationship(lazy="raise")
    fund: Mapped[Fund] = relationship(lazy="raise")
    payee: Mapped[Organisation | None] = relationship(lazy="raise")
    payee_account: Mapped[PayeeAccount | None] = relationship(lazy="raise")
    requested_by: Mapped[Account] = relationship(foreign_keys=[requested_by_id], lazy="raise")
    approved_by: Mapped[Account | None] = relationship(foreign_keys=[approved_by_id], lazy="raise")
    released_by: Mapped[Account | None] = relationship(foreign_keys=[released_by_id], lazy="raise")

    @property
    def in_books_minor(self) -> int:
        """What it moves in the ledger of its fund, in the fund's currency."""
        return self.amount_minor if self.booked_minor is None else self.booked_minor

    @property
    def granted(self) -> Money | None:
        """What an entry says of it in the currency of its grant, where that is another."""
        if self.booked_minor is None:
            return None
        return Money(amount_minor=self.amount_minor, currency=self.currency)

    @property
    def cohort(self) -> Cohort:
        """The cohort of what it pays."""
        source = self.grant or self.expense_claim
        assert source is not None, "a payment is of a milestone or of a claim"
        return source.cohort

    @property
    def source_version(self) -> int:
        """How often what it pays has changed."""
        source = self.milestone or self.expense_claim
        assert source is not None, "a payment is of a milestone or of a claim"
        return source.version


def in_books(payment: Any) -> ColumnElement[int]:
    """What a payment moves in the ledger of its fund, in the fund's currency."""
    return func.coalesce(payment.booked_minor, payment.amount_minor)


class PaymentAttempt(Base):
    """That a payment was handed to the bank once, and what became of that."""

    __tablename__ = "payment_attempts"
    __table_args__ = (
        UniqueConstraint("end_to_end_id"),
        UniqueConstraint("payment_id", "number"),
        CheckConstraint("(fault IS NULL) OR (ended_at IS NOT NULL)", "fault_at_its_end"),
        Index(
            "uq_payment_attempts_one_open",
            "payment_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id", ondelete="RESTRICT"))
    number: Mapped[int]
    end_to_end_id: Mapped[str]
    """By which the bank's word is known to be about it."""
    payee_account_id: Mapped[UUID] = mapped_column(
        ForeignKey("payee_accounts.id", ondelete="RESTRICT"), index=True
    )
    released_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    released_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    fault: Mapped[str | None]
    """Why the bank did not do it; null where it did, or has not said."""

    released_by: Mapped[Account] = relationship(lazy="raise")
    payee_account: Mapped[PayeeAccount] = relationship(lazy="raise")
