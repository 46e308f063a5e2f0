"""Affiliations as they are stored."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record
from app.people.identity.models import Account, OfTheNetwork
from app.people.organisations.models import Organisation


class Affiliation(OfTheNetwork, Record):
    """A person works for an organisation, for a time."""

    __tablename__ = "affiliations"
    __noun__: ClassVar[str] = "affiliation"
    __called_by__: ClassVar[str] = "organisation"
    __table_args__ = (
        CheckConstraint("ended_on >= since_on", "ends_after_start"),
        Index("ix_affiliations_created_at", "created_at", "id"),
        Index(
            "uq_affiliations_current",
            "organisation_id",
            "account_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL AND withdrawn_at IS NULL"),
        ),
        Index("ix_affiliations_updated_at", "updated_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT"), index=True
    )
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    title: Mapped[str | None]
    since_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    entered_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """Who said so: the person, or whoever vouched for it."""
    confirmed_at: Mapped[datetime | None]
    """When the person said so too."""
    contested_at: Mapped[datetime | None]
    """When the person said that it is not so; it counts until somebody else has put it right."""
    withdrawn_at: Mapped[datetime | None]
    """When it was found to have been entered by mistake: it counts for nothing."""

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="raise")
    entered_by: Mapped[Account] = relationship(foreign_keys=[entered_by_id], lazy="raise")

    @property
    def is_vouched(self) -> bool:
        """Whether somebody else than the person has entered it."""
        return self.entered_by_id != self.account_id

    @property
    def personal_fields(self) -> frozenset[str]:
        """What somebody is there, and since when, is theirs."""
        return frozenset({"title", "since_on", "ended_on"})
