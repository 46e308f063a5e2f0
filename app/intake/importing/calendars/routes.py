"""The endpoint that imports a calendar."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.intake.importing.calendars import service
from app.intake.importing.calendars.schemas import ImportCalendar
from app.network.cohorts.service import CohortEnded
from app.people.files.access import FileNotFound
from app.people.identity.deps import CurrentActor
from app.people.operations.schemas import OperationOut
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Imports")


@router.post(
    "/cohorts/{cohort_id}/learning-sessions/import",
    permission="learning_session.create",
    status=202,
    location="/v1/operations/{id}",
    refuses=(FileNotFound, CohortEnded),
    example={"file_id": "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91", "dry_run": True},
)
async def import_calendar(
    db: Db,
    actor: CurrentActor,
    cohort_id: Annotated[UUID, Path(description="The cohort.")],
    body: ImportCalendar,
) -> OperationOut:
    """Import the events of an iCalendar file that you have uploaded as drafts of sessions of the
    cohort: each time of one that recurs by itself, at its hour on the wall.

    The operation's `result` is a report: counts of what was imported, was there already, or was
    refused, and each event refused with its reason. An event is known by its `UID`, and imported
    once however often the file is sent.
    """
    return await service.import_calendar(db, actor, cohort_id, body)
