"""Processes of the service that tests kill, and the sockets that outlive them.

While none answers on a socket, who connects to it waits in its queue for the next one: no client
polls, and nobody sleeps.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Nursery:
    """The process that bears the others, see `nursery.py`."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._one_at_a_time = asyncio.Lock()

    async def order(self, do: str, **what: Any) -> dict[str, int]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._one_at_a_time:
            self._process.stdin.write(json.dumps({"do": do, **what}).encode() + b"\n")
            return json.loads(await self._process.stdout.readline())


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.crash.nursery", cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    try:
        yield Nursery(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


@dataclass
class Child:
    """One process of the service."""

    nursery: Nursery
    pid: int

    async def kill(self) -> int:
        """End it between one instruction and the next, unless it has ended by itself; how."""
        os.kill(self.pid, signal.SIGKILL)
        return (await self.nursery.order("bury", pid=self.pid))["ended"]

    async def stop(self) -> int:
        """Ask it to end; its exit code."""
        os.kill(self.pid, signal.SIGTERM)
        return (await self.nursery.order("bury", pid=self.pid))["ended"]


@dataclass
class Api:
    """The API in a process of its own, at an address that stays the same."""

    nursery: Nursery
    environment: Mapping[str, str]
    application: str
    listener: int
    port: int
    child: Child | None = None
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def begin(
        cls, nursery: Nursery, environment: Mapping[str, str], application: str
    ) -> "Api":
        """`application` is one of those in `applications.py`."""
        opened = await nursery.order("listen")
        api = cls(nursery, environment, application, opened["listener"], opened["port"])
        await api.replace()
        return api

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def replace(self) -> None:
        """Kill the process, if there is one, and start another."""
        async with self._one_at_a_time:
            await self._kill()
            born = await self.nursery.order(
                "serve",
                environment=dict(self.environment),
                application=self.application,
                listener=self.listener,
            )
            self.child = Child(self.nursery, born["pid"])

    async def end(self) -> None:
        async with self._one_at_a_time:
            await self._kill()

    async def _kill(self) -> None:
        if self.child is not None:
            await self.child.kill()
            self.child = None
