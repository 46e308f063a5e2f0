"""Calendar feeds as they are stored: never the secret itself."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record
from app.network.cohorts.models import Cohort
from app.people.identity.models import OfTheNetwork


class CalendarFeed(OfTheNetwork, Record):
    """An address at which the sessions of its owner are read, and nothing else."""

    __tablename__ = "calendar_feeds"
    __noun__: ClassVar[str] = "calendar_feed"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    cohort_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("cohorts.id", ondelete="RESTRICT"), index=True
    )
    """Of which cohort alone; null: of all that the owner sees."""
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    revoked_at: Mapped[datetime | None]

    cohort: Mapped[Cohort | None] = relationship(lazy="raise")
