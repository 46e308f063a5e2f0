"""Agenda templates over HTTP."""

from app.learning.sessions.agenda_templates import service
from app.learning.sessions.agenda_templates.schemas import AgendaTemplatesOut
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.terms import SIGNED_IN

router = Router("Learning sessions")


@router.get("/agenda-templates", permission=SIGNED_IN)
async def list_agenda_templates(_actor: CurrentActor) -> AgendaTemplatesOut:
    """How sessions are usually spent: send the `agenda` of one with a session or a series."""
    return service.list_agenda_templates()
