"""Risks, and what is done about them."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.network.collaborations.models import Collaboration
from app.people.identity.models import Account


class RiskArea(StrEnum):
    """What the question is about."""

    LAW = "law"
    ETHICS = "ethics"
    REPUTATION = "reputation"
    COMMERCE = "commerce"
    SECURITY = "security"
    QUALITY = "quality"


class RiskLevel(StrEnum):
    RED = "red"
    AMBER = "amber"
    GREEN = "green"


class Risk(Record):
    """A question of the register, how it is answered, and who looks after it."""

    __tablename__ = "risks"
    __noun__: ClassVar[str] = "risk"
    __recorded_of__: ClassVar[str] = "collaboration_id"
    __called_by__: ClassVar[str] = "collaboration"
    __table_args__ = (
        CheckConstraint("closed_on >= raised_on", "closed_after_raised"),
        Index("ix_risks_collaboration_id", "collaboration_id", "raised_on", "id"),
        Index("ix_risks_raised_on", "raised_on", "id"),
        Index("ix_risks_updated_at", "updated_at", "id"),
    )

    collaboration_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT")
    )
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    """The dossier of the collaboration."""
    area: Mapped[RiskArea] = mapped_column(text_enum(RiskArea, "area"))
    question: Mapped[str]
    answer: Mapped[str | None]
    level: Mapped[RiskLevel] = mapped_column(text_enum(RiskLevel, "level"))
    mitigation: Mapped[str | None]
    owner_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    raised_on: Mapped[date]
    closed_on: Mapped[date | None]

    collaboration: Mapped[Collaboration] = relationship(lazy="raise")
    owner: Mapped[Account | None] = relationship(lazy="raise")
