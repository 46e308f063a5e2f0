"""`pln work`: runs the jobs, the long operations and the clock's rounds.

Any number of workers may run beside each other, on their own or inside `pln serve`. One that dies
takes nothing with it: its jobs are run again by another as soon as its heartbeat is missed.
"""

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from psycopg_pool import PoolTimeout
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

import app.registry  # noqa: F401  # pyright: ignore[reportUnusedImport]  (fills JOBS, ROUNDS)
from app.background import jobs, mail
from app.background.jobs import JOBS, Work, every
from app.kernel.clock import Clock, SystemClock
from app.kernel.db import Database
from app.people.identity import throttling
from app.people.identity.failures import write_down
from app.people.identity.queries import acting_for
from app.people.identity.sign_ins.service import forget_old
from app.settings import Settings, libpq_url
from app.web import idempotency

log = structlog.get_logger(__name__)

_RESCUE_LOCK: Final = 0x706C6E03
_PAUSE: Final = 1.0
"""Seconds between losing the database and looking for it again."""

_FORGET_JOBS: Final = text(
    """
    DELETE FROM procrastinate_jobs
    WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted')
      AND id IN (
          SELECT job_id FROM procrastinate_events GROUP BY job_id
          HAVING max(at) < now() - interval '30 days'
      )
    RETURNING id
    """
)


@dataclass(frozen=True)
class Pace:
    """How often a worker does what, in seconds, and how many jobs it runs at once."""

    heartbeat: float = 10.0
    stalled_after: float = 40.0
    rescue: float = 15.0
    poll: float = 5.0
    at_once: int = 4


async def work(settings: Settings) -> None:
    """Run a worker of its own until SIGTERM or SIGINT, then let its jobs come to their end."""
    database = Database.connect(settings, SystemClock())
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await run_worker(database, settings, stop)
    finally:
        await database.dispose()


async def run_worker(
    database: Database, settings: Settings, stop: asyncio.Event, pace: Pace = Pace()
) -> None:
    """Run jobs until `stop` is set, then up to `settings.shutdown_seconds` until they are done.

    A job that is not done by then is put back and begun anew by the next worker. While the
    database is away the worker waits for it.
    """
    at_hand = Work(database, settings, acting_for)
    await mail.begin(database)
    while not stop.is_set():
        log.info("worker_started")
        try:
            await _serve(at_hand, stop, pace)
        except (ConnectorException, PoolTimeout, SQLAlchemyError, OSError) as error:
            log.warning("worker_interrupted", exc_info=error)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _PAUSE)
    log.info("worker_stopped")


async def _serve(at_hand: Work, stop: asyncio.Event, pace: Pace) -> None:
    """Run jobs until `stop` is set, or until the database goes away."""
    url = at_hand.database.engine.url.render_as_string(hide_password=False)
    connector = PsycopgConnector(
        conninfo=libpq_url(url),
        kwargs={"application_name": "pln worker", "connect_timeout": 3},
        min_size=1,
        max_size=pace.at_once + 2,
    )
    queue = jobs.queue(at_hand, connector)
    async with queue.open_async():
        running = asyncio.create_task(
            queue.run_worker_async(
                concurrency=pace.at_once,
                fetch_job_polling_interval=pace.poll,
                update_heartbeat_interval=pace.heartbeat,
                stalled_worker_timeout=pace.stalled_after,
                shutdown_graceful_timeout=at_hand.settings.shutdown_seconds,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
        )
        rescuing = asyncio.create_task(_rescue_now_and_then(queue, at_hand.database, pace))
        stopping = asyncio.create_task(stop.wait())
        everything = (running, rescuing, stopping)
        try:
            await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in everything:
                task.cancel()
            await asyncio.wait(everything)
    for task in everything:
        if not task.cancelled():
            task.result()


async def _rescue_now_and_then(queue: App, database: Database, pace: Pace) -> None:
    while True:
        await rescue(queue, database, stalled_after=pace.stalled_after)
        await asyncio.sleep(pace.rescue)


async def rescue(queue: App, database: Database, *, stalled_after: float) -> int:
    """Put back the jobs of workers that were not heard of for `stalled_after` seconds; how many.

    One worker at a time does so: between looking and putting back, no other may have run the job.
    """
    async with database.transaction() as db:
        if not await db.scalar(select(func.pg_try_advisory_xact_lock(_RESCUE_LOCK))):
            return 0
        manager = queue.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after))
        for left_behind in stalled:
            await _put_back(queue, left_behind)
        return len(stalled)


async def _put_back(queue: App, left_behind: Job) -> None:
    """Let a job be run again; a round is not, since the clock brings it back by itself."""
    known = JOBS.get(left_behind.task_name)
    is_given_up = known is None or left_behind.attempts + 1 >= known.back_off.runs
    log.warning("job_rescued", name=left_behind.task_name, given_up=is_given_up)
    with suppress(ConnectorException):  # its worker came back and finished it
        if is_given_up:
            await queue.job_manager.finish_job(left_behind, Status.FAILED, delete_job=False)
        else:
            await queue.job_manager.retry_job(left_behind)


@every("11 * * * *", "forget_idempotent_answers")
async def forget_idempotent_answers(database: Database, _clock: Clock) -> int:
    """Delete the answers whose key may be used anew."""
    return await idempotency.forget_old(database)


@every("41 * * * *", "forget_throttle_counters")
async def forget_throttle_counters(database: Database, _clock: Clock) -> int:
    """Delete what was counted of attempts to sign in that weigh no more."""
    async with database.transaction() as db:
        return await throttling.forget_old(db)


@every("42 * * * *", "record_failed_sign_ins")
async def record_failed_sign_ins(database: Database, _clock: Clock) -> int:
    """Write down the sign-ins that failed in the days that are over."""
    async with database.transaction() as db:
        return await write_down(db)


@every("43 3 * * *", "forget_refresh_tokens")
async def forget_refresh_tokens(database: Database, _clock: Clock) -> int:
    """Delete the refresh tokens that have expired."""
    async with database.transaction() as db:
        return await forget_old(db)


@every("52 3 * * *", "forget_jobs")
async def forget_jobs(database: Database, _clock: Clock) -> int:
    """Delete the traces of jobs that ended thirty days ago."""
    async with database.transaction() as db:
        return len((await db.execute(_FORGET_JOBS)).all())
