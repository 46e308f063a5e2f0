"""How many statements an answer took."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch

from psycopg import AsyncRawCursor
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import CacheStats

from app.kernel.statements import Statement
from tests.bound import FIRE, UNTOUCHED

_WRITTEN_ANEW = (CacheStats.CACHE_MISS, CacheStats.CACHING_DISABLED, CacheStats.NO_CACHE_KEY)

UNCOUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", FIRE, str(UNTOUCHED), "SELECT signing_keys.")
"""What tests add of their own, and the keys, which an application reads once a minute."""

_asks_itself: ContextVar[bool] = ContextVar("asks_itself", default=False)


@contextmanager
def uncounted() -> Iterator[None]:
    """What is sent while the block runs is the tests' own."""
    token = _asks_itself.set(True)
    try:
        yield
    finally:
        _asks_itself.reset(token)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects what is sent while the block runs, in whichever world."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not _asks_itself.get() and not statement.startswith(UNCOUNTED):
            sent.append(statement)

    execute = AsyncRawCursor.execute

    async def noted(cursor: Any, query: Any, *more: Any, **how: Any) -> Any:
        note(None, cursor, bytes(query).decode())
        return await execute(cursor, query, *more, **how)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with patch.object(AsyncRawCursor, "execute", noted):
            yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def compiled() -> Iterator[list[str]]:
    """Collects what SQLAlchemy writes as SQL anew while the block runs: what it does not know."""
    written: list[str] = []

    def note(
        _connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, *_more: Any
    ) -> None:
        hit = getattr(context, "cache_hit", CacheStats.NO_DIALECT_SUPPORT)
        is_text = getattr(context, "compiled", None) is None
        if hit in _WRITTEN_ANEW and not is_text and not statement.startswith(UNCOUNTED):
            written.append(statement)

    write = Statement.of

    def noted(statement: Any) -> Statement:
        found = write(statement)
        written.append(found.sql.decode())
        return found

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with patch.object(Statement, "of", noted):
            yield written
    finally:
        event.remove(Engine, "before_cursor_execute", note)
