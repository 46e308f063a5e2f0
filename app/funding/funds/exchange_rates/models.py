"""Exchange rates."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.funds.exchange_rates.lifecycle import ExchangeRateStatus
from app.funding.funds.models import Fund
from app.kernel.db import Record, text_enum
from app.people.identity.models import Account


class ExchangeRate(Record):
    """What one unit of another currency is worth in that of a fund, by whom, on which day."""

    __tablename__ = "exchange_rates"
    __noun__: ClassVar[str] = "exchange_rate"
    __called_by__: ClassVar[str] = "fund"
    __table_args__ = (
        CheckConstraint("rate > 0 AND minor_rate > 0", "rate"),
        Index(
            "uq_exchange_rates_one_standing",
            "fund_id",
            "currency",
            "quoted_on",
            unique=True,
            postgresql_where=text("status = 'standing'"),
        ),
        Index("ix_exchange_rates_fund_id", "fund_id", "quoted_on", "id"),
        Index("ix_exchange_rates_quoted_on", "quoted_on", "id"),
        Index("ix_exchange_rates_created_at", "created_at", "id"),
        Index("ix_exchange_rates_updated_at", "updated_at", "id"),
    )

    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("fund_id")
    status: Mapped[ExchangeRateStatus] = mapped_column(text_enum(ExchangeRateStatus, "status"))
    currency: Mapped[str]
    """The other currency."""
    rate: Mapped[Decimal] = mapped_column(Numeric(24, 12))
    """How many units of the fund's currency one of the other is."""
    minor_rate: Mapped[Decimal] = mapped_column(Numeric(32, 16))
    """The same between their minor units, which may have more digits or fewer."""
    source: Mapped[str]
    quoted_on: Mapped[date]
    """The day that it is of."""
    recorded_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )

    fund: Mapped[Fund] = relationship(lazy="raise")
    recorded_by: Mapped[Account] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its fund, its currency and its day."""
