"""What is told of participants."""

from typing import Final

from app.kernel.filters import searched
from app.network.collaborations.access import ParticipantNotFound
from app.network.collaborations.models import Participant
from app.network.collaborations.participants.schemas import ParticipantOut, ParticipantPage
from app.network.collaborations.telling import by_collaboration, of_collaboration
from app.people.organisations.models import FormerOrganisationName, Organisation
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

PARTICIPANTS: Final = Telling(
    ParticipantOut,
    Participant,
    "collaboration.read",
    missing=ParticipantNotFound,
    filters={
        "programme_id": by_collaboration(Participant.collaboration_id)["programme_id"],
        "q": lambda asked: Participant.organisation_id.in_(
            searched(Organisation, asked, former=FormerOrganisationName)
        ),
        "is_current": lambda asked: Participant.ended_on.is_(None) == asked,
    },
    sorts={"since_on": (Participant.since_on, Participant.id)},
    page_of=ParticipantPage,
)
OF_COLLABORATION: Final = of_collaboration(Participant.collaboration_id)
PARTICIPANTS_AS_CSV: Final = exported("participants", PARTICIPANTS)
