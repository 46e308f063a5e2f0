"""No bucket of a fund falls below zero, however many take from it at once."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import date
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import NotEnoughMoney, post
from app.kernel.db import Database
from app.people.identity.actors import NOBODY
from tests.answers import refused
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.grant_walks import milestone
from tests.journeys import Json, Network
from tests.people.identity.people import People
from tests.server import Urls


@pytest.fixture
async def ledgers(settled_client: httpx.AsyncClient, settled_people: People) -> Ledgers:
    return await Ledgers.begin(await Network.begin(settled_client, settled_people))


def _as_it_is(_owner: psycopg.Connection) -> None:
    pass


def _without_the_check(owner: psycopg.Connection) -> None:
    owner.execute("ALTER TABLE ledger_accounts DROP CONSTRAINT ck_ledger_accounts_balance_minor")


@pytest.mark.parametrize(
    ("prepare", "refunded"), [(_as_it_is, 13), (_without_the_check, 20)], ids=["held", "planted"]
)
async def test_twenty_take_from_what_thirteen_can_have(
    ledgers: Ledgers,
    settled: Database,
    urls: Urls,
    prepare: Callable[[psycopg.Connection], None],
    refunded: int,
) -> None:
    await ledgers.received(8_000_000)
    url = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as owner:
        prepare(owner)
        answers = await asyncio.gather(
            *(_refunded(settled, UUID(ledgers.fund["id"])) for _ in range(20))
        )
        [(entries,)] = owner.execute("SELECT count(*) FROM journal_entries").fetchall()
    assert Counter(answers) == Counter({True: refunded, False: 20 - refunded})
    assert entries == 1 + refunded
    left = 8_000_000 - refunded * 600_000
    assert await ledgers.holds() == {"received": left, "unallocated": left}


async def _refunded(database: Database, fund_id: UUID) -> bool:
    """Whether the ledger takes a refund of 6,000 pounds, of which nobody asks beforehand."""
    try:
        async with database.transaction() as db:
            on = date(2026, 3, 1)
            await post(db, NOBODY, fund_id, EntryKind.REFUND, 600_000, effective_on=on)
    except (NotEnoughMoney, IntegrityError):
        return False
    return True


async def test_twenty_ask_for_what_thirteen_can_have(ledgers: Ledgers) -> None:
    await ledgers.received(8_000_000)
    answers = await asyncio.gather(
        *(ledgers.moved("refunds", 600_000, f"FT-2-{number}") for number in range(20))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 13, 409: 7}
    for answer in answers:
        assert answer.status_code == 201 or refused(answer, "not_enough_money", 409)
    assert await ledgers.holds() == {"received": 200_000, "unallocated": 200_000}


async def test_no_more_is_received_than_was_agreed(ledgers: Ledgers) -> None:
    answers = await asyncio.gather(
        *(ledgers.moved("receipts", 1_000_000, f"FT-{number}") for number in range(20))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 12, 409: 8}
    assert await ledgers.holds() == {"received": 12_000_000, "unallocated": 12_000_000}


async def test_thirteen_of_twenty_grants_are_offered(ledgers: Ledgers) -> None:
    """Twenty awards of 6,000 pounds, out of 80,000."""
    await ledgers.received(8_000_000)
    grants = [await small_grant(ledgers) for _ in range(20)]
    answers = await asyncio.gather(
        *(
            ledgers.funding.call(ledgers.funding.coordinator, "POST", f"/grants/{one['id']}/offer")
            for one in grants
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 13, 409: 7}
    assert await ledgers.holds() == {
        "received": 8_000_000,
        "unallocated": 200_000,
        "reserved": 7_800_000,
    }


async def small_grant(ledgers: Ledgers) -> Json:
    """One of 6,000 pounds, checked, that the fund pays."""
    only = milestone("All of it", 600_000, "2026-08-31", kind="reporting")
    award = {"award": pounds(600_000), "budget_lines": [], "milestones": [only]}
    return await ledgers.funding.checked(await ledgers.grant(**award))


async def test_two_open_the_same_account(ledgers: Ledgers, settled: Database) -> None:
    """The second waits for the first, and then finds what it could not see when it began."""
    fund_id = UUID(ledgers.fund["id"])
    async with settled.transaction() as first:
        await _receive(first, fund_id)
        second = asyncio.create_task(_received(settled, fund_id))
        await asyncio.wait([second], timeout=0.2)
        assert not second.done()
    await second
    assert await ledgers.holds() == {"received": 200, "unallocated": 200}


async def _received(database: Database, fund_id: UUID) -> None:
    async with database.transaction() as db:
        await _receive(db, fund_id)


async def _receive(db: AsyncSession, fund_id: UUID) -> None:
    on = date(2026, 3, 1)
    await post(db, NOBODY, fund_id, EntryKind.RECEIPT, 100, effective_on=on)


async def test_one_receipt_is_recorded_once(ledgers: Ledgers) -> None:
    written = ("FT-1", "ft-1", "FT 1", "ft1")
    answers = await asyncio.gather(
        *(ledgers.moved("receipts", 100, reference) for reference in written * 5)
    )
    made = [answer for answer in answers if answer.status_code == 201]
    assert len(made) == 1
    for answer in answers:
        assert answer in made or refused(answer, "bank_reference_taken", 409)
    assert await ledgers.holds() == {"received": 100, "unallocated": 100}


async def test_an_entry_is_reversed_once(ledgers: Ledgers) -> None:
    entry = await ledgers.received(100)
    await ledgers.received(1_900, "FT-2")
    body = {"effective_on": "2026-03-02", "reason": "It was for another."}
    path = f"/journal-entries/{entry['id']}/reversals"
    call = ledgers.funding.call
    answers = await asyncio.gather(*(call(ledgers.approver, "POST", path, body) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    assert await ledgers.holds() == {"received": 1_900, "unallocated": 1_900}


async def test_two_grants_are_not_offered_out_of_one_award(ledgers: Ledgers) -> None:
    funding = ledgers.funding
    await ledgers.received(3_000_000)
    grants = [await funding.checked(await ledgers.grant()) for _ in range(2)]
    paths = [f"/grants/{grant['id']}/offer" for grant in grants]
    answers = await asyncio.gather(
        *(funding.call(funding.coordinator, "POST", path) for path in paths)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    codes = [answer.json()["code"] for answer in answers if answer.status_code == 409]
    assert codes in (["guards_unmet"], ["not_enough_money"]), "before it was booked, or as it was"
    assert await ledgers.holds() == {
        "received": 3_000_000,
        "unallocated": 1_000_000,
        "reserved": 2_000_000,
    }
