"""What is told of participants."""

from typing import Final

from app.network.collaborations.access import ParticipantNotFound
from app.network.collaborations.models import Participant
from app.network.collaborations.participants.schemas import ParticipantOut, ParticipantPage
from app.network.collaborations.telling import of_collaboration
from app.people.reads.declarations import Telling

PARTICIPANTS: Final = Telling(
    ParticipantOut,
    Participant,
    "collaboration.read",
    missing=ParticipantNotFound,
    filters={
        "is_current": lambda asked: Participant.ended_on.is_(None) == asked,
    },
    sorts={"since_on": (Participant.since_on, Participant.id)},
    page_of=ParticipantPage,
)
OF_COLLABORATION: Final = of_collaboration(Participant.collaboration_id)
