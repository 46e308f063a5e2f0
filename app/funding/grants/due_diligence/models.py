"""Checks of a grantee, and which of them a programme asks for."""

from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.grants.due_diligence.standing import CheckOutcome
from app.funding.grants.models import Grant
from app.kernel.activity import APPEND_ONLY
from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.vocabularies import Vocabulary
from app.people.files.models import File
from app.people.identity.models import Account


class CheckKind(Vocabulary):
    """What is looked at. Bank details are checked where payees are."""

    IDENTITY = "identity"
    SANCTIONS = "sanctions"
    GOVERNANCE = "governance"
    DATA_PROTECTION = "data_protection"
    CONFLICTS_OF_INTEREST = "conflicts_of_interest"
    ELIGIBILITY = "eligibility"


DEFAULT_KINDS: Final = (
    CheckKind.IDENTITY,
    CheckKind.SANCTIONS,
    CheckKind.GOVERNANCE,
    CheckKind.DATA_PROTECTION,
)
"""What is required where the programme has not said (research: grants 2.4)."""


class DueDiligenceCheck(Base):
    """That somebody looked at one thing about the grantee, and what was found.

    It never changes: a later check of the same kind takes its place.
    """

    __tablename__ = "due_diligence_checks"
    __noun__: ClassVar[str] = "due_diligence_check"
    __recorded_of__: ClassVar[str] = "grant_id"
    __called_by__: ClassVar[str] = "grant"
    __table_args__ = (
        CheckConstraint("expires_on >= done_on", "expires_after_done"),
        CheckConstraint("outcome = 'passed' OR note IS NOT NULL", "note_where_not_passed"),
        CheckConstraint("num_nonnulls(file_id, url) <= 1", "file_or_url"),
        UniqueConstraint("file_id"),
        UniqueConstraint("grant_id", "kind", "number"),
        Index("ix_due_diligence_checks_recorded_at", "recorded_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("grant_id")
    kind: Mapped[CheckKind] = mapped_column(text_enum(CheckKind, "kind"))
    number: Mapped[int]
    """Counts the checks of its kind of the grant: the highest is the one that holds."""
    outcome: Mapped[CheckOutcome] = mapped_column(text_enum(CheckOutcome, "outcome"))
    done_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    done_on: Mapped[date]
    expires_on: Mapped[date | None]
    """The last day on which it holds, by the calendar of the cohort."""
    note: Mapped[str | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"))
    url: Mapped[str | None]
    recorded_at: Mapped[datetime]

    grant: Mapped[Grant] = relationship(lazy="raise")
    done_by: Mapped[Account] = relationship(lazy="raise")
    file: Mapped[File | None] = relationship(lazy="raise")


class DueDiligencePolicy(Record):
    """The checks that a programme asks for before it offers a grant."""

    __tablename__ = "due_diligence_policies"
    __noun__: ClassVar[str] = "due_diligence_policy"
    __table_args__ = (UniqueConstraint("programme_id"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("programme_id")
    required_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))


APPEND_ONLY.add(DueDiligenceCheck.__tablename__)
