"""The worker runs what was committed, stops well, takes over from the dead."""

import asyncio
from asyncio import CancelledError
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Job as QueuedJob
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import jobs, mail
from app.background.jobs import JOBS, BackOff, Work, defer, every, job
from app.command.worker import Pace, forget_jobs, rescue, run_worker
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.people.identity.queries import actor_of
from app.settings import Settings, libpq_url
from tests.background.smtp_sink import Sink, listening

PATIENCE = 20
BRISK = Pace(heartbeat=0.1, stalled_after=30, rescue=0.1, poll=0.1)
SOON = BackOff(first=timedelta(0), longest=timedelta(0), runs=4)


@asynccontextmanager
async def a_worker(
    database: Database, settings: Settings, pace: Pace = BRISK
) -> AsyncIterator[asyncio.Event]:
    """A worker that runs within the block; setting the event stops it early."""
    stop = asyncio.Event()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(run_worker(database, settings, stop, pace))
        yield stop
        stop.set()


@pytest.fixture(autouse=True)
def yearly(monkeypatch: pytest.MonkeyPatch) -> None:
    """No round but one, which is run at the new year."""
    monkeypatch.setattr(jobs, "ROUNDS", {"yearly": jobs._Round("0 0 1 1 *", no_round)})


async def no_round(database: Database, clock: Clock) -> int:
    return 0


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Callable[[jobs.Handler], None]:
    """Says what the jobs named `probe` do."""

    def register(handler: jobs.Handler) -> None:
        monkeypatch.setitem(JOBS, "probe", jobs._Job(handler, SOON))

    return register


async def wanted(database: Database, **arguments: Any) -> None:
    async with database.transaction() as db:
        await defer(db, "probe", **arguments)


async def queue_of(db: AsyncSession) -> list[tuple[str, str, int]]:
    rows = await db.execute(
        text("SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY id")
    )
    return [tuple(row) for row in rows]


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Wait, for as long as the test may take, until something has become so."""
    while not await done():
        pass


async def emptied(database: Database) -> bool:
    async with database.transaction() as db:
        return await queue_of(db) == []


async def test_a_job_is_run_with_its_arguments(
    settled: Database, settings: Settings, does: Callable[[jobs.Handler], None]
) -> None:
    seen: asyncio.Queue[tuple[Database, dict[str, Any]]] = asyncio.Queue()

    async def note(work: Work, **arguments: Any) -> None:
        await seen.put((work.database, arguments))

    does(note)
    await wanted(settled, before="the worker")
    async with a_worker(settled, settings):
        assert await seen.get() == (settled, {"before": "the worker"})
        await wanted(settled, number=1, listed=[True, None, "ü"])
        assert await seen.get() == (settled, {"number": 1, "listed": [True, None, "ü"]})
        await until(lambda: emptied(settled))


async def test_what_raises_is_run_again_until_it_is_given_up(
    settled: Database, settings: Settings, does: Callable[[jobs.Handler], None]
) -> None:
    runs: list[int] = []

    async def fail(work: Work) -> None:
        runs.append(1)
        raise RuntimeError

    async def given_up() -> bool:
        async with settled.transaction() as db:
            return ("probe", "failed", SOON.runs) in await queue_of(db)

    does(fail)
    await wanted(settled)
    async with a_worker(settled, settings):
        await until(given_up)
    assert len(runs) == SOON.runs


async def test_a_mail_goes_all_the_way(settled: Database, settings: Settings) -> None:
    settled.info["has_mail"] = True
    async with listening(Sink()) as sink:
        url = f"smtp://127.0.0.1:{sink.port}"
        posting = settings.model_copy(update={"smtp_url": url, "smtp_starttls": "optional"})
        async with settled.transaction() as db:
            assert await mail.send(db, "ada@example.org", "Hello", "Come.", "k")
        async with a_worker(settled, posting):
            await until(lambda: emptied(settled))
    assert [message["Subject"] for message in sink.messages] == ["Hello"]


async def test_a_worker_that_stops_lets_its_job_finish(
    settled: Database, settings: Settings, does: Callable[[jobs.Handler], None]
) -> None:
    begun, go_on, steps = asyncio.Event(), asyncio.Event(), list[str]()

    async def slow(work: Work) -> None:
        begun.set()
        await go_on.wait()
        steps.append("finished")

    does(slow)
    await wanted(settled)
    async with a_worker(settled, settings) as stop:
        await begun.wait()
        stop.set()
        await wanted(settled, not_to="be begun")
        go_on.set()
    assert steps == ["finished"]
    async with settled.transaction() as db:
        assert await queue_of(db) == [("probe", "todo", 0)]


async def test_a_job_that_is_cut_off_is_begun_anew(
    settled: Database, settings: Settings, does: Callable[[jobs.Handler], None]
) -> None:
    begun, ends = asyncio.Event(), list[str]()

    async def endless(work: Work) -> None:
        if ends:
            ends.append("done")
            return
        begun.set()
        try:
            await asyncio.Event().wait()
        except CancelledError:
            ends.append("cut off")
            raise

    does(endless)
    await wanted(settled)
    hasty = settings.model_copy(update={"shutdown_seconds": 0.1})
    async with a_worker(settled, hasty):
        await begun.wait()
    async with settled.transaction() as db:
        assert await queue_of(db) == [("probe", "todo", 1)]
    async with a_worker(settled, settings):
        await until(lambda: emptied(settled))
    assert ends == ["cut off", "done"]


async def test_a_round_is_run_by_the_clock(
    settled: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: asyncio.Queue[tuple[Database, Clock]] = asyncio.Queue()

    async def tick(database: Database, clock: Clock) -> int:
        await seen.put((database, clock))
        return 1

    monkeypatch.setitem(jobs.ROUNDS, "tick", jobs._Round("* * * * * *", tick))
    async with a_worker(settled, settings):
        for _ in range(2):
            assert await seen.get() == (settled, settled.clock)


async def test_a_worker_outlives_its_connections(
    settled: Database, settings: Settings, does: Callable[[jobs.Handler], None]
) -> None:
    seen: asyncio.Queue[int] = asyncio.Queue()

    async def note(work: Work, number: int) -> None:
        await seen.put(number)

    does(note)
    async with a_worker(settled, settings):
        await wanted(settled, number=1)
        assert await seen.get() == 1
        await until(lambda: emptied(settled))
        async with settled.transaction() as db:
            ended = await db.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'pln worker' AND datname = current_database()"
                )
            )
            assert len(ended.all()) >= 1
        await wanted(settled, number=2)
        assert await seen.get() == 2


class LeftBehind:
    """Jobs that a worker was running when it was last heard of, a minute ago."""

    def __init__(self, queue: App, database: Database) -> None:
        self.queue = queue
        self._database = database

    async def begun(self, count: int) -> None:
        worker_id = await self.queue.job_manager.register_worker()
        for _ in range(count):
            assert await self.queue.job_manager.fetch_job(queues=None, worker_id=worker_id)
        await self._heard_of(worker_id, "now() - interval '1 minute'")

    async def _heard_of(self, worker_id: int, when: str) -> None:
        async with self._database.transaction() as db:
            heard = f"UPDATE procrastinate_workers SET last_heartbeat = {when} WHERE id = :id"
            await db.execute(text(heard), {"id": worker_id})

    async def rescued(self, stalled_after: float = 30) -> int:
        return await rescue(self.queue, self._database, stalled_after=stalled_after)


@pytest.fixture
async def left_behind(settled: Database, settings: Settings) -> AsyncIterator[LeftBehind]:
    url = settled.engine.url.render_as_string(hide_password=False)
    connector = PsycopgConnector(conninfo=libpq_url(url), min_size=1, max_size=8)
    queue = jobs.queue(Work(settled, settings, actor_of), connector)
    async with queue.open_async():
        yield LeftBehind(queue, settled)


async def nothing(work: Work) -> None: ...


async def test_the_jobs_of_a_dead_worker_are_put_back(
    settled: Database, left_behind: LeftBehind, does: Callable[[jobs.Handler], None]
) -> None:
    does(nothing)
    for _ in range(3):
        await wanted(settled)
    await left_behind.begun(2)
    assert await left_behind.rescued(stalled_after=120) == 0
    assert await left_behind.rescued() == 2
    async with settled.transaction() as db:
        assert await queue_of(db) == [
            ("probe", "todo", 1),
            ("probe", "todo", 1),
            ("probe", "todo", 0),
        ]
    assert await left_behind.rescued() == 0


async def test_many_that_rescue_at_once_put_a_job_back_once(
    settled: Database, left_behind: LeftBehind, does: Callable[[jobs.Handler], None]
) -> None:
    does(nothing)
    await wanted(settled)
    await left_behind.begun(1)
    counts = await asyncio.gather(*(left_behind.rescued() for _ in range(6)))
    assert sum(counts) == 1
    async with settled.transaction() as db:
        assert await queue_of(db) == [("probe", "todo", 1)]


async def test_a_job_that_kills_its_workers_is_given_up(
    settled: Database, left_behind: LeftBehind, does: Callable[[jobs.Handler], None]
) -> None:
    does(nothing)
    await wanted(settled)
    for _ in range(SOON.runs):
        await left_behind.begun(1)
        assert await left_behind.rescued() == 1
    async with settled.transaction() as db:
        assert await queue_of(db) == [("probe", "failed", SOON.runs)]


async def test_a_round_that_was_left_behind_is_left_to_the_clock(
    settled: Database, left_behind: LeftBehind
) -> None:
    name = "yearly"
    await left_behind.queue.tasks[name].defer_async(timestamp=1)
    await left_behind.begun(1)
    await left_behind.queue.tasks[name].defer_async(timestamp=2)
    assert await left_behind.rescued() == 1
    async with settled.transaction() as db:
        assert await queue_of(db) == [(name, "failed", 1), (name, "todo", 0)]


async def test_traces_of_old_jobs_are_forgotten(
    settled: Database, does: Callable[[jobs.Handler], None]
) -> None:
    does(nothing)
    for _ in range(3):
        await wanted(settled)
    async with settled.transaction() as db:
        await db.execute(text("UPDATE procrastinate_jobs SET status = 'failed' WHERE id < 3"))
        await db.execute(
            text(
                "UPDATE procrastinate_events SET at = now() - interval '31 days' WHERE job_id <> 2"
            )
        )
    assert await forget_jobs(settled, settled.clock) == 1
    async with settled.transaction() as db:
        assert await queue_of(db) == [("probe", "failed", 0), ("probe", "todo", 0)]


def delay(attempts: int, error: BaseException) -> float | None:
    back_off = BackOff(first=timedelta(seconds=5), longest=timedelta(minutes=1), runs=8)
    queued = QueuedJob(queue="q", lock=None, queueing_lock=None, task_name="x", attempts=attempts)
    decision = back_off.get_retry_decision(exception=error, job=queued)
    if decision is None or decision.retry_at is None:
        return None
    return round((decision.retry_at - datetime.now(UTC)).total_seconds())


def test_pauses_double_up_to_the_longest_and_end() -> None:
    pauses = [delay(attempts, RuntimeError()) for attempts in range(8)]
    assert pauses == [5, 10, 20, 40, 60, 60, 60, None]
    assert delay(3, CancelledError()) == 0


def test_names_are_taken_once() -> None:
    with pytest.raises(ValueError, match="send_mail"):
        job("send_mail", SOON)(nothing)

    with pytest.raises(ValueError, match="yearly"):
        every("* * * * *", "yearly")(no_round)
