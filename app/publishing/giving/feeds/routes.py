"""The contract of the open data of funds."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Request
from starlette.responses import Response

from app.publishing.giving.feeds import service
from app.publishing.giving.feeds.access import (
    GivingPackageNotFound,
    PublishedGrantGone,
    PublishedGrantNotFound,
)
from app.publishing.giving.feeds.deps import JSON, OPEN, answer, documented
from app.publishing.giving.publications.deps import GivingPrefix
from app.publishing.giving.publications.schemas import PublishedIdentifier
from app.web.export_answers import MEDIA_TYPE, CsvResponse
from app.web.public_url import PublicUrl
from app.web.routing import Router
from app.web.terms import PUBLIC
from app.web.transaction import Db

router = Router("Open data")

FundId = Annotated[UUID, Path(description="The fund.")]
GRANT: Final[dict[str, Any]] = {
    "id": "360G-pln-MS01-G04",
    "title": "Opening river data",
    "description": "Gauges along three rivers are read, and what they say is published.",
    "currency": "GBP",
    "amountAwarded": 20000.00,
    "awardDate": "2026-03-02",
    "recipientOrganization": [{"id": "GB-CHC-1164883", "name": "River Watch"}],
    "fundingOrganization": [{"id": "GB-COH-01624297", "name": "Microsoft Limited"}],
}


@router.get(
    "/funds/{fund_id}/giving-package",
    permission=PUBLIC,
    is_streamed=True,
    refuses=(GivingPackageNotFound,),
    responses=documented(
        "A package of the 360Giving Data Standard 1.4.", JSON, {"version": "1.4", "grants": [GRANT]}
    ),
    response_class=Response,
)
async def get_giving_package(
    request: Request, db: Db, fund_id: FundId, prefix: GivingPrefix, public_url: PublicUrl
) -> Response:
    """The published grants of the fund as a package of the 360Giving Data Standard, for anybody:
    what was awarded by the ledger, to whom, for what, and what of it was promised and paid when.
    The licence is CC BY 4.0. It may be kept for five minutes, and is asked for by its `ETag`."""
    found = await service.get_giving_package(db, fund_id, prefix=prefix, public_url=public_url)
    return answer(request, found, found.as_json, JSON)


@router.get(
    "/funds/{fund_id}/giving-package/export",
    permission=PUBLIC,
    is_streamed=True,
    refuses=(GivingPackageNotFound,),
    responses=documented("The grants as CSV.", MEDIA_TYPE, "Identifier,Title\r\n"),
    response_class=CsvResponse,
)
async def export_giving_package(
    request: Request, db: Db, fund_id: FundId, prefix: GivingPrefix, public_url: PublicUrl
) -> Response:
    """The same as CSV, with the titles of the standard for its columns; of transactions it has
    only their sums."""
    found = await service.get_giving_package(db, fund_id, prefix=prefix, public_url=public_url)
    return answer(request, found, found.as_csv, MEDIA_TYPE)


@router.get(
    "/open-data/grants/{identifier}",
    permission=PUBLIC,
    refuses=(PublishedGrantNotFound, PublishedGrantGone),
    responses=documented("The grant, as packages have it.", JSON, GRANT),
    response_class=Response,
)
async def get_published_grant(
    db: Db,
    identifier: Annotated[PublishedIdentifier, Path(description="The grant's identifier.")],
    prefix: GivingPrefix,
    public_url: PublicUrl,
) -> Response:
    """One published grant as the 360Giving Data Standard tells it, for anybody. What was published
    and is not any more is gone (410)."""
    said = await service.get_published_grant(db, identifier, prefix=prefix, public_url=public_url)
    return Response(said, headers=OPEN, media_type=JSON)
