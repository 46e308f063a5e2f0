"""Expectations as they are stored."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Record, text_enum
from app.network.programmes.models import Programme


class ExpectationKind(StrEnum):
    """A criterion is met or not; a principle is lived up to in one way or another."""

    CRITERION = "criterion"
    PRINCIPLE = "principle"


class Expectation(Record):
    """Something that the collaborations of a programme say of themselves, in their own words."""

    __tablename__ = "expectations"
    __noun__: ClassVar[str] = "expectation"
    __recorded_of__: ClassVar[str] = "programme_id"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        Index("ix_expectations_position", "programme_id", "position", "id"),
        Index("ix_expectations_order", "position", "id"),
        Index("ix_expectations_updated_at", "updated_at", "id"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("programme_id")
    kind: Mapped[ExpectationKind] = mapped_column(text_enum(ExpectationKind, "kind"))
    key: Mapped[str]
    title: Mapped[str]
    prompt: Mapped[str | None]
    position: Mapped[int]

    programme: Mapped[Programme] = relationship(lazy="raise")
