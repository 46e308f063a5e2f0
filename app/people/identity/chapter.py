"""What every chapter of the demonstration stands on, and its people.

Whoever acts does so at the instant at which it happened, by the verbs of the service.
"""

import unicodedata
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.chapters import chapter
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.accounts.service import create_first_account
from app.people.identity.actors import SignedIn
from app.people.identity.clients import Client
from app.people.identity.invitations.schemas import CreateInvitation
from app.people.identity.invitations.service import create_invitation
from app.people.identity.joining.schemas import AcceptInvitation
from app.people.identity.joining.service import accept_invitation
from app.people.identity.keys import Keychain
from app.people.identity.links import Links
from app.people.identity.models import Account
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from app.settings import Settings

ZONE: Final = "Europe/London"
"""Where everything of the play lies."""

PASSWORD: Final = "seven otters crossed the tideway"  # noqa: S105
"""What every invented person signs in with: the demonstration listens on loopback alone."""

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Person:
    """An invented person with an account."""

    account_id: UUID
    name: str
    email: str


@dataclass(frozen=True)
class TeamScript:
    """Who runs the network: the administrator, and whom they invite into which role."""

    arrives_at: datetime
    administrator: str
    others: tuple[tuple[str, Role], ...]


@dataclass(frozen=True)
class Stage:
    """A database whose clock is set to whatever instant the play has come to."""

    database: Database
    clock: FixedClock
    settings: Settings
    cast: dict[str, Person] = field(default_factory=dict[str, Person])
    """Everybody by name."""
    script: tuple[object, ...] = ()
    """What this act holds for its chapters."""
    props: dict[type, list[Any]] = field(default_factory=dict[type, list[Any]])
    """What they have made that others go on with, each by what it is."""

    @property
    def keys(self) -> Keychain:
        return Keychain(self.settings)

    @property
    def links(self) -> Links:
        return Links(self.settings.frontend_url)

    def act(self, script: Iterable[object]) -> "Stage":
        """The stage with another script, and a copy of what is on it."""
        props = {kind: list(things) for kind, things in self.props.items()}
        return replace(self, script=tuple(script), props=props)

    def scripts(self, kind: type[Thing]) -> list[Thing]:
        """What of this kind the act holds."""
        return [one for one in self.script if isinstance(one, kind)]

    def keep(self, thing: object) -> None:
        """Put something where other chapters find it."""
        self.props.setdefault(type(thing), []).append(thing)

    def kept(self, kind: type[Thing]) -> list[Thing]:
        """What of this kind has been made."""
        return list(self.props.get(kind, ()))

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


def address_of(name: str) -> str:
    """The invented address of a person: `Lucía Ferreyra` is lucia.ferreyra@example.org."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}@example.org"


@chapter("identity.arrived")
async def arrive(stage: Stage) -> None:
    """The administrator is made from the command line, and invites those who run the network."""
    for script in stage.scripts(TeamScript):
        stage.clock.set(script.arrives_at)
        async with stage.database.transaction() as db:
            account = await create_first_account(
                db,
                email=address_of(script.administrator),
                name=script.administrator,
                password=PASSWORD,
                role=Role.ADMINISTRATOR,
            )
            administrator = Person(account.id, account.name, account.email or "")
        stage.cast[script.administrator] = administrator
        for name, role in script.others:
            await invite(stage, script.arrives_at, administrator, name, role, NETWORK_ID)


async def invite(
    stage: Stage, at: datetime, inviter: Person, name: str, role: Role, scope_id: UUID
) -> Person:
    """Somebody is invited into a role, and accepts an hour later."""
    email = address_of(name)
    async with stage.scene(at, inviter) as (db, actor):
        wanted = CreateInvitation(email=email, name=name, role=role, scope_id=scope_id)
        invitation = await create_invitation(db, actor, wanted, links=stage.links)
    stage.clock.set(at + timedelta(hours=1))
    assert invitation.link is not None, "nothing is mailed on a stage"
    token = invitation.link.partition("#")[2]
    await accept_invitation(
        stage.database,
        AcceptInvitation(token=token, password=PASSWORD),
        keys=stage.keys,
        client=Client(address=None, user_agent=None),
    )
    async with stage.database.transaction() as db:
        account_id = (await db.scalars(select(Account.id).where(Account.email == email))).one()
    stage.cast[name] = Person(account_id, name, email)
    return stage.cast[name]
