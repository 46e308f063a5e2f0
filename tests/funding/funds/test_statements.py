"""Statements and trial balances: what the ledger held on a day, and how it came to that."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import post
from app.kernel.clock import FixedClock
from app.kernel.schemas import SAFE_INTEGER
from app.people.identity.actors import NOBODY
from tests.answers import refused
from tests.counting import statements
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.journeys import Json


@pytest.fixture
async def grant(ledgers: Ledgers, clock: FixedClock) -> Json:
    """50,000 pounds came on 1 March; of a grant that was signed on the day of the clock, the first
    milestone was accepted; on 15 March 1,000 pounds went back."""
    await ledgers.received(5_000_000)
    grant = await ledgers.grant("active")
    await ledgers.funding.report("accepted", (await ledgers.funding.milestones(grant))[0])
    today = clock.now()
    clock.set(datetime(2026, 3, 15, 12, 0, tzinfo=UTC))
    went = await ledgers.moved("refunds", 100_000, "FT-2", effective_on="2026-03-15")
    assert went.status_code == 201, went.text
    clock.set(today)
    return grant


def fund_of(ledgers: Ledgers) -> Json:
    return {name: ledgers.fund[name] for name in ("id", "reference", "name")}


def grant_of(grant: Json) -> Json:
    return {"id": grant["id"], "reference": grant["reference"], "name": grant["title"]}


def line(bucket: str, grant: Json | None, **amounts: int) -> Json:
    told = {name: pounds(amount) for name, amount in amounts.items()}
    return {"bucket": bucket, "grant": grant_of(grant) if grant else None, **told}


async def seen(ledgers: Ledgers, what: str) -> Any:
    return await ledgers.funding.network.seen(ledgers.approver, f"{ledgers.path}/{what}")


async def test_both_sides_are_equal(ledgers: Ledgers, grant: Json) -> None:
    assert await seen(ledgers, "trial-balance") == {
        "fund": fund_of(ledgers),
        "effective_until": None,
        "currency": "GBP",
        "debit": pounds(4_900_000),
        "credit": pounds(4_900_000),
        "lines": [
            line("external", None, debit=4_900_000, credit=0),
            line("unallocated", None, debit=0, credit=2_900_000),
            line("committed", grant, debit=0, credit=1_200_000),
            line("payable", grant, debit=0, credit=800_000),
        ],
    }


async def test_what_it_held_on_an_earlier_day(
    ledgers: Ledgers, grant: Json, db: AsyncSession
) -> None:
    first = await seen(ledgers, "trial-balance?effective_until=2026-03-01")
    assert first["lines"] == [
        line("external", None, debit=5_000_000, credit=0),
        line("unallocated", None, debit=0, credit=5_000_000),
    ]
    earlier = await seen(ledgers, "trial-balance?effective_until=2026-02-28")
    assert (earlier["debit"], earlier["credit"], earlier["lines"]) == (pounds(0), pounds(0), [])
    # No verb books this, but a move of a grant whose cohort lies a day behind the network does.
    on = date(2026, 2, 1)
    await post(db, NOBODY, UUID(ledgers.fund["id"]), EntryKind.REFUND, 100, effective_on=on)
    await db.commit()
    assert (await seen(ledgers, "trial-balance?effective_until=2026-02-28"))["lines"] == [
        line("external", None, debit=0, credit=100),
        line("unallocated", None, debit=100, credit=0),
    ]


async def test_what_moved_in_a_period(ledgers: Ledgers, grant: Json) -> None:
    whole = await seen(ledgers, "statement")
    assert whole == {
        "fund": fund_of(ledgers),
        "effective_from": None,
        "effective_until": None,
        "currency": "GBP",
        "lines": [
            line("external", None, opening=0, added=5_000_000, taken=100_000, closing=4_900_000),
            line(
                "unallocated", None, opening=0, added=5_000_000, taken=2_100_000, closing=2_900_000
            ),
            line("reserved", grant, opening=0, added=2_000_000, taken=2_000_000, closing=0),
            line("committed", grant, opening=0, added=2_000_000, taken=800_000, closing=1_200_000),
            line("payable", grant, opening=0, added=800_000, taken=0, closing=800_000),
        ],
    }
    late = await seen(ledgers, "statement?effective_from=2026-03-15&effective_until=2026-03-15")
    assert late["lines"] == [
        line("external", None, opening=5_000_000, added=0, taken=100_000, closing=4_900_000),
        line("unallocated", None, opening=3_000_000, added=0, taken=100_000, closing=2_900_000),
        line("committed", grant, opening=1_200_000, added=0, taken=0, closing=1_200_000),
        line("payable", grant, opening=800_000, added=0, taken=0, closing=800_000),
    ]
    of_grant = await seen(ledgers, f"statement?grant_id={grant['id']}")
    assert of_grant["lines"] == whole["lines"][2:]
    assert (await seen(ledgers, f"statement?grant_id={uuid4()}"))["lines"] == []


async def test_more_moved_than_a_number_holds(ledgers: Ledgers) -> None:
    """What it holds is told whatever moved, and what moved of each day by itself."""
    path = f"{ledgers.path}/statement"
    limit = {"limit": pounds(SAFE_INTEGER)}
    done, call = ledgers.funding.done, ledgers.funding.call
    await done(ledgers.funding.manager, "PATCH", ledgers.path, limit, if_match=1)
    for day in ("2026-02-27", "2026-02-28"):
        for what in ("receipts", "refunds"):
            moved = await ledgers.moved(what, SAFE_INTEGER, f"FT-{day}", effective_on=day)
            assert moved.status_code == 201, moved.text
    fault = {"pointer": "#/query/effective_until", "code": "turnover_too_large", "detail": ANY}
    for whole in (path, f"{path}/export"):
        answer = await call(ledgers.approver, "GET", whole)
        assert refused(answer, "turnover_too_large", 422, errors=[fault])
    assert (await seen(ledgers, "trial-balance"))["lines"] == []
    last = "effective_from=2026-02-28&effective_until=2026-02-28"
    moved = {"opening": 0, "added": SAFE_INTEGER, "taken": SAFE_INTEGER, "closing": 0}
    assert (await seen(ledgers, f"statement?{last}"))["lines"] == [
        line("external", None, **moved),
        line("unallocated", None, **moved),
    ]


async def test_the_period_goes_forward(ledgers: Ledgers) -> None:
    path = f"{ledgers.path}/statement"
    one_day = f"{path}?effective_from=2026-03-02&effective_until=2026-03-02"
    assert (await ledgers.funding.network.seen(ledgers.approver, one_day))["lines"] == []
    backwards = f"{path}?effective_from=2026-03-02&effective_until=2026-03-01"
    for address in (backwards, backwards.replace("?", "/export?")):
        answer = await ledgers.funding.call(ledgers.approver, "GET", address)
        assert refused(
            answer,
            "period_backwards",
            422,
            errors=[
                {"pointer": "#/query/effective_until", "code": "period_backwards", "detail": ANY}
            ],
        )


async def test_whoever_sees_the_fund_sees_them(ledgers: Ledgers) -> None:
    for what in ("trial-balance", "statement", "trial-balance/export", "statement/export"):
        answer = await ledgers.funding.call(ledgers.funding.lead, "GET", f"{ledgers.path}/{what}")
        assert refused(answer, "fund_not_found", 404), what
        nowhere = f"/funds/{uuid4()}/{what}"
        assert refused(
            await ledgers.funding.call(ledgers.approver, "GET", nowhere), "fund_not_found", 404
        )


async def test_both_as_csv(ledgers: Ledgers, grant: Json) -> None:
    balance = await rows(ledgers, "trial-balance/export?effective_until=2026-03-31")
    fund = {f"fund_{name}": value for name, value in fund_of(ledgers).items()}
    own = {"grant_id": "", "grant_reference": "", "grant_name": ""}
    of_grant = {f"grant_{name}": value for name, value in grant_of(grant).items()}
    whole = {**fund, "effective_until": "2026-03-31", "currency": "GBP"}
    assert balance == [
        {**whole, **own, "bucket": "external", "debit": "49000.00", "credit": "0.00"},
        {**whole, **own, "bucket": "unallocated", "debit": "0.00", "credit": "29000.00"},
        {**whole, **of_grant, "bucket": "committed", "debit": "0.00", "credit": "12000.00"},
        {**whole, **of_grant, "bucket": "payable", "debit": "0.00", "credit": "8000.00"},
    ]
    asked = f"effective_from=2026-03-01&effective_until=2026-03-31&grant_id={grant['id']}"
    reserved, _, payable = await rows(ledgers, f"statement/export?{asked}")
    assert reserved == {
        **whole,
        **of_grant,
        "effective_from": "2026-03-01",
        "bucket": "reserved",
        "opening": "0.00",
        "added": "20000.00",
        "taken": "20000.00",
        "closing": "0.00",
    }
    assert (payable["bucket"], payable["closing"]) == ("payable", "8000.00")


async def rows(ledgers: Ledgers, what: str) -> list[dict[str, str]]:
    answer = await ledgers.funding.call(ledgers.approver, "GET", f"{ledgers.path}/{what}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def test_an_empty_ledger(ledgers: Ledgers) -> None:
    assert (await seen(ledgers, "trial-balance"))["lines"] == []
    assert (await seen(ledgers, "statement"))["lines"] == []
    assert await rows(ledgers, "statement/export") == []


async def test_each_is_one_statement(ledgers: Ledgers, grant: Json) -> None:
    for what in ("trial-balance", "statement"):
        with statements() as sent:
            await seen(ledgers, what)
        assert len(sent) == 1, what


PAGE = """\
<h1>Trial balance of Grants of the network</h1><dl><dt>Until</dt><dd>all that is recorded</dd>\
<dt>Fund</dt><dd>PLN-GBP</dd><dt>Currency</dt><dd>GBP</dd></dl><div class="wide" role="region" \
tabindex="0" aria-label="What each account holds"><table><caption>What each account holds</caption>\
<thead><tr><th scope="col">Account</th><th scope="col">Grant</th>\
<th scope="col" class="figure">Debit</th><th scope="col" class="figure">Credit</th></tr></thead>\
<tbody><tr><th scope="row">External</th><td></td><td class="figure">49,000.00</td>\
<td class="figure">0.00</td></tr><tr><th scope="row">Unallocated</th><td></td>\
<td class="figure">0.00</td><td class="figure">29,000.00</td></tr><tr>\
<th scope="row">Committed</th>\
<td>{grant}</td><td class="figure">0.00</td><td class="figure">12,000.00</td></tr>\
<tr><th scope="row">Payable</th><td>{grant}</td><td class="figure">0.00</td>\
<td class="figure">8,000.00</td></tr></tbody><tfoot><tr><th scope="row">Sum of each side</th>\
<td></td><td class="figure">49,000.00</td><td class="figure">49,000.00</td></tr></tfoot></table>\
"""


async def test_they_are_printed(ledgers: Ledgers, grant: Json) -> None:
    network = ledgers.funding.network
    headers = await network.headers(ledgers.approver)

    async def printed(what: str) -> httpx.Response:
        return await network.client.get(f"/v1{ledgers.path}/{what}", headers=headers)

    answer = await printed("trial-balance/report")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    grant_named = f"{grant['reference']} {grant['title']}"
    assert PAGE.format(grant=grant_named) in answer.text
    for nowhere in ("<script", "http:", "https:", "<img", "<link"):
        assert nowhere not in answer.text
    period = "effective_from=2026-03-15&effective_until=2026-03-31"
    moved = (await printed(f"statement/report?{period}")).text
    assert "<dt>From</dt><dd>2026-03-15</dd><dt>Until</dt><dd>2026-03-31</dd>" in moved
    figures = "".join(
        f'<td class="figure">{said}</td>' for said in ("30,000.00", "0.00", "1,000.00", "29,000.00")
    )
    assert f'<tr><th scope="row">Unallocated</th><td></td>{figures}</tr>' in moved
    backwards = await printed(
        "statement/report?effective_from=2026-03-15&effective_until=2026-03-01"
    )
    assert refused(backwards, "period_backwards", 422, errors=[ANY])
    none = await printed("statement/report?effective_until=2026-02-28")
    assert '<tr><td colspan="6">Nothing.</td></tr>' in none.text
    theirs = await network.client.get(
        f"/v1{ledgers.path}/statement/report", headers=ledgers.funding.lead.headers
    )
    assert refused(theirs, "fund_not_found", 404)
