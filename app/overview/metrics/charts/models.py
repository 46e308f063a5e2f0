"""Addresses of chart pages as they are stored: never the secret itself."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record
from app.network.cohorts.models import Cohort
from app.people.identity.models import OfTheNetwork


class MetricChart(OfTheNetwork, Record):
    """An address at which the figures of one cohort are drawn until a day, and nothing else."""

    __tablename__ = "metric_charts"
    __noun__: ClassVar[str] = "metric_chart"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    cohort_id: Mapped[UUID] = mapped_column(
        ForeignKey("cohorts.id", ondelete="RESTRICT"), index=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship(lazy="raise")
