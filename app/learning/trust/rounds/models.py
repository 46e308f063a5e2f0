"""Rounds as they are stored. A trigger keeps what was promised once a round is open."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.kernel.filters import trigrams
from app.learning.trust.disclosure import Gate
from app.learning.trust.framework import Perspective
from app.learning.trust.frameworks.models import FrameworkVersion
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.network.cohorts.models import Cohort


class RoundKind(StrEnum):
    BASELINE = "baseline"
    MIDLINE = "midline"
    ENDLINE = "endline"
    PULSE = "pulse"


class Confidentiality(StrEnum):
    ATTRIBUTED = "attributed"
    """Those who run the round see who answered what."""
    CONFIDENTIAL = "confidential"
    """Its facilitators alone do."""
    ANONYMOUS = "anonymous"
    """Nobody does, nor can it be found in what is stored."""


class Breakdown(StrEnum):
    """By what results may be told apart, if the round said so before it opened."""

    ROLE = "role"
    ORGANISATION_KIND = "organisation_kind"


class Round(Record):
    """A time at which a cohort's members are asked what one framework asks."""

    __tablename__ = "rounds"
    __noun__: ClassVar[str] = "round"
    __table_args__ = (
        UniqueConstraint("id", "confidentiality"),
        CheckConstraint("k >= 3", "k_floor"),
        CheckConstraint("colluders >= 0", "colluders"),
        CheckConstraint("least_organisations >= 1", "least_organisations"),
        CheckConstraint("peers_required >= 1", "peers_required"),
        CheckConstraint("peers_each >= 1", "peers_each"),
        CheckConstraint("closes_at > opens_at", "closes_after_opening"),
        CheckConstraint("jsonb_typeof(perspectives) = 'array'", "perspectives"),
        CheckConstraint("jsonb_typeof(breakdowns) = 'array'", "breakdowns"),
        CheckConstraint(
            "status IN ('draft', 'scheduled', 'cancelled') OR opened_at IS NOT NULL",
            "opened_at_some_time",
        ),
        CheckConstraint(
            "(status IN ('draft', 'scheduled', 'open', 'cancelled')) = (closed_at IS NULL)",
            "closed_at_closing",
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (answered IS NULL) AND (closed_at IS NULL) = (asked IS NULL)",
            "counted_at_closing",
        ),
        Index("ix_rounds_cohort_id", "cohort_id", "opens_at", "id"),
        Index("ix_rounds_framework_version_id", "framework_version_id"),
        Index("ix_rounds_compares_to_id", "compares_to_id"),
        Index("ix_rounds_scope_id", "scope_id"),
        Index("ix_rounds_opens_at", "opens_at", "id"),
        Index("ix_rounds_created_at", "created_at", "id"),
        Index("ix_rounds_updated_at", "updated_at", "id"),
        Index("ix_rounds_title_folded", "title_folded", "id"),
        trigrams("rounds", "title_folded"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """What its cohort shares."""
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    framework_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("framework_versions.id", ondelete="RESTRICT")
    )
    compares_to_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("rounds.id", ondelete="RESTRICT")
    )
    """The earlier round, of the same framework, that its change is told from."""
    status: Mapped[RoundStatus] = mapped_column(text_enum(RoundStatus, "status"))
    kind: Mapped[RoundKind] = mapped_column(text_enum(RoundKind, "kind"))
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    confidentiality: Mapped[Confidentiality] = mapped_column(
        text_enum(Confidentiality, "confidentiality")
    )
    perspectives: Mapped[list[Any]]
    """From which sides its subjects are looked at."""
    k: Mapped[int]
    colluders: Mapped[int]
    least_organisations: Mapped[int]
    breakdowns: Mapped[list[Any]]
    peers_required: Mapped[int]
    """From fewer peers nothing is told of a subject."""
    peers_each: Mapped[int | None]
    """About how many other members each person is asked; null: about all."""
    is_strict: Mapped[bool] = mapped_column(default=False)
    """Whether what is not answered counts as nothing, as certificates do."""
    imported_from: Mapped[str | None]
    """The source that its history was imported from; null: it was held here."""
    timezone: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    asked: Mapped[int | None]
    """How many were asked for a sheet, counted at closing."""
    answered: Mapped[int | None]
    """How many sheets there are, counted at closing."""

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    framework_version: Mapped[FrameworkVersion] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its cohort and its title."""

    @property
    def name(self) -> str:
        return self.title

    @property
    def is_anonymous(self) -> bool:
        return self.confidentiality == Confidentiality.ANONYMOUS

    @property
    def asks_outside(self) -> bool:
        """Whether people without an account may be asked while it is open."""
        return Perspective.STAKEHOLDER in self.perspectives

    @property
    def gate(self) -> Gate:
        """What it has promised of its results."""
        return Gate(
            k=self.k,
            colluders=self.colluders,
            least_organisations=self.least_organisations,
            is_anonymous=self.is_anonymous,
        )
