"""Accounting periods over HTTP: opened one after the other, closed for good."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.funding.funds.periods import access
from app.funding.funds.periods.lifecycle import ACCOUNTING_PERIOD
from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.bound import BoundDatabase
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.journeys import Json
from tests.lives import Life

JANUARY = {"name": "January", "starts_on": "2026-01-01", "ends_on": "2026-01-31"}
FEBRUARY = {"name": "February", "starts_on": "2026-02-01", "ends_on": "2026-02-28"}
MARCH = {"name": "March", "starts_on": "2026-03-01", "ends_on": "2026-03-31"}
WRONG = {"effective_on": "2026-03-02", "reason": "The bank booked it for another account."}


async def opened(ledgers: Ledgers, *bodies: Json) -> list[Json]:
    path = f"{ledgers.path}/accounting-periods"
    return [await ledgers.funding.done(ledgers.approver, "POST", path, one) for one in bodies]


async def closed(ledgers: Ledgers, period: Json) -> Json:
    path = f"/accounting-periods/{period['id']}/close"
    return await ledgers.funding.done(ledgers.approver, "POST", path, if_match=period["version"])


def shown(ledgers: Ledgers, body: Json, **more: Any) -> Json:
    period = {
        "id": ANY,
        "fund": {name: ledgers.fund[name] for name in ("id", "reference", "name")},
        **body,
        "status": "open",
        "closed_at": None,
        "closed_by": None,
        "available_actions": [],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    return period | more


CLOSE = {
    "name": "close",
    "operation_id": "close_accounting_period",
    "method": "POST",
    "href": ANY,
    "needs_reason": False,
    "needs_if_match": True,
}
FAY = {"id": ANY, "reference": None, "name": "Fay Finance"}

LIFE = Life(
    lifecycle=ACCOUNTING_PERIOD,
    load=access.accounting_period,
    leads_to={"open": {"close": "closed"}, "closed": {}},
    may={"close": {Role.FINANCE_APPROVER}},
    permission={"close": "accounting_period.close"},
    unseen=(
        "accounting_period_not_found",
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


@pytest.mark.parametrize("status", LIFE.leads_to)
async def test_who_may_do_what(ledgers: Ledgers, database: BoundDatabase, status: str) -> None:
    [period] = await opened(ledgers, FEBRUARY)
    if status == "closed":
        period = await closed(ledgers, period)
    await LIFE.tried(ledgers.funding, database, period)


async def test_they_are_opened_and_read(ledgers: Ledgers) -> None:
    seen = ledgers.funding.network.seen
    january, february = await opened(ledgers, JANUARY, FEBRUARY)
    assert january == shown(ledgers, JANUARY, available_actions=[CLOSE])
    assert await seen(ledgers.approver, f"/accounting-periods/{january['id']}") == january
    for path in (f"{ledgers.path}/accounting-periods", "/accounting-periods"):
        assert await seen(ledgers.approver, path) == page(january, february)
        later = f"{path}?starts_from=2026-02-01&status=open&sort=-starts_on"
        assert await seen(ledgers.approver, later) == page(february)
        assert await seen(ledgers.approver, f"{path}?status=closed") == page()
    ended = await closed(ledgers, january)
    assert ended == shown(
        ledgers, JANUARY, status="closed", closed_at=START, closed_by=FAY, version=2
    )
    history = await seen(ledgers.approver, f"/accounting-periods/{january['id']}/history")
    assert [row["verb"] for row in history["items"]] == [
        "accounting_period.opened",
        "accounting_period.closed",
    ]


async def test_they_follow_one_another(ledgers: Ledgers) -> None:
    call, path = ledgers.funding.call, f"{ledgers.path}/accounting-periods"
    await opened(ledgers, JANUARY)
    for starts_on in ("2026-01-31", "2026-02-02"):
        answer = await call(ledgers.approver, "POST", path, FEBRUARY | {"starts_on": starts_on})
        fault = {
            "pointer": "/starts_on",
            "code": "accounting_period_out_of_order",
            "detail": "The last accounting period ends on 2026-01-31: begin on the day after.",
        }
        assert refused(answer, "accounting_period_out_of_order", 422, errors=[fault])
    backwards = FEBRUARY | {"ends_on": "2026-01-01"}
    answer = await call(ledgers.approver, "POST", path, backwards)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    theirs = await call(ledgers.funding.manager, "POST", path, FEBRUARY)
    assert refused(theirs, "not_allowed", 403, permission="accounting_period.open")
    nowhere = await call(ledgers.approver, "POST", f"/funds/{uuid4()}/accounting-periods", MARCH)
    assert refused(nowhere, "fund_not_found", 404)
    await ledgers.funding.done(ledgers.funding.manager, "POST", f"{ledgers.path}/close")
    answer = await call(ledgers.approver, "POST", path, FEBRUARY)
    assert refused(answer, "fund_closed", 409)


async def test_they_are_closed_in_their_order(ledgers: Ledgers) -> None:
    january, february = await opened(ledgers, JANUARY, FEBRUARY)
    path = f"/accounting-periods/{february['id']}"
    call = ledgers.funding.call
    early = await call(ledgers.approver, "POST", f"{path}/close", if_match=1)
    assert early.status_code == 409
    assert early.json()["unmet"] == [
        {
            "code": "earlier_period_open",
            "detail": "Close first: January.",
            "pointer": None,
            "subjects": [{"id": january["id"], "reference": None, "name": "January"}],
        }
    ]
    await closed(ledgers, january)
    unread = await call(ledgers.approver, "POST", f"{path}/close")
    assert refused(unread, "precondition_required", 428)
    assert (await closed(ledgers, february))["status"] == "closed"


async def test_one_is_closed_when_it_is_over_everywhere(
    ledgers: Ledgers, clock: FixedClock
) -> None:
    """A cohort in the last zone books on the first of March while it is the second elsewhere."""
    [period] = await opened(ledgers, JANUARY | {"ends_on": "2026-03-01"})
    path = f"/accounting-periods/{period['id']}/close"
    clock.set(datetime(2026, 3, 2, 11, 59, tzinfo=UTC))
    approver = await ledgers.funding.network.people.renewed(ledgers.approver)
    early = await ledgers.funding.call(approver, "POST", path, if_match=1)
    assert early.status_code == 409
    assert early.json()["unmet"] == [
        {
            "code": "period_not_over",
            "detail": "Its last day, 2026-03-01, is not over everywhere: close it afterwards.",
        }
    ]
    clock.advance(timedelta(minutes=1))
    done = await ledgers.funding.done(approver, "POST", path, if_match=1)
    assert done["status"] == "closed"


async def test_a_closed_one_takes_no_entry(ledgers: Ledgers) -> None:
    """Nor do the days before the first; what was wrong in it is corrected in the next."""
    entry = (await ledgers.moved("receipts", 100, "FT-1", effective_on="2026-02-27")).json()
    [period] = await opened(ledgers, FEBRUARY)
    await closed(ledgers, period)
    detail = "The accounting period February is closed: name 2026-03-01 or a later day."
    fault = {"pointer": "/effective_on", "code": "accounting_period_closed", "detail": detail}
    call, undone = ledgers.funding.call, f"/journal-entries/{entry['id']}/reversals"
    for day in ("2025-12-31", "2026-02-28"):
        for what in ("receipts", "refunds"):
            answer = await ledgers.moved(what, 1, "FT-2", effective_on=day)
            if what == "refunds" and day < "2026-02-27":
                assert refused(answer, "not_enough_money", 409)
            else:
                assert refused(answer, "accounting_period_closed", 409, errors=[fault])
    body = WRONG | {"effective_on": "2026-02-28"}
    answer = await call(ledgers.approver, "POST", undone, body)
    assert refused(answer, "accounting_period_closed", 409, errors=[fault])
    corrected = await ledgers.funding.done(
        ledgers.approver, "POST", undone, WRONG | {"effective_on": "2026-03-01"}
    )
    assert (corrected["reverses_id"], corrected["note"]) == (entry["id"], WRONG["reason"])
    assert await ledgers.holds() == {}


async def test_the_last_one_is_deleted_while_it_is_open(ledgers: Ledgers) -> None:
    call, seen = ledgers.funding.call, ledgers.funding.network.seen
    january, february = await opened(ledgers, JANUARY, FEBRUARY)
    first, last = (f"/accounting-periods/{one['id']}" for one in (january, february))
    followed = await call(ledgers.approver, "DELETE", first, if_match=1)
    assert refused(followed, "accounting_period_followed", 409)
    theirs = await call(ledgers.funding.manager, "DELETE", last, if_match=1)
    assert refused(theirs, "not_allowed", 403, permission="accounting_period.open")
    assert (await call(ledgers.approver, "DELETE", last, if_match=1)).status_code == 204
    assert refused(await call(ledgers.approver, "GET", last), "accounting_period_not_found", 404)
    history = await seen(ledgers.approver, f"{ledgers.path}/history")
    assert history["items"][-1]["verb"] == "fund.accounting_period_deleted"
    assert history["items"][-1]["detail"] == {
        "accounting_period_id": february["id"],
        "name": "February",
    }
    await closed(ledgers, january)
    fixed = await call(ledgers.approver, "DELETE", first, if_match=2)
    assert refused(fixed, "accounting_period_fixed", 409)


@pytest.mark.thorough
async def test_what_is_told_of_a_closed_one_never_changes(
    ledgers: Ledgers, database: BoundDatabase
) -> None:
    """Random entries on random days, periods closed between them: after each step the statement
    and the trial balance of each closed period are what they were when it was closed."""
    days = [date(2026, 2, 1) + timedelta(days=number) for number in range(28)]
    ends = [days[at] for at in (6, 13, 20, 27)]
    starts = [days[0], *(end + timedelta(days=1) for end in ends)]
    bodies = [
        {"name": f"Week {at}", "starts_on": start.isoformat(), "ends_on": end.isoformat()}
        for at, ((start, _), end) in enumerate(zip(pairwise(starts), ends, strict=True), start=1)
    ]
    periods = await opened(ledgers, *bodies)
    taken = {201: 0, 409: 0}
    for seed in range(3):
        async with database.undone():
            draw, kept = Random(seed), dict[str, Any]()
            waiting = list(periods)
            for step in range(16):
                what = draw.choice(["receipts", "receipts", "refunds"])
                day = draw.choice(days).isoformat()
                amount = draw.randint(1, 9)
                answer = await ledgers.moved(what, amount, f"FT-{step}", effective_on=day)
                taken[answer.status_code] += 1
                if step % 4 == 3:
                    one = waiting.pop(0)
                    await closed(ledgers, one)
                    kept |= await _told(ledgers, one)
                for path, told in kept.items():
                    assert await ledgers.funding.network.seen(ledgers.approver, path) == told
    assert all(taken.values()), "some were taken, and some refused"


async def _told(ledgers: Ledgers, period: Json) -> dict[str, Json]:
    until = f"effective_until={period['ends_on']}"
    paths = (
        f"{ledgers.path}/trial-balance?{until}",
        f"{ledgers.path}/statement?effective_from={period['starts_on']}&{until}",
    )
    seen = ledgers.funding.network.seen
    return {path: await seen(ledgers.approver, path) for path in paths}


async def test_it_is_said_of_a_sum(ledgers: Ledgers) -> None:
    """A closed period's own figures: what came in it is in its statement, what came later not."""
    await ledgers.moved("receipts", 100, "FT-1", effective_on="2026-02-27")
    [period] = await opened(ledgers, FEBRUARY)
    await closed(ledgers, period)
    await ledgers.moved("receipts", 50, "FT-2", effective_on="2026-03-01")
    told = await _told(ledgers, period)
    balance, statement = told.values()
    assert (balance["debit"], balance["credit"]) == (pounds(100), pounds(100))
    assert [line["closing"] for line in statement["lines"]] == [pounds(100), pounds(100)]
