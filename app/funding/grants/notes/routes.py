"""Notes about grants over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.grants.access import GrantNotFound
from app.funding.grants.notes import service
from app.funding.grants.notes.telling import ABOUT_GRANT
from app.kernel.written import Written, WrittenList
from app.network.cohorts.notes.schemas import AddNote, NoteOut, NotePage, NotesOfOneQuery
from app.network.cohorts.notes.telling import NOTES
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Notes")

GrantId = Annotated[UUID, Path(description="The grant.")]


@router.post(
    "/grants/{grant_id}/notes",
    permission="note.create",
    refuses=(GrantNotFound,),
    status=201,
    location="/v1/notes/{id}",
)
async def add_grant_note(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: AddNote
) -> Written[NoteOut]:
    """Add a note about the grant, for the team alone: the grantee does not see it."""
    return await service.add_grant_note(db, actor, grant_id, body)


@router.get("/grants/{grant_id}/notes", permission="note.read", refuses=(GrantNotFound,))
async def list_grant_notes(
    read: Reading, grant_id: GrantId, query: Annotated[NotesOfOneQuery, Query()]
) -> WrittenList[NotePage]:
    """The team's notes about the grant, newest first."""
    return await NOTES.page(read, query, ABOUT_GRANT, grant_id)
