"""How often a fact changed that the metrics of a scope are made of.

Triggers on the tables of those facts keep it. What a statement changes is looked up at once, and at
the end of each transaction the number rises of each cohort, programme and collaboration that it
touched, in the order of their ids.
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


class MetricTurn(Base):
    """An instant that figures of a scope are compared with: they may change when it comes, and
    nobody does anything. One that was put off stays, and does no harm."""

    __tablename__ = "metric_turns"

    scope_id: Mapped[UUID] = mapped_column(primary_key=True)
    turns_at: Mapped[datetime] = mapped_column(primary_key=True)


class MetricTouch(Base):
    """Which scopes a transaction that has not ended yet has touched, and which turns it brings;
    without one `infinity`. Nobody sees a row of it."""

    __tablename__ = "metric_touches"

    transaction_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope_id: Mapped[UUID] = mapped_column(primary_key=True)
    turns_at: Mapped[datetime] = mapped_column(primary_key=True)
