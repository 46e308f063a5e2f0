"""Who may see a series: whoever may see its sessions."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.sessions.models import SessionSeries
from app.network.cohorts.access import InCohort


class SessionSeriesNotFound(NotFound):
    """There is no such series of sessions, or none that you may see."""


session_series: Final = InCohort(
    SessionSeries,
    "learning_session.read",
    SessionSeriesNotFound,
    (joinedload(SessionSeries.cohort),),
    cohort_of=lambda seen: seen.with_only_columns(SessionSeries.cohort_id),
)
