"""Who may see a request for leave: those who see the membership."""

from typing import Final

from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.network.cohorts.access import InCohort
from app.network.cohorts.models import Membership
from app.network.cohorts.pauses.models import PauseRequest

WITH_MEMBERSHIP: Final[ORMOption] = joinedload(PauseRequest.membership)


class PauseRequestNotFound(NotFound):
    """There is no such request for leave, or none that you may see."""


pause_request: Final = InCohort(
    PauseRequest,
    "membership.read",
    PauseRequestNotFound,
    (WITH_MEMBERSHIP,),
    cohort_of=lambda seen: seen.join(PauseRequest.membership).with_only_columns(
        Membership.cohort_id
    ),
)
