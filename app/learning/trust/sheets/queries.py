"""How many sheets of a round there are, and whether one of somebody is there."""

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.trust.assessments.models import Respondent
from app.learning.trust.rounds.models import Round
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.sheets.models import AnonymousSheet, Sheet


async def counted(db: AsyncSession, a_round: Round) -> tuple[int, int]:
    """How many sheets are asked for in a round, and how many were sent."""
    asked = select(func.count()).select_from(Respondent)
    asked = asked.where(Respondent.round_id == a_round.id, Respondent.excused_at.is_(None))
    sent = select(func.count()).select_from(AnonymousSheet)
    sent = sent.where(AnonymousSheet.round_id == a_round.id)
    if not a_round.is_anonymous:
        sent = select(func.count()).select_from(Sheet).join(Sheet.respondent)
        sent = sent.where(
            Sheet.round_id == a_round.id,
            Sheet.status == SheetStatus.SUBMITTED,
            Respondent.excused_at.is_(None),
        )
    return await db.scalar(asked) or 0, await db.scalar(sent) or 0


async def has_sheet(db: AsyncSession, respondent: Respondent) -> bool:
    """Whether somebody has one, in a round that is not anonymous."""
    found = exists().where(
        Sheet.respondent_id == respondent.id, Sheet.status != SheetStatus.WITHDRAWN
    )
    return bool(await db.scalar(select(found)))
