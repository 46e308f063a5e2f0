"""What was written in rounds, as it is stored. Moderation changes its status, and never its words.

Those of an anonymous round are written by one transaction, when it closes, in an order that is
drawn and under random ids: neither two texts of one person nor a text and a sheet belong together.
"""

from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.learning.trust.assessments.models import Assessment
from app.learning.trust.comments.lifecycle import RoundCommentStatus
from app.learning.trust.rounds.models import Confidentiality, Round


class RoundComment(Record):
    """What was answered in words to one question, or why it does not apply."""

    __tablename__ = "round_comments"
    __noun__: ClassVar[str] = "round_comment"
    __called_by__: ClassVar[str] = "round"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "confidentiality"],
            ["rounds.id", "rounds.confidentiality"],
            name="fk_round_comments_round_id_rounds",
            ondelete="RESTRICT",
        ),
        CheckConstraint("(confidentiality = 'anonymous') = (sheet_id IS NULL)", "nobodys"),
        Index("ix_round_comments_scope_id", "scope_id"),
        Index("ix_round_comments_round_id", "round_id", "created_at", "id"),
        Index("ix_round_comments_assessment_id", "assessment_id", "created_at", "id"),
        Index("ix_round_comments_sheet_id", "sheet_id"),
        Index("ix_round_comments_created_at", "created_at", "id"),
        Index("ix_round_comments_updated_at", "updated_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-10)
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """That of the round."""
    round_id: Mapped[UUID]
    confidentiality: Mapped[Confidentiality] = mapped_column(
        text_enum(Confidentiality, "confidentiality")
    )
    """That of the round."""
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id", ondelete="RESTRICT"))
    sheet_id: Mapped[UUID | None] = mapped_column(ForeignKey("sheets.id", ondelete="RESTRICT"))
    """On which it stands, which nobody is told; of an anonymous round on none."""
    question: Mapped[str]
    """Its key in the framework of the round."""
    is_justification: Mapped[bool]
    """Whether it says why the question does not apply."""
    words: Mapped[str]
    status: Mapped[RoundCommentStatus] = mapped_column(text_enum(RoundCommentStatus, "status"))
    is_of_enough: Mapped[bool]
    """Whether as many answered, of as many organisations, as the round promised: else it is told to
    nobody but who may read the sheets."""

    round: Mapped[Round] = relationship(lazy="raise")
    assessment: Mapped[Assessment] = relationship(lazy="raise")
