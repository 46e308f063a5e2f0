"""Notes about cohorts and memberships over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.network.cohorts.notes import service
from app.network.cohorts.notes.schemas import AddNote, NoteOut, NotePage, NoteQuery
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Notes")

CohortId = Annotated[UUID, Path(description="The cohort.")]
MembershipId = Annotated[UUID, Path(description="The membership.")]
Asked = Annotated[NoteQuery, Query()]


@router.post("/cohorts/{cohort_id}/notes", permission="note.create", status=201)
async def add_cohort_note(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: AddNote
) -> NoteOut:
    """Add a note about the cohort, for the team alone."""
    return await service.add_cohort_note(db, actor, cohort_id, body)


@router.get("/cohorts/{cohort_id}/notes", permission="note.read")
async def list_cohort_notes(
    db: Db, actor: CurrentActor, cohort_id: CohortId, query: Asked
) -> NotePage:
    """The team's notes about the cohort, newest first."""
    return await service.list_cohort_notes(db, actor, cohort_id, query)


@router.post("/memberships/{membership_id}/notes", permission="note.create", status=201)
async def add_membership_note(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: AddNote
) -> NoteOut:
    """Add a note about the membership, for the team alone: its collaboration does not see it."""
    return await service.add_membership_note(db, actor, membership_id, body)


@router.get("/memberships/{membership_id}/notes", permission="note.read")
async def list_membership_notes(
    db: Db, actor: CurrentActor, membership_id: MembershipId, query: Asked
) -> NotePage:
    """The team's notes about the membership, newest first."""
    return await service.list_membership_notes(db, actor, membership_id, query)
