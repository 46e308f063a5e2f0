"""Conflicts of interest as they are stored."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record
from app.network.collaborations.models import Collaboration
from app.people.identity.models import Account, OfTheNetwork
from app.people.organisations.models import Organisation


class ConflictOfInterest(OfTheNetwork, Record):
    """A person has an interest in an organisation, a collaboration or another person, for a time.

    The person has said so, or whoever may impose it has.
    """

    __tablename__ = "conflicts_of_interest"
    __noun__: ClassVar[str] = "conflict_of_interest"
    __called_by__: ClassVar[str] = "account"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(organisation_id, collaboration_id, person_id) = 1", "about_one_thing"
        ),
        CheckConstraint("person_id <> account_id", "about_another"),
        CheckConstraint("until_on >= from_on", "ends_after_start"),
        Index("ix_conflicts_of_interest_from_on", "from_on", "id"),
        Index(
            "uq_conflicts_of_interest_current",
            "account_id",
            "organisation_id",
            "collaboration_id",
            "person_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("until_on IS NULL AND withdrawn_at IS NULL"),
        ),
        Index("ix_conflicts_of_interest_updated_at", "updated_at", "id"),
    )

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """Whose it is."""
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT"), index=True
    )
    collaboration_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT"), index=True
    )
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    """The last day; it counts for ever for what lived while it was held."""
    reason: Mapped[str]
    entered_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    withdrawn_at: Mapped[datetime | None]
    """When it was found to have been entered by mistake: it counts for nothing."""

    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    collaboration: Mapped[Collaboration | None] = relationship(lazy="raise")
    person: Mapped[Account | None] = relationship(foreign_keys=[person_id], lazy="raise")
    entered_by: Mapped[Account] = relationship(foreign_keys=[entered_by_id], lazy="raise")

    @property
    def is_imposed(self) -> bool:
        """Whether somebody else than the person has entered it."""
        return self.entered_by_id != self.account_id
