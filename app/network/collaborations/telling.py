"""What is told of collaborations, and of what lies in one."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from app.kernel.filters import Filters, known_above
from app.kernel.naming import called
from app.network.collaborations.access import CollaborationNotFound
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import (
    Collaboration,
    FormerCollaborationName,
    Participant,
)
from app.network.collaborations.schemas import CollaborationOut, CollaborationPage
from app.people.identity.scopes import ScopeKind, lies_below
from app.people.reads.declarations import Telling, Within


def takes_part(column: Any) -> Callable[[Any], ColumnElement[bool]]:
    """What `organisation_id` asks of rows whose collaboration `column` names."""

    def asks(asked: Any) -> ColumnElement[bool]:
        those = select(Participant.collaboration_id).where(
            Participant.organisation_id == asked, Participant.ended_on.is_(None)
        )
        return column.in_(those.correlate(None))

    return asks


COLLABORATIONS: Final = Telling(
    CollaborationOut,
    Collaboration,
    "collaboration.read",
    missing=CollaborationNotFound,
    lifecycle=COLLABORATION,
    filters={
        "q": lambda asked: called(Collaboration, FormerCollaborationName, asked),
        "organisation_id": takes_part(Collaboration.id),
    },
    sorts={
        "name": (Collaboration.name_folded, Collaboration.id),
        "reference": (Collaboration.reference,),
    },
    goes_on=Collaboration.merged_into_id.is_(None),
    page_of=CollaborationPage,
)
known_above("collaboration", Collaboration, lies_below(ScopeKind.COLLABORATION))


def of_collaboration(column: Any) -> Within:
    """The collaboration that the rows of a nested list lie in, which `column` names."""
    return Within(column, Collaboration, "collaboration.read", CollaborationNotFound)


def by_collaboration(column: Any) -> Filters:
    """What the collaboration that `column` names is asked for, of what lies in its dossier."""

    def of_programme(asked: Any) -> ColumnElement[bool]:
        those = select(Collaboration.id).where(Collaboration.programme_id == asked)
        return column.in_(those.correlate(None))

    return {"programme_id": of_programme, "organisation_id": takes_part(column)}
