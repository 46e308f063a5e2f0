"""Walks that many tests begin with are kept as databases, once a worker has made them twice.

A test begins in the empty world. While it has written nothing of its own, the world that a walk
leads to (`Network.begin`, `Funding.grant("active")`) follows from the walks before it alone. So a
walk that is made a second time is made in a copy of the database, which is committed; whoever makes
it again is given a transaction in that copy, and what the walk returned. A long walk is kept at
once. What a test has written itself, or has walked for the first time, ends this: from then on its
walks are walked. With `--walk` they always are.
"""

import functools
import io
import pickle
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.bound import BoundDatabase
from tests.people.identity.people import People

Path = tuple[str, ...]
"""The walks that led to a world, each with all that it was asked for."""

KEPT = 80
"""How many worlds a worker keeps: each takes some 13 MB."""
OPEN = 12
"""How many of them keep a connection."""

LIVE = {"client": httpx.AsyncClient, "people": People, "database": Database}
"""What belongs to the running test, and takes the place of what the walk was made with."""


class Server(Protocol):
    """What worlds need of the server that they lie on."""

    def copy(self, name: str, template: str) -> None:
        """Make a database anew, as a copy of one that nobody is connected to."""
        ...

    def settle(self, name: str) -> None:
        """Let the activity of a database read as long ago."""
        ...

    def drop(self, name: str) -> None:
        """Be rid of a database."""
        ...

    async def open(self, name: str) -> AsyncConnection:
        """A connection of the application's role."""
        ...


@dataclass
class World:
    """A database, and what the walk that led to it returned."""

    name: str
    returned: bytes = b""
    connection: AsyncConnection | None = None
    """Kept from one visit to the next, with all that PostgreSQL has planned on it."""

    async def close(self) -> None:
        if self.connection is not None:
            await self.connection.invalidate()
            await self.connection.close()
            self.connection = None


class Worlds:
    """The worlds of one worker."""

    def __init__(self, server: Server, empty: str, *, walk: bool = False) -> None:
        """`empty` is the database that every test begins in; with `walk` nothing is remembered."""
        self._server = server
        self._walk = walk
        self._empty = World(empty)
        self._found: dict[Path, World] = {}
        """Those last used come last."""
        self._asked: set[Path] = set()
        """What was walked in a test's own transaction, once: most walks nobody makes again, and a
        copy of a database costs more than many a walk."""
        self._numbers = count(1)

    async def begin(self, clock: FixedClock) -> "Visitor":
        """A database for a test, in the empty world."""
        visitor = Visitor(await self._connection(self._empty), clock, self)
        visitor.path = None if self._walk else ()
        return visitor

    async def recall(self, visitor: "Visitor", walk: "Walk") -> Any:
        """What the walk returns, with the visitor in the world that it leads to."""
        before, visitor.path = visitor.path, None
        if before is None or not await visitor.is_untouched():
            return await walk.walked()
        path = (*before, walk.name)
        if path not in self._asked and not walk.is_long:
            self._asked.add(path)
            return await walk.walked()
        await visitor.leave()
        world = self._found.pop(path, None)
        if world is None:
            await self._make_room()
            world = await self._made(visitor, self._found[before] if before else self._empty, walk)
        self._found[path] = world
        visitor.enter(await self._connection(world))
        visitor.path = path
        return walk.unpacked(world.returned)

    async def _made(self, visitor: "Visitor", before: World, walk: "Walk") -> World:
        """The world that a walk leads to from the one before, committed."""
        await before.close()
        world = World(f"{self._empty.name}_{next(self._numbers)}")
        self._server.copy(world.name, before.name)
        connection = await self._connection(world)
        visitor.enter(connection)
        try:
            world.returned = await walk.packed()
            await connection.commit()
        except BaseException:
            await visitor.leave()
            await self._drop(world)
            raise
        await visitor.leave()
        self._server.settle(world.name)
        return world

    async def _make_room(self) -> None:
        """Drop the world that was not used for longest, with all that follow from it."""
        while len(self._found) >= KEPT:
            oldest = next(iter(self._found))
            for path in [one for one in self._found if one[: len(oldest)] == oldest]:
                await self._drop(self._found.pop(path))

    async def _drop(self, world: World) -> None:
        await world.close()
        self._server.drop(world.name)

    async def _connection(self, world: World) -> AsyncConnection:
        """The connection to a world, in a transaction."""
        if world.connection is None or world.connection.invalidated:
            opened = [one for one in self._found.values() if one.connection is not None]
            for one in opened[: max(0, len(opened) - OPEN)]:
                await one.close()
            world.connection = await self._server.open(world.name)
        await world.connection.begin()
        return world.connection

    async def dispose(self) -> None:
        await self._empty.close()
        for world in self._found.values():
            await self._drop(world)


class Visitor(BoundDatabase):
    """The database of a test, in whichever world its walks have led to."""

    def __init__(self, connection: AsyncConnection, clock: FixedClock, worlds: Worlds) -> None:
        super().__init__(connection, clock)
        self.worlds = worlds
        self.path: Path | None = None
        """None once what is here no longer follows from walks alone."""


@dataclass(frozen=True)
class Walk:
    """One call of a remembered function."""

    function: Callable[..., Awaitable[Any]]
    subject: Any
    args: tuple[Any, ...]
    options: dict[str, Any]
    live: dict[str, Any]
    is_long: bool = False

    @property
    def name(self) -> str:
        """The call with all that its outcome depends on, beside the world it is made in.

        What is live is not part of it: `Network` and its like show theirs in no `repr`.
        """
        database = self.live["people"].database
        said = [one for one in self.args if not isinstance(one, tuple(LIVE.values()))]
        around = database.clock.now().isoformat(), database.info["has_mail"]
        return f"{self.function.__qualname__} {around} {self.subject} {said} {self.options}"

    async def walked(self) -> Any:
        return await self.function(self.subject, *self.args, **self.options)

    async def packed(self) -> bytes:
        """What is returned when all that is live does it, and nothing is left with who asked."""
        call = (self.subject, self.args, self.options)
        subject, args, options = self.unpacked(_packed(call)[0])
        return _packed(await self.function(subject, *args, **options))[0]

    def unpacked(self, packed: bytes) -> Any:
        """What was packed, with the client and the people of the test that asks."""
        return _Unpacker(packed, self.live).load()


def remembered(
    function: Callable[..., Awaitable[Any]], *, is_long: bool = False
) -> Callable[..., Any]:
    """A walk that is kept for each world and all that it is asked for, from the second time."""

    @functools.wraps(function)
    async def recalled(subject: Any, *args: Any, **options: Any) -> Any:
        live = _packed((subject, args, options))[1]
        walk = Walk(function, subject, args, options, live, is_long)
        database = live["people"].database
        if isinstance(database, Visitor):
            return await database.worlds.recall(database, walk)
        return await walk.walked()

    return recalled


def remembered_at_once(function: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """One that several tests are sure to make, and that is too long to be made twice."""
    return remembered(function, is_long=True)


class _Packer(pickle.Pickler):
    """Notes what is live, and leaves only its name."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.live: dict[str, Any] = {}

    def persistent_id(self, obj: Any) -> str | None:
        for name, kind in LIVE.items():
            if isinstance(obj, kind):
                self.live[name] = obj
                return name
        return None


class _Unpacker(pickle.Unpickler):
    def __init__(self, packed: bytes, live: dict[str, Any]) -> None:
        super().__init__(io.BytesIO(packed))
        self._live = live

    def persistent_load(self, pid: str) -> Any:
        return self._live[pid]


def _packed(value: Any) -> tuple[bytes, dict[str, Any]]:
    """The value without what is live in it, and what is."""
    file = io.BytesIO()
    packer = _Packer(file)
    packer.dump(value)
    return file.getvalue(), packer.live
