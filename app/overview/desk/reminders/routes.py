"""The contract of reminders."""

from typing import Annotated

from fastapi import Query

from app.overview.desk.reminders import service
from app.overview.desk.reminders.schemas import ListReminders, ReminderPage
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Desk")


@router.get("/me/reminders", permission=SIGNED_IN)
async def list_my_reminders(
    db: Db, actor: CurrentActor, query: Annotated[ListReminders, Query()]
) -> ReminderPage:
    """What I was reminded of, the latest first: a week before it is due, on the day, and when it
    is overdue, each once; a day before it begins. Where mail is set up it was also mailed."""
    return await service.list_my_reminders(db, actor, query)
