"""What is told of risks."""

from typing import Final

from app.network.collaborations.risks.access import RiskNotFound
from app.network.collaborations.risks.models import Risk
from app.network.collaborations.risks.schemas import RiskOut, RiskPage
from app.network.collaborations.telling import by_collaboration, of_collaboration
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

RISKS: Final = Telling(
    RiskOut,
    Risk,
    "collaboration.read",
    missing=RiskNotFound,
    filters={
        **by_collaboration(Risk.collaboration_id),
        "is_open": lambda asked: Risk.closed_on.is_(None) == asked,
    },
    sorts={"raised_on": (Risk.raised_on, Risk.id)},
    page_of=RiskPage,
)
OF_COLLABORATION: Final = of_collaboration(Risk.collaboration_id)
RISKS_AS_CSV: Final = exported("risks", RISKS)
