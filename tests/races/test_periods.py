"""A period that is closed beside a booking has the entry in it, or refuses it."""

import asyncio
from collections.abc import Callable
from datetime import date
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import AccountingPeriodClosed, post
from app.kernel.db import Database
from app.people.identity.actors import NOBODY
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.journeys import Json, Network
from tests.people.identity.people import People
from tests.server import Urls

FEBRUARY = {"name": "February", "starts_on": "2026-02-01", "ends_on": "2026-02-28"}


@pytest.fixture
async def ledgers(settled_client: httpx.AsyncClient, settled_people: People) -> Ledgers:
    return await Ledgers.begin(await Network.begin(settled_client, settled_people))


@pytest.fixture
async def period(ledgers: Ledgers) -> Json:
    path = f"{ledgers.path}/accounting-periods"
    return await ledgers.funding.done(ledgers.approver, "POST", path, FEBRUARY)


@pytest.fixture
def owner(settled: Database, urls: Urls) -> str:
    return urls.owner(settled.engine.url.database or "").replace("+psycopg", "")


async def _booked(db: AsyncSession, ledgers: Ledgers) -> None:
    on, fund_id = date(2026, 2, 27), UUID(ledgers.fund["id"])
    await post(db, NOBODY, fund_id, EntryKind.RECEIPT, 100, effective_on=on)


def _as_it_is(_owner: psycopg.Connection) -> None:
    pass


def _without_waiting(owner: psycopg.Connection) -> None:
    owner.execute("DROP TRIGGER accounting_periods_kept ON accounting_periods")


@pytest.mark.parametrize(
    ("prepare", "waits"), [(_as_it_is, True), (_without_waiting, False)], ids=["held", "planted"]
)
async def test_what_was_begun_is_in_it(
    ledgers: Ledgers,
    period: Json,
    settled: Database,
    owner: str,
    prepare: Callable[[psycopg.Connection], None],
    waits: bool,
) -> None:
    """It is closed once the entry is there, so that nobody reads its figures without it."""
    with psycopg.connect(owner, autocommit=True) as connection:
        prepare(connection)
    path = f"/accounting-periods/{period['id']}/close"
    async with settled.transaction() as db:
        await _booked(db, ledgers)
        close = ledgers.funding.done(ledgers.approver, "POST", path, if_match=1)
        closing = asyncio.create_task(close)
        await asyncio.wait([closing], timeout=0.5)
        assert closing.done() is not waits
    assert (await closing)["status"] == "closed"
    balance = f"{ledgers.path}/trial-balance?effective_until=2026-02-28"
    assert (await ledgers.funding.network.seen(ledgers.approver, balance))["debit"] == pounds(100)


def _without_the_check(owner: psycopg.Connection) -> None:
    owner.execute("DROP TRIGGER journal_entries_period_open ON journal_entries")


@pytest.mark.parametrize(
    ("prepare", "taken"),
    [(_as_it_is, False), (_without_the_check, True)],
    ids=["held", "planted"],
)
async def test_what_begins_meanwhile_is_refused(
    ledgers: Ledgers,
    period: Json,
    settled: Database,
    owner: str,
    prepare: Callable[[psycopg.Connection], None],
    taken: bool,
) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        prepare(connection)
    closed = (
        "UPDATE accounting_periods SET status = 'closed', closed_at = now(), "
        "closed_by_id = (SELECT min(id::text)::uuid FROM accounts) WHERE id = %s"
    )
    async with await psycopg.AsyncConnection.connect(owner) as closing:
        await closing.execute(closed, [period["id"]])
        booking = asyncio.create_task(_tried(settled, ledgers))
        await asyncio.wait([booking], timeout=0.3)
        assert booking.done() is False or taken
        await closing.commit()
    assert await booking is taken


async def _tried(database: Database, ledgers: Ledgers) -> bool:
    """Whether the ledger takes an entry of February."""
    try:
        async with database.transaction() as db:
            await _booked(db, ledgers)
    except (AccountingPeriodClosed, IntegrityError):
        return False
    return True
