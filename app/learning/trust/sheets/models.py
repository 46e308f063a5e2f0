"""Sheets as they are stored.

A sheet of an attributed or confidential round is somebody's, has a life, and its answers are rows.
One of an anonymous round is a row without a respondent, an instant or an order: its id is random,
and whenever another is sent all those of the round, and all marks of who answered, are written anew
in random order by one transaction, so that no column of PostgreSQL tells which came when.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, Record, text_enum
from app.learning.trust.answers import Answer, State
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.sheets.lifecycle import SheetStatus


class Sheet(Record):
    """What somebody answers about one subject, in a round that is not anonymous."""

    __tablename__ = "sheets"
    __noun__: ClassVar[str] = "sheet"
    __called_by__: ClassVar[str] = "round"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "confidentiality"],
            ["rounds.id", "rounds.confidentiality"],
            name="fk_sheets_round_id_rounds",
            ondelete="RESTRICT",
        ),
        CheckConstraint("confidentiality <> 'anonymous'", "somebodys"),
        CheckConstraint(
            "(status IN ('submitted', 'excluded')) = (submitted_at IS NOT NULL)",
            "submitted_at_some_time",
        ),
        Index(
            "uq_sheets_respondent_id",
            "respondent_id",
            unique=True,
            postgresql_where=text("status <> 'withdrawn'"),
        ),
        Index("ix_sheets_scope_id", "scope_id"),
        Index("ix_sheets_round_id", "round_id", "created_at", "id"),
        Index("ix_sheets_assessment_id", "assessment_id", "created_at", "id"),
        Index("ix_sheets_respondent_id", "respondent_id"),
        Index("ix_sheets_created_at", "created_at", "id"),
        Index("ix_sheets_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """That of the round."""
    round_id: Mapped[UUID]
    confidentiality: Mapped[Confidentiality] = mapped_column(
        text_enum(Confidentiality, "confidentiality")
    )
    """That of the round, which has no such row where it is anonymous."""
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id", ondelete="RESTRICT"))
    respondent_id: Mapped[UUID] = mapped_column(
        ForeignKey("round_respondents.id", ondelete="RESTRICT")
    )
    status: Mapped[SheetStatus] = mapped_column(text_enum(SheetStatus, "status"))
    submitted_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(lazy="raise")
    assessment: Mapped[Assessment] = relationship(lazy="raise")
    respondent: Mapped[Respondent] = relationship(lazy="raise")
    answers: Mapped[list["SheetAnswer"]] = relationship(
        lazy="raise", order_by="SheetAnswer.question", cascade="all, delete-orphan"
    )


class SheetAnswer(Base):
    """What a sheet says to one question."""

    __tablename__ = "sheet_answers"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(points) = 'array'", "points"),
        CheckConstraint(
            "state = 'answered' OR (points = '[]'::jsonb AND words IS NULL)", "said_if_answered"
        ),
        CheckConstraint(
            "state = 'not_applicable' OR justification IS NULL", "justified_if_not_applicable"
        ),
    )

    sheet_id: Mapped[UUID] = mapped_column(
        ForeignKey("sheets.id", ondelete="RESTRICT"), primary_key=True
    )
    question: Mapped[str] = mapped_column(primary_key=True)
    """Its key in the framework of the round."""
    state: Mapped[State] = mapped_column(text_enum(State, "state"))
    points: Mapped[list[Any]]
    """The values of the points of its scale that were chosen."""
    words: Mapped[str | None]
    """What was answered to a question in words."""
    justification: Mapped[str | None]
    """Why the question does not apply."""

    @property
    def answer(self) -> Answer:
        """As a value that is scored and checked."""
        return Answer(self.question, self.state, tuple(self.points))


class AnonymousSheet(Base):
    """What nobody in particular answered about one subject."""

    __tablename__ = "anonymous_sheets"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(answers) = 'object'", "answers"),
        Index("ix_anonymous_sheets_round_id", "round_id"),
        Index("ix_anonymous_sheets_assessment_id", "assessment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    """Another one after each rewriting, until the round closes."""
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"))
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id", ondelete="RESTRICT"))
    membership_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT"), index=True
    )
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT"), index=True
    )
    strata: Mapped[dict[str, Any]]
    answers: Mapped[dict[str, Any]]
    """By the keys of questions: `{"state": ..., "points": [...]}`; `words` and `justification` too
    while the round is open."""


class AnsweredMark(Base):
    """That somebody has answered in an anonymous round. It is deleted when the round closes."""

    __tablename__ = "round_answered_marks"

    respondent_id: Mapped[UUID] = mapped_column(
        ForeignKey("round_respondents.id", ondelete="RESTRICT"), primary_key=True
    )
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), index=True)
