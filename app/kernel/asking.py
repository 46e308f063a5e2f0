"""Statements that are asked as they are written: SQL with `$1`, prepared, on psycopg alone.

SQLAlchemy's session costs more than most answers. The cursor is raw, because psycopg rewrites
`%(name)s` anew at each request in a statement of more than four kilobytes.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from psycopg import AsyncConnection as Bare
from psycopg import AsyncRawCursor, Error, OperationalError
from psycopg_pool import AsyncConnectionPool
from psycopg_pool import PoolTimeout as NoneFree
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

Rows = list[tuple[Any, ...]]

PLANNED_ONCE: Final = (
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c random_page_cost=1.1"
    " -c max_parallel_workers_per_gather=0"
)
"""How the connections that read make their plans: an answer of some rows is worth no process of its
own."""


class Readers:
    """Connections that read by one statement each, in no transaction.

    Each plans a statement once, for whatever values: planning costs more than most answers. Such a
    plan finds rows by an index where there is one, since what it guesses of their number is no
    ground to read whole tables.
    """

    def __init__(self, url: str, *, size: int, patience: float, options: str) -> None:
        self._url, self._size, self._patience, self._options = url, size, patience, options
        self._pool: AsyncConnectionPool[Any] | None = None
        self._opening = asyncio.Lock()
        self._in_use = 0

    @property
    def in_use(self) -> int:
        """How many connections are reading now."""
        return self._in_use

    async def ask(self, sql: bytes, values: Sequence[Any]) -> Rows:
        """The rows of one statement that only reads.

        No connection is pinged before: where one turns out to be lost the others are tried too, and
        the statement is asked once more. Raises TimeoutError (503) where none is free, DBAPIError.
        """
        pool = await self._opened()
        try:
            return await self._ask(pool, sql, values)
        except OperationalError as error:
            if error.sqlstate is not None and not error.sqlstate.startswith("57P"):
                raise _as_sqlalchemy_says(error) from error
        except Error as error:
            raise _as_sqlalchemy_says(error) from error
        try:
            await pool.check()
            return await self._ask(pool, sql, values)
        except Error as error:
            raise _as_sqlalchemy_says(error) from error

    async def _ask(self, pool: AsyncConnectionPool[Any], sql: bytes, values: Sequence[Any]) -> Rows:
        try:
            async with pool.connection() as connection:
                return await self._fetched(connection, sql, values)
        except NoneFree as full:
            raise PoolTimeout("no connection is free to read on") from full

    async def _fetched(self, connection: Bare[Any], sql: bytes, values: Sequence[Any]) -> Rows:
        self._in_use += 1
        try:
            found = await connection.execute(sql, values)
            return await found.fetchall()
        finally:
            self._in_use -= 1

    async def _opened(self) -> AsyncConnectionPool[Any]:
        """The connections, opened when they are first asked, and anew after they were let go."""
        if self._pool is None:
            async with self._opening:
                if self._pool is None:
                    pool = self._made()
                    await pool.open()
                    self._pool = pool
        return self._pool

    def _made(self) -> AsyncConnectionPool[Any]:
        return AsyncConnectionPool(
            self._url,
            min_size=1,
            max_size=self._size,
            timeout=self._patience,
            max_lifetime=1800,
            open=False,
            kwargs={
                "autocommit": True,
                "prepare_threshold": 0,
                "cursor_factory": AsyncRawCursor,
                "options": f"{self._options} {PLANNED_ONCE}",
                "connect_timeout": 3,
                "application_name": "pln",
            },
        )

    async def close(self) -> None:
        """Let go of every connection; who asks after that has them opened anew."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()


async def ask_within(connection: AsyncConnection, sql: bytes, values: Sequence[Any]) -> Rows:
    """The same on a connection of SQLAlchemy's, within its transaction."""
    bare: Bare[Any] = (await connection.get_raw_connection()).driver_connection  # pyright: ignore[reportAssignmentType]
    try:
        async with AsyncRawCursor(bare) as cursor:
            await cursor.execute(sql, values, prepare=True)
            return await cursor.fetchall()
    except Error as error:
        raise _as_sqlalchemy_says(error) from error


def _as_sqlalchemy_says(error: Error) -> DBAPIError:
    """The error as it comes from every other statement, so that it is answered alike."""
    is_lost = isinstance(error, OperationalError) and error.sqlstate is None
    wrapped = DBAPIError.instance(
        None, None, error, Error, hide_parameters=True, connection_invalidated=is_lost
    )
    assert isinstance(wrapped, DBAPIError)
    return wrapped
