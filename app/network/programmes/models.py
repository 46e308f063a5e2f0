"""Programmes and the organisations behind them."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.kernel.vocabularies import Vocabulary
from app.network.programmes.targets.progress import Comparator
from app.people.organisations.models import Organisation


class Programme(Record):
    """A programme. It is the node of its own scope: its cohorts and funds lie below it."""

    __tablename__ = "programmes"
    __noun__: ClassVar[str] = "programme"
    __nodes__: ClassVar[tuple[str, ...]] = ("id",)
    __table_args__ = (
        UniqueConstraint("reference"),
        CheckConstraint("planned_end_on >= planned_start_on", "planned_dates_in_order"),
        CheckConstraint("actual_end_on >= actual_start_on", "actual_dates_in_order"),
        Index("ix_programmes_name_folded", "name_folded", "id"),
        Index("ix_programmes_planned_start_on", "planned_start_on", "id"),
        Index("ix_programmes_updated_at", "updated_at", "id"),
        trigrams("programmes", "name_folded", "reference"),
    )

    id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True, sort_order=-10
    )
    scope_id: Mapped[UUID] = synonym("id")
    reference: Mapped[str]
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )
    summary: Mapped[str | None]
    planned_start_on: Mapped[date]
    planned_end_on: Mapped[date | None]
    actual_start_on: Mapped[date | None]
    actual_end_on: Mapped[date | None]

    parties: Mapped[list["ProgrammeParty"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="ProgrammeParty.position"
    )


class ProgrammePart(StrEnum):
    CONVENOR = "convenor"
    FUNDER = "funder"


class ProgrammeParty(Base):
    """An organisation's part in a programme."""

    __tablename__ = "programme_parties"

    programme_id: Mapped[UUID] = mapped_column(
        ForeignKey("programmes.id", ondelete="RESTRICT"), primary_key=True
    )
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    part: Mapped[ProgrammePart] = mapped_column(text_enum(ProgrammePart, "part"), primary_key=True)
    position: Mapped[int]

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class CountingRule(Vocabulary):
    """How a target's count comes about: by hand, or by what the service knows."""

    BY_HAND = "by_hand"
    COLLABORATIONS_LAUNCHED = "collaborations_launched"
    COLLABORATIONS_TAKING_PART = "collaborations_taking_part"
    PRIORITY_AREAS_LAUNCHED = "priority_areas_launched"


class Target(Record):
    """A number that a programme is to reach, or not to exceed, by a day."""

    __tablename__ = "targets"
    __noun__: ClassVar[str] = "target"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        CheckConstraint("value >= 1", "value_positive"),
        CheckConstraint("baseline >= 0", "baseline_not_negative"),
        CheckConstraint("due_on >= starts_on", "due_after_start"),
        Index("ix_targets_programme_id", "programme_id", "due_on", "id"),
        Index("ix_targets_due_on", "due_on", "id"),
        Index("ix_targets_updated_at", "updated_at", "id"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("programme_id")
    key: Mapped[str]
    name: Mapped[str]
    comparator: Mapped[Comparator] = mapped_column(text_enum(Comparator, "comparator"))
    value: Mapped[int]
    baseline: Mapped[int]
    counting_rule: Mapped[CountingRule] = mapped_column(text_enum(CountingRule, "counting_rule"))
    starts_on: Mapped[date]
    due_on: Mapped[date]

    programme: Mapped[Programme] = relationship(lazy="raise")


class TargetReading(Base):
    """How many there were on a day, counted by hand. A later one for the same day corrects it."""

    __tablename__ = "target_readings"
    __table_args__ = (
        CheckConstraint("counted >= 0", "counted_not_negative"),
        Index("ix_target_readings_target_id", "target_id", "counted_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    target_id: Mapped[UUID] = mapped_column(ForeignKey("targets.id", ondelete="RESTRICT"))
    counted_on: Mapped[date]
    counted: Mapped[int]
    source: Mapped[str]
    recorded_at: Mapped[datetime]
