"""What is told of memberships."""

from typing import Final

from app.kernel.filters import searched
from app.network.cohorts.access import CohortNotFound, MembershipNotFound
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.memberships.schemas import MembershipOut, MembershipPage
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration, FormerCollaborationName
from app.network.collaborations.telling import takes_part
from app.people.reads.declarations import Telling, Within

MEMBERSHIPS: Final = Telling(
    MembershipOut,
    Membership,
    "membership.read",
    missing=MembershipNotFound,
    lifecycle=MEMBERSHIP,
    filters={
        "q": lambda asked: Membership.collaboration_id.in_(
            searched(Collaboration, asked, former=FormerCollaborationName)
        ),
        "organisation_id": takes_part(Membership.collaboration_id),
    },
    sorts={"created_at": (Membership.created_at, Membership.id)},
    page_of=MembershipPage,
)
OF_COHORT: Final = Within(Membership.cohort_id, Cohort, "cohort.read", CohortNotFound)
