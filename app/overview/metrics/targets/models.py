"""Targets of metrics as they are stored. How they stand is counted, and never kept."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.network.cohorts.models import Cohort
from app.network.programmes.models import Programme
from app.network.programmes.targets.progress import Comparator


class MetricTarget(Record):
    """What a metric of a cohort, or of a programme, is to be by a day."""

    __tablename__ = "metric_targets"
    __noun__: ClassVar[str] = "metric_target"
    __called_by__: ClassVar[str] = "programme"
    __table_args__ = (
        CheckConstraint("value >= 0 AND baseline >= 0", "not_negative"),
        CheckConstraint("due_on >= starts_on", "due_after_start"),
        CheckConstraint("scope_id = coalesce(cohort_id, programme_id)", "scope"),
        Index(
            "uq_metric_targets_standing",
            "scope_id",
            "metric",
            text("coalesce(dimension, '')"),
            "comparator",
            "due_on",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_metric_targets_due_on", "due_on", "id"),
        Index("ix_metric_targets_updated_at", "updated_at", "id"),
        Index("ix_metric_targets_scope_id", "scope_id", "due_on", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    programme_id: Mapped[UUID] = mapped_column(
        ForeignKey("programmes.id", ondelete="RESTRICT"), index=True
    )
    cohort_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("cohorts.id", ondelete="RESTRICT"), index=True
    )
    metric: Mapped[str]
    dimension: Mapped[str | None]
    comparator: Mapped[Comparator] = mapped_column(text_enum(Comparator, "comparator"))
    value: Mapped[Decimal] = mapped_column(Numeric(20, 6))
    baseline: Mapped[Decimal] = mapped_column(Numeric(20, 6))
    starts_on: Mapped[date]
    due_on: Mapped[date]
    timezone: Mapped[str]
    withdrawn_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship(lazy="raise")
    cohort: Mapped[Cohort | None] = relationship(lazy="raise")
