"""Data sets and every change of who may use them."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.network.collaborations.models import Collaboration


class DataAccess(StrEnum):
    """Closed: by a contract of its own, or not at all. Shared: by terms set in advance, with those
    who meet them. Open: anyone, for any purpose."""

    CLOSED = "closed"
    SHARED = "shared"
    OPEN = "open"


class Disposition(StrEnum):
    """What becomes of data when the collaboration ends."""

    KEPT = "kept"
    HANDED_OVER = "handed_over"
    ARCHIVED = "archived"
    DELETED = "deleted"


class DataSet(Record):
    """Data that a collaboration works with."""

    __tablename__ = "data_sets"
    __noun__: ClassVar[str] = "data_set"
    __recorded_of__: ClassVar[str] = "collaboration_id"
    __table_args__ = (
        CheckConstraint("access <> 'open' OR licence IS NOT NULL", "open_has_licence"),
        Index("ix_data_sets_collaboration_id", "collaboration_id", "name_folded", "id"),
        Index("ix_data_sets_name_folded", "name_folded", "id"),
        Index("ix_data_sets_updated_at", "updated_at", "id"),
        trigrams("data_sets", "name_folded"),
    )

    collaboration_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT")
    )
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    """The dossier of the collaboration."""
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )
    description: Mapped[str | None]
    url: Mapped[str | None]
    access: Mapped[DataAccess] = mapped_column(text_enum(DataAccess, "access"))
    licence: Mapped[str | None]
    first_used_on: Mapped[date | None]
    """When somebody first used it, or it was published."""
    disposition: Mapped[Disposition | None] = mapped_column(text_enum(Disposition, "disposition"))
    disposition_note: Mapped[str | None]

    collaboration: Mapped[Collaboration] = relationship(lazy="raise")


class AccessChange(Base):
    """From a day on a data set was as accessible as this; the first row is where it began."""

    __tablename__ = "access_changes"
    __table_args__ = (
        CheckConstraint("to_access <> 'open' OR licence IS NOT NULL", "open_has_licence"),
        Index("ix_access_changes_data_set_id", "data_set_id", "since_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    data_set_id: Mapped[UUID] = mapped_column(ForeignKey("data_sets.id", ondelete="RESTRICT"))
    from_access: Mapped[DataAccess | None] = mapped_column(text_enum(DataAccess, "from_access"))
    to_access: Mapped[DataAccess] = mapped_column(text_enum(DataAccess, "to_access"))
    licence: Mapped[str | None]
    since_on: Mapped[date]
    reason: Mapped[str | None]
    recorded_at: Mapped[datetime]
