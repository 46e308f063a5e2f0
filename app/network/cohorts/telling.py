"""What is told of cohorts."""

from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from app.kernel.filters import known_above
from app.network.cohorts.access import CohortNotFound
from app.network.cohorts.lifecycle import COHORT, TAKING_PLACE, MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.network.cohorts.schemas import CohortOut, CohortPage
from app.network.programmes.access import ProgrammeNotFound
from app.network.programmes.models import Programme
from app.people.identity.scopes import ScopeKind, lies_below
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported


def _members(where: ColumnElement[bool]) -> ColumnElement[Any]:
    """How many memberships of the cohort are so."""
    counted = select(func.count()).where(Membership.cohort_id == Cohort.id, where)
    return counted.correlate_except(Membership).scalar_subquery()


COHORTS: Final = Telling(
    CohortOut,
    Cohort,
    "cohort.read",
    missing=CohortNotFound,
    lifecycle=COHORT,
    told={
        "places_taken": _members(Membership.status.in_(TAKING_PLACE)),
        "selected_count": _members(Membership.accepted_at.is_not(None)),
        "waitlisted_count": _members(Membership.status == MembershipStatus.WAITLISTED),
    },
    sorts={"created_at": (Cohort.created_at, Cohort.id), "reference": (Cohort.reference,)},
    page_of=CohortPage,
)
known_above("cohort", Cohort, lies_below(ScopeKind.COHORT))
OF_PROGRAMME: Final = Within(Cohort.programme_id, Programme, "programme.read", ProgrammeNotFound)
COHORTS_AS_CSV: Final = exported("cohorts", COHORTS)
