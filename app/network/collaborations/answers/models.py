"""Answers as they are stored."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.network.collaborations.models import Collaboration
from app.network.programmes.expectations.models import Expectation
from app.people.identity.models import Account


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class CollaborationAnswer(Record):
    """What a collaboration says of one expectation of its programme."""

    __tablename__ = "collaboration_answers"
    __noun__: ClassVar[str] = "collaboration_answer"
    __called_by__: ClassVar[str] = "expectation"
    __table_args__ = (UniqueConstraint("collaboration_id", "expectation_id"),)

    collaboration_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT")
    )
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    """The dossier of the collaboration."""
    expectation_id: Mapped[UUID] = mapped_column(
        ForeignKey("expectations.id", ondelete="RESTRICT"), index=True
    )
    verdict: Mapped[Verdict | None] = mapped_column(text_enum(Verdict, "verdict"))
    """Of a criterion; a principle has none."""
    answer: Mapped[str]
    answered_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )

    collaboration: Mapped[Collaboration] = relationship(lazy="raise")
    expectation: Mapped[Expectation] = relationship(lazy="raise")
    answered_by: Mapped[Account] = relationship(lazy="raise")
