"""Agreements as they are stored."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, Record, text_enum
from app.kernel.filters import trigrams
from app.network.collaborations.data_sets.models import DataSet
from app.network.collaborations.models import Collaboration
from app.people.files.models import File
from app.people.organisations.models import Organisation


class AgreementKind(StrEnum):
    DATA_SHARING = "data_sharing"
    DATA_PROCESSING = "data_processing"
    LICENCE = "licence"
    MEMORANDUM = "memorandum"
    CONFIDENTIALITY = "confidentiality"
    OTHER = "other"


def _link(table: str, noun: str) -> Table:
    return Table(
        table,
        Base.metadata,
        Column("agreement_id", ForeignKey("agreements.id", ondelete="RESTRICT"), primary_key=True),
        Column(
            f"{noun}_id",
            ForeignKey(f"{noun}s.id", ondelete="RESTRICT"),
            primary_key=True,
            index=True,
        ),
    )


PARTIES = _link("agreement_parties", "organisation")
DATA_SETS = _link("agreement_data_sets", "data_set")


class Agreement(Record):
    """What organisations of a collaboration agreed about its data, in one edition.

    An edition that was signed never changes; a later one takes its place.
    """

    __tablename__ = "agreements"
    __noun__: ClassVar[str] = "agreement"
    __recorded_of__: ClassVar[str] = "collaboration_id"
    __table_args__ = (
        UniqueConstraint("supersedes_id"),
        UniqueConstraint("file_id"),
        CheckConstraint("(edition = 1) = (supersedes_id IS NULL)", "edition"),
        CheckConstraint("num_nonnulls(file_id, url) <= 1", "file_or_url"),
        CheckConstraint("signed_on IS NULL OR starts_on IS NOT NULL", "signed_starts"),
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
        Index("ix_agreements_collaboration_id", "collaboration_id", "created_at", "id"),
        Index("ix_agreements_created_at", "created_at", "id"),
        Index("ix_agreements_updated_at", "updated_at", "id"),
        Index("ix_agreements_title_folded", "title_folded", "id"),
        trigrams("agreements", "title_folded"),
    )

    collaboration_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT")
    )
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    """The dossier of the collaboration."""
    kind: Mapped[AgreementKind] = mapped_column(text_enum(AgreementKind, "kind"))
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    edition: Mapped[int]
    supersedes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("agreements.id", ondelete="RESTRICT")
    )
    signed_on: Mapped[date | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"))
    url: Mapped[str | None]

    collaboration: Mapped[Collaboration] = relationship(lazy="raise")
    file: Mapped[File | None] = relationship(lazy="raise")
    parties: Mapped[list[Organisation]] = relationship(
        secondary=PARTIES, order_by=(Organisation.name_folded, Organisation.id), lazy="raise"
    )
    data_sets: Mapped[list[DataSet]] = relationship(
        secondary=DATA_SETS, order_by=(DataSet.name_folded, DataSet.id), lazy="raise"
    )
