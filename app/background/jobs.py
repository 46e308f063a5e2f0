"""Work that is done after the answer: jobs, queued in the transaction that wants them, and the
clock's rounds.

The queue is procrastinate's, in the same database: a job exists exactly when the change that asked
for it was committed. A job runs at least once; its handler owns what a second run would do.
"""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import structlog
from procrastinate import App, BaseConnector, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job as QueuedJob
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.errors import Refusal
from app.settings import Settings

log = structlog.get_logger(__name__)

LoadActor = Callable[[AsyncSession, UUID, frozenset[str] | None], Awaitable[Actor | None]]
"""Who an account is and what it may do now, of the permissions it was limited to, if it was; None
when it is disabled."""

Round = Callable[[Database, Clock], Awaitable[int]]
"""Something the clock does from time to time; says to how many things it did it."""


@dataclass(frozen=True)
class Work:
    """What a job has at hand."""

    database: Database
    settings: Settings
    load_actor: LoadActor


Handler = Callable[..., Awaitable[None]]
"""`async (work: Work, **arguments) -> None`, where the arguments are JSON."""


@dataclass(frozen=True)
class BackOff(BaseRetryStrategy):
    """Wait `first`, then twice as long each time up to `longest`; give up after `runs` runs."""

    first: timedelta
    longest: timedelta
    runs: int

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedJob
    ) -> RetryDecision | None:
        """When to run again a job that raised: at once when a stopping worker cut it off."""
        if job.attempts + 1 >= self.runs:
            return None
        if isinstance(exception, CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        wait = min(self.first * 2**job.attempts, self.longest)
        return RetryDecision(retry_in={"seconds": round(wait.total_seconds())})


@dataclass(frozen=True)
class _Job:
    run: Handler
    back_off: BackOff


@dataclass(frozen=True)
class _Round:
    cron: str
    run: Round


JOBS: dict[str, _Job] = {}
"""Every kind of job; filled as packages are imported."""

ROUNDS: dict[str, _Round] = {}
"""Everything the clock does; filled as packages are imported."""


def job(name: str, back_off: BackOff) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job. Raises ValueError for a name that is taken."""

    def register(handler: Handler) -> Handler:
        if name in JOBS:
            raise ValueError(f"two jobs are named {name!r}")
        JOBS[name] = _Job(handler, back_off)
        return handler

    return register


def every(cron: str, name: str) -> Callable[[Round], Round]:
    """Register what the clock does at the times of a cron line, in UTC.

    A round is never run twice at once and may come late or not at all, so it takes up whatever is
    due by its clock, in transactions of its own. Raises ValueError for a name that is taken.
    """

    def register(run: Round) -> Round:
        if name in ROUNDS:
            raise ValueError(f"two rounds are named {name!r}")
        ROUNDS[name] = _Round(cron, run)
        return run

    return register


Item = TypeVar("Item")


async def each(
    database: Database,
    items: Iterable[Item],
    do: Callable[[AsyncSession, Item], Awaitable[int]],
) -> int:
    """Do something to each item of a round, in a transaction of its own; returns the sum of counts.

    One that goes wrong stands in no other's way: it is logged, and the next round comes to it
    again. `do` leaves alone what another holds.
    """
    count = 0
    for item in items:
        try:
            async with database.transaction() as db:
                count += await do(db, item)
        except Refusal as refusal:
            log.info("item_held_back", round=do.__qualname__, item=str(item), code=refusal.code)
        except Exception:
            log.exception("item_failed", round=do.__qualname__, item=str(item))
    return count


_queue = JobManager(PsycopgConnector())
"""Never opened: jobs are queued on the connection of whoever wants them."""


async def defer(db: AsyncSession, name: str, **arguments: Any) -> None:
    """Queue a job in the caller's transaction; `arguments` are JSON and hold no secret."""
    assert name in JOBS, f"no job is named {name!r}"
    connection = await db.connection()
    raw = await connection.get_raw_connection()
    deferrer = configure_task(name=name, job_manager=_queue, connection=raw.driver_connection)
    await deferrer.defer_async(**arguments)


def queue(work: Work, connector: BaseConnector) -> App:
    """The queue with every handler bound to `work`, for a worker to run."""
    app = App(connector=connector)
    for name, known in JOBS.items():
        app.task(name=name, retry=known.back_off)(_bound(known.run, work))
    for name, planned in ROUNDS.items():
        task = app.task(name=name, lock=name, queueing_lock=name)(_timed(name, planned.run, work))
        app.periodic(cron=planned.cron)(task)
    return app


def _bound(handler: Handler, work: Work) -> Callable[..., Awaitable[None]]:
    async def run(**arguments: Any) -> None:
        await handler(work, **arguments)

    return run


def _timed(name: str, run_round: Round, work: Work) -> Callable[[int], Awaitable[None]]:
    async def run(timestamp: int) -> None:
        count = await run_round(work.database, work.database.clock)
        tell = log.info if count else log.debug
        tell("round", name=name, count=count, planned_at=timestamp)

    return run
