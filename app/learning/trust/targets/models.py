"""Targets as they are stored."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.learning.trust.frameworks.models import FrameworkVersion
from app.learning.trust.targets.lifecycle import TrustTargetStatus
from app.network.cohorts.models import Membership
from app.network.collaborations.learnings.models import Learning
from app.people.identity.models import Account


class TrustTarget(Record):
    """What a member sets out to be in one question of a framework, and by when."""

    __tablename__ = "trust_targets"
    __noun__: ClassVar[str] = "trust_target"
    __table_args__ = (
        CheckConstraint("from_level >= 0 AND to_level > from_level", "upwards"),
        CheckConstraint("(status = 'open') = (settled_at IS NULL)", "settled_unless_open"),
        CheckConstraint("(status = 'met') = (evidence IS NOT NULL)", "met_with_evidence"),
        Index("ix_trust_targets_scope_id", "scope_id"),
        Index("ix_trust_targets_membership_id", "membership_id", "due_on", "id"),
        Index("ix_trust_targets_framework_version_id", "framework_version_id"),
        Index("ix_trust_targets_owner_id", "owner_id", "due_on", "id"),
        Index("ix_trust_targets_learning_id", "learning_id"),
        Index("ix_trust_targets_due_on", "due_on", "id"),
        Index("ix_trust_targets_created_at", "created_at", "id"),
        Index("ix_trust_targets_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """The membership."""
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id", ondelete="RESTRICT"))
    framework_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("framework_versions.id", ondelete="RESTRICT")
    )
    question: Mapped[str]
    """Its key in the framework."""
    aim: Mapped[str]
    """What the level that is wanted looks like, in the framework's words."""
    status: Mapped[TrustTargetStatus] = mapped_column(text_enum(TrustTargetStatus, "status"))
    from_level: Mapped[int]
    to_level: Mapped[int]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    due_on: Mapped[date]
    evidence: Mapped[str | None]
    """What shows that it is met."""
    learning_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("learnings.id", ondelete="RESTRICT")
    )
    settled_at: Mapped[datetime | None]

    membership: Mapped[Membership] = relationship(lazy="raise")
    framework_version: Mapped[FrameworkVersion] = relationship(lazy="raise")
    owner: Mapped[Account] = relationship(lazy="raise")
    learning: Mapped[Learning | None] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by what it wants."""
