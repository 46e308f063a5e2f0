"""What is told of collaborations, and of what lies in one."""

from typing import Any, Final

from sqlalchemy import select

from app.kernel.naming import called
from app.network.collaborations.access import CollaborationNotFound
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import (
    Collaboration,
    FormerCollaborationName,
    Participant,
)
from app.network.collaborations.schemas import CollaborationOut, CollaborationPage
from app.people.reads.declarations import Telling, Within

COLLABORATIONS: Final = Telling(
    CollaborationOut,
    Collaboration,
    "collaboration.read",
    missing=CollaborationNotFound,
    lifecycle=COLLABORATION,
    filters={
        "q": lambda asked: called(Collaboration, FormerCollaborationName, asked),
        "organisation_id": lambda asked: Collaboration.id.in_(
            select(Participant.collaboration_id).where(
                Participant.organisation_id == asked, Participant.ended_on.is_(None)
            )
        ),
    },
    sorts={
        "name": (Collaboration.name_folded, Collaboration.id),
        "created_at": (Collaboration.created_at, Collaboration.id),
    },
    goes_on=Collaboration.merged_into_id.is_(None),
    page_of=CollaborationPage,
)


def of_collaboration(column: Any) -> Within:
    """The collaboration that the rows of a nested list lie in, which `column` names."""
    return Within(column, Collaboration, "collaboration.read", CollaborationNotFound)
