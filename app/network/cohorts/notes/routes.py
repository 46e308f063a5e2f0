"""Notes about cohorts and memberships over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.cohorts.notes import service
from app.network.cohorts.notes.schemas import (
    AddNote,
    NoteOut,
    NotePage,
    NoteQuery,
    NotesOfOneQuery,
)
from app.network.cohorts.notes.telling import ABOUT_COHORT, ABOUT_MEMBERSHIP, NOTES, NOTES_AS_CSV
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Notes")

CohortId = Annotated[UUID, Path(description="The cohort.")]
MembershipId = Annotated[UUID, Path(description="The membership.")]
NoteId = Annotated[UUID, Path(description="The note.")]
Asked = Annotated[NotesOfOneQuery, Query()]
ONE = "/v1/notes/{id}"
READ = "note.read"


@router.post("/cohorts/{cohort_id}/notes", permission="note.create", status=201, location=ONE)
async def add_cohort_note(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: AddNote
) -> Written[NoteOut]:
    """Add a note about the cohort, for the team alone."""
    return await service.add_cohort_note(db, actor, cohort_id, body)


@router.get("/cohorts/{cohort_id}/notes", permission=READ)
async def list_cohort_notes(
    read: Reading, cohort_id: CohortId, query: Asked
) -> WrittenList[NotePage]:
    """The team's notes about the cohort, newest first."""
    return await NOTES.page(read, query, ABOUT_COHORT, cohort_id)


@router.post(
    "/memberships/{membership_id}/notes", permission="note.create", status=201, location=ONE
)
async def add_membership_note(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: AddNote
) -> Written[NoteOut]:
    """Add a note about the membership, for the team alone: its collaboration does not see it."""
    return await service.add_membership_note(db, actor, membership_id, body)


@router.get("/memberships/{membership_id}/notes", permission=READ)
async def list_membership_notes(
    read: Reading, membership_id: MembershipId, query: Asked
) -> WrittenList[NotePage]:
    """The team's notes about the membership, newest first."""
    return await NOTES.page(read, query, ABOUT_MEMBERSHIP, membership_id)


@router.get("/notes", permission=READ)
async def list_notes(read: Reading, query: Annotated[NoteQuery, Query()]) -> WrittenList[NotePage]:
    """The notes about all things of whose team you are, newest first."""
    return await NOTES.page(read, query)


export_of(router, "/notes", NOTES_AS_CSV, NoteQuery, permission=READ)


@router.get("/notes/{note_id}", permission=READ)
async def get_note(read: Reading, note_id: NoteId) -> Written[NoteOut]:
    """One note."""
    return await NOTES.one(read, note_id)


history_of(router, "note", "/notes/{note_id}", NOTES, permission=READ)
