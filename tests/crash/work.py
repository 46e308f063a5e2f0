"""A worker with two operations that leave an effect, and say so to whoever listens."""

import asyncio
import signal
from typing import Any

from pydantic import BaseModel
from sqlalchemy import text

from app.background.operations import Run, operation
from app.command.worker import Pace, run_worker
from app.installation import logs
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.settings import get_settings

PACE = Pace(heartbeat=0.2, stalled_after=1.0, rescue=0.2, poll=0.1)
EFFECT = text("INSERT INTO effects (operation_id, attempt) VALUES (:operation_id, :attempt)")

listeners: list[asyncio.StreamWriter] = []


class Probe(BaseModel):
    """What comes of either."""

    attempt: int


async def say(what: str) -> None:
    for listener in listeners:
        listener.write(f"{what}\n".encode())
        await listener.drain()


async def leave_an_effect(run: Run, arguments: dict[str, Any]) -> None:
    """The effect and the end of the operation are one."""
    await say("begun")
    async with run.transaction() as (db, _):
        await db.execute(EFFECT, {"operation_id": run.operation_id, "attempt": run.attempt})
        await run.finish(db, {"attempt": run.attempt})
    await say("done")


async def leave_an_effect_carelessly(run: Run, arguments: dict[str, Any]) -> None:
    """The planted fault: the effect is committed, and the end of the operation comes later."""
    async with run.work.database.transaction() as db:
        await db.execute(EFFECT, {"operation_id": run.operation_id, "attempt": run.attempt})
    await say("done")
    if run.attempt == 1:
        await asyncio.Event().wait()


async def work(port: int) -> None:
    operation("probe_once", Probe)(leave_an_effect)
    operation("probe_twice", Probe)(leave_an_effect_carelessly)
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    listeners.append(writer)
    settings = get_settings()
    logs.configure(settings.log_level)
    database = Database.connect(settings, SystemClock())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await run_worker(database, settings, stop, PACE)
    await database.dispose()
    writer.close()
