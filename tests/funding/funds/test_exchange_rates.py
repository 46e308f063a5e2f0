"""Exchange rates of a fund over HTTP: recorded by finance with their history, and at which of them
a grant is offered."""

from dataclasses import replace
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from app.funding.funds.exchange_rates import access
from app.funding.funds.exchange_rates.lifecycle import EXCHANGE_RATE
from app.kernel.limits import DEFAULTS
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.bound import BoundDatabase
from tests.funding.funds.exchanging import IN_EUROS, RATE, SOURCE, recorded, records
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.grant_walks import WHY, terms
from tests.journeys import Json
from tests.lives import Life

WRONG = {"reason": "It was read from the line of another currency."}
WITHDRAW = {
    "name": "withdraw",
    "operation_id": "withdraw_exchange_rate",
    "method": "POST",
    "href": ANY,
    "needs_reason": True,
    "needs_if_match": False,
}
FAY = {"id": ANY, "reference": None, "name": "Fay Finance"}
LIFE = Life(
    lifecycle=EXCHANGE_RATE,
    load=access.exchange_rate,
    leads_to={"standing": {"withdraw": "withdrawn"}, "withdrawn": {}},
    may={"withdraw": {Role.FINANCE_APPROVER}},
    permission={"withdraw": "exchange_rate.record"},
    bodies={"withdraw": WRONG},
    unseen=(
        "exchange_rate_not_found",
        {
            Role.FACILITATOR,
            Role.OBSERVER,
            Role.REVIEWER,
            Role.ADVISER,
            Role.COLLABORATION_LEAD,
            Role.COLLABORATION_MEMBER,
        },
    ),
)


def shown(ledgers: Ledgers, **more: Any) -> Json:
    return {
        "id": ANY,
        "fund": {name: ledgers.fund[name] for name in ("id", "reference", "name")},
        "status": "standing",
        "currency": "EUR",
        "rate": RATE,
        "source": SOURCE,
        "quoted_on": "2026-03-01",
        "recorded_by": FAY,
        "available_actions": [WITHDRAW],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    } | more


async def withdrawn(ledgers: Ledgers, rate: Json) -> Json:
    path = f"/exchange-rates/{rate['id']}/withdraw"
    return await ledgers.funding.done(ledgers.approver, "POST", path, WRONG, if_match=1)


async def offers(ledgers: Ledgers, grant: Json) -> list[Json]:
    """What stands in the way of offering a grant, as the offer and its explanation say it."""
    call, who = ledgers.funding.call, ledgers.funding.coordinator
    answer = await call(who, "POST", f"/grants/{grant['id']}/offer")
    assert answer.status_code == 409, answer.text
    told = await ledgers.funding.network.seen(who, f"/grants/{grant['id']}/actions")
    [explained] = [one for one in told["actions"] if one["name"] == "offer"]
    assert [one["code"] for one in explained["unmet"]] == [
        one["code"] for one in answer.json()["unmet"]
    ]
    return answer.json()["unmet"]


@pytest.mark.parametrize("status", LIFE.leads_to)
async def test_who_may_do_what(ledgers: Ledgers, database: BoundDatabase, status: str) -> None:
    rate = await recorded(ledgers)
    if status == "withdrawn":
        rate = await withdrawn(ledgers, rate)
    await LIFE.tried(ledgers.funding, database, rate)


async def test_they_are_recorded_and_read(ledgers: Ledgers) -> None:
    seen = ledgers.funding.network.seen
    first = await recorded(ledgers)
    assert first == shown(ledgers)
    later = await recorded(ledgers, quoted_on="2026-03-02", rate="0.860")
    assert later == shown(ledgers, rate="0.86", quoted_on="2026-03-02")
    yen = await recorded(ledgers, currency="JPY", rate="0.005", quoted_on="2026-02-27")
    assert await seen(ledgers.approver, f"/exchange-rates/{first['id']}") == first
    for path in (f"{ledgers.path}/exchange-rates", "/exchange-rates"):
        assert await seen(ledgers.approver, path) == page(later, first, yen)
        assert await seen(ledgers.approver, f"{path}?currency=JPY") == page(yen)
        days = "quoted_from=2026-03-01&quoted_until=2026-03-01&status=standing&sort=quoted_on"
        assert await seen(ledgers.approver, f"{path}?{days}") == page(first)
        whole = await seen(ledgers.approver, f"{path}?limit=2")
        assert whole["items"] == [later, first]
        rest = await seen(ledgers.approver, f"{path}?limit=2&cursor={whole['next_cursor']}")
        assert rest["items"] == [yen]
    gone = await withdrawn(ledgers, first)
    assert gone == shown(ledgers, status="withdrawn", available_actions=[], version=2)
    history = await seen(ledgers.approver, f"/exchange-rates/{first['id']}/history")
    assert [(row["verb"], row["reason"]) for row in history["items"]] == [
        ("exchange_rate.recorded", None),
        ("exchange_rate.withdrawn", WRONG["reason"]),
    ]
    corrected = await recorded(ledgers, rate="0.8565")
    assert corrected == shown(ledgers, rate="0.8565")


async def test_what_is_refused(ledgers: Ledgers) -> None:
    await recorded(ledgers)
    assert refused(await records(ledgers, rate="1"), "exchange_rate_taken", 409)
    fault = {
        "pointer": "/currency",
        "code": "currency_of_the_fund",
        "detail": "Name another than GBP.",
    }
    own = await records(ledgers, currency="GBP")
    assert refused(own, "currency_of_the_fund", 422, errors=[fault])
    fault = {
        "pointer": "/quoted_on",
        "code": "rate_day_to_come",
        "detail": "Name today or a day before.",
    }
    early = await records(ledgers, quoted_on="2026-03-03")
    assert refused(early, "rate_day_to_come", 422, errors=[fault])
    for rate in ("0.000", "-1", "1e9", "1,5", ".5", "1.1234567890123", 0.5):
        answer = await records(ledgers, rate=rate)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), rate
    theirs = await records(ledgers, ledgers.funding.manager)
    assert refused(theirs, "not_allowed", 403, permission="exchange_rate.record")
    call, body = ledgers.funding.call, {"currency": "EUR", "rate": "1", "source": "ECB"}
    body |= {"quoted_on": "2026-03-01"}
    nowhere = await call(ledgers.approver, "POST", f"/funds/{uuid4()}/exchange-rates", body)
    assert refused(nowhere, "fund_not_found", 404)
    missing = await call(ledgers.approver, "GET", f"/exchange-rates/{uuid4()}")
    assert refused(missing, "exchange_rate_not_found", 404)
    await ledgers.funding.done(ledgers.funding.manager, "POST", f"{ledgers.path}/close")
    closed = await records(ledgers, quoted_on="2026-02-27")
    assert refused(closed, "fund_closed", 409)


async def test_at_which_rate_a_grant_is_offered(ledgers: Ledgers, database: BoundDatabase) -> None:
    """The last that stands, of that day or before, and not of long ago."""
    await ledgers.received(8_000_000)
    grant = await ledgers.funding.checked(await ledgers.grant(**IN_EUROS))
    needs = "The award is in EUR, the fund PLN-GBP in GBP"
    missing = {"code": "exchange_rate_missing"}
    said = f"{needs}: have an exchange rate recorded."
    assert await offers(ledgers, grant) == [missing | {"detail": said}]
    await recorded(ledgers, quoted_on="2026-01-29")
    said = (
        f"{needs}, and the last exchange rate is of 2026-01-29, more than 31 days ago. Have a "
        "later one recorded."
    )
    assert await offers(ledgers, grant) == [{"code": "exchange_rate_stale", "detail": said}]
    database.info["limits"] = replace(DEFAULTS, exchange_rate_days=32)
    later = await recorded(ledgers, rate="0.9")
    wrong = await recorded(ledgers, quoted_on="2026-03-02", rate="90")
    short = (await offers(ledgers, grant))[0]
    assert short["code"] == "fund_short"
    assert short["detail"].startswith("It takes GBP 1800000.00;")
    await withdrawn(ledgers, wrong)
    offered = await ledgers.funding.make(ledgers.funding.coordinator, grant, "offer")
    assert offered["exchange"] == {
        "exchange_rate_id": later["id"],
        "rate": "0.9",
        "source": SOURCE,
        "quoted_on": "2026-03-01",
        "booked": pounds(1_800_000),
    }
    assert (await ledgers.holds())["reserved"] == 1_800_000
    gone = await withdrawn(ledgers, later)
    assert gone["status"] == "withdrawn"
    funding = ledgers.funding
    again = await funding.make(funding.coordinator, offered, "retract_offer", WHY)
    assert "reserved" not in await ledgers.holds()
    assert again["exchange"] is None
    await recorded(ledgers, rate="0.8")
    offered = await funding.make(funding.coordinator, again, "offer")
    assert offered["exchange"]["booked"] == pounds(1_600_000)
    assert (await ledgers.holds())["reserved"] == 1_600_000


async def test_a_grant_that_is_offered_again_by_a_fund_of_its_currency(ledgers: Ledgers) -> None:
    """What it was in other books is forgotten."""
    funding = ledgers.funding
    await ledgers.received(8_000_000)
    await recorded(ledgers)
    grant = await ledgers.grant("offered", **IN_EUROS)
    grant = await funding.make(funding.coordinator, grant, "retract_offer", WHY)
    body = {
        "reference": "PLN-EUR",
        "name": "Euros",
        "funder_id": ledgers.funder["id"],
        "limit": pounds(9_000_000, "EUR"),
    }
    here = f"/programmes/{funding.network.programme_id}/funds"
    fund = await funding.done(funding.manager, "POST", here, body)
    other = replace(ledgers, fund=fund)
    answer = await other.moved("receipts", 3_000_000, "FT-1", amount=pounds(3_000_000, "EUR"))
    assert answer.status_code == 201
    path, named = f"/grants/{grant['id']}", {"fund_id": fund["id"]}
    version = grant["version"]
    grant = await funding.done(funding.coordinator, "PATCH", path, named, if_match=version)
    offered = await funding.make(funding.coordinator, grant, "offer")
    assert offered["exchange"] is None
    assert (await other.holds())["reserved"] == 2_000_000
    path = f"/journal-entries?fund_id={fund['id']}&kind=reservation"
    [entry] = (await funding.network.seen(ledgers.approver, path))["items"]
    assert entry["granted"] is None


async def test_a_grant_that_was_offered_and_comes_to_nothing(ledgers: Ledgers) -> None:
    """What was drawn up anew since the offer is in no books."""
    funding = ledgers.funding
    await ledgers.received(8_000_000)
    await recorded(ledgers)
    grant = await ledgers.grant("offered", **IN_EUROS)
    grant = await funding.make(funding.coordinator, grant, "retract_offer", WHY)
    path, anew = f"/grants/{grant['id']}/terms", terms(**IN_EUROS)
    read = await funding.network.seen(funding.coordinator, path)
    await funding.done(funding.coordinator, "PUT", path, anew, if_match=read["version"])
    cancelled = await funding.make(funding.coordinator, grant, "cancel", WHY)
    assert (cancelled["status"], cancelled["exchange"]) == ("cancelled", None)
    entries = f"/journal-entries?grant_id={grant['id']}&kind=release"
    [entry] = (await funding.network.seen(ledgers.approver, entries))["items"]
    assert (entry["amount"], entry["granted"]) == (pounds(1_713_046), pounds(2_000_000, "EUR"))


async def test_a_milestone_that_would_be_nothing(ledgers: Ledgers) -> None:
    await ledgers.received(8_000_000)
    await recorded(ledgers, rate="0.0000001")
    grant = await ledgers.funding.checked(await ledgers.grant(**IN_EUROS))
    said = "A milestone comes to less than the least amount of GBP."
    assert await offers(ledgers, grant) == [{"code": "amount_too_small", "detail": said}]


async def test_what_a_rate_says_is_kept_by_the_database(
    ledgers: Ledgers, database: BoundDatabase
) -> None:
    await recorded(ledgers)
    for change in ("UPDATE exchange_rates SET rate = 1", "DELETE FROM exchange_rates"):
        async with database.sessions() as db:
            with pytest.raises(
                Exception, match="what an exchange rate says does not change"
            ) as why:
                await db.execute(text(change))
            assert isinstance(getattr(why.value, "orig", None), psycopg.errors.CheckViolation)
            await db.rollback()
