"""Strands as they are stored."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Record
from app.network.programmes.models import Programme


class Strand(Record):
    """One kind of a programme's work, such as its peer learning or its ad-hoc support."""

    __tablename__ = "strands"
    __noun__: ClassVar[str] = "strand"
    __recorded_of__: ClassVar[str] = "programme_id"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        Index("ix_strands_key", "key", "id"),
        Index("ix_strands_updated_at", "updated_at", "id"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("programme_id")
    key: Mapped[str]
    name: Mapped[str]
    summary: Mapped[str | None]

    programme: Mapped[Programme] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its programme and its key."""
