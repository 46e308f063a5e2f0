"""Disclosures as they are stored."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.learning.trust.disclosures.lifecycle import DisclosureStatus
from app.learning.trust.result_sets.models import ResultSet
from app.network.cohorts.models import Membership
from app.network.collaborations.models import Collaboration


class DisclosedTo(StrEnum):
    COHORT = "cohort"
    """All who take part in the cohort."""
    MEMBER = "member"
    """The people of one other member."""


class Disclosure(Record):
    """That a subject shows what was published of it to others."""

    __tablename__ = "disclosures"
    __noun__: ClassVar[str] = "disclosure"
    __called_by__: ClassVar[str] = "collaboration"
    __table_args__ = (
        CheckConstraint("(shown_to = 'member') = (to_membership_id IS NOT NULL)", "to_whom"),
        CheckConstraint("to_membership_id <> membership_id", "to_another"),
        CheckConstraint("(status = 'revoked') = (revoked_at IS NOT NULL)", "revoked_at"),
        Index(
            "uq_disclosures_granted",
            "result_set_id",
            "membership_id",
            "to_membership_id",
            unique=True,
            postgresql_where=text("status = 'granted'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_disclosures_scope_id", "scope_id"),
        Index("ix_disclosures_membership_id", "membership_id", "created_at", "id"),
        Index("ix_disclosures_collaboration_id", "collaboration_id", "created_at", "id"),
        Index("ix_disclosures_result_set_id", "result_set_id", "created_at", "id"),
        Index("ix_disclosures_to_membership_id", "to_membership_id"),
        Index("ix_disclosures_created_at", "created_at", "id"),
        Index("ix_disclosures_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """The membership whose results they are."""
    result_set_id: Mapped[UUID] = mapped_column(ForeignKey("result_sets.id", ondelete="RESTRICT"))
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id", ondelete="RESTRICT"))
    collaboration_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT")
    )
    status: Mapped[DisclosureStatus] = mapped_column(text_enum(DisclosureStatus, "status"))
    shown_to: Mapped[DisclosedTo] = mapped_column(text_enum(DisclosedTo, "shown_to"))
    to_membership_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT")
    )
    with_comments: Mapped[bool] = mapped_column(default=False)
    """Whether what was written of it is shown beside the numbers, where others may read that."""
    ends_at: Mapped[datetime | None]
    """From when on nothing is shown by it; null: until it is taken back."""
    revoked_at: Mapped[datetime | None]

    result_set: Mapped[ResultSet] = relationship(lazy="raise")
    membership: Mapped[Membership] = relationship(lazy="raise", foreign_keys=[membership_id])
    collaboration: Mapped[Collaboration] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by whose results it shows."""
