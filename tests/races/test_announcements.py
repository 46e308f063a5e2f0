"""Many workers at once tell each person once; a twin that holds nothing tells them again."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import psycopg
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.background.mail import MailMessage
from app.kernel.activity import Activity
from app.kernel.clock import Clock, FixedClock, now
from app.kernel.db import Database
from app.network.cohorts.announcements.lifecycle import AnnouncementStatus
from app.network.cohorts.announcements.models import Announcement, Delivery
from app.network.cohorts.announcements.queries import recipients
from app.network.cohorts.announcements.service import send_due
from tests.journeys import Json, Network
from tests.people.identity.people import People
from tests.server import Urls

WORKERS = 12
PEOPLE = 4
ONCE_EACH = "uq_announcement_deliveries_announcement_id_account_id"
Round = Callable[[Database, Clock], Awaitable[int]]


@pytest.fixture
async def cohort(settled_client: httpx.AsyncClient, settled_people: People) -> tuple[Network, Json]:
    """A cohort with four people of two members."""
    network = await Network.begin(settled_client, settled_people)
    cohort = await network.cohort("running")
    for number in (1, 2):
        await network.membership(cohort, await network.team(number), "active")
    return network, cohort


async def schedule(network: Network, cohort: Json, clock: FixedClock) -> None:
    """Let an announcement become due."""
    draft = {"title": "An hour later", "body": "We meet at eleven."}
    made = await network.done(network.coordinator, f"/cohorts/{cohort['id']}/announcements", draft)
    when = {"publish_at": (clock.now() + timedelta(minutes=1)).isoformat()}
    await network.done(network.coordinator, f"/announcements/{made['id']}/schedule", when)
    clock.advance(timedelta(minutes=1))


async def raced(database: Database, send: Round) -> int:
    """Let every worker do its round at once; how many announcements they say they sent."""
    return sum(await asyncio.gather(*(send(database, database.clock) for _ in range(WORKERS))))


async def told(database: Database) -> list[int]:
    """How often each person was told."""
    async with database.transaction() as db:
        return sorted(Counter(await db.scalars(select(Delivery.account_id))).values())


async def test_each_is_told_once(
    settled: Database, cohort: tuple[Network, Json], clock: FixedClock
) -> None:
    settled.info["has_mail"] = True
    await schedule(*cohort, clock)
    assert await raced(settled, send_due) == 1
    assert await told(settled) == [1] * PEOPLE
    async with settled.transaction() as db:
        sent = select(func.count()).where(Activity.verb == "announcement.sent")
        assert await db.scalar(sent) == 1
        assert await db.scalar(select(func.count()).select_from(MailMessage)) == PEOPLE


async def test_the_naive_twin_tells_them_again_unless_the_database_forbids_it(
    settled: Database,
    cohort: tuple[Network, Json],
    clock: FixedClock,
    urls: Urls,
    worker_id: str,
) -> None:
    everyone_looked = asyncio.Barrier(WORKERS)

    async def send(database: Database, clock: Clock) -> int:
        """Looks what is due and sends it, and holds nothing in between."""
        due = select(Announcement).where(
            Announcement.status == AnnouncementStatus.SCHEDULED,
            Announcement.publish_at <= clock.now(),
        )
        async with database.transaction() as db:
            found = (await db.scalars(due.options(joinedload(Announcement.cohort)))).one()
        await everyone_looked.wait()
        async with database.transaction() as db:
            to = await recipients(db, found)
            for one in to:
                delivery = Delivery(
                    announcement_id=found.id,
                    account_id=one.account_id,
                    membership_id=one.membership_id,
                    is_mailed=False,
                )
                db.add(delivery)
            sent = {"status": AnnouncementStatus.SENT, "sent_at": now(db)}
            await db.flush()
            await db.execute(
                update(Announcement)
                .where(Announcement.id == found.id)
                .values(**sent, recipient_count=len(to))
            )
        return 1

    async def unless_refused(database: Database, clock: Clock) -> int:
        try:
            return await send(database, clock)
        except IntegrityError as error:
            return 0 if error.orig.diag.constraint_name == ONCE_EACH else WORKERS

    await schedule(*cohort, clock)
    assert await raced(settled, unless_refused) == 1
    assert await told(settled) == [1] * PEOPLE

    url = urls.owner(f"pln_settled_{worker_id}").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f"ALTER TABLE announcement_deliveries DROP CONSTRAINT {ONCE_EACH}")
    await schedule(*cohort, clock)
    assert await raced(settled, send) == WORKERS
    assert await told(settled) == [1 + WORKERS] * PEOPLE
