"""Opening the demonstration: on an empty database, or on one that it made before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.intake.demo import facts
from app.intake.demo.present import play_the_present
from app.intake.demo.replay import replay_the_past
from app.intake.demo.stage import ZONE, Stage, address_of
from app.kernel import activity
from app.kernel.activity import Activity
from app.kernel.clock import Clock, FixedClock, SystemClock
from app.kernel.db import Database
from app.network.cohorts.models import Cohort
from app.people.identity.actors import scheduler
from app.people.identity.keys import Keychain
from app.people.identity.links import Links
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from app.people.identity.sign_ins.service import issue_token
from app.settings import Settings

BEGUN: Final = "demonstration.begun"
FINISHED: Final = "demonstration.finished"


class NotADemonstration(Exception):
    """The database holds accounts that the demonstration did not make; it is left alone."""


class Interrupted(Exception):
    """The replay was cut off before its end."""


@dataclass(frozen=True)
class CastMember:
    """Somebody to sign in as."""

    role: Role
    name: str
    email: str


@dataclass(frozen=True)
class Playbill:
    """What there is to try."""

    people: Sequence[CastMember]
    coordinator: CastMember
    coordinator_token: str
    cohort_id: UUID


class _Demonstration:
    __noun__: ClassVar[str] = "demonstration"
    id = NETWORK_ID
    scope_id = NETWORK_ID


async def open_demonstration(settings: Settings, tell: Callable[[str], None]) -> Playbill:
    """Replay the network where that has not been done, and say who is who.

    Raises NotADemonstration for a database with other people's accounts, Interrupted where an
    earlier replay did not come to its end.
    """
    present = Database.connect(settings, SystemClock())
    try:
        if await _must_play(present):
            await _play(settings, present.clock, tell)
        async with present.transaction() as db:
            return await _playbill(db, Keychain(settings))
    finally:
        await present.dispose()


async def may_be_reset(settings: Settings) -> bool:
    """Whether the database is empty, or was made by the demonstration."""
    database = Database.connect(settings, SystemClock())
    try:
        async with database.transaction() as db:
            return await _was(db, BEGUN) or not await _has_people(db)
    finally:
        await database.dispose()


async def _must_play(database: Database) -> bool:
    async with database.transaction() as db:
        if await _was(db, FINISHED):
            return False
        if await _was(db, BEGUN):
            raise Interrupted("An earlier replay was cut off: run `pln demo --reset`.")
        if await _has_people(db):
            raise NotADemonstration(
                "This database holds accounts that the demonstration did not make. Give it one of "
                "its own, by PLN_DATABASE_URL or PLN_DATA_DIR."
            )
    return True


async def _play(settings: Settings, clock: Clock, tell: Callable[[str], None]) -> None:
    at = clock.now()
    past = FixedClock(datetime(2020, 4, 1, tzinfo=UTC))
    database = Database.connect(
        settings.model_copy(update={"smtp_url": None, "timezone": ZONE}), past
    )
    stage = Stage(database, past, Keychain(settings), Links(settings.frontend_url))
    try:
        await _note(database, BEGUN)
        programme_id = await replay_the_past(stage, tell)
        tell("Today: PLN4, an invented cohort that is under way")
        await play_the_present(stage, programme_id, at)
        await _note(database, FINISHED)
    finally:
        await database.dispose()


async def _note(database: Database, verb: str) -> None:
    async with database.transaction() as db:
        activity.record(db, scheduler(), verb, _Demonstration())


async def _was(db: AsyncSession, verb: str) -> bool:
    of_ours = (Activity.subject_id == NETWORK_ID, Activity.verb == verb)
    return bool(await db.scalar(select(select(Activity.position).where(*of_ours).exists())))


async def _has_people(db: AsyncSession) -> bool:
    people = select(Account.id).where(Account.kind == AccountKind.PERSON)
    return bool(await db.scalar(select(people.exists())))


async def _playbill(db: AsyncSession, keys: Keychain) -> Playbill:
    roles = select(RoleAssignment.role, Account).join(
        Account, Account.id == RoleAssignment.account_id
    )
    found = {
        Role(role): account
        for role, account in await db.execute(
            roles.order_by(RoleAssignment.created_at.desc(), RoleAssignment.id.desc())
        )
    }
    lead = facts.PRESENT_COLLABORATIONS[0].lead
    in_the_present = select(Account).where(Account.email == address_of(lead))
    found[Role.COLLABORATION_LEAD] = (await db.scalars(in_the_present)).one()
    people = [
        CastMember(role, found[role].name, found[role].email or "")
        for role in Role
        if role in found
    ]
    return Playbill(
        people=people,
        coordinator=next(person for person in people if person.role is Role.COORDINATOR),
        coordinator_token=await issue_token(db, found[Role.COORDINATOR], keys=keys),
        cohort_id=(await db.scalars(select(Cohort.id).where(Cohort.reference == "PLN4"))).one(),
    )
