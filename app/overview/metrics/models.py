"""How often anything was done that the metrics of a scope could show.

A trigger on what was done keeps it, at the end of each transaction: the number of a cohort, of its
programme and of a collaboration rises with each transaction that did anything there.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base


class MetricMark(Base):
    """How often that was, and when last. It points at nothing, as what was done does not."""

    __tablename__ = "metric_marks"

    scope_id: Mapped[UUID] = mapped_column(primary_key=True)
    changes: Mapped[int]
    changed_at: Mapped[datetime]
