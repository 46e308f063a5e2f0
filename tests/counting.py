"""How many statements an answer took."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from tests.bound import FIRE, UNTOUCHED

UNCOUNTED = ("SAVEPOINT", "RELEASE", FIRE, str(UNTOUCHED), "SELECT signing_keys.")
"""What tests add of their own, and the keys, which an application reads once a minute."""


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects what is sent while the block runs, in whichever world."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(UNCOUNTED):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
