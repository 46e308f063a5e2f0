"""Support as they are stored."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record
from app.network.collaborations.models import Collaboration
from app.people.identity.models import Account


class Support(Record):
    """Somebody of the network helped a collaboration, one day, for some time."""

    __tablename__ = "support"
    __noun__: ClassVar[str] = "support"
    __recorded_of__: ClassVar[str] = "collaboration_id"
    __called_by__: ClassVar[str] = "collaboration"
    __table_args__ = (
        CheckConstraint("minutes > 0", "minutes_positive"),
        Index("ix_support_collaboration_id", "collaboration_id", "given_on", "id"),
        Index("ix_support_given_on", "given_on", "id"),
        Index("ix_support_updated_at", "updated_at", "id"),
    )

    collaboration_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT")
    )
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    """The dossier of the collaboration."""
    given_on: Mapped[date]
    given_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    minutes: Mapped[int]
    about: Mapped[str]
    note: Mapped[str | None]

    collaboration: Mapped[Collaboration] = relationship(lazy="raise")
    given_by: Mapped[Account] = relationship(lazy="raise")
