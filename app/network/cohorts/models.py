"""Cohorts and memberships as they are stored."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.network.cohorts.lifecycle import CohortStatus, MembershipStatus, TaskStatus
from app.network.collaborations.models import Collaboration
from app.network.programmes.models import Programme
from app.people.identity.models import Account


class Cohort(Record):
    """Collaborations that learn together for some months. It is the node of its own scope."""

    __tablename__ = "cohorts"
    __noun__: ClassVar[str] = "cohort"
    __nodes__: ClassVar[tuple[str, ...]] = ("id", "commons_id")
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("commons_id"),
        CheckConstraint("planned_end_on >= planned_start_on", "planned_in_order"),
        CheckConstraint("announced_capacity >= 1", "capacity_positive"),
        CheckConstraint("minimum_size >= 1", "minimum_positive"),
        CheckConstraint("minimum_size <= announced_capacity", "minimum_within_capacity"),
        CheckConstraint(
            "status IN ('draft', 'cancelled') "
            "OR (planned_start_on IS NOT NULL AND planned_end_on IS NOT NULL)",
            "announced_whole",
        ),
        CheckConstraint(
            "(started_at IS NULL) = (retention_denominator IS NULL)", "denominator_frozen_at_start"
        ),
        CheckConstraint("ended_at >= started_at", "ended_after_start"),
        Index("ix_cohorts_name_folded", "name_folded", "id"),
        Index("ix_cohorts_created_at", "created_at", "id"),
        Index("ix_cohorts_updated_at", "updated_at", "id"),
        trigrams("cohorts", "name_folded", "reference"),
    )

    id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True, sort_order=-10
    )
    scope_id: Mapped[UUID] = synonym("id")

    programme_id: Mapped[UUID] = mapped_column(
        ForeignKey("programmes.id", ondelete="RESTRICT"), index=True
    )
    status: Mapped[CohortStatus] = mapped_column(text_enum(CohortStatus, "status"))
    reference: Mapped[str]
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )
    focus: Mapped[str | None]
    timezone: Mapped[str]
    announced_capacity: Mapped[int | None]
    """How many places were announced; it stands once recruitment has opened."""
    minimum_size: Mapped[int]
    """With fewer acceptances the cohort is not confirmed."""
    planned_start_on: Mapped[date | None]
    planned_end_on: Mapped[date | None]
    starts_automatically: Mapped[bool]
    """Whether the clock starts it on its planned day, once it is confirmed."""
    offer_hours: Mapped[int]
    """How long an offer stands where nothing else is said, in hours of the member's wall clock."""
    late_joining_days: Mapped[int]
    """For how many days after the start a freed place still goes to the waitlist."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    retention_denominator: Mapped[int | None]
    """How many memberships were active when the cohort started."""
    commons_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """The scope of what the cohort shares with its active members."""

    programme: Mapped[Programme] = relationship(lazy="raise")


class Departure(StrEnum):
    """Why a collaboration left, as a word that can be counted."""

    CAPACITY = "capacity"
    PRIORITIES = "priorities"
    FUNDING = "funding"
    PARTNERSHIP_ENDED = "partnership_ended"
    INELIGIBLE = "ineligible"
    COHORT_CANCELLED = "cohort_cancelled"
    OTHER = "other"


class Membership(Record):
    """A collaboration in a cohort: one row however often it is offered the place.

    It is the node of its own scope, below both.
    """

    __tablename__ = "memberships"
    __noun__: ClassVar[str] = "membership"
    __nodes__: ClassVar[tuple[str, ...]] = ("id",)
    __called_by__: ClassVar[str] = "collaboration"
    __table_args__ = (
        UniqueConstraint("cohort_id", "collaboration_id"),
        CheckConstraint("(status = 'waitlisted') = (waitlist_rank IS NOT NULL)", "rank_of_waiting"),
        CheckConstraint("status <> 'offered' OR offer_expires_at IS NOT NULL", "offer_expires"),
        CheckConstraint("status <> 'withdrawn' OR departure IS NOT NULL", "departure_said"),
        Index(
            "uq_memberships_cohort_id_waitlist_rank",
            "cohort_id",
            "waitlist_rank",
            unique=True,
            postgresql_where=text("waitlist_rank IS NOT NULL"),
        ),
        Index("ix_memberships_cohort_id_status", "cohort_id", "status"),
        Index("ix_memberships_created_at", "created_at", "id"),
        Index(
            "ix_memberships_offer_expires_at",
            "offer_expires_at",
            postgresql_where=text("status = 'offered'"),
        ),
        Index("ix_memberships_updated_at", "updated_at", "id"),
        Index("ix_memberships_status", "status", "id"),
    )

    id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True, sort_order=-10
    )
    scope_id: Mapped[UUID] = synonym("id")

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    collaboration_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT"), index=True
    )
    status: Mapped[MembershipStatus] = mapped_column(text_enum(MembershipStatus, "status"))
    waitlist_rank: Mapped[int | None]
    """Whoever waits with the lowest is next."""
    override_reason: Mapped[str | None]
    """Why a place was given beyond the announced capacity."""
    timezone: Mapped[str]
    """The zone in which the member reads the clock."""
    offered_at: Mapped[datetime | None]
    offer_expires_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it was completed, withdrawn, removed, declined or expired."""
    departure: Mapped[Departure | None] = mapped_column(text_enum(Departure, "departure"))
    counts_for_retention: Mapped[bool] = mapped_column(default=False)
    """Whether it was active when the cohort started."""

    is_returning: Mapped[bool]
    """Whether the collaboration had been active in another cohort, and left it, when this began."""

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    collaboration: Mapped[Collaboration] = relationship(lazy="raise")
    pauses: Mapped[list["Pause"]] = relationship(lazy="raise", order_by="Pause.paused_at")

    @property
    def wanted_beyond(self) -> str | None:
        """Why a place is to be given beyond those announced, in the words of whoever gives it now;
        it is stored only where there is none."""
        return inspect(self).info.get("wanted_beyond")

    @wanted_beyond.setter
    def wanted_beyond(self, reason: str | None) -> None:
        inspect(self).info["wanted_beyond"] = reason


class Pause(Base):
    """A time for which a member was on leave, which counts in no rate of attendance."""

    __tablename__ = "membership_pauses"
    __table_args__ = (
        CheckConstraint("resumed_at >= paused_at", "resumed_after_pause"),
        Index(
            "uq_membership_pauses_current",
            "membership_id",
            unique=True,
            postgresql_where=text("resumed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT"), index=True
    )
    paused_at: Mapped[datetime]
    returns_on: Mapped[date]
    moves_due_dates: Mapped[bool]
    """Whether it was agreed that due dates move by its length."""
    resumed_at: Mapped[datetime | None]


class Stage(StrEnum):
    ONBOARDING = "onboarding"
    COMPLETION = "completion"


class Anchor(StrEnum):
    ACCEPTED = "accepted"
    PLANNED_START = "planned_start"
    PLANNED_END = "planned_end"


class Requirement(Record):
    """What every member of a cohort has to do before it is active, or before it completes."""

    __tablename__ = "cohort_requirements"
    __noun__: ClassVar[str] = "requirement"
    __table_args__ = (
        UniqueConstraint("cohort_id", "key"),
        Index("ix_cohort_requirements_position", "cohort_id", "position", "id"),
        Index("ix_cohort_requirements_order", "position", "id"),
        Index("ix_cohort_requirements_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = synonym("cohort_id")

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    stage: Mapped[Stage] = mapped_column(text_enum(Stage, "stage"))
    key: Mapped[str]
    title: Mapped[str]
    guidance: Mapped[str | None]
    is_required: Mapped[bool]
    is_judged: Mapped[bool]
    """Whether those who run the cohort say that it is met, and not the member itself."""
    anchor: Mapped[Anchor] = mapped_column(text_enum(Anchor, "anchor"))
    offset_days: Mapped[int]
    """How many days after the anchor it is due; before it when negative."""
    position: Mapped[int]


class Task(Record):
    """A requirement as it stands for one member, with a due date of its own."""

    __tablename__ = "membership_tasks"
    __noun__: ClassVar[str] = "task"
    __called_by__: ClassVar[str] = "requirement"
    __table_args__ = (
        UniqueConstraint("membership_id", "requirement_id"),
        CheckConstraint("(status = 'waived') = (waiver_reason IS NOT NULL)", "waived_for_a_reason"),
        CheckConstraint("(status = 'open') = (settled_at IS NULL)", "settled_unless_open"),
        Index("ix_membership_tasks_due_on", "due_on", "id"),
        Index("ix_membership_tasks_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = synonym("membership_id")

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id", ondelete="RESTRICT"))
    requirement_id: Mapped[UUID] = mapped_column(
        ForeignKey("cohort_requirements.id", ondelete="RESTRICT"), index=True
    )
    status: Mapped[TaskStatus] = mapped_column(text_enum(TaskStatus, "status"))
    due_on: Mapped[date]
    leave_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("membership_pauses.id", ondelete="RESTRICT"), index=True
    )
    """The leave by which its due date moved last."""
    settled_at: Mapped[datetime | None]
    note: Mapped[str | None]
    waiver_reason: Mapped[str | None]

    membership: Mapped[Membership] = relationship(lazy="raise")
    requirement: Mapped[Requirement] = relationship(lazy="raise")


class Note(Base):
    """What somebody of the team wrote down about a thing, for the team."""

    __tablename__ = "notes"
    __noun__: ClassVar[str] = "note"
    __table_args__ = (
        Index("ix_notes_subject_id", "subject_id", "written_at", "id"),
        Index("ix_notes_written_at", "written_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    noun: Mapped[str]
    subject_id: Mapped[UUID]
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    author_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    text: Mapped[str]
    written_at: Mapped[datetime]

    author: Mapped[Account] = relationship(lazy="raise")
