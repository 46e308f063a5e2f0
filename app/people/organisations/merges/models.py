"""What is kept of a merge."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, new_id


class OrganisationMerge(Base):
    """One organisation took the place of another: what moved, and what stood there afterwards.

    It names both by bare ids: a reference that followed them when they are merged again would
    say that something else had happened.
    """

    __tablename__ = "organisation_merges"
    __table_args__ = (Index("ix_organisation_merges_duplicate_id", "duplicate_id", "merged_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    survivor_id: Mapped[UUID]
    duplicate_id: Mapped[UUID]
    former_name_id: Mapped[UUID]
    """The duplicate's name, which the survivor took over."""
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    moved: Mapped[list[Any]]
    """Each row that referred to the duplicate, as it was before and after."""
    stood: Mapped[list[Any]]
    """What names each row that referred to the survivor afterwards."""
