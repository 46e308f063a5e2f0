"""However many decide and ask at once, a claim is approved once, a fund promises what it has, and a
claim is paid once."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import select

from app.funding.expenses import access, guards, service
from app.funding.expenses.models import ExpenseClaim
from app.funding.funds.buckets import Bucket
from app.funding.funds.models import Fund
from app.funding.payments.of_claims import service as paying
from app.kernel.db import Database
from app.kernel.limits import DEFAULTS
from tests.funding.expenses.claiming import HOTEL, Claiming
from tests.funding.payments.paying import CALL
from tests.grant_walks import WHY
from tests.journeys import Json, Network
from tests.people.identity.people import People
from tests.server import Urls

MANY, ENOUGH = 8, 5


@pytest.fixture
async def claiming(
    settled: Database, settled_client: httpx.AsyncClient, settled_people: People
) -> Claiming:
    settled.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())
    return await Claiming.begin(await Network.begin(settled_client, settled_people))


async def _approved(claiming: Claiming, claim: Json) -> Counter[int]:
    """What comes of many approvals of one claim at once, by two people."""
    both = claiming.coordinator, claiming.paying.funding.manager
    answers = await asyncio.gather(
        *(
            claiming.tries(both[number % 2], claim, "approve", {}, if_match="*")
            for number in range(MANY)
        )
    )
    return Counter(answer.status_code for answer in answers)


async def test_a_claim_is_approved_once(claiming: Claiming) -> None:
    claim = await claiming.claim()
    assert await _approved(claiming, claim) == Counter({200: 1, 409: MANY - 1})
    assert (await claiming.paying.holds())["payable"] == 23_640


async def test_the_lock_is_what_keeps_approvals_apart(
    claiming: Claiming, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: a claim is read as it was, and held by nobody."""
    claim = await claiming.claim()
    loader = access.expense_claim

    async def unlocked(db: object, actor: object, claim_id: UUID, **_: object) -> object:
        return await loader(db, actor, claim_id)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(service.access, "expense_claim", unlocked)
    assert await _approved(claiming, claim) != Counter({200: 1, 409: MANY - 1})


async def _of_too_little(claiming: Claiming) -> tuple[Counter[str], dict[str, int]]:
    """What comes of approving many claims at once out of what suffices for some, and what the fund
    holds then."""
    claims: list[Json] = []
    for _ in range(MANY):
        drafted = (await claiming.drafts()).json()
        claim = (await claiming.adds(drafted, HOTEL)).json()
        claims.append(await claiming.moves(claiming.speaker, claim, "submit"))
    left = (await claiming.paying.holds())["unallocated"]
    over = left - ENOUGH * 15_000 - 7_000
    await claiming.paying.ledgers.moved("refunds", over, "FT-R", effective_on="2026-03-02")
    answers = await asyncio.gather(
        *(claiming.tries(claiming.coordinator, one, "approve", {}) for one in claims)
    )
    told = Counter(
        "approved" if one.is_success else one.json().get("unmet", [one.json()])[0]["code"]
        for one in answers
    )
    return told, await claiming.paying.holds()


async def test_as_many_are_approved_as_the_fund_has_money_for(claiming: Claiming) -> None:
    told, holds = await _of_too_little(claiming)
    assert told == Counter({"approved": ENOUGH, "fund_short": MANY - ENOUGH})
    assert (holds["payable"], holds["unallocated"]) == (ENOUGH * 15_000, 7_000)


async def test_the_ledger_holds_it_where_nobody_looks(
    claiming: Claiming, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def enough(_db: object, _fund_id: UUID, _bucket: Bucket) -> int:
        return 1_000_000_000

    monkeypatch.setattr(guards, "balance", enough)
    told, holds = await _of_too_little(claiming)
    assert told["approved"] == ENOUGH
    assert (holds["payable"], holds["unallocated"]) == (ENOUGH * 15_000, 7_000)


def _owner(urls: Urls, settled: Database, statement: str) -> None:
    url = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(statement)  # pyright: ignore[reportArgumentType, reportCallIssue]


async def test_what_keeps_a_fund_from_promising_more(
    claiming: Claiming, settled: Database, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: nobody looks, and no bucket is kept from falling below zero."""

    async def enough(_db: object, _fund_id: UUID, _bucket: Bucket) -> int:
        return 1_000_000_000

    monkeypatch.setattr(guards, "balance", enough)
    check = "ALTER TABLE ledger_accounts DROP CONSTRAINT ck_ledger_accounts_balance_minor"
    _owner(urls, settled, check)
    told, _ = await _of_too_little(claiming)
    assert told["approved"] == MANY


async def _requested(claiming: Claiming) -> Counter[str]:
    """What comes of asking many times at once that a claim be paid."""
    claim = await claiming.claim("approved")
    await claiming.account(claim)
    answers = await asyncio.gather(*(claiming.requests(claim) for _ in range(MANY)))
    return Counter(one.json().get("code", "made") for one in answers)


async def test_a_claim_is_paid_once(claiming: Claiming) -> None:
    assert await _requested(claiming) == Counter({"made": 1, "payment_open": MANY - 1})


async def _unseen(_db: object, _claim_id: UUID) -> None:
    return None


async def test_the_index_alone_keeps_a_claim_from_being_paid_twice(
    claiming: Claiming, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paying.access, "live_of_claim", _unseen)
    assert await _requested(claiming) == Counter({"made": 1, "payment_open": MANY - 1})


async def test_what_keeps_a_claim_from_being_paid_twice(
    claiming: Claiming, settled: Database, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: nobody looks, and the index is gone."""
    monkeypatch.setattr(paying.access, "live_of_claim", _unseen)
    _owner(urls, settled, "DROP INDEX uq_payments_one_live_of_claim")
    assert (await _requested(claiming))["made"] > 1


async def test_it_is_withdrawn_or_asked_for_and_not_both(claiming: Claiming) -> None:
    claim = await claiming.claim("approved")
    await claiming.account(claim)
    now = await claiming.seen(claiming.speaker, claim)
    asked, given_up = await asyncio.gather(
        claiming.requests(now),
        claiming.tries(claiming.speaker, now, "withdraw", if_match="*"),
    )
    assert sorted((asked.is_success, given_up.is_success)) == [False, True]


async def test_an_account_is_verified_or_taken_back_and_not_both(claiming: Claiming) -> None:
    claim = await claiming.claim("approved")
    account = (await claiming.says_where_to(claim)).json()
    path = f"/payee-accounts/{account['id']}"
    call, approver = claiming.paying.call, claiming.paying.approver
    verified, taken_back = await asyncio.gather(
        call(approver, "POST", f"{path}/verify", CALL, if_match="*"),
        call(claiming.speaker, "POST", f"/expense-claims/{claim['id']}{path}/withdraw"),
    )
    answers = sorted((verified.status_code, taken_back.status_code))
    assert answers == [200, 409]
    now = await claiming.paying.seen(approver, path)
    assert now["status"] == ("verified" if verified.is_success else "withdrawn")


async def test_whoever_holds_a_claim_gets_its_fund(claiming: Claiming, settled: Database) -> None:
    """Gathering and bringing in hold claims, and then the fund: so does whoever decides, and
    neither waits for the other for ever."""
    claim = await claiming.claim("approved")
    async with settled.transaction() as db:
        its = select(ExpenseClaim).where(ExpenseClaim.id == UUID(claim["id"]))
        await db.execute(its.with_for_update(key_share=True))
        reopening = asyncio.create_task(claiming.tries(claiming.coordinator, claim, "reopen", WHY))
        await asyncio.sleep(0.5)
        fund = select(Fund.id).where(Fund.id == UUID(claim["fund"]["id"]))
        await db.execute(fund.with_for_update(key_share=True, nowait=True))
    assert (await reopening).is_success
