"""Who may see a series: whoever may see its sessions."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.sessions.models import SessionSeries
from app.network.cohorts.access import hold_cohort
from app.people.identity.access import Above, Loader


class SessionSeriesNotFound(NotFound):
    """There is no such series of sessions, or none that you may see."""


session_series: Final = Loader(
    SessionSeries,
    "learning_session.read",
    SessionSeriesNotFound,
    (joinedload(SessionSeries.cohort),),
    above=Above(SessionSeries.cohort_id, hold_cohort),
)
