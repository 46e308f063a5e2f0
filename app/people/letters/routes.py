"""The contract of letters."""

from typing import Annotated

from fastapi import Query

from app.people.identity.deps import CurrentActor
from app.people.letters import service
from app.people.letters.schemas import LetterQuery, MailedLetterPage
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Letters")


@router.get("/letters", permission="letter.read")
async def list_letters(
    db: Db, actor: CurrentActor, query: Annotated[LetterQuery, Query()]
) -> MailedLetterPage:
    """Letters of the last 30 days, the latest first: to whom, of what, and how far each has come.
    `state=failed` lists those that never arrive."""
    return await service.list_letters(db, actor, query)
