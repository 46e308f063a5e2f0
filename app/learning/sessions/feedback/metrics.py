"""How sessions were found, from what was released of them and from nothing else.

A release is of five answers at the least, and is made once; so no date that is asked for can be
played against another.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Numeric, Select, cast, func, select

from app.kernel.metrics import (
    Columns,
    Definition,
    Facts,
    Here,
    Likeness,
    Metric,
    MetricPast,
    MetricUnit,
    metrics,
)
from app.kernel.suppression import K
from app.learning.sessions.feedback.models import FeedbackRelease
from app.learning.sessions.models import SessionCohort
from app.network.cohorts.metrics import OF_COHORTS, lies_here


def _released(here: Here) -> Select[*tuple[Any, ...]]:
    """The sums that the releases give; they are whole numbers, which the rounding has left as they
    were for fewer than a hundred answers of one session."""
    its = (
        select(FeedbackRelease.session_id)
        .join(SessionCohort, SessionCohort.session_id == FeedbackRelease.session_id)
        .where(lies_here(here, SessionCohort.cohort_id), here.by_then(FeedbackRelease.closed_at))
    )
    said = FeedbackRelease.released
    answered = cast(said["answered"].astext, BigInteger)
    return select(
        _whole(_number("rating_mean") * answered).label("ratings"),
        _whole(_number("recommendation_score") * answered / 100).label("recommending"),
        func.coalesce(cast(func.sum(answered), BigInteger), 0).label("answered"),
        func.count().filter(answered.is_(None)).label("withheld"),
    ).where(FeedbackRelease.session_id.in_(its))


def _number(name: str) -> ColumnElement[Any]:
    return cast(FeedbackRelease.released[name].astext, Numeric)


def _whole(each: Any) -> ColumnElement[int]:
    return func.coalesce(cast(func.sum(func.round(each)), BigInteger), 0)


FACTS: Final = Facts(_released, OF_COHORTS, MetricPast.AS_OF)

_ANSWERS: Final = "Answers of the sessions whose feedback was released."
_WITHHELD: Final = f"Sessions of which nothing was released: fewer than {K} answered."
_NONE: Final = f"No feedback was released: it is open, or fewer than {K} answered of each session."
_NEEDS: Final = "Feedback about sessions that were held, once it has closed."
_RULES: Final = ("A session that several cohorts share counts in each.",)

metrics(
    Metric(
        Definition(
            key="session_rating",
            title="Rating of sessions",
            numerator="The sum of the ratings, from 1 to 5.",
            denominator=_ANSWERS,
            excluded=_WITHHELD,
            without_denominator=_NONE,
            version=1,
            unit=MetricUnit.POINTS,
            rules=_RULES,
            needs=_NEEDS,
            likenesses=(
                Likeness("`rating_mean` of a session", True, "Of one session, to two digits."),
            ),
        ),
        FACTS,
        Columns("ratings", "answered", "withheld"),
    ),
    Metric(
        Definition(
            key="session_recommendation",
            title="Recommendation of sessions",
            numerator="Answers that recommend by 9 or 10, less those by 6 or less.",
            denominator=_ANSWERS,
            excluded=_WITHHELD,
            without_denominator=_NONE,
            version=1,
            rules=(*_RULES, "It is between -1 and 1; a net promoter score is a hundred times it."),
            needs=_NEEDS,
            likenesses=(
                Likeness(
                    "`recommendation_score` of a session", True, "Of one session, a hundredth."
                ),
            ),
        ),
        FACTS,
        Columns("recommending", "answered", "withheld"),
    ),
)
