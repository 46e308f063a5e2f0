"""The contract of templates of grants."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.grants.access import GrantNotFound
from app.funding.grants.booking.service import FundUnknown
from app.funding.grants.lifecycle import GRANT
from app.funding.grants.schemas import GrantOut
from app.funding.grants.service import GrantReferenceTooLong
from app.funding.grants.templates import access, service
from app.funding.grants.templates.access import GrantTemplateNotFound
from app.funding.grants.templates.exports import TEMPLATES_AS_CSV
from app.funding.grants.templates.schemas import (
    TEMPLATE,
    CreateGrantFromTemplate,
    CreateGrantTemplate,
    EditGrantTemplate,
    GrantTemplateOut,
    GrantTemplatePage,
    GrantTemplateQuery,
    ProgrammeGrantTemplateQuery,
    SaveGrantAsTemplate,
)
from app.funding.grants.templates.service import GrantOutsideCalendar, GrantTemplateUnknown
from app.funding.grants.terms.sums import BudgetLinesDoNotSum, MilestoneTermsDoNotSum
from app.kernel.written import Written
from app.network.cohorts.access import MembershipNotFound
from app.network.programmes.access import ProgrammeNotFound
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import history_of
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Grant templates")

ProgrammeId = Annotated[UUID, Path(description="The programme.")]
MembershipId = Annotated[UUID, Path(description="The membership.")]
GrantId = Annotated[UUID, Path(description="The grant.")]
TemplateId = Annotated[UUID, Path(description="The template.")]


@router.post(
    "/programmes/{programme_id}/grant-templates",
    permission="grant_template.edit",
    refuses=(ProgrammeNotFound, MilestoneTermsDoNotSum, BudgetLinesDoNotSum),
    status=201,
    location="/v1/grant-templates/{id}",
    example={"title": "Grant for participants' time", "terms": TEMPLATE},
)
async def create_grant_template(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, body: CreateGrantTemplate
) -> GrantTemplateOut:
    """Keep what is usually agreed in a programme, with days counted from the start or the end of
    the grant."""
    return await service.create_grant_template(db, actor, programme_id, body)


@router.get(
    "/programmes/{programme_id}/grant-templates",
    permission="grant_template.read",
    refuses=(ProgrammeNotFound,),
)
async def list_programme_grant_templates(
    db: Db,
    actor: CurrentActor,
    programme_id: ProgrammeId,
    query: Annotated[ProgrammeGrantTemplateQuery, Query()],
) -> GrantTemplatePage:
    """The templates of a programme, the oldest first."""
    return await service.list_programme_grant_templates(db, actor, programme_id, query)


@router.get(
    "/grant-templates",
    permission="grant_template.read",
    export=Exported(TEMPLATES_AS_CSV, service.export_grant_templates),
)
async def list_grant_templates(
    db: Db, actor: CurrentActor, query: Annotated[GrantTemplateQuery, Query()]
) -> GrantTemplatePage:
    """The templates that you may see, the oldest first."""
    return await service.list_grant_templates(db, actor, query)


@router.get(
    "/grant-templates/{template_id}",
    permission="grant_template.read",
    refuses=(GrantTemplateNotFound,),
)
async def get_grant_template(
    db: Db, actor: CurrentActor, template_id: TemplateId
) -> GrantTemplateOut:
    """One template."""
    return await service.get_grant_template(db, actor, template_id)


@router.patch(
    "/grant-templates/{template_id}",
    permission="grant_template.edit",
    refuses=(GrantTemplateNotFound, MilestoneTermsDoNotSum, BudgetLinesDoNotSum),
    if_match=True,
    example={"title": "Grant for participants' time, 2027"},
)
async def edit_grant_template(
    db: Db, actor: CurrentActor, template_id: TemplateId, body: EditGrantTemplate, if_match: IfMatch
) -> GrantTemplateOut:
    """Change what the body names; the terms are replaced whole. Grants that were made from the
    template stay as they are."""
    return await service.edit_grant_template(db, actor, template_id, body, if_match=if_match)


@router.delete(
    "/grant-templates/{template_id}",
    permission="grant_template.edit",
    refuses=(GrantTemplateNotFound,),
    if_match=True,
    status=204,
)
async def delete_grant_template(
    db: Db, actor: CurrentActor, template_id: TemplateId, if_match: IfMatch
) -> None:
    """Take a template away. Grants that were made from it stay as they are."""
    await service.delete_grant_template(db, actor, template_id, if_match=if_match)


@router.create(
    GRANT,
    "/memberships/{membership_id}/grants/from-template",
    refuses=(
        MembershipNotFound,
        FundUnknown,
        GrantReferenceTooLong,
        GrantTemplateUnknown,
        GrantOutsideCalendar,
    ),
)
async def create_grant_from_template(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: CreateGrantFromTemplate
) -> Written[GrantOut]:
    """Draw up a grant for a member as a template of its programme says, its days counted from
    `starts_on`. It is a draft like any other, and can be edited."""
    return await service.create_grant_from_template(db, actor, membership_id, body)


@router.post(
    "/grants/{grant_id}/save-as-template",
    permission="grant_template.edit",
    refuses=(GrantNotFound,),
    status=201,
    location="/v1/grant-templates/{id}",
    example={"title": "As agreed with the first cohort"},
)
async def save_grant_as_template(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: SaveGrantAsTemplate
) -> GrantTemplateOut:
    """Keep what is agreed about the grant as a template of its programme, its days counted from
    the grant's start."""
    return await service.save_grant_as_template(db, actor, grant_id, body)


history_of(
    router,
    "grant_template",
    "/grant-templates/{template_id}",
    access.template,
    permission="grant_template.read",
    refuses=(GrantTemplateNotFound,),
)
