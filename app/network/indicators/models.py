"""Indicators as they are stored."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Record, text_enum
from app.kernel.filters import trigrams
from app.kernel.metrics import MetricDirection
from app.network.indicators.aggregation import (
    IndicatorAggregation,
    IndicatorReading,
    OutcomeLevel,
)
from app.network.indicators.lifecycle import IndicatorStatus
from app.network.programmes.models import Programme


class Indicator(Record):
    """What a programme wants to see change, and how that is counted."""

    __tablename__ = "indicators"
    __noun__: ClassVar[str] = "indicator"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("baseline_value >= 0 AND baseline_out_of >= 0", "baseline_not_negative"),
        CheckConstraint(
            "(reports_until_on IS NULL) = (report_by_on IS NULL) "
            "AND report_by_on >= reports_until_on",
            "reported_after_its_period",
        ),
        CheckConstraint(
            "NOT (counts_people AND aggregation = 'count_distinct')", "no_list_of_people"
        ),
        CheckConstraint("definition_version >= 1", "definition_version_positive"),
        Index("ix_indicators_key", "key", "id"),
        Index("ix_indicators_programme_id", "programme_id", "key", "id"),
        Index("ix_indicators_updated_at", "updated_at", "id"),
        trigrams("indicators", "name_folded"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("programme_id")
    key: Mapped[str]
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )
    definition: Mapped[str]
    unit: Mapped[str]
    direction: Mapped[MetricDirection] = mapped_column(text_enum(MetricDirection, "direction"))
    aggregation: Mapped[IndicatorAggregation] = mapped_column(
        text_enum(IndicatorAggregation, "aggregation")
    )
    reading: Mapped[IndicatorReading] = mapped_column(text_enum(IndicatorReading, "reading"))
    counts_people: Mapped[bool]
    groups: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    """What results are told apart by, such as priority areas; empty where they are not."""
    level: Mapped[OutcomeLevel | None] = mapped_column(text_enum(OutcomeLevel, "level"))
    baseline_value: Mapped[int | None]
    baseline_out_of: Mapped[int | None]
    baseline_on: Mapped[date | None]
    reports_until_on: Mapped[date | None]
    """The last day of the period that is reported next."""
    report_by_on: Mapped[date | None]
    definition_version: Mapped[int]
    status: Mapped[IndicatorStatus] = mapped_column(text_enum(IndicatorStatus, "status"))

    programme: Mapped[Programme] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its key."""
