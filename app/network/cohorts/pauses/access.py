"""Who may see a request for leave: those who see the membership."""

from typing import Final

from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.network.cohorts.access import hold_cohort
from app.network.cohorts.models import Membership
from app.network.cohorts.pauses.models import PauseRequest
from app.people.identity.access import Above, Loader

WITH_MEMBERSHIP: Final[ORMOption] = joinedload(PauseRequest.membership)


class PauseRequestNotFound(NotFound):
    """There is no such request for leave, or none that you may see."""


pause_request: Final = Loader(
    PauseRequest,
    "membership.read",
    PauseRequestNotFound,
    (WITH_MEMBERSHIP,),
    above=Above(Membership.cohort_id, hold_cohort, through=PauseRequest.membership),
)
