"""Accounting periods."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.funds.models import Fund
from app.funding.funds.periods.lifecycle import AccountingPeriodStatus
from app.kernel.db import Record, text_enum
from app.kernel.filters import trigrams
from app.people.identity.models import Account


class AccountingPeriod(Record):
    """Some days of a fund's ledger, which are closed together with all days before them."""

    __tablename__ = "accounting_periods"
    __noun__: ClassVar[str] = "accounting_period"
    __table_args__ = (
        UniqueConstraint("fund_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
        CheckConstraint(
            "num_nonnulls(closed_at, closed_by_id) = CASE status WHEN 'closed' THEN 2 ELSE 0 END",
            "closed_by_somebody",
        ),
        trigrams("accounting_periods", "name_folded"),
        Index("ix_accounting_periods_starts_on", "starts_on", "id"),
        Index("ix_accounting_periods_name_folded", "name_folded", "id"),
        Index("ix_accounting_periods_created_at", "created_at", "id"),
        Index("ix_accounting_periods_updated_at", "updated_at", "id"),
    )

    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("fund_id")
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[AccountingPeriodStatus] = mapped_column(
        text_enum(AccountingPeriodStatus, "status")
    )
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )

    fund: Mapped[Fund] = relationship(lazy="raise")
    closed_by: Mapped[Account | None] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its fund and its name."""
