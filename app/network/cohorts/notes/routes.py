"""Notes about cohorts and memberships over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.cohorts.notes import service
from app.network.cohorts.notes.schemas import AddNote, NoteOut, NotePage, NoteQuery
from app.network.cohorts.notes.telling import ABOUT_COHORT, ABOUT_MEMBERSHIP, NOTES
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Notes")

CohortId = Annotated[UUID, Path(description="The cohort.")]
MembershipId = Annotated[UUID, Path(description="The membership.")]
Asked = Annotated[NoteQuery, Query()]


@router.post("/cohorts/{cohort_id}/notes", permission="note.create", status=201)
async def add_cohort_note(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: AddNote
) -> Written[NoteOut]:
    """Add a note about the cohort, for the team alone."""
    return await service.add_cohort_note(db, actor, cohort_id, body)


@router.get("/cohorts/{cohort_id}/notes", permission="note.read")
async def list_cohort_notes(
    read: Reading, cohort_id: CohortId, query: Asked
) -> WrittenList[NotePage]:
    """The team's notes about the cohort, newest first."""
    return await NOTES.page(read, query, ABOUT_COHORT, cohort_id)


@router.post("/memberships/{membership_id}/notes", permission="note.create", status=201)
async def add_membership_note(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: AddNote
) -> Written[NoteOut]:
    """Add a note about the membership, for the team alone: its collaboration does not see it."""
    return await service.add_membership_note(db, actor, membership_id, body)


@router.get("/memberships/{membership_id}/notes", permission="note.read")
async def list_membership_notes(
    read: Reading, membership_id: MembershipId, query: Asked
) -> WrittenList[NotePage]:
    """The team's notes about the membership, newest first."""
    return await NOTES.page(read, query, ABOUT_MEMBERSHIP, membership_id)
