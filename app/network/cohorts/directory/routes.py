"""The directory of a cohort over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.network.cohorts.directory import service
from app.network.cohorts.directory.schemas import DirectoryPage, DirectoryQuery
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Cohorts")

CohortId = Annotated[UUID, Path(description="The cohort.")]


@router.get("/cohorts/{cohort_id}/directory", permission="directory.read")
async def get_cohort_directory(
    db: Db, actor: CurrentActor, cohort_id: CohortId, query: Annotated[DirectoryQuery, Query()]
) -> DirectoryPage:
    """The members of the cohort and their people. Members see it while they are active or on
    leave, and not before or after."""
    return await service.get_cohort_directory(db, actor, cohort_id, query)
