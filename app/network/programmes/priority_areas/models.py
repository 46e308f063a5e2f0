"""Priority areas as they are stored."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Record, text_enum
from app.network.programmes.models import Programme
from app.network.programmes.priority_areas.lifecycle import PriorityAreaStatus


class PriorityArea(Record):
    """A field in which a programme looks for a collaboration to launch."""

    __tablename__ = "priority_areas"
    __noun__: ClassVar[str] = "priority_area"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        Index("ix_priority_areas_key", "key", "id"),
        Index("ix_priority_areas_updated_at", "updated_at", "id"),
        CheckConstraint("(status = 'launched') = (launched_at IS NOT NULL)", "launched_at_launch"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("programme_id")
    key: Mapped[str]
    name: Mapped[str]
    summary: Mapped[str | None]
    status: Mapped[PriorityAreaStatus] = mapped_column(text_enum(PriorityAreaStatus, "status"))
    launched_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its programme and its key."""
