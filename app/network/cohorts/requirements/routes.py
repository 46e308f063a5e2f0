"""Requirements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.cohorts.requirements import service
from app.network.cohorts.requirements.schemas import (
    AllRequirementsQuery,
    CreateRequirement,
    EditRequirement,
    RequirementOut,
    RequirementPage,
    RequirementQuery,
)
from app.network.cohorts.requirements.telling import OF_COHORT, REQUIREMENTS, REQUIREMENTS_AS_CSV
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Requirements")

CohortId = Annotated[UUID, Path(description="The cohort.")]
RequirementId = Annotated[UUID, Path(description="The requirement.")]

EXAMPLE = {
    "stage": "onboarding",
    "key": "agreement",
    "title": "Sign the participation agreement",
    "anchor": "accepted",
    "offset_days": 14,
}


@router.post(
    "/cohorts/{cohort_id}/requirements",
    permission="cohort.edit",
    refuses=(service.RequirementKeyTaken, CohortEnded),
    status=201,
    location="/v1/requirements/{id}",
    example=EXAMPLE,
)
async def create_requirement(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CreateRequirement
) -> Written[RequirementOut]:
    """Ask something of every member of the cohort: before it is active, or before it completes.

    Members who are at that stage are given the task at once, others when they come to it.
    """
    return await service.create_requirement(db, actor, cohort_id, body)


@router.get("/cohorts/{cohort_id}/requirements", permission="cohort.read")
async def list_requirements(
    read: Reading, cohort_id: CohortId, query: Annotated[RequirementQuery, Query()]
) -> WrittenList[RequirementPage]:
    """What the cohort asks of its members."""
    return await REQUIREMENTS.page(read, query, OF_COHORT, cohort_id)


@router.get("/requirements", permission="cohort.read")
async def list_all_requirements(
    read: Reading, query: Annotated[AllRequirementsQuery, Query()]
) -> WrittenList[RequirementPage]:
    """What all cohorts that you may see ask of their members."""
    return await REQUIREMENTS.page(read, query)


@router.get("/requirements/{requirement_id}", permission="cohort.read")
async def get_requirement(read: Reading, requirement_id: RequirementId) -> Written[RequirementOut]:
    """The requirement as it stands."""
    return await REQUIREMENTS.one(read, requirement_id)


@router.patch(
    "/requirements/{requirement_id}",
    permission="cohort.edit",
    if_match=True,
    example={"offset_days": 21},
)
async def edit_requirement(
    db: Db,
    actor: CurrentActor,
    requirement_id: RequirementId,
    body: EditRequirement,
    if_match: IfMatch,
) -> Written[RequirementOut]:
    """Change what is asked. The due dates that members were given stay."""
    return await service.edit_requirement(db, actor, requirement_id, body, if_match=if_match)


@router.delete(
    "/requirements/{requirement_id}",
    permission="cohort.edit",
    if_match=True,
    refuses=(service.RequirementInUse,),
    status=204,
)
async def delete_requirement(
    db: Db, actor: CurrentActor, requirement_id: RequirementId, if_match: IfMatch
) -> None:
    """Take back a requirement that no member has been given."""
    await service.delete_requirement(db, actor, requirement_id, if_match=if_match)


history_of(
    router,
    "requirement",
    "/requirements/{requirement_id}",
    REQUIREMENTS,
    permission="cohort.read",
)

export_of(
    router, "/requirements", REQUIREMENTS_AS_CSV, AllRequirementsQuery, permission="cohort.read"
)
