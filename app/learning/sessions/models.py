"""Learning sessions and their series as they are stored."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.network.cohorts.models import Cohort
from app.people.identity.models import Account


class SessionKind(StrEnum):
    WORKSHOP = "workshop"
    PEER_CIRCLE = "peer_circle"
    ONE_TO_ONE = "one_to_one"
    NETWORKING = "networking"
    SHOWCASE = "showcase"


class SessionSeries(Record):
    """Sessions that were planned together, and the rule of RFC 5545 by which they meet."""

    __tablename__ = "session_series"
    __noun__: ClassVar[str] = "session_series"
    __table_args__ = (
        CheckConstraint("duration_minutes BETWEEN 5 AND 1440", "duration"),
        Index("ix_session_series_cohort_id", "cohort_id", "created_at", "id"),
        Index("ix_session_series_created_at", "created_at", "id"),
        Index("ix_session_series_updated_at", "updated_at", "id"),
        Index("ix_session_series_title_folded", "title_folded", "id"),
        trigrams("session_series", "title_folded"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    """What its cohort shares."""
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    timezone: Mapped[str]
    local_start: Mapped[str]
    """The first, on the wall of the zone."""
    duration_minutes: Mapped[int]
    rule: Mapped[str]
    added: Mapped[list[Any]]
    left_out: Mapped[list[Any]]

    cohort: Mapped[Cohort] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its title."""


class LearningSession(Record):
    """What cohorts do together at one time; a scope of its own below what each of them shares."""

    __tablename__ = "learning_sessions"
    __noun__: ClassVar[str] = "learning_session"
    __nodes__: ClassVar[tuple[str, ...]] = ("id",)
    __table_args__ = (
        UniqueConstraint("series_id", "recurs_at"),
        CheckConstraint("(series_id IS NULL) = (recurs_at IS NULL)", "recurs_in_series"),
        CheckConstraint("sitting_of_id <> id", "sitting_of_another"),
        CheckConstraint("duration_minutes BETWEEN 5 AND 1440", "duration"),
        CheckConstraint("ends_at > starts_at", "ends_after_start"),
        CheckConstraint("capacity >= 1", "capacity_positive"),
        CheckConstraint("reply_hours >= 0", "reply_hours"),
        CheckConstraint("replies_due_at <= starts_at", "replies_due_before_start"),
        CheckConstraint("status <> 'held' OR held_at IS NOT NULL", "held_at_some_time"),
        CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)", "cancelled_at_some_time"
        ),
        Index("ix_learning_sessions_cohort_id", "cohort_id", "starts_at", "id"),
        Index("ix_learning_sessions_starts_at", "starts_at", "id"),
        Index("ix_learning_sessions_sitting_of_id", "sitting_of_id", "starts_at", "id"),
        Index("ix_learning_sessions_created_at", "created_at", "id"),
        Index("ix_learning_sessions_updated_at", "updated_at", "id"),
        Index("ix_learning_sessions_title_folded", "title_folded", "id"),
        trigrams("learning_sessions", "title_folded"),
    )

    id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True, sort_order=-10
    )
    scope_id: Mapped[UUID] = synonym("id")

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    """The one that plans it; for which others it is, `SessionCohort` says."""
    is_for_programme: Mapped[bool] = mapped_column(default=False)
    """Whether it is for all cohorts of its programme, and for those that have completed one."""
    is_for_alumni: Mapped[bool] = mapped_column(default=False)
    """Whether it is for those that have completed a cohort of its programme, too."""
    series_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("session_series.id", ondelete="RESTRICT")
    )
    recurs_at: Mapped[str | None]
    """When the rule of its series put it, on the wall; it stays when the session is moved."""
    sitting_of_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    """The session of which it is another sitting, for members whose clocks that does not suit."""
    status: Mapped[LearningSessionStatus] = mapped_column(
        text_enum(LearningSessionStatus, "status")
    )
    kind: Mapped[SessionKind] = mapped_column(text_enum(SessionKind, "kind"))
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    purpose: Mapped[str | None]
    timezone: Mapped[str]
    local_start: Mapped[str]
    """What the clock on the wall says when it begins: `2026-03-02T10:00`."""
    duration_minutes: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int | None]
    reply_hours: Mapped[int]
    replies_due_at: Mapped[datetime]
    """When replies close: so many hours before it begins."""
    place: Mapped[str | None]
    link: Mapped[str | None]
    is_public: Mapped[bool]
    """Whether the calendar of its programme tells anybody of it."""
    held_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    """When it was first said to take place: calendars tell of nothing else."""
    sequence: Mapped[int] = mapped_column(default=0)
    """Rises by one with each change that a calendar has to hear of (RFC 5545, 3.8.7.4)."""

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    series: Mapped[SessionSeries | None] = relationship(lazy="raise")
    agenda: Mapped[list["Segment"]] = relationship(
        lazy="raise", order_by="Segment.position", cascade="all, delete-orphan"
    )
    materials: Mapped[list["Material"]] = relationship(
        lazy="raise", order_by="Material.position", cascade="all, delete-orphan"
    )
    facilitators: Mapped[list["Facilitator"]] = relationship(
        lazy="raise", order_by="Facilitator.position", cascade="all, delete-orphan"
    )

    @property
    def opens_to_completed(self) -> bool:
        """Whether the people of members that have completed a cohort take part."""
        return self.is_for_programme or self.is_for_alumni

    @property
    def reference(self) -> None:
        """It is known by its title and its time."""

    @property
    def name(self) -> str:
        return self.title

    @property
    def personal_fields(self) -> frozenset[str]:
        """Whoever has the link is let in, so that no history tells it."""
        return frozenset({"link"})


class SessionCohort(Base):
    """That a session is for a cohort: each is for the one that plans it."""

    __tablename__ = "session_cohorts"

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), primary_key=True
    )
    cohort_id: Mapped[UUID] = mapped_column(
        ForeignKey("cohorts.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class SittingMember(Base):
    """That a member attends another sitting of a session, and no other of its sittings."""

    __tablename__ = "sitting_members"
    __table_args__ = (CheckConstraint("session_id <> sitting_of_id", "in_another_sitting"),)

    sitting_of_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), primary_key=True
    )
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), index=True
    )


class Segment(Base):
    """A part of a session, with its length."""

    __tablename__ = "session_segments"
    __table_args__ = (
        UniqueConstraint("session_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("minutes >= 1", "minutes_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    position: Mapped[int]
    title: Mapped[str]
    minutes: Mapped[int]


class Material(Base):
    """What is read before a session, or used in it."""

    __tablename__ = "session_materials"
    __table_args__ = (
        UniqueConstraint("session_id", "position", deferrable=True, initially="DEFERRED"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    position: Mapped[int]
    title: Mapped[str]
    url: Mapped[str]
    licence: Mapped[str | None]
    is_pre_reading: Mapped[bool]


class Facilitator(Base):
    """Somebody who leads a session. `during` is kept by a trigger: when it takes their time."""

    __tablename__ = "session_facilitators"
    __table_args__ = (
        UniqueConstraint("session_id", "account_id", deferrable=True, initially="DEFERRED"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    position: Mapped[int]
    during: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)

    account: Mapped[Account] = relationship(lazy="raise")
