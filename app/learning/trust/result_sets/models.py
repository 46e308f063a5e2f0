"""Results of rounds as they are stored: what the gate told, and apart from it what it was told of.

A trigger keeps what was published. No row of a result holds a number that is not told.
"""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, Record, new_id, text_enum
from app.learning.trust.framework import Perspective
from app.learning.trust.frameworks.models import FrameworkVersion
from app.learning.trust.result_sets.lifecycle import ResultSetStatus
from app.learning.trust.rounds.models import Round
from app.network.cohorts.models import Cohort
from app.network.collaborations.models import Collaboration

SCORE = Numeric(9, 6)


class ResultSet(Record):
    """All results of a round, pinned to what they were computed from and by."""

    __tablename__ = "result_sets"
    __noun__: ClassVar[str] = "result_set"
    __called_by__: ClassVar[str] = "round"
    __table_args__ = (
        CheckConstraint("(status = 'provisional') = (published_at IS NULL)", "published_at"),
        CheckConstraint("jsonb_typeof(parameters::jsonb) = 'object'", "parameters"),
        CheckConstraint("jsonb_typeof(exclusions::jsonb) = 'array'", "exclusions"),
        CheckConstraint("jsonb_typeof(agreement::jsonb) = 'array'", "agreement"),
        CheckConstraint("jsonb_typeof(networks::jsonb) = 'array'", "networks"),
        Index(
            "uq_result_sets_provisional",
            "round_id",
            unique=True,
            postgresql_where=text("status = 'provisional'"),
        ),
        Index("ix_result_sets_scope_id", "scope_id"),
        Index("ix_result_sets_round_id", "round_id", "created_at", "id"),
        Index("ix_result_sets_cohort_id", "cohort_id", "created_at", "id"),
        Index("ix_result_sets_framework_version_id", "framework_version_id"),
        Index("ix_result_sets_after_id", "after_id"),
        Index("ix_result_sets_created_at", "created_at", "id"),
        Index("ix_result_sets_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """What the cohort of its round shares."""
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"))
    framework_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("framework_versions.id", ondelete="RESTRICT")
    )
    after_id: Mapped[UUID | None] = mapped_column(ForeignKey("result_sets.id", ondelete="RESTRICT"))
    """The set that was published last when this one was computed, and gives nothing away beside."""
    status: Mapped[ResultSetStatus] = mapped_column(text_enum(ResultSetStatus, "status"))
    algorithm: Mapped[str]
    parameters: Mapped[str]
    """All that alters a result beside the framework and the sheets, as canonical JSON."""
    structure_hash: Mapped[str]
    content_hash: Mapped[str]
    input_hash: Mapped[str]
    output_hash: Mapped[str]
    """Of all that is told, as canonical JSON: the same whenever it is computed again."""
    exclusions: Mapped[str]
    agreement: Mapped[str]
    networks: Mapped[str]
    """For facilitators."""
    told: Mapped[int]
    """How many results are told, by a number or a band."""
    published_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(lazy="raise")
    cohort: Mapped[Cohort] = relationship(lazy="raise")
    framework_version: Mapped[FrameworkVersion] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its round."""


class ResultInput(Base):
    """What a set was computed from. It leaves the service by no channel."""

    __tablename__ = "result_inputs"

    result_set_id: Mapped[UUID] = mapped_column(
        ForeignKey("result_sets.id", ondelete="CASCADE"), primary_key=True
    )
    sheets: Mapped[str]
    """Of what the input hash is."""
    asked: Mapped[str]
    """About whom sheets were wanted, and from whom, as canonical JSON."""


class Result(Base):
    """What is told of one subject, or of all, by one perspective on one part of the framework."""

    __tablename__ = "results"
    __noun__: ClassVar[str] = "result"
    __table_args__ = (
        UniqueConstraint("result_set_id", "place"),
        CheckConstraint("score BETWEEN 0 AND 1", "score"),
        CheckConstraint(
            "(NOT is_suppressed AND band IS NULL) OR num_nonnulls(sheets, organisations, score, "
            "null_reason, coverage, deviation, low, high, method, confidence, level) = 0 "
            "AND counts = '[]' AND blockers = '[]'",
            "suppressed_says_nothing",
        ),
        CheckConstraint("NOT (is_suppressed AND band IS NOT NULL)", "suppressed_or_banded"),
        CheckConstraint("(membership_id IS NULL) = (collaboration_id IS NULL)", "of_whom"),
        Index("ix_results_scope_id", "scope_id"),
        Index("ix_results_membership_id", "membership_id", "result_set_id", "place"),
        Index("ix_results_collaboration_id", "collaboration_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-10)
    result_set_id: Mapped[UUID] = mapped_column(ForeignKey("result_sets.id", ondelete="CASCADE"))
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """The membership that it is about; of all of them, what the cohort shares."""
    membership_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT")
    )
    collaboration_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT")
    )
    place: Mapped[int]
    """Where it stands among those of its set, by what it is about and never by a number."""
    perspective: Mapped[Perspective] = mapped_column(text_enum(Perspective, "perspective"))
    dimension: Mapped[str]
    breakdown: Mapped[str | None]
    part: Mapped[str | None]
    is_suppressed: Mapped[bool]
    band: Mapped[str | None]
    sheets: Mapped[int | None]
    organisations: Mapped[int | None]
    score: Mapped[Decimal | None] = mapped_column(SCORE)
    null_reason: Mapped[str | None]
    coverage: Mapped[Decimal | None] = mapped_column(SCORE)
    deviation: Mapped[Decimal | None] = mapped_column(SCORE)
    low: Mapped[Decimal | None] = mapped_column(SCORE)
    high: Mapped[Decimal | None] = mapped_column(SCORE)
    method: Mapped[str | None]
    confidence: Mapped[Decimal | None] = mapped_column(SCORE)
    counts: Mapped[str]
    level: Mapped[int | None]
    blockers: Mapped[str]

    result_set: Mapped[ResultSet] = relationship(lazy="raise")
    collaboration: Mapped[Collaboration | None] = relationship(lazy="raise")
