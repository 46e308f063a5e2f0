"""What is told of impacts."""

from typing import Final

from app.network.collaborations.impacts.access import ImpactNotFound
from app.network.collaborations.impacts.models import Impact
from app.network.collaborations.impacts.schemas import ImpactOut, ImpactPage
from app.network.collaborations.telling import by_collaboration, of_collaboration
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

IMPACTS: Final = Telling(
    ImpactOut,
    Impact,
    "collaboration.read",
    missing=ImpactNotFound,
    filters=by_collaboration(Impact.collaboration_id),
    sorts={"happened_on": (Impact.happened_on, Impact.id)},
    page_of=ImpactPage,
)
OF_COLLABORATION: Final = of_collaboration(Impact.collaboration_id)
IMPACTS_AS_CSV: Final = exported("impacts", IMPACTS)
