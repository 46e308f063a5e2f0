"""What was written is split from the sheets when the round closes, and is of fewer people when one
of these is left out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import SystemRandom
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.lifecycle import create
from app.learning.trust.comments.lifecycle import ROUND_COMMENT
from app.learning.trust.comments.models import RoundComment
from app.learning.trust.comments.queries import (
    JUSTIFICATION,
    WORDS,
    SentSheet,
    comments_of,
    is_of_enough,
    written_in,
)
from app.learning.trust.rounds.lifecycle import ROUND
from app.learning.trust.rounds.models import Round
from app.learning.trust.sheets.lifecycle import SHEET
from app.learning.trust.sheets.models import Sheet
from app.people.identity.actors import Actor, scheduler


@ROUND.consequence("close")
async def what_was_written_waits_for_moderation(
    db: AsyncSession, _actor: Actor, a_round: Round, _reason: str | None
) -> None:
    """In an anonymous round nothing of an assessment is kept that fewer answered than it promised:
    nobody may ever read it."""
    of: dict[UUID, list[SentSheet]] = defaultdict(list)
    for sheet in await written_in(db, a_round):
        of[sheet.assessment_id].append(sheet)
    kept = [one for sheets in of.values() for one in _kept(a_round, sheets)]
    SystemRandom().shuffle(kept)
    for one in kept:
        await create(db, scheduler(), one, ROUND_COMMENT, "receive", under=a_round.scope_id)


def _kept(a_round: Round, sheets: Sequence[SentSheet]) -> Iterator[RoundComment]:
    """Of the sheets of one assessment."""
    enough = is_of_enough(a_round, sheets)
    if a_round.is_anonymous and not enough:
        return
    for sheet in sheets:
        for question, said in sheet.answers.items():
            for field in (WORDS, JUSTIFICATION):
                if words := said.get(field):
                    yield RoundComment(
                        scope_id=a_round.scope_id,
                        round_id=a_round.id,
                        round=a_round,
                        confidentiality=a_round.confidentiality,
                        assessment_id=sheet.assessment_id,
                        sheet_id=sheet.sheet_id,
                        question=question,
                        is_justification=field == JUSTIFICATION,
                        words=words,
                        is_of_enough=enough,
                    )


@SHEET.consequence("exclude")
async def what_others_wrote_is_of_fewer(
    db: AsyncSession, _actor: Actor, sheet: Sheet, _reason: str | None
) -> None:
    """Where too few are left, what they wrote is not told either."""
    await db.flush()
    left = await written_in(db, sheet.round, sheet.assessment_id)
    enough = is_of_enough(sheet.round, left)
    for one in await comments_of(db, sheet.assessment_id):
        one.is_of_enough = enough
