"""Who may see assessments and those who are asked: assessments whoever sees their round."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.rounds.access import hold_round
from app.learning.trust.rounds.models import Round
from app.network.cohorts.models import Membership
from app.people.identity.access import Above, Loader

WHOLE: Final = (
    joinedload(Assessment.round).joinedload(Round.framework_version),
    joinedload(Assessment.round).joinedload(Round.cohort),
    joinedload(Assessment.membership).joinedload(Membership.collaboration),
)
RESPONDENT: Final = (
    joinedload(Respondent.round).joinedload(Round.framework_version),
    joinedload(Respondent.round).joinedload(Round.cohort),
    joinedload(Respondent.assessment),
)


class AssessmentNotFound(NotFound):
    """There is no such assessment, or none that you may see."""


class RespondentNotFound(NotFound):
    """There is nobody of this id who is asked, or nobody whom you may see."""


assessment: Final = Loader(Assessment, "round.read", AssessmentNotFound, WHOLE)


respondent: Final = Loader(
    Respondent,
    "respondent.read",
    RespondentNotFound,
    RESPONDENT,
    above=Above(Respondent.round_id, hold_round),
)


async def opened_by(db: AsyncSession, digest: bytes) -> Respondent:
    """The stakeholder whom a link was made for, with the round held. Raises RespondentNotFound
    (404)."""
    known = select(Respondent).where(Respondent.digest == digest)
    round_id = await db.scalar(known.with_only_columns(Respondent.round_id))
    if round_id is None:
        raise RespondentNotFound
    await hold_round(db, round_id)
    statement = known.options(*RESPONDENT).execution_options(populate_existing=True)
    return (await db.scalars(statement)).one()
