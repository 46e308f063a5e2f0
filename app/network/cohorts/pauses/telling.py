"""What is told of requests for leave."""

from typing import Final

from sqlalchemy import select

from app.network.cohorts.access import MembershipNotFound
from app.network.cohorts.models import Cohort, Membership
from app.network.cohorts.pauses.access import PauseRequestNotFound
from app.network.cohorts.pauses.lifecycle import PAUSE_REQUEST
from app.network.cohorts.pauses.models import PauseRequest
from app.network.cohorts.pauses.schemas import PauseRequestOut, PauseRequestPage
from app.network.collaborations.models import Collaboration
from app.network.collaborations.telling import takes_part
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

PAUSE_REQUESTS: Final = Telling(
    PauseRequestOut,
    PauseRequest,
    "membership.read",
    missing=PauseRequestNotFound,
    lifecycle=PAUSE_REQUEST,
    joins=[PauseRequest.membership, Membership.cohort, Membership.collaboration],
    told={"cohort": Cohort, "collaboration": Collaboration},
    filters={
        "organisation_id": lambda asked: PauseRequest.membership_id.in_(
            select(Membership.id).where(takes_part(Membership.collaboration_id)(asked))
        )
    },
    sorts={"created_at": (PauseRequest.created_at, PauseRequest.id)},
    page_of=PauseRequestPage,
)
OF_MEMBERSHIP: Final = Within(
    PauseRequest.membership_id, Membership, "membership.read", MembershipNotFound
)
PAUSE_REQUESTS_AS_CSV: Final = exported("pause-requests", PAUSE_REQUESTS)
