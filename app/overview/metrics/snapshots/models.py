"""What was told of a cohort when it closed. The database refuses changes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.activity import APPEND_ONLY
from app.kernel.db import Base, new_id
from app.network.cohorts.models import Cohort


class MetricSnapshot(Base):
    """The figures of a cohort, as JSON and as they were told; one more each time that it closes."""

    __tablename__ = "metric_snapshots"
    __table_args__ = (
        UniqueConstraint("cohort_id", "number"),
        CheckConstraint("number >= 1", "number_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    number: Mapped[int]
    taken_at: Mapped[datetime]
    figures: Mapped[str] = mapped_column(Text)

    cohort: Mapped[Cohort] = relationship(lazy="raise")


APPEND_ONLY.add(MetricSnapshot.__tablename__)
