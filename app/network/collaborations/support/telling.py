"""What is told of support."""

from typing import Final

from app.network.collaborations.support.access import SupportNotFound
from app.network.collaborations.support.models import Support
from app.network.collaborations.support.schemas import SupportOut, SupportPage
from app.network.collaborations.telling import by_collaboration, of_collaboration
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

SUPPORT: Final = Telling(
    SupportOut,
    Support,
    "collaboration.read",
    missing=SupportNotFound,
    filters=by_collaboration(Support.collaboration_id),
    sorts={"given_on": (Support.given_on, Support.id)},
    page_of=SupportPage,
)
OF_COLLABORATION: Final = of_collaboration(Support.collaboration_id)
SUPPORT_AS_CSV: Final = exported("support", SUPPORT)
