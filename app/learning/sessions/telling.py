"""What is told of learning sessions."""

from typing import Any, Final

from sqlalchemy import func
from sqlalchemy.orm import aliased, join

from app.kernel.clock import VIEWED_FROM, wall_in_sql
from app.kernel.schemas import Ref
from app.kernel.written import NULL, Present, many, single
from app.learning.sessions.access import LearningSessionNotFound, is_for
from app.learning.sessions.lifecycle import LEARNING_SESSION
from app.learning.sessions.models import (
    Facilitator,
    LearningSession,
    SessionCohort,
    SittingMember,
)
from app.learning.sessions.schemas import LearningSessionOut, LearningSessionPage
from app.network.cohorts.access import CohortNotFound
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.people.identity.models import Account
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported


def viewed(starts_at: Any, ends_at: Any) -> Present:
    """When something is by the clocks of whoever reads, who said in which zone they are."""
    times = {
        "timezone": VIEWED_FROM,
        "local_start": wall_in_sql(starts_at, VIEWED_FROM),
        "local_end": wall_in_sql(ends_at, VIEWED_FROM),
    }
    return Present(VIEWED_FROM.is_not(None), times)


_with_names: Final[Any] = join(Facilitator, Account, Facilitator.account)
_first: Final[Any] = aliased(LearningSession)
_with_members: Final[Any] = join(
    join(SittingMember, Membership, Membership.id == SittingMember.membership_id),
    Collaboration,
    Collaboration.id == Membership.collaboration_id,
)
_with_cohorts: Final[Any] = join(SessionCohort, Cohort, Cohort.id == SessionCohort.cohort_id)

LEARNING_SESSIONS: Final = Telling(
    LearningSessionOut,
    LearningSession,
    "learning_session.read",
    missing=LearningSessionNotFound,
    lifecycle=LEARNING_SESSION,
    told={
        "cohorts": many(
            Ref,
            _with_cohorts,
            SessionCohort.session_id == LearningSession.id,
            order=[Cohort.reference],
            told={"id": Cohort.id, "reference": Cohort.reference, "name": Cohort.name},
        ),
        "sitting_of": func.coalesce(
            single(
                Ref,
                _first,
                _first.id == LearningSession.sitting_of_id,
                told={"id": _first.id, "reference": NULL, "name": _first.title},
            ),
            NULL,
        ),
        "sitting_members": many(
            Ref,
            _with_members,
            SittingMember.session_id == LearningSession.id,
            order=[Collaboration.reference],
            told={
                "id": Membership.id,
                "reference": Collaboration.reference,
                "name": Collaboration.name,
            },
        ),
        "in_timezone": viewed(LearningSession.starts_at, LearningSession.ends_at),
        "facilitators": many(
            Ref,
            _with_names,
            Facilitator.session_id == LearningSession.id,
            order=[Facilitator.position],
            told={"id": Account.id, "reference": NULL, "name": Account.name},
        ),
    },
    filters={"cohort_id": is_for},
    sorts={
        "starts_at": (LearningSession.starts_at, LearningSession.id),
        "created_at": (LearningSession.created_at, LearningSession.id),
    },
    page_of=LearningSessionPage,
)
OF_COHORT: Final = Within(
    LearningSession.cohort_id, Cohort, "cohort.read", CohortNotFound, holds=is_for
)
LEARNING_SESSIONS_AS_CSV: Final = exported("learning-sessions", LEARNING_SESSIONS)
