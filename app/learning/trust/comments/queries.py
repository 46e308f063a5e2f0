"""What was written on the sheets of a round, and of how many people and organisations it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.comments.models import RoundComment
from app.learning.trust.disclosure import Voice
from app.learning.trust.framework import Perspective
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.sheets.models import AnonymousSheet, Sheet, SheetAnswer

WORDS: Final = "words"
JUSTIFICATION: Final = "justification"


@dataclass(frozen=True)
class SentSheet:
    """A sheet that counts: of which assessment, whose, and what it says."""

    sheet_id: UUID | None
    assessment_id: UUID
    voice: Voice
    answers: Mapping[str, Mapping[str, Any]]


async def written_in(
    db: AsyncSession, a_round: Round, assessment_id: UUID | None = None
) -> list[SentSheet]:
    """The sheets of a round that count, or of one of its assessments."""
    asked = Assessment.voided_at.is_(None)
    if assessment_id is not None:
        asked = asked & (Assessment.id == assessment_id)
    found = _of_nobody(a_round, asked) if a_round.is_anonymous else _of_somebody(a_round, asked)
    return [_sheet(row) for row in await db.execute(found)]


def _sheet(row: Any) -> SentSheet:
    is_dyadic = row.perspective == Perspective.DYADIC
    party: UUID | None = row.membership_id if is_dyadic else row.organisation_id
    voice = Voice(str(row.person), None if party is None else str(party))
    return SentSheet(row.sheet_id, row.assessment_id, voice, row.answers or {})


def _of_nobody(a_round: Round, asked: ColumnElement[bool]) -> Any:
    return (
        select(
            literal(None).label("sheet_id"),
            AnonymousSheet.assessment_id,
            AnonymousSheet.id.label("person"),
            AnonymousSheet.membership_id,
            AnonymousSheet.organisation_id,
            Assessment.perspective,
            AnonymousSheet.answers,
        )
        .join(Assessment, Assessment.id == AnonymousSheet.assessment_id)
        .where(AnonymousSheet.round_id == a_round.id, asked)
    )


def _of_somebody(a_round: Round, asked: ColumnElement[bool]) -> Any:
    said = func.jsonb_build_object(
        WORDS, SheetAnswer.words, JUSTIFICATION, SheetAnswer.justification
    )
    its = select(func.jsonb_object_agg(SheetAnswer.question, said))
    return (
        select(
            Sheet.id.label("sheet_id"),
            Sheet.assessment_id,
            func.coalesce(Respondent.account_id, Respondent.id).label("person"),
            Respondent.membership_id,
            Respondent.organisation_id,
            Assessment.perspective,
            its.where(SheetAnswer.sheet_id == Sheet.id).scalar_subquery().label("answers"),
        )
        .join(Assessment, Assessment.id == Sheet.assessment_id)
        .join(Respondent, Respondent.id == Sheet.respondent_id)
        .where(Sheet.round_id == a_round.id, Sheet.status == SheetStatus.SUBMITTED, asked)
    )


def is_of_enough(a_round: Round, sheets: Sequence[SentSheet]) -> bool:
    """Whether what stands on these sheets, all of one assessment, may be told."""
    if a_round.confidentiality == Confidentiality.ATTRIBUTED:
        return True
    return a_round.gate.tells_words([one.voice for one in sheets])


async def comments_of(db: AsyncSession, assessment_id: UUID) -> Sequence[RoundComment]:
    """What was written in an assessment, held."""
    its = select(RoundComment).where(RoundComment.assessment_id == assessment_id)
    its = its.order_by(RoundComment.id).with_for_update(key_share=True)
    return (await db.scalars(its)).all()
