"""What is told of memberships."""

from typing import Final

from app.network.cohorts.access import CohortNotFound, MembershipNotFound
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.memberships.queries import SORTS
from app.network.cohorts.memberships.schemas import MembershipOut, MembershipPage
from app.network.cohorts.models import Cohort, Membership
from app.people.reads.declarations import Telling, Within

MEMBERSHIPS: Final = Telling(
    MembershipOut,
    Membership,
    "membership.read",
    missing=MembershipNotFound,
    lifecycle=MEMBERSHIP,
    sorts=SORTS,
    page_of=MembershipPage,
)
OF_COHORT: Final = Within(Membership.cohort_id, Cohort, "cohort.read", CohortNotFound)
