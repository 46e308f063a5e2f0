"""A database whose every session is on one connection, and whose transaction is given up."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker
from sqlalchemy.orm import Session

from app.kernel.asking import Rows, ask_within
from app.kernel.clock import Clock
from app.kernel.db import Database, sealed_with

SECRET = "a secret key that only tests know, long enough"

UNTOUCHED = text("SELECT pg_current_xact_id_if_assigned() IS NULL")
"""Whether a transaction has written and locked nothing: one that has is given a number."""

FIRE = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


class BoundDatabase(Database):
    """Every session and read on one connection, whose outer transaction is never committed."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        super().__init__(connection.engine, clock, sealed_with(SECRET))
        self._connection = connection
        self.info["bound"] = self
        self.sessions = async_sessionmaker(
            expire_on_commit=False,
            info=self.info,
            join_transaction_mode="create_savepoint",
            sync_session_class=BoundSession,
        )

    @property
    def connection(self) -> AsyncConnection:
        return self._connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        yield self._connection

    async def ask(self, sql: bytes, values: Sequence[Any]) -> Rows:
        return await ask_within(self._connection, sql, values)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        yield self._connection

    @asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        """Whatever happens in the block is undone at its end."""
        savepoint = await self._connection.begin_nested()
        try:
            yield
        finally:
            await savepoint.rollback()

    async def is_untouched(self) -> bool:
        """Whether nothing was written, and no session has begun to."""
        if self._connection.in_nested_transaction():
            return False
        return bool(await self._connection.scalar(UNTOUCHED))

    def enter(self, connection: AsyncConnection) -> None:
        """Go on with another connection, whose transaction has begun."""
        self._connection, self.engine = connection, connection.engine

    async def leave(self) -> None:
        """Give up the transaction."""
        outer = self._connection.get_transaction()
        if outer is not None:
            await outer.rollback()


class BoundSession(Session):
    """Joins the outer transaction of wherever its database is when it begins."""

    def get_bind(self, *_wanted: Any, **_more: Any) -> Any:
        return self.info["bound"].connection.sync_connection


@event.listens_for(BoundSession, "before_commit")
def _fire_deferred_constraints(session: Session) -> None:
    """Releasing a savepoint fires no deferred constraint, so they are fired before it."""
    session.flush()
    session.connection().exec_driver_sql(FIRE)
