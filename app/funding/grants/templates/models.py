"""Templates of grants."""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Record
from app.kernel.filters import trigrams
from app.network.programmes.models import Programme


class GrantTemplate(Record):
    """What is usually agreed in a programme.

    Its terms are one document: nothing points into it, a grant that is made from it takes a copy.
    """

    __tablename__ = "grant_templates"
    __noun__: ClassVar[str] = "grant_template"
    __table_args__ = (
        Index("ix_grant_templates_programme_id", "programme_id", "created_at", "id"),
        Index("ix_grant_templates_created_at", "created_at", "id"),
        Index("ix_grant_templates_updated_at", "updated_at", "id"),
        Index("ix_grant_templates_title_folded", "title_folded", "id"),
        trigrams("grant_templates", "title_folded"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("programme_id")
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    summary: Mapped[str | None]
    terms: Mapped[dict[str, Any]]

    programme: Mapped[Programme] = relationship(lazy="raise")
