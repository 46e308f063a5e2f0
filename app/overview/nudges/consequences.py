"""What becomes of reminders that would tell who had not answered an anonymous round."""

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.trust.assessments.models import Assessment
from app.learning.trust.rounds.lifecycle import ROUND
from app.learning.trust.rounds.models import Round
from app.overview.desk.reminders.models import Reminder
from app.people.identity.actors import Actor

ANONYMOUS: Final = "send_anonymous_sheet"


@ROUND.consequence("close")
@ROUND.consequence("cancel")
async def nobody_was_reminded(
    db: AsyncSession, _actor: Actor, a_round: Round, _reason: str | None
) -> None:
    """Whoever was reminded late had not answered by then: of an anonymous round no reminder is kept
    longer than it is answered."""
    if not a_round.is_anonymous:
        return
    of = select(Assessment.id).where(Assessment.round_id == a_round.id)
    gone = delete(Reminder).where(Reminder.work == ANONYMOUS, Reminder.subject_id.in_(of))
    await db.execute(gone, execution_options={"autoflush": False})
