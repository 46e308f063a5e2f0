"""Learnings as they are stored."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record
from app.kernel.filters import trigrams
from app.network.collaborations.models import Collaboration


class Learning(Record):
    """Something that a collaboration learnt and that others can read and use."""

    __tablename__ = "learnings"
    __noun__: ClassVar[str] = "learning"
    __recorded_of__: ClassVar[str] = "collaboration_id"
    __table_args__ = (
        Index("ix_learnings_collaboration_id", "collaboration_id", "shared_on", "id"),
        Index("ix_learnings_shared_on", "shared_on", "id"),
        Index("ix_learnings_updated_at", "updated_at", "id"),
        Index("ix_learnings_title_folded", "title_folded", "id"),
        trigrams("learnings", "title_folded"),
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
    summary: Mapped[str | None]
    url: Mapped[str]
    licence: Mapped[str]
    audience: Mapped[str | None]
    shared_on: Mapped[date]

    collaboration: Mapped[Collaboration] = relationship(lazy="raise")
