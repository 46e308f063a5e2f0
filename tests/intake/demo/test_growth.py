"""What is read costs in a network of a hundred cohorts what it costs in one of ten.

It is counted and not timed: the pages that PostgreSQL looks at for an answer, by the plan that the
application has of it.
"""

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from app.funding.grants.milestones.schemas import MilestoneQuery
from app.funding.grants.milestones.telling import MILESTONES
from app.funding.grants.schemas import GrantQuery
from app.funding.grants.telling import GRANTS
from app.funding.reports.schemas import ReportQuery
from app.funding.reports.telling import REPORTS
from app.kernel.asking import PLANNED_ONCE, Rows
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.kernel.metrics import MetricScope, told_of
from app.network.cohorts.memberships.schemas import MembershipQuery
from app.network.cohorts.memberships.telling import MEMBERSHIPS
from app.network.collaborations.schemas import CollaborationQuery
from app.network.collaborations.telling import COLLABORATIONS
from app.overview.desk import service as desk
from app.overview.desk.schemas import ListActivity, ListObligations, ListWork
from app.overview.desk.telling import RECORD
from app.overview.metrics import service as metrics
from app.overview.metrics.queries import Asked, read_counted, read_marks
from app.overview.metrics.schemas import MetricQuery
from app.people.reads.held import By
from app.people.reads.reader import Reader
from tests.bench.filling import fill
from tests.server import Urls, folder, recreate, settings_for

READERS: Final = ("coordinator", "lead", "manager", "network")

LISTS: Final[Mapping[str, Any]] = {
    "work": lambda read: desk.list_my_work(read, ListWork()),
    "obligations": lambda read: desk.list_obligations(read, ListObligations()),
    "activity": lambda read: RECORD[None].page(read, ListActivity()),
    "milestones": lambda read: MILESTONES.page(read, MilestoneQuery()),
    "reports": lambda read: REPORTS.page(read, ReportQuery()),
    "memberships": lambda read: MEMBERSHIPS.page(read, MembershipQuery()),
    "grants": lambda read: GRANTS.page(read, GrantQuery()),
    "collaborations": lambda read: COLLABORATIONS.page(read, CollaborationQuery()),
}

TIMES: Final = 1.3
PAGES: Final = 1_500
"""By how much more than that it may grow: whoever reaches much is told from others by a thousand or
two of what lies below their roles, however much there is, and indexes are a level higher."""

GROWS_AT_TIMES: Final = {
    "manager memberships": "all that lies below is gathered before it is known to be much",
    "network memberships": "the same",
}
"""What grows or does not by what ANALYZE happened to sample."""

Sent = tuple[bytes, Sequence[Any]]


@pytest.fixture(scope="module")
def grounds(urls: Urls, played: str) -> Iterator[Mapping[str, str]]:
    """A network of ten cohorts and one of a hundred, each a copy of what was played and more."""
    if os.environ.get("PLN_TEST_DATABASE_URL"):
        pytest.skip("rows are filled in past their triggers, by the embedded server's superuser")
    made = {"small": 10, "large": 100}
    with urls.admin() as admin:
        for name, cohorts in made.items():
            recreate(admin, f"pln_{name}", played)
            fill(_superuser(urls, f"pln_{name}"), cohorts=cohorts, members=10, activity=10)
    yield {name: f"pln_{name}" for name in made}
    with urls.admin() as admin:
        for name in made:
            database = sql.Identifier(f"pln_{name}")
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


def _superuser(urls: Urls, database: str) -> str:
    """Whoever may fill in rows past their triggers."""
    access = json.loads(next(folder().glob("tests/postgres-*.json")).read_text())
    url = make_url(urls.owner(database)).set(drivername="postgresql", username="postgres")
    return url.set(password=access["superuser"]).render_as_string(hide_password=False)


class Ground:
    """A network, in which each reads and is counted."""

    def __init__(self, database: Database, connection: psycopg.Connection) -> None:
        self.database, self.connection = database, connection

    async def pages(self, reader: str, name: str) -> int:
        """How many pages of memory all statements of an answer look at."""
        return await self.looked_at(reader, LISTS[name])

    async def looked_at(self, reader: str, ask_for: Callable[[Reader], Awaitable[Any]]) -> int:
        """The same of whatever is asked for."""
        sent: list[Sent] = []
        ask = self.database.ask

        async def noted(statement: bytes, values: Sequence[Any]) -> Rows:
            sent.append((statement, values))
            return await ask(statement, values)

        with patch.object(self.database, "ask", noted):
            await ask_for(self._reader(reader))
        return sum(self._looked_at(*one) for one in sent)

    def _looked_at(self, statement: bytes, values: Sequence[Any]) -> int:
        db = self.connection
        given = psycopg.ClientCursor(db).mogrify(", ".join(["%s"] * len(values)), values)
        db.execute(b"PREPARE counted AS " + statement)
        asked = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE counted ({given})"
        plans = [db.execute(asked.encode()).fetchone() for _ in range(2)]
        db.execute(b"DEALLOCATE counted")
        assert plans[-1] is not None
        plan = plans[-1][0][0]["Plan"]
        return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]

    def _reader(self, name: str) -> Reader:
        person, credential = self.credential(name)
        proof = {"proved_account_id": person, "credential_id": credential}
        at = self.database.clock.now()

        async def never(*_: Any) -> Any:
            raise AssertionError("nothing is proved anew, and no API token is used")

        return Reader(self.database, By.ACCESS_TOKEN, at, proof, None, never, never)

    def credential(self, name: str) -> tuple[UUID, UUID]:
        """The account of a reader, with a credential."""
        row = self.connection.execute(
            b"INSERT INTO client_secrets (id, account_id, digest, created_at)"
            b" SELECT gen_random_uuid(), id, uuid_send(gen_random_uuid()), now()"
            b" FROM accounts WHERE email = $1 RETURNING account_id, id",
            [f"{name}@bench.example"],
        ).fetchone()
        assert row is not None
        return row

    def held_on(self, name: str) -> UUID:
        """On what a reader has their role."""
        row = self.connection.execute(
            b"SELECT scope_id FROM role_assignments JOIN accounts ON accounts.id = account_id"
            b" WHERE email = $1",
            [f"{name}@bench.example"],
        ).fetchone()
        assert row is not None
        return row[0]


@asynccontextmanager
async def ground(urls: Urls, name: str) -> AsyncIterator[Ground]:
    """At the present instant: the roles of those who read began yesterday."""
    database = Database.connect(settings_for(urls.app(name)), SystemClock())
    with psycopg.connect(
        _superuser(urls, name),
        options=f"-c jit=off -c timezone=UTC {PLANNED_ONCE}",
        autocommit=True,
        cursor_factory=psycopg.RawCursor,
    ) as connection:
        yield Ground(database, connection)
    await database.dispose()


@pytest.mark.timeout(900)
async def test_what_is_read_does_not_grow(urls: Urls, grounds: Mapping[str, str]) -> None:
    found: dict[str, tuple[int, int]] = {}
    async with (
        ground(urls, grounds["small"]) as small,
        ground(urls, grounds["large"]) as large,
    ):
        for reader in READERS:
            for name in LISTS:
                few, many = await small.pages(reader, name), await large.pages(reader, name)
                found[f"{reader} {name}"] = few, many
        grown = {one: both for one, both in found.items() if both[1] > both[0] * TIMES + PAGES}
        assert {one: both for one, both in grown.items() if one not in GROWS_AT_TIMES} == {}
        few = found["manager milestones"][0]
        large.connection.execute(b"DROP INDEX ix_milestones_due_at")
        assert await large.pages("manager", "milestones") > few * TIMES + PAGES


@pytest.mark.timeout(900)
async def test_metrics_of_a_cohort_and_polls_do_not_grow(
    urls: Urls, grounds: Mapping[str, str]
) -> None:
    """What is counted of one cohort, and what is asked before anything is counted of a whole
    programme, which costs a hundredth of counting it."""
    found: dict[str, list[int]] = {"cohort": [], "poll": [], "programme": []}
    of_programme = Asked(MetricScope.PROGRAMME, frozenset(told_of(MetricScope.PROGRAMME)))
    for name in ("small", "large"):
        async with ground(urls, grounds[name]) as here:
            cohort_id, programme_id = here.held_on("coordinator"), here.held_on("manager")
            found["cohort"].append(
                await here.looked_at(
                    "coordinator",
                    partial(metrics.get_cohort_metrics, cohort_id=cohort_id, query=MetricQuery()),
                )
            )
            for asked, look in (("poll", read_marks), ("programme", read_counted)):
                of_it = partial(look, asked=of_programme, scope_id=programme_id)
                found[asked].append(await here.looked_at("manager", of_it))
    for asked in ("cohort", "poll"):
        few, many = found[asked]
        assert many <= few * TIMES + PAGES, found
    assert found["poll"][1] * 100 < found["programme"][1], found
