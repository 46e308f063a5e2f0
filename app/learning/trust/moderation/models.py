"""Cases of moderation as they are stored."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.learning.trust.moderation.lifecycle import ModerationCaseStatus
from app.learning.trust.rounds.models import Round


class ModerationCase(Record):
    """That somebody finds that something which was written in a round is better not told."""

    __tablename__ = "moderation_cases"
    __noun__: ClassVar[str] = "moderation_case"
    __called_by__: ClassVar[str] = "round"
    __table_args__ = (
        ForeignKeyConstraint(
            ["sheet_id", "question"],
            ["sheet_answers.sheet_id", "sheet_answers.question"],
            name="fk_moderation_cases_sheet_id_question",
            ondelete="RESTRICT",
        ),
        CheckConstraint(
            "num_nonnulls(sheet_id, question) IN (0, 2) AND num_nonnulls(sheet_id, text_id) = 1",
            "about_one",
        ),
        Index(
            "uq_moderation_cases_answer",
            "sheet_id",
            "question",
            unique=True,
            postgresql_where=text("sheet_id IS NOT NULL"),
        ),
        Index("uq_moderation_cases_text_id", "text_id", unique=True),
        Index("ix_moderation_cases_scope_id", "scope_id"),
        Index("ix_moderation_cases_round_id", "round_id", "created_at", "id"),
        Index("ix_moderation_cases_created_at", "created_at", "id"),
        Index("ix_moderation_cases_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """That of the round."""
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"))
    status: Mapped[ModerationCaseStatus] = mapped_column(text_enum(ModerationCaseStatus, "status"))
    sheet_id: Mapped[UUID | None]
    question: Mapped[str | None]
    """With its sheet, the answer in words that it is about."""
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("anonymous_texts.id", ondelete="RESTRICT")
    )
    """In an anonymous round, the text."""

    round: Mapped[Round] = relationship(lazy="raise")
