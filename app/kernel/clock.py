"""What time it is, said by an injected clock, and what day that is somewhere.

Every database session carries the clock in its `info`, so a verb asks `now(db)`. Tests and the
demonstration give it a `FixedClock`; nothing else in the house may ask the machine.

No instant has a day of its own: it is Monday in Auckland while it is Sunday in Los Angeles. So
every day is asked for with the zone of the thing that it is about, `today(db, cohort.timezone)`;
what has no zone is the network's, `today(db, network_zone(db))`. These functions, and those that
say the same in SQL, are the only way from an instant to a day and back.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Date,
    Interval,
    Text,
    bindparam,
    cast,
    extract,
    func,
    literal,
    literal_column,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

Moment = datetime | ColumnElement[Any]
"""An instant, or what stands for one in SQL."""


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


def day(at: datetime, zone: str) -> date:
    """The day that it is at an instant in an IANA zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def beginning(on: date, zone: str) -> datetime:
    """The first instant of a day in an IANA zone, in UTC."""
    return datetime.combine(on, time.min, ZoneInfo(zone)).astimezone(UTC)


def today(db: AsyncSession | Session, zone: str) -> date:
    """The day that it is now in an IANA zone, by the clock that this session carries."""
    return day(now(db), zone)


def network_zone(db: AsyncSession | Session) -> str:
    """The zone in which the network has its days: those of what lies nowhere else."""
    zone: str = db.info["zone"]
    return zone


ZONE: Final = bindparam("zone", type_=Text)
"""`network_zone`, for a statement that is written once."""


VIEWED_FROM: Final = cast(bindparam("viewed_from", type_=Text), Text)
"""In which zone whoever reads wants to know what clocks say, for a statement that is written once;
null where they did not ask."""


def instant_in_sql(at: datetime | ColumnElement[Any]) -> ColumnElement[Any]:
    """An instant as SQL, which may be SQL already."""
    return literal(at, TIMESTAMP(timezone=True)) if isinstance(at, datetime) else at


def instant_as_text(at: Any) -> ColumnElement[str]:
    """A column's instant in SQL as RFC 3339 in UTC, to the microsecond."""
    pattern = literal_column("""'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'""", Text)
    return func.to_char(func.timezone(literal_column("'UTC'", Text), at), pattern, type_=Text)


def wall_in_sql(at: Any, zone: Any) -> ColumnElement[str]:
    """What a clock on the wall says in SQL, to the minute."""
    pattern = literal_column("""'YYYY-MM-DD"T"HH24:MI'""", Text)
    return func.to_char(func.timezone(zone, instant_in_sql(at)), pattern, type_=Text)


def day_in_sql(at: datetime | ColumnElement[Any], zone: Any) -> ColumnElement[date]:
    """`day` in SQL, where the instant, the zone or both are columns."""
    return cast(func.timezone(zone, instant_in_sql(at)), Date)


def beginning_in_sql(on: Any, zone: Any) -> ColumnElement[datetime]:
    """`beginning` in SQL, where the day, the zone or both are columns."""
    midnight = func.timezone(zone, cast(on, TIMESTAMP(timezone=False)))
    return type_coerce(midnight, TIMESTAMP(timezone=True))


def hour_in_sql(at: datetime, zone: Any) -> ColumnElement[Any]:
    """The hour that it is at an instant, where the zone is a column."""
    return extract("hour", func.timezone(zone, instant_in_sql(at)))


def midway_in_sql(first: Any, last: Any) -> ColumnElement[datetime]:
    """The instant half of the way from one to another, where they are columns."""
    half = type_coerce((last - first).op("/", precedence=20)(2), Interval)
    return first + half


def backdate(db: AsyncSession, at: datetime) -> None:
    """Let what this session does from now on happen at `at`: an import brings history in."""
    db.info.setdefault("recording", db.info["clock"])
    db.info["clock"] = FixedClock(at)


def is_history(db: AsyncSession) -> bool:
    """Whether what this session does was decided elsewhere, and is only brought in."""
    return "recording" in db.info


def brought_in_at(db: AsyncSession) -> datetime | None:
    """When what this session does is written down, where that is not when it happened."""
    recording: Clock | None = db.info.get("recording")
    return recording.now() if recording else None
