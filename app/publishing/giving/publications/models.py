"""Publications of grants as they are stored."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.grants.models import Grant
from app.kernel.db import Record, text_enum
from app.kernel.filters import trigrams
from app.publishing.giving.publications.lifecycle import GrantPublicationStatus


class GrantPublication(Record):
    """What of a grant is told everybody, in the words that its grantee consented to."""

    __tablename__ = "grant_publications"
    __noun__: ClassVar[str] = "grant_publication"
    __called_by__: ClassVar[str] = "grant"
    __table_args__ = (
        UniqueConstraint("grant_id"),
        UniqueConstraint("identifier"),
        CheckConstraint("length(title) <= 140", "title"),
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", "published_at"),
        Index("ix_grant_publications_created_at", "created_at", "id"),
        Index("ix_grant_publications_updated_at", "updated_at", "id"),
        Index("ix_grant_publications_title_folded", "title_folded", "id"),
        trigrams("grant_publications", "title_folded"),
    )

    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("grant_id")
    identifier: Mapped[str]
    """By which everybody knows it for ever, also when it is gone."""
    status: Mapped[GrantPublicationStatus] = mapped_column(
        text_enum(GrantPublicationStatus, "status")
    )
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    summary: Mapped[str]
    published_at: Mapped[datetime | None]
    """When it was last published; it stays when it is withdrawn."""

    grant: Mapped[Grant] = relationship(lazy="raise")
