"""Results of indicators as they are stored."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Record, text_enum
from app.network.cohorts.models import Membership
from app.network.collaborations.impacts.models import Impact
from app.network.indicators.models import Indicator
from app.network.indicators.results.lifecycle import IndicatorResultStatus
from app.people.files.models import File


class IndicatorResult(Record):
    """What a member says came of its work, in one period and one group."""

    __tablename__ = "indicator_results"
    __noun__: ClassVar[str] = "indicator_result"
    __table_args__ = (
        UniqueConstraint("file_id"),
        CheckConstraint("period_end_on >= period_start_on", "period_in_order"),
        CheckConstraint("value >= 0 AND out_of >= 0", "not_negative"),
        CheckConstraint("num_nonnulls(file_id, url) <= 1", "file_or_url"),
        CheckConstraint("cardinality(identities) = cardinality(things)", "each_thing_once"),
        Index(
            "uq_indicator_results_accepted",
            "indicator_id",
            "membership_id",
            text("coalesce(\"group\", '')"),
            "period_start_on",
            "period_end_on",
            unique=True,
            postgresql_where=text("status = 'accepted'"),
        ),
        Index("ix_indicator_results_indicator_id", "indicator_id", "period_end_on", "id"),
        Index("ix_indicator_results_membership_id", "membership_id", "period_end_on", "id"),
        Index("ix_indicator_results_impact_id", "impact_id", "period_end_on", "id"),
        Index("ix_indicator_results_corrects_id", "corrects_id"),
        Index("ix_indicator_results_period_end_on", "period_end_on", "id"),
        Index("ix_indicator_results_updated_at", "updated_at", "id"),
    )

    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.id", ondelete="RESTRICT"))
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("membership_id")
    definition_version: Mapped[int]
    """That of the indicator when it was last submitted, or begun."""
    period_start_on: Mapped[date]
    period_end_on: Mapped[date]
    group: Mapped[str | None]
    value: Mapped[int]
    out_of: Mapped[int | None]
    things: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    """What was counted, where each counts once."""
    identities: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    """What each of them is known by."""
    narrative: Mapped[str | None]
    evidence: Mapped[str]
    """How it is known."""
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"))
    url: Mapped[str | None]
    impact_id: Mapped[UUID | None] = mapped_column(ForeignKey("impacts.id", ondelete="RESTRICT"))
    corrects_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("indicator_results.id", ondelete="RESTRICT")
    )
    review_note: Mapped[str | None]
    """Why it was returned."""
    status: Mapped[IndicatorResultStatus] = mapped_column(
        text_enum(IndicatorResultStatus, "status")
    )

    indicator: Mapped[Indicator] = relationship(lazy="raise")
    membership: Mapped[Membership] = relationship(lazy="raise")
    file: Mapped[File | None] = relationship(lazy="raise")
    impact: Mapped[Impact | None] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its indicator, its member and its period."""
