"""Organisations, and the numbers under which public registers know them."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.kernel.naming import FormerName
from app.people.identity.scopes import NETWORK_ID


class OrganisationKind(StrEnum):
    COMPANY = "company"
    RESEARCH = "research"
    PUBLIC_BODY = "public_body"
    NON_PROFIT = "non_profit"
    OTHER = "other"


class Organisation(Record):
    """A company, a research or public body, a non-profit: known to the whole network."""

    __tablename__ = "organisations"
    __noun__: ClassVar[str] = "organisation"
    __table_args__ = (
        CheckConstraint("merged_into_id <> id", "not_merged_into_itself"),
        Index("ix_organisations_name_folded", "name_folded", "id"),
        Index("ix_organisations_created_at", "created_at", "id"),
        Index("ix_organisations_updated_at", "updated_at", "id"),
        trigrams("organisations", "name_folded"),
    )

    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )
    kind: Mapped[OrganisationKind] = mapped_column(text_enum(OrganisationKind, "kind"))
    country: Mapped[str | None]
    website: Mapped[str | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT"), index=True
    )
    """The organisation that took this one's place when they were found to be the same."""

    identifiers: Mapped[list["OrganisationIdentifier"]] = relationship(
        lazy="raise",
        cascade="all, delete-orphan",
        order_by="(OrganisationIdentifier.list_code, OrganisationIdentifier.number)",
    )
    former_names: Mapped[list["FormerOrganisationName"]] = relationship(
        lazy="raise", order_by="(FormerOrganisationName.until, FormerOrganisationName.id)"
    )

    @property
    def scope_id(self) -> UUID:
        """Organisations are the network's."""
        return NETWORK_ID

    @property
    def reference(self) -> None:
        """They are known by name, and by the identifiers of others."""


class FormerOrganisationName(FormerName):
    """A name that an organisation had, or under which it was in the register a second time."""

    __tablename__ = "former_organisation_names"
    __table_args__ = (
        Index("ix_former_organisation_names_name_folded", "name_folded"),
        trigrams("former_organisation_names", "name_folded"),
    )

    of_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT"), index=True
    )


class OrganisationIdentifier(Base):
    """The number of an organisation in one of the registers that org-id.guide lists."""

    __tablename__ = "organisation_identifiers"
    __table_args__ = (UniqueConstraint("list_code", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT"), index=True
    )
    list_code: Mapped[str]
    number: Mapped[str]

    @property
    def org_id(self) -> str:
        """The two in one word, as open data writes them: `GB-COH-09506232`."""
        return f"{self.list_code}-{self.number}"
