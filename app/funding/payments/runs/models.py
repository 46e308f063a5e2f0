"""Runs of payments, and the payments in them."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, synonym

from app.funding.funds.models import Fund
from app.funding.payments.models import Payment
from app.funding.payments.runs.lifecycle import LeftBecause, PaymentRunStatus
from app.kernel.db import Base, Record, new_id, text_enum
from app.people.identity.models import Account


class PaymentRunItem(Base):
    """That a payment is, or was, in a run."""

    __tablename__ = "payment_run_items"
    __table_args__ = (
        UniqueConstraint("run_id", "payment_id"),
        CheckConstraint("(left_because IS NULL) = (left_at IS NULL)", "left_whole"),
        CheckConstraint("left_detail IS NULL OR left_because IS NOT NULL", "left_detail"),
        Index(
            "uq_payment_run_items_one_live",
            "payment_id",
            unique=True,
            postgresql_where=text("left_because IS NULL"),
        ),
        Index("ix_payment_run_items_payment_id", "payment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("payment_runs.id", ondelete="RESTRICT"))
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id", ondelete="RESTRICT"))
    left_because: Mapped[LeftBecause | None] = mapped_column(text_enum(LeftBecause, "left_because"))
    """Null while the payment is in the run."""
    left_detail: Mapped[str | None]
    """What was in the way, where the run was released without it."""
    left_at: Mapped[datetime | None]

    payment: Mapped[Payment] = relationship(lazy="raise")


class PaymentRun(Record):
    """Payments of one fund, in one currency, that are approved and released together."""

    __tablename__ = "payment_runs"
    __noun__: ClassVar[str] = "payment_run"
    __called_by__: ClassVar[str] = "fund"
    __table_args__ = (
        UniqueConstraint("fund_id", "number"),
        CheckConstraint("released_by_id <> approved_by_id", "released_by_another"),
        CheckConstraint("num_nonnulls(approved_by_id, approved_at) IN (0, 2)", "approved_whole"),
        CheckConstraint("num_nonnulls(released_by_id, released_at) IN (0, 2)", "released_whole"),
        CheckConstraint("(status IN ('released', 'done')) = (released_at IS NOT NULL)", "released"),
        CheckConstraint(
            "status NOT IN ('approved', 'released', 'done') OR approved_at IS NOT NULL", "approved"
        ),
        Index("ix_payment_runs_fund_id", "fund_id", "created_at", "id"),
        Index("ix_payment_runs_created_at", "created_at", "id"),
        Index("ix_payment_runs_updated_at", "updated_at", "id"),
    )

    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("fund_id")
    number: Mapped[int]
    """Counts the runs of the fund."""
    status: Mapped[PaymentRunStatus] = mapped_column(text_enum(PaymentRunStatus, "status"))
    currency: Mapped[str]
    gathered_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    approved_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    approved_at: Mapped[datetime | None]
    released_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    released_at: Mapped[datetime | None]

    fund: Mapped[Fund] = relationship(lazy="raise")
    gathered_by: Mapped[Account] = relationship(foreign_keys=[gathered_by_id], lazy="raise")
    approved_by: Mapped[Account | None] = relationship(foreign_keys=[approved_by_id], lazy="raise")
    released_by: Mapped[Account | None] = relationship(foreign_keys=[released_by_id], lazy="raise")
    if TYPE_CHECKING:
        content_version: Mapped[int]

    @property
    def reference(self) -> None:
        """It is known by its fund and its number there."""


PaymentRun.content_version = column_property(
    select(cast(func.coalesce(func.sum(Payment.version), 0), BigInteger))
    .select_from(PaymentRunItem)
    .join(Payment, Payment.id == PaymentRunItem.payment_id)
    .where(PaymentRunItem.run_id == PaymentRun.id)
    .correlate_except(PaymentRunItem, Payment)
    .scalar_subquery()
)
"""Grows with each change of a payment that is or was in it: what is approved and released is what
was read."""
