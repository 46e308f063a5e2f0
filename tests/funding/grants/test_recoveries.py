"""Recoveries over HTTP: agreed, received in parts, written off by two."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.recoveries import access
from app.funding.grants.recoveries.lifecycle import RECOVERY
from app.installation.doctor import INVARIANTS
from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.bound import BoundDatabase
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.funding.grants.recovering import DUE, Recovering, came, disbursed, undone
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.lives import Life
from tests.people.identity.people import Person

MANAGER = {Role.PROGRAMME_MANAGER}
BY_TWO = {Role.PROGRAMME_MANAGER, Role.FINANCE_APPROVER, Role.FUNDER}


@pytest.fixture
async def ledgers(network: Any) -> Ledgers:
    return await Ledgers.begin(network)


@pytest.fixture
async def paid(ledgers: Ledgers, database: BoundDatabase) -> Recovering:
    return await Recovering.begin(ledgers, database)


LIFE = Life(
    lifecycle=RECOVERY,
    load=access.recovery,
    leads_to={
        "proposed": {"agree": "agreed", "dismiss": "dismissed"},
        "agreed": {"receive": "partially_recovered", "write_off": "written_off"},
        "partially_recovered": {
            "receive": "partially_recovered",
            "reverse": "agreed",
            "write_off": "written_off",
        },
        "recovered": {"reverse": "agreed"},
        "written_off": {},
        "dismissed": {},
    },
    may={
        "agree": MANAGER,
        "dismiss": MANAGER,
        "receive": {Role.FINANCE_APPROVER},
        "reverse": {Role.FINANCE_APPROVER},
        "write_off": BY_TWO,
    },
    permission={
        "agree": "recovery.decide",
        "dismiss": "recovery.decide",
        "receive": "recovery.receive",
        "reverse": "recovery.receive",
        "write_off": "recovery.write_off",
    },
    unseen=("recovery_not_found", {Role.FACILITATOR, Role.OBSERVER}),
    endorsed=frozenset({"write_off"}),
    bodies={
        "dismiss": WHY,
        "write_off": WHY,
        "receive": came(1, "FT-10"),
        "reverse": undone("FT-9"),
    },
)


@pytest.mark.parametrize("status", LIFE.leads_to)
async def test_who_may_do_what(paid: Recovering, database: BoundDatabase, status: str) -> None:
    await LIFE.tried(paid.ledgers.funding, database, await paid.walked(status))


def shown(paid: Recovering, **more: Any) -> Json:
    grant, fund = paid.grant, paid.ledgers.fund
    return {
        "id": ANY,
        "grant": {"id": grant["id"], "reference": grant["reference"], "name": grant["title"]},
        "fund": {name: fund[name] for name in ("id", "reference", "name")},
        "status": "proposed",
        "reason": DUE,
        "amount": pounds(300_000),
        "received": pounds(0),
        "written_off": pounds(0),
        "outstanding": pounds(0),
        "endorsements": [],
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def waits(paid: Recovering, who: Person, recovery: Json) -> list[str]:
    """The kinds of what waits for somebody about a recovery."""
    work = await paid.ledgers.funding.network.seen(who, "/me/work?limit=200")
    found = [one for one in work["items"] if one["subject"]["id"] == recovery["id"]]
    return [one["kind"] for one in found]


PAID = {"received": 2_000_000, "committed": 1_200_000}


async def test_it_comes_back_in_parts(paid: Recovering) -> None:
    ledgers, seen = paid.ledgers, paid.ledgers.funding.network.seen
    assert await ledgers.holds() == PAID | {"disbursed": 800_000}
    recovery = await paid.proposed()
    assert recovery == shown(paid, available_actions=[])
    assert await ledgers.holds() == PAID | {"disbursed": 800_000}
    assert await waits(paid, paid.ledgers.funding.manager, recovery) == ["decide_recovery"]
    recovery = await paid.made(recovery, "agree")
    assert recovery == shown(paid, status="agreed", outstanding=pounds(300_000), version=2)
    assert await waits(paid, ledgers.approver, recovery) == ["receive_recovery"]
    assert await ledgers.holds() == PAID | {"disbursed": 500_000, "recoverable": 300_000}
    recovery = await paid.made(recovery, "receive", came(100_000))
    part = {"received": pounds(100_000), "outstanding": pounds(200_000)}
    assert recovery == shown(paid, status="partially_recovered", version=3, **part)
    recovery = await paid.made(recovery, "receive", came(50_000, "FT-10"))
    part = {"received": pounds(150_000), "outstanding": pounds(150_000)}
    assert recovery == shown(paid, status="partially_recovered", version=4, **part)
    recovery = await paid.made(recovery, "receive", came(150_000, "FT-11"))
    whole = {"received": pounds(300_000), "outstanding": pounds(0)}
    assert recovery == shown(paid, status="recovered", version=5, **whole)
    assert await ledgers.holds() == PAID | {"disbursed": 500_000, "unallocated": 300_000}
    path = f"/recoveries/{recovery['id']}"
    told = await seen(ledgers.approver, path)
    assert told == recovery
    mine = f"/recoveries?status=recovered&grant_id={paid.grant['id']}"
    for listed in (paid.path, "/recoveries", mine):
        assert await seen(ledgers.approver, listed) == page(recovery)
    assert await seen(ledgers.approver, "/recoveries?status=agreed") == page()
    entries = await seen(ledgers.approver, f"/journal-entries?grant_id={paid.grant['id']}")
    of_it = [
        (one["kind"], one["amount"]["amount_minor"], one["bank_reference"])
        for one in entries["items"]
        if one["recovery_id"] == recovery["id"]
    ]
    assert sorted(of_it, key=str) == [
        ("recovery", 300_000, None),
        ("recovery_receipt", 100_000, "FT-9"),
        ("recovery_receipt", 150_000, "FT-11"),
        ("recovery_receipt", 50_000, "FT-10"),
    ]
    history = await seen(ledgers.approver, f"{path}/history")
    assert [row["verb"] for row in history["items"]] == [
        "recovery.proposed",
        "recovery.agreed",
        "recovery.received",
        "recovery.received",
        "recovery.received",
    ]


async def test_a_receipt_that_was_wrong_is_undone(paid: Recovering, db: AsyncSession) -> None:
    """One of two, and then the other; what the bank calls it may be recorded anew."""
    ledgers = paid.ledgers
    recovery = await paid.walked("partially_recovered")
    recovery = await paid.made(recovery, "receive", came(200_000, "FT-10"))
    unknown = await paid.tried(recovery, "reverse", undone("FT-11"))
    fault = {"pointer": "/bank_reference", "code": "receipt_unknown", "detail": ANY}
    assert refused(unknown, "receipt_unknown", 422, errors=[fault])
    early = await paid.tried(recovery, "reverse", undone("ft 9", effective_on="2026-03-01"))
    assert refused(early, "effective_day_out_of_order", 422, errors=[ANY])
    recovery = await paid.made(recovery, "reverse", undone("ft 9"))
    part = {"received": pounds(200_000), "outstanding": pounds(100_000)}
    assert recovery == shown(paid, status="partially_recovered", version=5, **part)
    again = await paid.tried(recovery, "reverse", undone("FT-9"))
    assert refused(again, "receipt_unknown", 422, errors=[fault])
    recovery = await paid.made(recovery, "reverse", undone("FT-10"))
    assert recovery == shown(paid, status="agreed", outstanding=pounds(300_000), version=6)
    assert await ledgers.holds() == PAID | {"disbursed": 500_000, "recoverable": 300_000}
    entries = await ledgers.funding.network.seen(
        ledgers.approver, f"/journal-entries?grant_id={paid.grant['id']}&kind=recovery_receipt"
    )
    path = f"/journal-entries/{entries['items'][0]['id']}/reversals"
    body = {"effective_on": "2026-03-02", **WHY}
    answer = await ledgers.funding.call(ledgers.approver, "POST", path, body)
    assert refused(answer, "made_by_a_move", 409)
    recovery = await paid.made(recovery, "receive", came(300_000))
    assert recovery["status"] == "recovered"
    history = await ledgers.funding.network.seen(
        ledgers.approver, f"/recoveries/{recovery['id']}/history"
    )
    assert [row["verb"] for row in history["items"]][-3:] == [
        "recovery.receipt_reversed",
        "recovery.receipt_reversed",
        "recovery.received",
    ]
    holds = INVARIANTS["a fund holds for each grant what its status and its milestones say"]
    assert (await db.execute(text(holds))).all() == []


async def test_what_was_promised_since_is_not_taken_back(paid: Recovering) -> None:
    ledgers = paid.ledgers
    recovery = await paid.walked("recovered")
    assert (await ledgers.moved("refunds", 300_000, "FT-2", effective_on="2026-03-02")).is_success
    answer = await paid.tried(recovery, "reverse", undone("FT-9"))
    assert refused(answer, "not_enough_money", 409)


async def test_a_receipt_of_a_closed_fund_stays(paid: Recovering, database: BoundDatabase) -> None:
    ledgers, funding = paid.ledgers, paid.ledgers.funding
    recovery = await paid.walked("recovered")
    grant = paid.grant
    for who in (funding.manager, funding.coordinator):
        grant = await funding.make(who, grant, "terminate", WHY)
    assert (await ledgers.moved("refunds", 1_500_000, "FT-2", effective_on="2026-03-02")).is_success
    await funding.done(funding.manager, "POST", f"{ledgers.path}/close")
    answer = await paid.tried(recovery, "reverse", undone("FT-9"))
    assert answer.json()["unmet"] == [
        {"code": "fund_closed", "detail": "The fund PLN-GBP is closed: reopen it first."}
    ]


async def test_what_does_not_come_is_written_off_by_two(paid: Recovering) -> None:
    """What comes between their words makes the first void."""
    ledgers, funding = paid.ledgers, paid.ledgers.funding
    recovery = await paid.walked("partially_recovered")
    path = f"/recoveries/{recovery['id']}/write-off"
    said = await paid.made(recovery, "write_off", WHY)
    assert [one["detail"] for one in said["endorsements"]] == [pounds(200_000)]
    asked = await waits(paid, ledgers.approver, recovery)
    assert sorted(asked) == ["endorse_write_off", "receive_recovery"]
    assert await waits(paid, funding.manager, recovery) == []
    again = await paid.tried(said, "write_off", WHY)
    assert refused(again, "second_person_required", 409)
    recovery = await paid.made(said, "receive", came(50_000, "FT-10"))
    version = recovery["version"]
    first = await funding.done(ledgers.approver, "POST", path, WHY, if_match=version)
    assert first["status"] == "partially_recovered", "the other word was about more"
    recovery = await paid.made(first, "write_off", WHY)
    assert (recovery["status"], recovery["written_off"]) == ("written_off", pounds(150_000))
    assert recovery["outstanding"] == pounds(0)
    left = {"disbursed": 500_000, "written_off": 150_000, "unallocated": 150_000}
    assert await ledgers.holds() == PAID | left


async def test_no_more_is_claimed_than_was_paid(paid: Recovering) -> None:
    body = {"amount": pounds(800_001), "reason": DUE}
    funding = paid.ledgers.funding
    more = await funding.call(funding.coordinator, "POST", paid.path, body)
    assert [one["code"] for one in more.json()["unmet"]] == ["disbursed_short"]
    first = await paid.proposed(500_000)
    second = await paid.proposed(300_001)
    await paid.made(first, "agree")
    answer = await paid.tried(second, "agree")
    assert answer.status_code == 409
    assert answer.json()["unmet"] == [
        {
            "code": "disbursed_short",
            "detail": "It claims GBP 3000.01; of what was paid 3000.00 is not claimed yet.",
        }
    ]
    assert (await paid.made(second, "dismiss", WHY))["status"] == "dismissed"
    exact = await paid.proposed(300_000)
    assert (await paid.made(exact, "agree"))["status"] == "agreed"


async def test_no_more_is_received_than_is_outstanding(paid: Recovering) -> None:
    ledgers = paid.ledgers
    recovery = await paid.walked("agreed")
    too_much = await paid.tried(recovery, "receive", came(300_001))
    fault = {"pointer": "/amount", "code": "more_than_outstanding", "detail": ANY}
    assert refused(too_much, "more_than_outstanding", 409, errors=[fault])
    euros = came(1) | {"amount": pounds(1, "EUR")}
    assert refused(
        await paid.tried(recovery, "receive", euros), "currency_differs", 422, errors=[ANY]
    )
    for day in ("2026-03-01", "2026-03-03"):
        body = came(1) | {"effective_on": day}
        answer = await paid.tried(recovery, "receive", body)
        assert refused(answer, "effective_day_out_of_order", 422, errors=[ANY])
    recovery = await paid.made(recovery, "receive", came(1))
    again = await paid.tried(recovery, "receive", came(1, "ft 9"))
    assert refused(again, "bank_reference_taken", 409)
    euros = {"amount": pounds(1, "EUR"), "reason": DUE}
    call, coordinator = ledgers.funding.call, ledgers.funding.coordinator
    answer = await call(coordinator, "POST", paid.path, euros)
    assert refused(answer, "currency_differs", 422, errors=[ANY])
    nowhere = await call(coordinator, "POST", f"/grants/{uuid4()}/recoveries", euros)
    assert refused(nowhere, "grant_not_found", 404)
    theirs = await call(ledgers.funding.lead, "POST", paid.path, euros)
    assert refused(theirs, "not_allowed", 403, permission="recovery.propose")


async def test_what_came_in_a_closed_period_is_booked_later(
    paid: Recovering, clock: FixedClock
) -> None:
    recovery = await paid.walked("agreed")
    clock.set(datetime(2026, 4, 2, 12, tzinfo=UTC))
    ledgers, funding = paid.ledgers, paid.ledgers.funding
    approver = await funding.network.people.renewed(ledgers.approver)
    body = {"name": "March", "starts_on": "2026-03-01", "ends_on": "2026-03-31"}
    path = f"{ledgers.path}/accounting-periods"
    period = await funding.done(approver, "POST", path, body)
    close = f"/accounting-periods/{period['id']}/close"
    await funding.done(approver, "POST", close, if_match=1)
    path = f"/recoveries/{recovery['id']}/receive"
    answer = await funding.call(approver, "POST", path, came(1))
    assert refused(answer, "accounting_period_closed", 409, errors=[ANY])
    later = came(1) | {"effective_on": "2026-04-01"}
    received = await funding.done(approver, "POST", path, later)
    assert received["received"] == pounds(1)


async def test_a_grant_is_not_closed_meanwhile(paid: Recovering, database: BoundDatabase) -> None:
    funding = paid.ledgers.funding
    recovery = await paid.proposed()
    _, last = await funding.milestones(paid.grant)
    await funding.report("accepted", last)
    await disbursed(paid.ledgers, database, paid.grant, 1_200_000)
    grant = await funding.make(funding.coordinator, paid.grant, "begin_closing")
    path = f"/grants/{grant['id']}/close"
    unmet = {
        "code": "recoveries_open",
        "detail": "Receive, write off or dismiss what is to come back first.",
        "pointer": None,
        "subjects": [{"id": recovery["id"], "reference": None, "name": DUE}],
    }
    refusal = await funding.call(funding.coordinator, "POST", path)
    assert refusal.json()["unmet"] == [unmet]
    recovery = await paid.made(recovery, "agree")
    refusal = await funding.call(funding.coordinator, "POST", path)
    assert refusal.json()["unmet"] == [unmet]
    recovery = await paid.made(recovery, "receive", came(300_000))
    late = await paid.proposed(1)
    await paid.made(late, "dismiss", WHY)
    grant = await funding.done(funding.coordinator, "POST", path)
    assert grant["status"] == "closed"
    refusal = await paid.tried(recovery, "reverse", undone("FT-9"))
    assert [one["code"] for one in refusal.json()["unmet"]] == ["grant_closed"]
    body = {"amount": pounds(1), "reason": DUE}
    refusal = await funding.call(funding.coordinator, "POST", paid.path, body)
    assert refusal.json()["unmet"] == [
        {"code": "grant_closed", "detail": "The grant is closed: reopen it first."}
    ]


async def test_what_no_fund_pays_comes_back_to_none(paid: Recovering) -> None:
    funding = paid.ledgers.funding
    grant = await funding.grant("active")
    path, body = f"/grants/{grant['id']}/recoveries", {"amount": pounds(1), "reason": DUE}
    refusal = await funding.call(funding.coordinator, "POST", path, body)
    assert refusal.status_code == 409
    assert refusal.json()["unmet"] == [
        {"code": "no_fund", "detail": "No fund pays the grant: nothing of it is in the books."}
    ]


async def test_what_was_claimed_before_it_was_closed(
    paid: Recovering, database: BoundDatabase
) -> None:
    """A terminated grant may owe something while its fund is closed: that is opened again."""
    ledgers, funding = paid.ledgers, paid.ledgers.funding
    recovery = await paid.proposed()
    grant = paid.grant
    for who in (funding.manager, funding.coordinator):
        grant = await funding.make(who, grant, "terminate", WHY)
    assert (await ledgers.moved("refunds", 1_200_000, "FT-2", effective_on="2026-03-02")).is_success
    await funding.done(funding.manager, "POST", f"{ledgers.path}/close")
    answer = await paid.tried(recovery, "agree")
    assert answer.json()["unmet"] == [
        {"code": "fund_closed", "detail": "The fund PLN-GBP is closed: reopen it first."}
    ]
    await funding.done(funding.manager, "POST", f"{ledgers.path}/reopen", WHY)
    assert (await paid.made(recovery, "agree"))["status"] == "agreed"
    refusal = await funding.call(funding.manager, "POST", f"{ledgers.path}/close")
    assert refusal.json()["unmet"] == [
        {"code": "money_left", "detail": "There is money left in the fund: recoverable."}
    ]


@pytest.mark.parametrize(
    ("status", "move", "body"),
    [("proposed", "agree", None), ("proposed", "dismiss", WHY), ("agreed", "write_off", WHY)],
)
async def test_who_decides_is_independent(
    paid: Recovering, status: str, move: str, body: Json | None
) -> None:
    network = paid.ledgers.funding.network
    both = await network.people.person(
        "Bo Both",
        (Role.PROGRAMME_MANAGER, network.programme_id),
        (Role.COLLABORATION_MEMBER, paid.ledgers.funding.team.id),
    )
    recovery = await paid.walked(status)
    path = f"/recoveries/{recovery['id']}/{move.replace('_', '-')}"
    version = recovery["version"]
    answer = await paid.ledgers.funding.call(both, "POST", path, body, if_match=version)
    assert answer.status_code == 409, answer.text
    assert [unmet["code"] for unmet in answer.json()["unmet"]] == ["conflict_of_interest"]
