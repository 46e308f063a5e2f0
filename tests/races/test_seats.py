"""500 people at once for 30 seats of a session: 30 have one, 470 wait, in one line."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.db import Database, new_id
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession, SessionKind
from app.learning.sessions.rsvps.lifecycle import RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.rsvps.schemas import Reply, ReplyToSession
from app.learning.sessions.rsvps.service import reply_to_session
from app.people.identity.actors import Actor, HeldRole
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind, add_scope
from tests.races.test_offers import PATIENCE, a_selecting_cohort, warm

PEOPLE = 500
SEATS = 30
TWINS = 60


async def a_session(database: Database) -> LearningSession:
    """A session with thirty seats that takes place in a fortnight."""
    cohort = await a_selecting_cohort(database)
    starts_at = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
    session = LearningSession(
        id=new_id(),
        cohort_id=cohort.id,
        status=LearningSessionStatus.SCHEDULED,
        kind=SessionKind.WORKSHOP,
        title="What makes data worth sharing",
        timezone="Europe/London",
        local_start="2026-03-16T10:00",
        duration_minutes=90,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        capacity=SEATS,
        reply_hours=0,
        replies_due_at=starts_at,
        is_public=False,
    )
    async with database.transaction() as db:
        kind = ScopeKind.SESSION
        await add_scope(db, session.id, kind, [cohort.commons_id], granted_at=cohort.id)
        db.add(session)
    return session


async def advisers(database: Database, session: LearningSession, count: int) -> list[UUID]:
    """So many people who take part, in two statements."""
    ids = [new_id() for _ in range(count)]
    async with database.transaction() as db:
        at = now(db)
        rows = [
            {
                "id": one,
                "kind": AccountKind.PERSON,
                "name": f"Person {number}",
                "email": f"person.{number}@example.org",
                "version": 1,
                "created_at": at,
                "updated_at": at,
            }
            for number, one in enumerate(ids)
        ]
        await db.execute(insert(Account.__table__), rows)
        held = {"role": Role.ADVISER, "scope_id": session.cohort_id, "valid_from": at}
        stamps = {"version": 1, "created_at": at, "updated_at": at}
        roles = [{"id": new_id(), "account_id": one, **held, **stamps} for one in ids]
        await db.execute(insert(RoleAssignment.__table__), roles)
    return ids


Replying = Callable[[AsyncSession, LearningSession, UUID], Awaitable[None]]


async def by_the_verb(db: AsyncSession, session: LearningSession, account_id: UUID) -> None:
    role = HeldRole(Role.ADVISER, session.cohort_id)
    actor = Actor(account_id, account_id, roles=[role])
    await reply_to_session(db, actor, session.id, ReplyToSession(reply=Reply.YES))


async def by_the_naive_twin(db: AsyncSession, session: LearningSession, account_id: UUID) -> None:
    """Counts, then inserts, and holds nothing in between."""
    taken = select(func.count()).select_from(Rsvp)
    taken = taken.where(Rsvp.session_id == session.id, Rsvp.status == RsvpStatus.YES)
    is_full = (await db.scalar(taken) or 0) >= SEATS
    at = now(db)
    made = {
        "id": new_id(),
        "session_id": session.id,
        "account_id": account_id,
        "status": RsvpStatus.WAITLISTED if is_full else RsvpStatus.YES,
        "waiting_since": at if is_full else None,
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }
    await db.execute(insert(Rsvp.__table__).values(made))


async def race(database: Database, reply: Replying, count: int) -> Counter[str]:
    """Let so many people reply at once, and count what each was told."""
    session = await a_session(database)

    async def attempt(account_id: UUID) -> None:
        async with database.transaction() as db:
            await db.execute(PATIENCE)
            await reply(db, session, account_id)

    ids = await advisers(database, session, count)
    await asyncio.gather(*(warm(database) for _ in range(20)))
    await asyncio.gather(*map(attempt, ids))
    async with database.transaction() as db:
        found = await db.scalars(select(Rsvp.status).where(Rsvp.session_id == session.id))
        return Counter(str(status) for status in found)


async def test_thirty_have_a_seat_and_the_others_wait(settled: Database) -> None:
    found = await race(settled, by_the_verb, PEOPLE)
    assert found == {"yes": SEATS, "waitlisted": PEOPLE - SEATS}


async def test_the_naive_twin_gives_more(settled: Database) -> None:
    found = await race(settled, by_the_naive_twin, TWINS)
    assert found["yes"] > SEATS
