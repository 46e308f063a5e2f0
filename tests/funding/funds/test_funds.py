"""Funds over HTTP: set up, edited, closed and opened again."""

from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.funding.funds import access
from app.funding.funds.lifecycle import FUND
from app.people.identity.roles import Role
from tests.answers import START, edits, page, refused
from tests.bound import BoundDatabase
from tests.funding.funds.ledgers import BUCKETS, Ledgers, pounds
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.lives import Life

NEW = {"reference": "PLN-KWD", "name": "More", "limit": pounds(1, "KWD")}


def shown(ledgers: Ledgers, **more: Any) -> Json:
    nothing = pounds(0)
    return {
        "id": ledgers.fund["id"],
        "reference": "PLN-GBP",
        "name": "Grants of the network",
        "status": "open",
        "programme": {
            "id": str(ledgers.funding.network.programme_id),
            "reference": "PLN",
            "name": "Peer learning network",
        },
        "funder": {"id": ledgers.funder["id"], "reference": None, "name": "Microsoft"},
        "currency": "GBP",
        "limit": pounds(12_000_000),
        "opened_by": None,
        "confirmed_by": None,
        **dict.fromkeys(BUCKETS, nothing),
        "available_actions": [
            {
                "name": "close",
                "operation_id": "close_fund",
                "method": "POST",
                "href": f"/v1/funds/{ledgers.fund['id']}/close",
                "needs_reason": False,
                "needs_if_match": False,
            }
        ],
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


LIFE = Life(
    lifecycle=FUND,
    load=access.fund,
    leads_to={"open": {"close": "closed"}, "closed": {"reopen": "open"}},
    may={"close": {Role.PROGRAMME_MANAGER}, "reopen": {Role.PROGRAMME_MANAGER}},
    permission={"close": "fund.close", "reopen": "fund.close"},
    unseen=(
        "fund_not_found",
        {
            Role.FACILITATOR,
            Role.OBSERVER,
            Role.REVIEWER,
            Role.ADVISER,
            Role.COLLABORATION_LEAD,
            Role.COLLABORATION_MEMBER,
        },
    ),
    bodies={"reopen": WHY},
)


@pytest.mark.parametrize("status", LIFE.leads_to)
async def test_who_may_do_what(ledgers: Ledgers, database: BoundDatabase, status: str) -> None:
    fund, manager = ledgers.fund, ledgers.funding.manager
    if status == "closed":
        fund = await ledgers.funding.done(manager, "POST", f"{ledgers.path}/close")
    await LIFE.tried(ledgers.funding, database, fund)


async def test_a_fund_is_set_up_and_read(ledgers: Ledgers) -> None:
    manager, seen = ledgers.funding.manager, ledgers.funding.network.seen
    assert ledgers.fund == shown(ledgers)
    assert await seen(manager, ledgers.path) == ledgers.fund
    assert await seen(ledgers.approver, "/funds?include_total=true&q=network") == page(
        shown(ledgers, available_actions=[]), total_count=1
    )
    for none in ("status=closed", "currency=KWD", f"funder_id={uuid4()}", "q=sea"):
        assert await seen(manager, f"/funds?{none}") == page(), none
    history = await seen(ledgers.approver, f"{ledgers.path}/history")
    assert [row["verb"] for row in history["items"]] == ["fund.created"]


async def test_what_cannot_be_set_up(ledgers: Ledgers) -> None:
    manager, call = ledgers.funding.manager, ledgers.funding.call
    path = f"/programmes/{ledgers.funding.network.programme_id}/funds"
    body = NEW | {"funder_id": ledgers.funder["id"]}
    taken = await call(manager, "POST", path, body | {"reference": "PLN-GBP"})
    assert refused(taken, "fund_reference_taken", 409, at="/reference")
    unknown = await call(manager, "POST", path, body | {"funder_id": str(uuid4())})
    assert refused(unknown, "organisation_unknown", 422, errors=[ANY])
    nothing = await call(manager, "POST", path, body | {"limit": pounds(0)})
    assert [fault["pointer"] for fault in nothing.json()["errors"]] == ["/limit/amount_minor"]
    theirs = await call(ledgers.approver, "POST", path, body)
    assert refused(theirs, "not_allowed", 403, permission="fund.create")
    nowhere = await call(manager, "POST", f"/programmes/{uuid4()}/funds", body)
    assert refused(nowhere, "programme_not_found", 404)
    made = await ledgers.funding.done(manager, "POST", path, body)
    assert (made["currency"], made["limit"]) == ("KWD", pounds(1, "KWD"))


async def test_its_funder_gives_more(ledgers: Ledgers) -> None:
    manager, call = ledgers.funding.manager, ledgers.funding.call
    await ledgers.received(6_000_000)
    less = await call(manager, "PATCH", ledgers.path, {"limit": pounds(5_999_999)}, if_match=1)
    assert refused(
        less,
        "limit_below_received",
        409,
        errors=[{"pointer": "/limit", "code": "limit_below_received", "detail": ANY}],
    )
    other = await call(manager, "PATCH", ledgers.path, {"limit": pounds(1, "EUR")}, if_match=1)
    assert refused(
        other,
        "currency_differs",
        422,
        errors=[{"pointer": "/limit/currency", "code": "currency_differs", "detail": ANY}],
    )
    body = {"name": "Grants", "limit": pounds(6_000_000)}
    changed = await ledgers.funding.done(manager, "PATCH", ledgers.path, body, if_match=1)
    assert changed == shown(
        ledgers,
        **body,
        received=pounds(6_000_000),
        unallocated=pounds(6_000_000),
        version=2,
    )
    history = await ledgers.funding.network.seen(manager, f"{ledgers.path}/history")
    before = {"name": "Grants of the network", "limit_minor": 12_000_000}
    assert history["items"][-1]["detail"] == edits(
        before, {"name": "Grants", "limit_minor": 6_000_000}
    )


async def test_it_is_closed_once_it_is_empty(ledgers: Ledgers) -> None:
    manager, call = ledgers.funding.manager, ledgers.funding.call
    entry = await ledgers.received(100)
    full = await call(manager, "POST", f"{ledgers.path}/close")
    assert full.json()["unmet"] == [{"code": "money_left", "detail": ANY}]
    assert full.status_code == 409
    await ledgers.moved("refunds", 100, "FT-2")
    closed = await ledgers.funding.done(manager, "POST", f"{ledgers.path}/close")
    assert closed["status"] == "closed"
    undone = f"/journal-entries/{entry['id']}/reversals"
    for answer in (
        await ledgers.moved("receipts", 100, "FT-3"),
        await ledgers.moved("refunds", 100, "FT-3"),
        await call(ledgers.approver, "POST", undone, {"effective_on": "2026-03-02", **WHY}),
        await call(manager, "PATCH", ledgers.path, {"name": "Grants"}, if_match=2),
    ):
        assert refused(answer, "fund_closed", 409)
    again = await ledgers.funding.done(manager, "POST", f"{ledgers.path}/reopen", WHY)
    assert again["status"] == "open"
    actions = await ledgers.funding.network.seen(manager, f"{ledgers.path}/actions")
    assert [(one["name"], one["unmet"]) for one in actions["actions"]] == [("close", [])]
