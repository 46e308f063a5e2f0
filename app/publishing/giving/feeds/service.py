"""Reading the open data of a fund, from one snapshot and some hundred grants at a time."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.funding.grants.models import Grant
from app.kernel.canonical import sha256
from app.publishing.giving.feeds.access import (
    GivingPackageNotFound,
    PublishedGrantGone,
    PublishedGrantNotFound,
)
from app.publishing.giving.feeds.grants import (
    COLUMNS,
    Known,
    as_json,
    cells,
    head_of,
    told,
)
from app.publishing.giving.feeds.queries import grant_of, published, publisher_of
from app.publishing.giving.publications.models import GrantPublication
from app.web.exports import written

AT_ONCE: Final = 500
"""Grants that are read together."""


@dataclass(frozen=True)
class GivingPackage:
    """A package that can be read: its head, and the tag that changes when anything of it does."""

    fund_id: UUID
    prefix: str
    source: str
    head: Mapping[str, Any]
    tag: str

    async def as_json(self, connection: AsyncConnection) -> AsyncGenerator[str]:
        """The package as JSON, in pieces."""
        yield f'{as_json(self.head)[:-1]},"grants":['
        between = ""
        async with aclosing(self._grants(connection)) as grants:
            async for some in grants:
                yield between + ",".join(as_json(one) for one in some)
                between = ","
        yield "]}"

    async def as_csv(self, connection: AsyncConnection) -> AsyncGenerator[str]:
        """Its grants as CSV, in pieces: a column for each field, by the titles of the standard."""
        yield written([list(COLUMNS)])
        async with aclosing(self._grants(connection)) as grants:
            async for some in grants:
                yield written(cells(one, COLUMNS.values()) for one in some)

    async def _grants(self, connection: AsyncConnection) -> AsyncGenerator[list[dict[str, Any]]]:
        rows = published(Grant.fund_id == self.fund_id).execution_options(yield_per=AT_ONCE)
        result = await connection.stream(rows)
        try:
            async for some in result.partitions():
                objects = (told(grant_of(row), self.prefix, self.source) for row in some)
                if found := [one for one in objects if one is not None]:
                    yield found
        finally:
            await result.close()


async def get_giving_package(
    db: AsyncSession, fund_id: UUID, *, prefix: str, public_url: str
) -> GivingPackage:
    """The open data of a fund. Raises GivingPackageNotFound (404) where it has none: whether there
    is such a fund is nobody's business then."""
    row = (await db.execute(publisher_of(fund_id))).one_or_none()
    if row is None:
        raise GivingPackageNotFound
    name, id_, called, org_ids, country, website, changed_at, _count, digest = row
    source = address_of(public_url, fund_id)
    by = Known(str(id_), called, org_ids or (), country, website)
    head = head_of(name, by, prefix, source, changed_at)
    tag = sha256(f"{as_json(head)}{digest}").hex()[:16]
    return GivingPackage(fund_id, prefix, source, head, f'"{tag}"')


def address_of(public_url: str, fund_id: UUID) -> str:
    """Where everybody reads the open data of a fund."""
    return f"{public_url}/v1/funds/{fund_id}/giving-package"


async def get_published_grant(
    db: AsyncSession, identifier: str, *, prefix: str, public_url: str
) -> str:
    """One grant as JSON. Raises PublishedGrantNotFound (404), PublishedGrantGone (410)."""
    named = GrantPublication.identifier == identifier
    row = (await db.execute(published(named))).one_or_none()
    if row is not None:
        source = address_of(public_url, row[-1])
        if (grant := told(grant_of(row), prefix, source)) is not None:
            return as_json(grant)
    was = select(GrantPublication.published_at).where(named)
    if await db.scalar(was) is None:
        raise PublishedGrantNotFound
    raise PublishedGrantGone
