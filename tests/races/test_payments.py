"""However many ask at once, a milestone is paid once, and a payment is approved once."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx
import psycopg
import pytest

from app.funding.payments import access, service
from app.kernel.db import Database
from app.kernel.limits import DEFAULTS
from app.people.identity.roles import Role
from tests.funding.payments.paying import Paying, settling
from tests.journeys import Network
from tests.people.identity.people import People
from tests.server import Urls

REQUESTS, APPROVALS, WAVE = 1_000, 200, 20


@pytest.fixture
async def paying(
    settled: Database, settled_client: httpx.AsyncClient, settled_people: People
) -> Paying:
    settled.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())
    return await Paying.begin(await Network.begin(settled_client, settled_people))


async def _requested(paying: Paying, many: int) -> Counter[str]:
    """What comes of this many requests for one milestone, wave after wave: half of them under one
    key, as a client sends that had no answer, the others each as an intention of its own."""
    milestone = await paying.earned()
    await paying.account()
    found: Counter[str] = Counter()

    async def one(number: int) -> None:
        key = "one-and-the-same" if number % 2 else None
        invoice = "INV-0" if number % 2 else f"INV-{number}"
        answer = await paying.requests(milestone, key=key, invoice_number=invoice)
        replayed = "Idempotency-Replayed" in answer.headers
        found["replayed" if replayed else answer.json().get("code", "made")] += 1

    for first in range(0, many, WAVE):
        await asyncio.gather(*(one(number) for number in range(first, first + WAVE)))
    return found


async def _listed(paying: Paying) -> int:
    return (await paying.seen(paying.approver, "/payments?include_total=true"))["total_count"]


@pytest.mark.thorough
async def test_a_thousand_requests_are_one_payment(paying: Paying) -> None:
    found = await _requested(paying, REQUESTS)
    assert found["made"] == 1
    assert found.keys() <= {"made", "replayed", "payment_open", "idempotency_in_progress"}
    assert found.total() == REQUESTS
    assert await _listed(paying) == 1


async def test_what_keeps_them_from_being_many(
    paying: Paying, settled: Database, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: nobody looks, and the index is gone."""

    async def unseen(*_: object) -> None:
        return None

    monkeypatch.setattr(service, "_refuse_second", unseen)
    url = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("DROP INDEX uq_payments_one_live")
    assert (await _requested(paying, WAVE))["made"] > 1


async def test_the_index_alone_keeps_them_from_being_many(
    paying: Paying, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unseen(*_: object) -> None:
        return None

    monkeypatch.setattr(service, "_refuse_second", unseen)
    assert (await _requested(paying, WAVE))["made"] == 1


async def _approved(paying: Paying, many: int) -> Counter[int]:
    """What comes of this many approvals at once, by two people."""
    payment = await paying.payment()
    another = await paying.network.people.person(
        "Fred Finance", (Role.FINANCE_APPROVER, paying.network.programme_id)
    )
    path = f"/payments/{payment['id']}/approve"
    found: Counter[int] = Counter()

    async def one(number: int) -> None:
        who = another if number % 2 else paying.approver
        answer = await paying.call(who, "POST", path, if_match="*")
        found[answer.status_code] += 1

    for first in range(0, many, WAVE):
        await asyncio.gather(*(one(number) for number in range(first, first + WAVE)))
    return found


async def test_two_hundred_approvals_are_one(paying: Paying) -> None:
    assert await _approved(paying, APPROVALS) == Counter({200: 1, 409: APPROVALS - 1})


async def test_the_lock_is_what_keeps_approvals_apart(
    paying: Paying, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: a payment is read as it was, and held by nobody."""
    loader = access.payment

    async def unlocked(db: object, actor: object, payment_id: UUID, **_: object) -> object:
        return await loader(db, actor, payment_id)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(service.access, "payment", unlocked)
    assert await _approved(paying, WAVE) != Counter({200: 1, 409: WAVE - 1})


async def test_money_leaves_once(paying: Paying) -> None:
    """Released, settled and failed by many at once: each happens once."""
    payment = await paying.payment("approved")
    path = f"/payments/{payment['id']}"
    released = await asyncio.gather(
        *(paying.call(paying.releaser, "POST", f"{path}/release", if_match="*") for _ in range(20))
    )
    ends = [("settle", settling(payment)), ("fail", {"reason": "AC04"})] * 10
    ended = await asyncio.gather(
        *(paying.call(paying.releaser, "POST", f"{path}/{end}", body) for end, body in ends)
    )
    assert Counter(one.status_code for one in released) == Counter({200: 1, 409: 19})
    assert Counter(one.status_code for one in ended) == Counter({200: 1, 409: 19})
    holds = await paying.holds()
    assert holds.get("disbursed", 0) + holds.get("payable", 0) == 800_000
    assert "in_transit" not in holds
