"""Acting out the past: whoever acts, at the instant at which it happened, by the service's verbs."""

import unicodedata
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.actors import SignedIn
from app.people.identity.keys import Keychain
from app.people.identity.links import Links
from app.people.identity.queries import actor_of

ZONE = "Europe/London"
"""Where everything of the play lies."""

PASSWORD = "seven otters crossed the tideway"  # noqa: S105
"""What every invented person signs in with: the demonstration listens on loopback alone."""


@dataclass(frozen=True)
class Person:
    """An invented person with an account."""

    account_id: UUID
    name: str
    email: str


@dataclass
class Stage:
    """A database whose clock is set to whatever instant the play has come to."""

    database: Database
    clock: FixedClock
    keys: Keychain
    links: Links
    cast: dict[str, Person] = field(default_factory=dict[str, Person])
    belongs: tuple[UUID, UUID] | None = None
    """The programme and the strand that the collaborations of the play belong to."""

    @asynccontextmanager
    async def scene(
        self, at: datetime, who: Person
    ) -> AsyncGenerator[tuple[AsyncSession, SignedIn]]:
        """A transaction at `at`, and the person who acts in it."""
        self.clock.set(at)
        async with self.database.transaction() as db:
            actor = await actor_of(db, who.account_id)
            assert actor is not None, f"{who.name} has no account that is enabled"
            yield db, actor


def moment(on: date, hour: int = 10, *, minute: int = 0) -> datetime:
    """An hour of a day by the clock on a wall."""
    return datetime.combine(on, time(hour, minute), ZoneInfo(ZONE)).astimezone(UTC)


def after(day: date, days: int) -> date:
    """The day so many days later, or earlier where `days` is negative."""
    return day + timedelta(days=days)


def address_of(name: str) -> str:
    """The invented address of a person: `Lucía Ferreyra` is lucia.ferreyra@example.org."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}@example.org"
