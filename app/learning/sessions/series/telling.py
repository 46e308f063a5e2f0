"""What is told of series."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, func, select

from app.kernel.written import verbatim
from app.learning.sessions.models import LearningSession, SessionSeries
from app.learning.sessions.series.access import SessionSeriesNotFound
from app.learning.sessions.series.schemas import SessionSeriesOut, SessionSeriesPage
from app.network.cohorts.access import CohortNotFound
from app.network.cohorts.models import Cohort
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported


def _as_written(times: Any) -> ColumnElement[str]:
    """A list of times on the wall, which hold no blank."""
    return func.replace(cast(times, Text), verbatim(" "), verbatim(""))


SESSION_SERIES: Final = Telling(
    SessionSeriesOut,
    SessionSeries,
    "learning_session.read",
    missing=SessionSeriesNotFound,
    told={
        "added": _as_written(SessionSeries.added),
        "left_out": _as_written(SessionSeries.left_out),
        "session_count": select(func.count())
        .where(LearningSession.series_id == SessionSeries.id)
        .correlate_except(LearningSession)
        .scalar_subquery(),
    },
    sorts={"created_at": (SessionSeries.created_at, SessionSeries.id)},
    page_of=SessionSeriesPage,
)
OF_COHORT: Final = Within(SessionSeries.cohort_id, Cohort, "cohort.read", CohortNotFound)
SESSION_SERIES_AS_CSV: Final = exported("session-series", SESSION_SERIES)
