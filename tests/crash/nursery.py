"""Bears processes of the service quickly: everything is imported once, each child is a fork.

Run as a process of its own, it takes orders as lines of JSON and answers each with one.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn

from tests.crash import applications, work

LISTENERS: list[socket.socket] = []
CHILDREN: set[int] = set()


def listen() -> dict[str, int]:
    """Open a socket that outlives the processes which answer on it."""
    LISTENERS.append(socket.create_server(("127.0.0.1", 0), backlog=200))
    return {"listener": len(LISTENERS) - 1, "port": LISTENERS[-1].getsockname()[1]}


def serve(environment: dict[str, str], application: str, listener: int) -> dict[str, int]:
    """Answer on a socket that was opened, with one of `applications`."""

    def run() -> None:
        app = getattr(applications, application)
        config = uvicorn.Config(app, factory=True, log_level="critical")
        uvicorn.Server(config).run(sockets=[LISTENERS[listener]])

    return bear(environment, run)


def run_jobs(environment: dict[str, str], tell: int) -> dict[str, int]:
    """Run a worker that says what it does to whoever listens on the port `tell`."""
    return bear(environment, lambda: asyncio.run(work.work(tell)))


def bear(environment: dict[str, str], run: Callable[[], None]) -> dict[str, int]:
    pid = os.fork()
    if pid == 0:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # our output is for answers to orders
        os.environ.update(environment)
        run()
        os._exit(0)
    CHILDREN.add(pid)
    return {"pid": pid}


def bury(pid: int) -> dict[str, int]:
    """Wait until a child has ended, and tell how: its exit code, or the signal as a negative."""
    _, status = os.waitpid(pid, 0)
    CHILDREN.discard(pid)
    return {"ended": os.waitstatus_to_exitcode(status)}


ORDERS: dict[str, Callable[..., dict[str, int]]] = {
    "listen": listen,
    "serve": serve,
    "run_jobs": run_jobs,
    "bury": bury,
}


def main() -> None:
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        print(json.dumps(ORDERS[order.pop("do")](**order)), flush=True)  # noqa: T201
    for pid in CHILDREN:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
