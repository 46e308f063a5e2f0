"""Who may see learning sessions: who runs their cohort, and who takes part in what it shares."""

from typing import Final

from sqlalchemy.orm import joinedload, selectinload

from app.kernel.errors import NotFound
from app.learning.sessions.models import Facilitator, LearningSession
from app.network.cohorts.access import InCohort

WHOLE: Final = (
    joinedload(LearningSession.cohort),
    selectinload(LearningSession.facilitators).joinedload(Facilitator.account),
    selectinload(LearningSession.agenda),
    selectinload(LearningSession.materials),
)


class LearningSessionNotFound(NotFound):
    """There is no such learning session, or none that you may see."""


learning_session: Final = InCohort(
    LearningSession,
    "learning_session.read",
    LearningSessionNotFound,
    WHOLE,
    cohort_of=lambda seen: seen.with_only_columns(LearningSession.cohort_id),
)
