"""What PostgreSQL has planned on a connection outlives a transaction that is rolled back.

psycopg forgets all prepared statements of a connection at every ROLLBACK, also to a savepoint: what
was made or dropped within may be gone. The application's role makes and drops nothing, and what is
prepared is no part of a transaction; each refused request would let all be planned anew.
https://www.psycopg.org/psycopg3/docs/advanced/prepare.html
"""

from typing import Any

from psycopg._preparing import PrepareManager
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


class Lasting(PrepareManager):
    """The prepared statements of a connection that changes no schema."""

    def clear(self) -> bool:
        """Keep them."""
        return False


def keep_prepared(engine: AsyncEngine) -> None:
    """Let each connection of `engine` keep its prepared statements for as long as it is open."""

    @event.listens_for(engine.sync_engine, "connect")
    def _keep(connection: Any, _record: object) -> None:
        connection.driver_connection._prepared = Lasting()  # noqa: SLF001
