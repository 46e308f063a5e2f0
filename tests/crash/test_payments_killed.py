"""kill -9 of the API in the middle of payments: each is paid once, and the books balance."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from app.installation.doctor import INVARIANTS
from app.kernel.db import Database
from app.people.identity.roles import Role
from tests.crash.processes import Api, Nursery
from tests.crash.test_api_killed import Kills, client_of
from tests.factories import organisation
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.funding.payments.paying import IBAN, Paying
from tests.grant_walks import Funding, terms
from tests.journeys import Json, Network
from tests.people.identity.people import People, Person

SEED, PAYMENTS, EACH = 20210301, 8, 10_000


@pytest.fixture
async def paying_api(bearing: Nursery, environment: Mapping[str, str]) -> AsyncIterator[Api]:
    """The application, in which accounts are paid to as soon as they are verified."""
    told = {**environment, "PLN_PAYEE_ACCOUNT_COOLING_OFF_HOURS": "0"}
    api = await Api.begin(bearing, told, "sound")
    yield api
    await api.end()


async def _set_up(client: httpx.AsyncClient, people: People) -> tuple[Paying, list[Json]]:
    """A grant of as many parts as there are payments, each met by signing, by today's calendar."""
    today = people.clock.now().date()
    network = await Network.begin(client, people)
    ledgers = await Ledgers.of(await Funding.begin(network))
    came = await ledgers.moved("receipts", 8_000_000, "FT-1", effective_on=today.isoformat())
    assert came.status_code == 201, came.text
    releaser = await people.person("Rae Releaser", (Role.PAYMENT_RELEASER, network.programme_id))
    payee = await organisation(client, network.coordinator, "The River Trust")
    part = {"kind": "signature", "amount_minor": EACH, "criteria": [], "timezone": "Europe/London"}
    part |= {"due_on": (today + timedelta(days=30)).isoformat()}
    agreed = terms(
        award=pounds(PAYMENTS * EACH),
        budget_lines=[],
        starts_on=today.isoformat(),
        ends_on=(today + timedelta(days=90)).isoformat(),
        milestones=[part | {"title": f"Part {number}"} for number in range(PAYMENTS)],
    )
    funding = ledgers.funding
    path = f"/memberships/{funding.membership['id']}/grants"
    body = {"title": "In parts", "fund_id": ledgers.fund["id"], "terms": agreed}
    grant = await funding.done(funding.coordinator, "POST", path, body)
    kinds = ("identity", "sanctions", "governance", "data_protection")
    checks = [{"kind": kind, "outcome": "passed", "done_on": today.isoformat()} for kind in kinds]
    path = f"/grants/{grant['id']}/due-diligence-checks/batch"
    await funding.done(funding.coordinator, "POST", path, {"items": checks})
    for who, move in (
        (funding.coordinator, "offer"),
        (funding.lead, "activate"),
        (funding.manager, "activate"),
    ):
        grant = await funding.make(who, grant, move)
    paying = Paying(ledgers, releaser, payee, grant)
    await _verified(paying)
    return paying, await funding.milestones(paying.grant)


async def _verified(paying: Paying) -> None:
    answer = await paying.proposes(number=IBAN)
    assert answer.is_success, answer.text
    called_at = paying.network.people.clock.now() - timedelta(hours=1)
    call = {"called_name": "Ida Cashier", "number_source": "Their website"}
    call |= {"called_at": called_at.isoformat()}
    path = f"/payee-accounts/{answer.json()['id']}/verify"
    await paying.done(paying.approver, path, call, if_match=1)


async def _acknowledged(api: Api, who: Person, path: str, body: Json, **headers: str) -> Json:
    """The answer to one intention, sent again by its key until there is one."""
    key = {"Idempotency-Key": uuid4().hex}
    while True:
        try:
            async with client_of(api) as client:
                sent = {**who.headers, **key, **headers}
                answer = await client.post(f"/v1{path}", json=body, headers=sent)
        except httpx.TransportError:
            continue
        if answer.status_code == 409 and answer.json()["code"] == "idempotency_in_progress":
            continue
        assert answer.is_success, answer.text
        return answer.json()


async def _pay(api: Api, paying: Paying, milestone: Json, kills: Kills) -> None:
    """Request, approve, release and settle a payment; each step counts for the kills."""
    asked = {"amount": milestone["amount"], "invoice_number": milestone["reference"]}
    path = f"/milestones/{milestone['id']}/payments"
    payment = await _acknowledged(api, paying.lead, path, asked)
    await kills.note()
    today = paying.network.people.clock.now().date().isoformat()
    settled = {"bank_reference": payment["reference"], "value_on": today}
    for who, step, body in (
        (paying.approver, "approve", {}),
        (paying.releaser, "release", {}),
        (paying.releaser, "settle", settled),
    ):
        said = {"If-Match": f'"{payment["version"]}"'}
        path = f"/payments/{payment['id']}/{step}"
        payment = await _acknowledged(api, who, path, body, **said)
        await kills.note()
    assert payment["status"] == "settled"


async def test_payments_survive_kills(
    paying_api: Api, lasting: Database, lasting_people: People
) -> None:
    async with client_of(paying_api) as client:
        paying, milestones = await _set_up(client, lasting_people)
    kills = Kills(paying_api, random.Random(SEED).sample(range(3, 4 * PAYMENTS - 6), 3))

    async def several(first: int) -> None:
        for milestone in milestones[first::4]:
            await _pay(paying_api, paying, milestone, kills)

    await asyncio.gather(*(several(first) for first in range(4)))
    assert (kills.done, kills.acknowledged) == (3, 4 * PAYMENTS)
    async with lasting.transaction() as db:
        counted = text("SELECT status, count(*), count(DISTINCT milestone_id) FROM payments")
        [found] = (await db.execute(text(f"{counted.text} GROUP BY status"))).all()
        assert tuple(found) == ("settled", PAYMENTS, PAYMENTS)
        held = text("SELECT balance_minor FROM ledger_accounts WHERE bucket = 'disbursed'")
        assert (await db.scalars(held)).all() == [PAYMENTS * EACH]
        for name, asked in INVARIANTS.items():
            if "fund" in name or "bucket" in name or "entry" in name or "payment" in name:
                assert (await db.execute(text(asked))).all() == [], name
