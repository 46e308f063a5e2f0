"""Grants, the versions of what was agreed, and milestones."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    and_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.funds.exchange_rates.models import ExchangeRate
from app.funding.funds.models import Fund
from app.funding.grants.lifecycle import GrantStatus, MilestoneStatus
from app.kernel.activity import APPEND_ONLY
from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.people.identity.models import Account


class TaxTreatment(StrEnum):
    """How the award stands to value added tax."""

    NET = "net"
    INCLUDING = "including"
    OUTSIDE = "outside"


class MilestoneKind(StrEnum):
    SIGNATURE = "signature"
    DELIVERY = "delivery"
    REPORTING = "reporting"
    ENGAGEMENT = "engagement"


class Capacity(StrEnum):
    """For whom somebody signs."""

    GRANTEE = "grantee"
    CONVENOR = "convenor"


class Grant(Record):
    """Money promised to a collaboration in a cohort; a scope of its own below the membership."""

    __tablename__ = "grants"
    __noun__: ClassVar[str] = "grant"
    __nodes__: ClassVar[tuple[str, ...]] = ("id",)
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("cohort_id", "number"),
        Index("ix_grants_created_at", "created_at", "id"),
        CheckConstraint("length(reference) <= 20", "reference_leaves_room_for_milestones"),
        CheckConstraint(
            "num_nonnulls(continued_at, continued_until, continued_because, "
            "continuation_reviewer_id) IN (0, 4)",
            "continued_whole",
        ),
        Index("ix_grants_updated_at", "updated_at", "id"),
        Index("ix_grants_title_folded", "title_folded", "id"),
        trigrams("grants", "title_folded", "reference"),
    )

    id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True, sort_order=-10
    )
    scope_id: Mapped[UUID] = synonym("id")

    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT"), index=True
    )
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    collaboration_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT"), index=True
    )
    fund_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("funds.id", ondelete="RESTRICT"), index=True
    )
    """The fund that pays it; null for one that is not in the books."""
    exchange_rate_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("exchange_rates.id", ondelete="RESTRICT"), index=True
    )
    """The rate at which it stands in the books since it was offered; null where it is in the
    currency of its fund."""
    number: Mapped[int]
    reference: Mapped[str]
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    summary: Mapped[str | None]
    status: Mapped[GrantStatus] = mapped_column(text_enum(GrantStatus, "status"))
    continued_at: Mapped[datetime | None]
    """When it was last let go on though its membership had ended."""
    continued_until: Mapped[date | None]
    """The last day, where its cohort is, on which it goes on so."""
    continued_because: Mapped[str | None]
    continuation_reviewer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """Who reviews what is reported of it meanwhile."""

    membership: Mapped[Membership] = relationship(lazy="raise")
    cohort: Mapped[Cohort] = relationship(lazy="raise")
    collaboration: Mapped[Collaboration] = relationship(lazy="raise")
    fund: Mapped[Fund | None] = relationship(lazy="raise")
    exchange_rate: Mapped[ExchangeRate | None] = relationship(lazy="raise")
    continuation_reviewer: Mapped[Account | None] = relationship(lazy="raise")
    current: Mapped["GrantVersion"] = relationship(
        primaryjoin=lambda: and_(Grant.id == GrantVersion.grant_id, is_current()),
        viewonly=True,
        uselist=False,
        lazy="raise",
    )
    """What holds now: the effective version, or the first while there is none."""


class GrantVersion(Record):
    """What was agreed, whole. A version that has been signed never changes."""

    __tablename__ = "grant_versions"
    __table_args__ = (
        UniqueConstraint("grant_id", "number"),
        CheckConstraint("award_minor >= 0", "award_minor"),
        CheckConstraint("tolerance_per_cent BETWEEN 0 AND 100", "tolerance_per_cent"),
        CheckConstraint("tolerance_minor >= 0", "tolerance_minor"),
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
        CheckConstraint("superseded_at >= effective_at", "superseded_after_effective"),
        CheckConstraint(
            "superseded_at IS NULL OR effective_at IS NOT NULL", "superseded_was_effective"
        ),
        CheckConstraint(
            "num_nonnulls(agreement, agreement_sha256) IN (0, 2)", "agreement_has_its_hash"
        ),
        CheckConstraint("effective_at IS NULL OR agreement IS NOT NULL", "effective_was_agreed"),
        Index(
            "uq_grant_versions_one_effective",
            "grant_id",
            unique=True,
            postgresql_where=text("effective_at IS NOT NULL AND superseded_at IS NULL"),
        ),
        Index("ix_grant_versions_ends_on", "ends_on"),
    )

    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))
    number: Mapped[int]
    award_minor: Mapped[int]
    currency: Mapped[str]
    tax_treatment: Mapped[TaxTreatment] = mapped_column(text_enum(TaxTreatment, "tax_treatment"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    tolerance_per_cent: Mapped[int]
    tolerance_minor: Mapped[int]
    """What is spent on a budget line may differ from it, unexplained, by this many per cent of it
    or by this amount, whichever is more."""
    agreement: Mapped[str | None]
    """The offered content as canonical JSON: what the two signatories sign."""
    agreement_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    effective_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]

    budget_lines: Mapped[list["BudgetLine"]] = relationship(
        order_by="BudgetLine.position", lazy="raise", cascade="all, delete-orphan"
    )
    milestone_terms: Mapped[list["MilestoneTerms"]] = relationship(
        order_by="MilestoneTerms.position",
        lazy="raise",
        cascade="all, delete-orphan",
        back_populates="grant_version",
    )
    signatures: Mapped[list["GrantSignature"]] = relationship(
        order_by="GrantSignature.id", lazy="raise"
    )


def is_current() -> ColumnElement[bool]:
    """Whether a version is the one that holds now."""
    return and_(
        GrantVersion.superseded_at.is_(None),
        or_(GrantVersion.effective_at.is_not(None), GrantVersion.number == 1),
    )


class GrantSignature(Base):
    """One side's yes to the agreement with this hash: kept when the offer is retracted, and when it
    was taken back or counts no more and another person signs for that side."""

    __tablename__ = "grant_signatures"
    __table_args__ = (Index("ix_grant_signatures_grant_version_id", "grant_version_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    grant_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("grant_versions.id", ondelete="RESTRICT")
    )
    capacity: Mapped[Capacity] = mapped_column(text_enum(Capacity, "capacity"))
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    agreement_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime]

    person: Mapped[Account] = relationship(lazy="raise")


class BudgetLine(Base):
    """What a part of the award is for.

    `line_id` stays the same from version to version: what was spent points at it.
    """

    __tablename__ = "budget_lines"
    __table_args__ = (
        UniqueConstraint("grant_version_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("amount_minor >= 0", "amount_minor"),
    )

    grant_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("grant_versions.id", ondelete="RESTRICT"), primary_key=True
    )
    line_id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int]
    label: Mapped[str]
    amount_minor: Mapped[int]


class Milestone(Record):
    """Something the grantee will have done by a date; it outlives the versions of the grant.

    Its due date is the one that holds now: the agreed one, or what an extension made of it.
    """

    __tablename__ = "milestones"
    __noun__: ClassVar[str] = "milestone"
    __table_args__ = (
        UniqueConstraint("grant_id", "number"),
        UniqueConstraint("reference"),
        CheckConstraint("length(reference) <= 24", "reference"),
        CheckConstraint("opens_at <= due_at", "opens_before_due"),
        CheckConstraint("(status = 'partially_accepted') = (accepted_minor IS NOT NULL)", "part"),
        Index("ix_milestones_due_at", "due_at", "id"),
        Index("ix_milestones_updated_at", "updated_at", "id"),
        Index("ix_milestones_planned", "due_at", "id", postgresql_where=text("status = 'planned'")),
        Index("ix_milestones_title_folded", "title_folded", "id"),
        trigrams("milestones", "title_folded", "reference"),
    )

    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("grant_id")
    number: Mapped[int]
    reference: Mapped[str]
    kind: Mapped[MilestoneKind] = mapped_column(text_enum(MilestoneKind, "kind"))
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    is_parallel: Mapped[bool]
    """It may be reported before those that come earlier are accepted."""
    needs_certification: Mapped[bool]
    """Its report is certified by a person who did not prepare it."""
    status: Mapped[MilestoneStatus] = mapped_column(text_enum(MilestoneStatus, "status"))
    opens_at: Mapped[datetime]
    """From when its report is expected."""
    due_on: Mapped[date]
    timezone: Mapped[str]
    due_at: Mapped[datetime]
    """The end of the day `due_on` in `timezone`: the first instant that is too late."""
    reported_at: Mapped[datetime | None]
    """When its report was first submitted."""
    accepted_minor: Mapped[int | None]
    """What was accepted of its amount, where that was a part."""

    grant: Mapped[Grant] = relationship(lazy="raise")
    terms: Mapped["MilestoneTerms"] = relationship(
        primaryjoin=lambda: and_(
            Milestone.id == MilestoneTerms.milestone_id,
            MilestoneTerms.grant_version_id.in_(select(GrantVersion.id).where(is_current())),
        ),
        viewonly=True,
        uselist=False,
        lazy="raise",
    )
    """What the current version of its grant says of it."""


class MilestoneTerms(Base):
    """What a version of the grant says of a milestone: amount, date and criteria."""

    __tablename__ = "milestone_terms"
    __table_args__ = (
        UniqueConstraint("grant_version_id", "milestone_id"),
        CheckConstraint("amount_minor >= 0", "amount_minor"),
        CheckConstraint("booked_minor >= 0", "booked_minor"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    grant_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("grant_versions.id", ondelete="RESTRICT")
    )
    milestone_id: Mapped[UUID] = mapped_column(
        ForeignKey("milestones.id", ondelete="RESTRICT"), index=True
    )
    position: Mapped[int]
    amount_minor: Mapped[int]
    booked_minor: Mapped[int | None]
    """What that is in the books, where its fund is of another currency: from the offer on."""
    opens_on: Mapped[date]
    due_on: Mapped[date]
    timezone: Mapped[str]

    grant_version: Mapped[GrantVersion] = relationship(
        lazy="raise", back_populates="milestone_terms"
    )
    milestone: Mapped[Milestone] = relationship(lazy="raise")
    criteria: Mapped[list["AcceptanceCriterion"]] = relationship(
        order_by="AcceptanceCriterion.position", lazy="raise", cascade="all, delete-orphan"
    )


class AcceptanceCriterion(Base):
    """One of the things that must hold for a milestone to be accepted.

    `criterion_id` stays the same from version to version: answers point at it.
    """

    __tablename__ = "acceptance_criteria"

    milestone_terms_id: Mapped[UUID] = mapped_column(
        ForeignKey("milestone_terms.id", ondelete="RESTRICT"), primary_key=True
    )
    criterion_id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int]
    statement: Mapped[str]
    is_evidence_required: Mapped[bool]


class MilestoneExtension(Record):
    """A later due date: asked for by the grantee or given unasked, then granted or declined."""

    __tablename__ = "milestone_extensions"
    __noun__: ClassVar[str] = "milestone_extension"
    __recorded_of__: ClassVar[str] = "milestone_id"
    __called_by__: ClassVar[str] = "milestone"
    __table_args__ = (
        CheckConstraint("new_due_at > old_due_at OR leave_id IS NOT NULL", "later"),
        CheckConstraint("num_nonnulls(decided_by_id, decided_at, is_granted) IN (0, 3)", "decided"),
        Index(
            "uq_milestone_extensions_one_open",
            "milestone_id",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("ix_milestone_extensions_milestone_id", "milestone_id"),
        Index("ix_milestone_extensions_created_at", "created_at", "id"),
        Index("ix_milestone_extensions_updated_at", "updated_at", "id"),
    )

    milestone_id: Mapped[UUID] = mapped_column(ForeignKey("milestones.id", ondelete="RESTRICT"))
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"), index=True)
    scope_id: Mapped[UUID] = synonym("grant_id")
    old_due_on: Mapped[date]
    old_due_at: Mapped[datetime]
    new_due_on: Mapped[date]
    new_due_at: Mapped[datetime]
    timezone: Mapped[str]
    reason: Mapped[str]
    asked_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    asked_at: Mapped[datetime]
    is_granted: Mapped[bool | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    leave_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("membership_pauses.id", ondelete="RESTRICT"), index=True
    )
    """The leave that moves it, which may also give days back."""

    milestone: Mapped[Milestone] = relationship(lazy="raise")
    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id], lazy="raise")
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id], lazy="raise")


APPEND_ONLY.add(GrantSignature.__tablename__)
