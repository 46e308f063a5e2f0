"""The contract of letters."""

from typing import Annotated

from fastapi import Query

from app.people.identity.deps import CurrentActor
from app.people.letters import service
from app.people.letters.schemas import LetterQuery, MailedLetterPage, OwnLetterPage
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Letters")


@router.get("/letters", permission="letter.read")
async def list_letters(
    db: Db, actor: CurrentActor, query: Annotated[LetterQuery, Query()]
) -> MailedLetterPage:
    """Letters of the last 30 days, the latest first: to whom, of what, and how far each has come.
    `state=failed` lists those that never arrive."""
    return await service.list_letters(db, actor, query)


@router.get("/me/letters", permission=SIGNED_IN)
async def list_my_letters(
    db: Db, actor: CurrentActor, query: Annotated[LetterQuery, Query()]
) -> OwnLetterPage:
    """Letters that I caused in the last 30 days, the latest first: invitations, announcements,
    reminders by hand and the like, whom each is for, and how far it has come. `state=failed` lists
    those that never arrive."""
    return await service.list_my_letters(db, actor, query)
