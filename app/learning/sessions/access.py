"""Who may see learning sessions: who runs their cohorts, and who takes part in what they share."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.errors import NotFound
from app.learning.sessions.models import Facilitator, LearningSession, SessionCohort
from app.network.cohorts.access import hold_cohort
from app.network.cohorts.lifecycle import ENDED
from app.network.cohorts.models import Cohort
from app.people.identity.access import Above, Loader

WITH_FACILITATORS: Final = (
    joinedload(LearningSession.cohort),
    selectinload(LearningSession.facilitators).joinedload(Facilitator.account),
)
WHOLE: Final = (
    *WITH_FACILITATORS,
    selectinload(LearningSession.agenda),
    selectinload(LearningSession.materials),
)


class LearningSessionNotFound(NotFound):
    """There is no such learning session, or none that you may see."""


learning_session: Final = Loader(
    LearningSession,
    "learning_session.read",
    LearningSessionNotFound,
    WITH_FACILITATORS,
    above=Above(LearningSession.cohort_id, hold_cohort),
)
"""For what looks neither at its agenda nor at its materials."""
whole_session: Final = replace(learning_session, options=WHOLE)


def is_for(cohort_id: Any, session_id: Any = LearningSession.id) -> ColumnElement[bool]:
    """Whether a session is for a cohort, alone or with others."""
    its = exists().where(
        SessionCohort.session_id == session_id, SessionCohort.cohort_id == cohort_id
    )
    return its.correlate_except(SessionCohort)


def cohorts_of(session_id: UUID) -> Select[UUID]:
    """The ids of the cohorts that a session is for."""
    return select(SessionCohort.cohort_id).where(SessionCohort.session_id == session_id)


def has_ended(session_id: Any = LearningSession.id) -> ColumnElement[bool]:
    """Whether one of the cohorts that a session is for has come to its end."""
    return _is_for_one(session_id, Cohort.status.in_(ENDED))


def goes_on(session_id: Any = LearningSession.id) -> ColumnElement[bool]:
    """Whether one of the cohorts that a session is for has not come to its end."""
    return _is_for_one(session_id, Cohort.status.not_in(ENDED))


def _is_for_one(session_id: Any, such: ColumnElement[bool]) -> ColumnElement[bool]:
    cohorts = (
        select(SessionCohort.cohort_id)
        .join(Cohort, Cohort.id == SessionCohort.cohort_id)
        .where(SessionCohort.session_id == session_id, such)
    )
    return cohorts.correlate_except(SessionCohort, Cohort).exists()
