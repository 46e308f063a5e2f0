"""Assessments and who is asked for them, as they are stored. Both are written when a round opens.

No row of an anonymous round changes when somebody answers: that is a mark beside it, of `sheets`.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.learning.trust.framework import Perspective
from app.learning.trust.rounds.models import Round
from app.network.cohorts.models import Membership
from app.people.identity.models import Account


class Assessment(Record):
    """One member of the cohort, looked at from one side in one round."""

    __tablename__ = "assessments"
    __noun__: ClassVar[str] = "assessment"
    __recorded_of__: ClassVar[str] = "round_id"
    __called_by__: ClassVar[str] = "round"
    __table_args__ = (
        UniqueConstraint("round_id", "membership_id", "perspective"),
        UniqueConstraint("id", "round_id"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", "voided_for_a_reason"),
        Index("ix_assessments_scope_id", "scope_id"),
        Index("ix_assessments_membership_id", "membership_id", "created_at", "id"),
        Index("ix_assessments_created_at", "created_at", "id"),
        Index("ix_assessments_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """That of its round."""
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"))
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id", ondelete="RESTRICT"))
    """The member that it is about."""
    perspective: Mapped[Perspective] = mapped_column(text_enum(Perspective, "perspective"))
    voided_at: Mapped[datetime | None]
    """Since when it counts for nothing: its subject left while the round was open."""
    void_reason: Mapped[str | None]

    round: Mapped[Round] = relationship(lazy="raise")
    membership: Mapped[Membership] = relationship(lazy="raise")


class Respondent(Record):
    """Somebody who is asked for an assessment: a person with an account, or a stakeholder who has
    none and answers once by a link."""

    __tablename__ = "round_respondents"
    __noun__: ClassVar[str] = "respondent"
    __called_by__: ClassVar[str] = "account"
    __table_args__ = (
        UniqueConstraint("assessment_id", "account_id"),
        UniqueConstraint("assessment_id", "email"),
        UniqueConstraint("digest"),
        CheckConstraint("num_nonnulls(account_id, email) = 1", "account_or_address"),
        CheckConstraint(
            "num_nonnulls(name, email, digest, invited_by_id) IN (0, 4)", "stakeholder_has_link"
        ),
        CheckConstraint("(excused_at IS NULL) = (excuse IS NULL)", "excused_for_a_reason"),
        Index("ix_round_respondents_scope_id", "scope_id"),
        Index("ix_round_respondents_round_id", "round_id", "created_at", "id"),
        Index("ix_round_respondents_account_id", "account_id"),
        Index("ix_round_respondents_membership_id", "membership_id"),
        Index("ix_round_respondents_organisation_id", "organisation_id"),
        Index("ix_round_respondents_invited_by_id", "invited_by_id"),
        Index("ix_round_respondents_email", "email"),
        Index("ix_round_respondents_created_at", "created_at", "id"),
        Index("ix_round_respondents_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """That of the round."""
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"))
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id", ondelete="RESTRICT"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    membership_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT")
    )
    """The member for whom they answer; a stakeholder answers for none."""
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT")
    )
    """For which they worked when the round opened."""
    strata: Mapped[dict[str, Any]]
    """Of each declared breakdown, in which part of it they are counted."""
    is_told_apart: Mapped[bool]
    """Whether a sheet of theirs says member, organisation and strata: in an anonymous round only
    where k or more who are asked for the same have all three in common."""
    name: Mapped[str | None]
    email: Mapped[str | None]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the token in a stakeholder's link."""
    invited_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT")
    )
    excused_at: Mapped[datetime | None]
    excuse: Mapped[str | None]

    round: Mapped[Round] = relationship(lazy="raise")
    assessment: Mapped[Assessment] = relationship(lazy="raise")
    account: Mapped[Account | None] = relationship(lazy="raise", foreign_keys=[account_id])

    @property
    def personal_fields(self) -> frozenset[str]:
        return frozenset({"name", "email"})
