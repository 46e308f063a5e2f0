"""Imports into the database of the test, and all that it holds afterwards."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.intake.importing.report import ImportReport
from app.intake.importing.runs import ImportRun
from app.kernel.db import Database, new_id
from app.people.identity.actors import SignedIn
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests import sizes
from tests.people.identity.people import People, Person

DATA = Path(__file__).parent / "data"

Held = dict[str, tuple[int, str | None]]


def some(records: list[Any]) -> list[Any]:
    """As many records of a real file as the size of the run says, from all of it."""
    return records[:: max(1, len(records) // (sizes.chosen().records or len(records)))]


class CutOff(Exception):
    """What a machine that loses power is like, for an import."""


@dataclass(frozen=True)
class Importer:
    """An administrator who imports."""

    database: Database
    person: Person

    def run(self, source: str, *, dry: bool = False, import_id: Any = None) -> ImportRun:
        at = self.database.clock.now()
        return ImportRun(source, import_id or new_id(), at, self.begin, dry)

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[tuple[AsyncSession, SignedIn]]:
        async with self.database.transaction() as db:
            actor = await actor_of(db, self.person.account_id)
            assert actor is not None
            yield db, actor

    async def held(self) -> Held:
        """How many rows each table holds, and a hash of what stands in them."""
        async with self.database.transaction() as db:
            tables = await db.scalars(
                text(
                    "SELECT relname FROM pg_class WHERE relkind = 'r' AND "
                    "relnamespace = 'public'::regnamespace ORDER BY relname"
                )
            )
            found: Held = {}
            for table in tables.all():
                row = await db.execute(
                    text(
                        "SELECT count(*), md5(string_agg(r, '' ORDER BY r)) FROM (SELECT "
                        f"(to_jsonb(t) - 'last_seen_at')::text AS r FROM {table} t) rows"
                    )
                )
                count, digest = row.one()
                found[table] = (count, digest)
            return found


@pytest.fixture
async def importer(database: Database, people: People) -> Importer:
    return Importer(database, await people.person("Ada Lovelace", Role.ADMINISTRATOR))


async def quietly(done: int, of: int) -> None:
    """Tell nobody how far it has come."""


def cut_off_after(records: int) -> Any:
    """Stop the import dead once so many records are done."""

    async def tell(done: int, of: int) -> None:
        if done == records:
            raise CutOff

    return tell


async def asked(importer: Importer, query: str) -> list[tuple[Any, ...]]:
    """What the database answers."""
    async with importer.database.transaction() as db:
        return [tuple(row) for row in await db.execute(text(query))]


def counts(report: ImportReport) -> dict[str, tuple[int, int, int]]:
    """How many of each noun were imported, there already, refused."""
    return {
        noun: (count.imported, count.already_there, count.refused)
        for noun, count in report.counts.items()
    }
