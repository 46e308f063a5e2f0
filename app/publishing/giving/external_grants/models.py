"""Grants of other funders as they are stored: with no lifecycle and no ledger, for they are not
ours."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record
from app.kernel.filters import trigrams
from app.people.identity.scopes import NETWORK_ID


class ExternalFile(Record):
    """A file that was imported: of whom it says that it is, and under which licence."""

    __tablename__ = "external_files"
    __noun__: ClassVar[str] = "external_file"

    name: Mapped[str]
    publisher: Mapped[str | None]
    licence: Mapped[str | None]

    @property
    def scope_id(self) -> UUID:
        """What others published is the network's."""
        return NETWORK_ID

    @property
    def reference(self) -> None:
        """It is known by its name."""


class ExternalOrganisation(Record):
    """An organisation as a file told of it, which need not be one of our register."""

    __tablename__ = "external_organisations"
    __table_args__ = (UniqueConstraint("org_id"),)

    org_id: Mapped[str]
    name: Mapped[str]
    charity_number: Mapped[str | None]
    company_number: Mapped[str | None]
    city: Mapped[str | None]
    postal_code: Mapped[str | None]


class ExternalGrant(Record):
    """A grant that another funder published."""

    __tablename__ = "external_grants"
    __noun__: ClassVar[str] = "external_grant"
    __table_args__ = (
        UniqueConstraint("identifier"),
        CheckConstraint("awarded_minor >= 0", "awarded_minor"),
        Index("ix_external_grants_awarded_on", "awarded_on", "id"),
        Index("ix_external_grants_title_folded", "title_folded", "id"),
        Index("ix_external_grants_updated_at", "updated_at", "id"),
        Index("ix_external_grants_funder_id", "funder_id", "awarded_on", "id"),
        Index("ix_external_grants_recipient_id", "recipient_id", "awarded_on", "id"),
        Index("ix_external_grants_file_id", "file_id"),
        trigrams("external_grants", "title_folded"),
    )

    identifier: Mapped[str]
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    description: Mapped[str]
    currency: Mapped[str]
    awarded_minor: Mapped[int]
    applied_for_minor: Mapped[int | None]
    disbursed_minor: Mapped[int | None]
    awarded_on: Mapped[date]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    programme_title: Mapped[str | None]
    is_from_open_call: Mapped[bool | None]
    funder_id: Mapped[UUID] = mapped_column(
        ForeignKey("external_organisations.id", ondelete="RESTRICT")
    )
    recipient_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("external_organisations.id", ondelete="RESTRICT")
    )
    """Null where a person received it."""
    file_id: Mapped[UUID] = mapped_column(ForeignKey("external_files.id", ondelete="RESTRICT"))
    """The file in which it was told last as it stands here."""
    record: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """All that was told of it, mended where it was not as the standard has it."""
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    """The hash of `record`, by which a change is seen."""

    funder: Mapped[ExternalOrganisation] = relationship(lazy="raise", foreign_keys=[funder_id])
    recipient: Mapped[ExternalOrganisation | None] = relationship(
        lazy="raise", foreign_keys=[recipient_id]
    )
    file: Mapped[ExternalFile] = relationship(lazy="raise")

    @property
    def scope_id(self) -> UUID:
        """What others published is the network's."""
        return NETWORK_ID

    @property
    def reference(self) -> None:
        """It is known by the identifier that its funder gave it."""
