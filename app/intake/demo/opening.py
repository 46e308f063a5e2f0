"""Opening the demonstration: on an empty database, or on one that it made before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.intake.demo.acts import acts
from app.intake.demo.neighbours import RIVER
from app.intake.demo.present import REFERENCE
from app.kernel import activity
from app.kernel.activity import Activity
from app.kernel.chapters import CHAPTERS, in_order
from app.kernel.clock import Clock, FixedClock, SystemClock
from app.kernel.db import Database
from app.network.cohorts.models import Cohort
from app.people.identity.actors import scheduler
from app.people.identity.chapter import ZONE, Stage, address_of
from app.people.identity.keys import Keychain
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from app.people.identity.sign_ins.service import issue_token
from app.settings import Settings

BEGUN: Final = "demonstration.begun"
FINISHED: Final = "demonstration.finished"
BEGINS_AT: Final = datetime(2020, 4, 1, tzinfo=UTC)


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
    """Play each act, in each of them the chapters in the order of what they need."""
    at = clock.now()
    unmailed = settings.model_copy(update={"smtp_url": None, "timezone": ZONE})
    past = FixedClock(BEGINS_AT)
    database = Database.connect(unmailed, past)
    whole = Stage(database, past, unmailed)
    try:
        await _note(database, BEGUN)
        for act in acts(at):
            tell(act.title)
            stage = whole.act(act.script)
            for chapter in in_order(CHAPTERS.values()):
                await chapter.play(stage)
            if act.leaves_its_props:
                whole = stage
        past.set(at)
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
    in_the_present = select(Account).where(Account.email == address_of(RIVER.lead))
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
        cohort_id=(await db.scalars(select(Cohort.id).where(Cohort.reference == REFERENCE))).one(),
    )
