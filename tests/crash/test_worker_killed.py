"""kill -9 of workers: every operation comes to its end, and has its effect once."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from app.background.operations import OPERATIONS, Operation, start
from app.kernel.db import Database
from app.people.identity.queries import actor_of
from tests.crash.processes import Child, Nursery
from tests.crash.work import leave_an_effect, leave_an_effect_carelessly
from tests.people.identity.people import People, Person

MANY = 60


class Ear:
    """Hears what the workers of a test say."""

    def __init__(self) -> None:
        self.port = 0
        self._said: asyncio.Queue[str] = asyncio.Queue()

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            self._said.put_nowait(line.decode().strip())
        writer.close()

    async def heard(self, what: str, times: int = 1) -> None:
        """Wait until this has been said so many times from now on."""
        while times:
            times -= await self._said.get() == what


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    ear = Ear()
    async with await asyncio.start_server(ear.listen, "127.0.0.1", 0) as server:
        ear.port = server.sockets[0].getsockname()[1]
        yield ear


@pytest.fixture
async def ada(lasting_people: People) -> Person:
    return await lasting_people.person(f"Ada {uuid4().hex}")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the workers of the test can do may be asked for here."""
    for kind, handler in (
        ("probe_once", leave_an_effect),
        ("probe_twice", leave_an_effect_carelessly),
    ):
        monkeypatch.setitem(OPERATIONS, kind, handler)


async def a_worker(nursery: Nursery, environment: Mapping[str, str], ear: Ear) -> Child:
    born = await nursery.order("run_jobs", environment=dict(environment), tell=ear.port)
    return Child(nursery, born["pid"])


async def asked(database: Database, person: Person, kind: str, times: int) -> set[UUID]:
    async with database.transaction() as db:
        actor = await actor_of(db, person.account_id)
        assert actor is not None
        return {(await start(db, actor, kind, {})).id for _ in range(times)}


async def finished(database: Database, wanted: set[UUID]) -> None:
    """Wait until all of these have come to an end."""
    waiting = select(func.count()).where(Operation.id.in_(wanted), Operation.finished_at.is_(None))
    left = len(wanted)
    while left:
        async with database.transaction() as db:
            left = await db.scalar(waiting) or 0


async def effects(database: Database, wanted: set[UUID]) -> dict[UUID, int]:
    """How often each operation had its effect."""
    async with database.transaction() as db:
        rows = await db.execute(text("SELECT operation_id FROM effects"))
        found = [row.operation_id for row in rows]
    return {one: found.count(one) for one in wanted}


async def test_operations_survive_kills(
    bearing: Nursery,
    environment: Mapping[str, str],
    lasting: Database,
    ear: Ear,
    ada: Person,
) -> None:
    wanted = await asked(lasting, ada, "probe_once", MANY)
    for begun in (3, 9, 14):
        worker = await a_worker(bearing, environment, ear)
        await ear.heard("begun", begun)
        await worker.kill()
    last = await a_worker(bearing, environment, ear)
    await finished(lasting, wanted)
    assert await last.stop() == 0
    async with lasting.transaction() as db:
        ends = await db.execute(select(Operation.id, Operation.status, Operation.result))
        assert {row.status for row in ends if row.id in wanted} == {"succeeded"}
    assert await effects(lasting, wanted) == dict.fromkeys(wanted, 1)


async def test_one_transaction_is_what_keeps_an_effect_single(
    bearing: Nursery,
    environment: Mapping[str, str],
    lasting: Database,
    ear: Ear,
    ada: Person,
) -> None:
    """The planted fault: an operation whose effect is committed before its end."""
    wanted = await asked(lasting, ada, "probe_twice", 1)
    worker = await a_worker(bearing, environment, ear)
    await ear.heard("done")
    await worker.kill()
    last = await a_worker(bearing, environment, ear)
    await finished(lasting, wanted)
    await last.stop()
    assert await effects(lasting, wanted) == dict.fromkeys(wanted, 2)
