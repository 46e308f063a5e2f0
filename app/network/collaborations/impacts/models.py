"""Impacts as they are stored."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record
from app.kernel.filters import trigrams
from app.network.collaborations.models import Collaboration
from app.people.files.models import File


class Impact(Record):
    """Somebody benefits from a collaboration."""

    __tablename__ = "impacts"
    __noun__: ClassVar[str] = "impact"
    __recorded_of__: ClassVar[str] = "collaboration_id"
    __table_args__ = (
        UniqueConstraint("file_id"),
        CheckConstraint("num_nonnulls(file_id, url) <= 1", "file_or_url"),
        Index("ix_impacts_collaboration_id", "collaboration_id", "happened_on", "id"),
        Index("ix_impacts_happened_on", "happened_on", "id"),
        Index("ix_impacts_updated_at", "updated_at", "id"),
        Index("ix_impacts_title_folded", "title_folded", "id"),
        trigrams("impacts", "title_folded"),
    )

    collaboration_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT")
    )
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    """The dossier of the collaboration."""
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    description: Mapped[str | None]
    beneficiaries: Mapped[str]
    evidence: Mapped[str]
    """How it is known."""
    happened_on: Mapped[date]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"))
    url: Mapped[str | None]

    collaboration: Mapped[Collaboration] = relationship(lazy="raise")
    file: Mapped[File | None] = relationship(lazy="raise")
