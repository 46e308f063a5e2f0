"""How many times something may be tried within a time, counted in the database.

Counters survive a restart and hold for all processes together. What is counted is kept under a
keyed hash, so that the table tells nobody whose address or account was tried.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import LargeBinary, case, delete
from sqlalchemy import update as update_rows
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.clock import now
from app.kernel.db import Base
from app.kernel.errors import TooManyRequests
from app.web.rate_limits import Quota, seconds


class TooManyAttempts(TooManyRequests):
    """Too many attempts to sign in from here, or to this account. Wait as `Retry-After` says."""


class ThrottleCounter(Base):
    """How often one thing was tried within its present window."""

    __tablename__ = "throttle_counters"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    attempts: Mapped[int]
    window_ends_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Limit:
    """At most so many attempts within a window that opens with the first."""

    name: str
    most: int
    within: timedelta


BY_ACCOUNT_AND_DEVICE: Final = Limit("account and device", 10, timedelta(minutes=15))
BY_ACCOUNT_AND_ADDRESS: Final = Limit("account and address", 10, timedelta(minutes=15))
BY_ADDRESS: Final = Limit("address", 100, timedelta(minutes=15))
BY_ACCOUNT: Final = Limit("account", 100, timedelta(hours=1))


@dataclass(frozen=True)
class Counted:
    """One thing whose attempts are counted, and how many it may have."""

    limit: Limit
    key: bytes

    @classmethod
    def of(cls, limit: Limit, subject: str, *, secret: bytes) -> "Counted":
        """`subject` is what is counted, such as an address; `secret` keys its hash."""
        return cls(limit, hmac.digest(secret, f"{limit.name}|{subject}".encode(), "sha256"))


@dataclass(frozen=True)
class Standing:
    """How often one thing was tried within its window, this time included, and when that ends."""

    limit: Limit
    attempts: int
    resets_in: timedelta

    @property
    def is_over(self) -> bool:
        return self.attempts > self.limit.most

    def quota(self, name: str) -> Quota:
        """What a client is told of it, under a name that does not say what is counted."""
        left = self.limit.most - self.attempts
        return Quota(name, self.limit.most, left, self.limit.within, self.resets_in)


async def count(
    db: AsyncSession, counted: Sequence[Counted], times: int = 1
) -> dict[Limit, Standing]:
    """Count an attempt at each, or several; how each stands.

    An attempt is counted before it is made, so that a thousand made at once are not all free. The
    caller commits, and only then refuses.
    """
    at = now(db)
    # In the order of their keys, so that two requests never wait for each other.
    rows = [
        {"key": one.key, "attempts": times, "window_ends_at": at + one.limit.within}
        for one in sorted(counted, key=lambda one: one.key)
    ]
    begun = insert(ThrottleCounter).values(rows)
    over = ThrottleCounter.window_ends_at <= at
    counting = begun.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "attempts": case((over, times), else_=ThrottleCounter.attempts + times),
            "window_ends_at": case(
                (over, begun.excluded.window_ends_at), else_=ThrottleCounter.window_ends_at
            ),
        },
    ).returning(ThrottleCounter.key, ThrottleCounter.attempts, ThrottleCounter.window_ends_at)
    limits = {one.key: one.limit for one in counted}
    return {
        limits[row.key]: Standing(limits[row.key], row.attempts, row.window_ends_at - at)
        for row in await db.execute(counting)
    }


def wait(standings: Mapping[Limit, Standing]) -> timedelta | None:
    """The time to wait when one of them has had too many, else None."""
    return max((one.resets_in for one in standings.values() if one.is_over), default=None)


async def forgive(db: AsyncSession, succeeded: Counted, others: Sequence[Counted]) -> None:
    """After a success: forget one counter, and take this attempt back from the others."""
    await db.execute(delete(ThrottleCounter).where(ThrottleCounter.key == succeeded.key))
    for one in sorted(others, key=lambda one: one.key):
        await db.execute(
            update_rows(ThrottleCounter)
            .where(ThrottleCounter.key == one.key, ThrottleCounter.attempts > 0)
            .values(attempts=ThrottleCounter.attempts - 1)
        )


async def forget_old(db: AsyncSession) -> int:
    """Delete the counters whose window is over, and say how many; the worker does so hourly."""
    over = delete(ThrottleCounter).where(ThrottleCounter.window_ends_at <= now(db))
    return len((await db.execute(over.returning(ThrottleCounter.key))).all())


def refusal(wait: timedelta) -> TooManyAttempts:
    """The 429 that says how long to wait, in whole seconds."""
    return TooManyAttempts(headers={"Retry-After": str(max(1, seconds(wait)))})
