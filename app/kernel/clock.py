"""What time it is, said by an injected clock.

Every database session carries the clock in its `info`, so a verb asks `now(db)`. Tests and the
demonstration give it a `FixedClock`; nothing else in the house may ask the machine.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is set or advanced."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        self._at += by


def now(db: AsyncSession | Session) -> datetime:
    """The instant by the clock that this session carries."""
    clock: Clock = db.info["clock"]
    return clock.now()


def backdate(db: AsyncSession, at: datetime) -> None:
    """Let what this session does from now on happen at `at`: an import brings history in."""
    db.info["clock"] = FixedClock(at)
