"""The contract of grants of other funders."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from app.kernel.written import Written, WrittenList
from app.people.identity.access import require_somewhere
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of
from app.publishing.giving.external_grants import service
from app.publishing.giving.external_grants.schemas import (
    ExternalGrantOut,
    ExternalGrantPage,
    ExternalGrantQuery,
)
from app.publishing.giving.external_grants.telling import (
    EXTERNAL_GRANTS,
    EXTERNAL_GRANTS_AS_CSV,
)
from app.publishing.giving.feeds.deps import JSON, documented
from app.web.export_answers import StreamedText
from app.web.routing import Router

router = Router("Open data")

READ = "external_grant.read"


@router.get("/external-grants", permission=READ)
async def list_external_grants(
    read: Reading, query: Annotated[ExternalGrantQuery, Query()]
) -> WrittenList[ExternalGrantPage]:
    """Grants that other funders published and that were imported, the latest awarded first."""
    return await EXTERNAL_GRANTS.page(read, query)


export_of(router, "/external-grants", EXTERNAL_GRANTS_AS_CSV, ExternalGrantQuery, permission=READ)


@router.get(
    "/external-grants/giving-package",
    permission=READ,
    is_streamed=True,
    responses=documented(
        "A package of the 360Giving Data Standard 1.4.", JSON, {"version": "1.4", "grants": []}
    ),
    response_class=Response,
)
async def get_external_giving_package(actor: CurrentActor) -> Response:
    """All grants of other funders as one package of the 360Giving Data Standard: each as its funder
    told it, mended where it was not as the standard has it."""
    require_somewhere(actor, READ)
    return StreamedText(service.told_again, {"Cache-Control": "no-store"}, JSON)


@router.get("/external-grants/{external_grant_id}", permission=READ)
async def get_external_grant(
    read: Reading,
    external_grant_id: Annotated[UUID, Path(description="The grant of another funder.")],
) -> Written[ExternalGrantOut]:
    """One grant of another funder."""
    return await EXTERNAL_GRANTS.one(read, external_grant_id)
