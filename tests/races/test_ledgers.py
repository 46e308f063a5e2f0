"""No bucket of a fund falls below zero, however many take from it at once."""

import asyncio
from collections import Counter

import httpx
import psycopg
import pytest

from app.kernel.db import Database
from tests.answers import refused
from tests.funding.funds.ledgers import Ledgers
from tests.journeys import Network
from tests.people.identity.people import People
from tests.server import Urls


@pytest.fixture
async def ledgers(settled_client: httpx.AsyncClient, settled_people: People) -> Ledgers:
    return await Ledgers.begin(await Network.begin(settled_client, settled_people))


async def test_twenty_take_from_what_thirteen_can_have(
    ledgers: Ledgers, settled: Database, urls: Urls
) -> None:
    await ledgers.received(8_000_000)
    answers = await asyncio.gather(
        *(ledgers.moved("refunds", 600_000, f"FT-2-{number}") for number in range(20))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 13, 409: 7}
    assert await ledgers.holds() == {"received": 200_000, "unallocated": 200_000}
    url = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(url) as owner:
        [(entries,)] = owner.execute("SELECT count(*) FROM journal_entries").fetchall()
    assert entries == 14


async def test_one_receipt_is_recorded_once(ledgers: Ledgers) -> None:
    answers = await asyncio.gather(*(ledgers.moved("receipts", 100, "FT-1") for _ in range(20)))
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
