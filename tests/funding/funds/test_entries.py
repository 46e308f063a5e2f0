"""Journal entries over HTTP: what came from the funder, what went back, what was wrong."""

import csv
import io
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.kernel.clock import FixedClock
from tests.answers import START, page, refused
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.journeys import Json

OUT_OF_ORDER = [{"pointer": "/effective_on", "code": "effective_day_out_of_order", "detail": ANY}]
WRONG = {"effective_on": "2026-03-02", "reason": "The bank booked it for another account."}


def shown(ledgers: Ledgers, kind: str, amount_minor: int, lines: Any, **more: Any) -> Json:
    amount = pounds(amount_minor)
    return {
        "id": ANY,
        "fund": {name: ledgers.fund[name] for name in ("id", "reference", "name")},
        "kind": kind,
        "amount": amount,
        "effective_on": "2026-03-01",
        "grant_id": None,
        "granted": None,
        "milestone_id": None,
        "recovery_id": None,
        "expense_claim_id": None,
        "bank_reference": None,
        "note": None,
        "is_opening": False,
        "reverses_id": None,
        "reversed_by_id": None,
        "postings": Unordered(
            {"bucket": bucket, "side": side, "amount": amount} for bucket, side in lines.items()
        ),
        "recorded_by": {
            "id": str(ledgers.approver.account_id),
            "reference": None,
            "name": "Fay Finance",
        },
        "recorded_at": START,
        **more,
    }


class Unordered(list[Json]):
    """Equal to a list of the same things: accounts are taken in the order of their ids."""

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, list)
        return sorted(map(str, self)) == sorted(map(str, other))


IN = {"external": "debit", "unallocated": "credit"}
OUT = {"unallocated": "debit", "external": "credit"}


async def test_money_comes_and_goes_back(ledgers: Ledgers) -> None:
    seen = ledgers.funding.network.seen
    came = await ledgers.moved(
        "receipts", 6_000_000, "FT-1", note="The first half.", effective_on="2026-02-27"
    )
    assert came.status_code == 201
    first = came.json()
    assert first == shown(
        ledgers,
        "receipt",
        6_000_000,
        IN,
        bank_reference="FT-1",
        note="The first half.",
        effective_on="2026-02-27",
    )
    assert came.headers["Location"] == f"/v1/journal-entries/{first['id']}"
    went = (await ledgers.moved("refunds", 250_000, "FT-2", effective_on="2026-02-28")).json()
    assert went == shown(
        ledgers, "refund", 250_000, OUT, bank_reference="FT-2", effective_on="2026-02-28"
    )
    assert await ledgers.holds() == {"received": 5_750_000, "unallocated": 5_750_000}
    assert await seen(ledgers.approver, f"/journal-entries/{first['id']}") == first
    for path in (f"{ledgers.path}/journal-entries", "/journal-entries"):
        assert await seen(ledgers.approver, path) == page(first, went)
    newest = "/journal-entries?sort=-recorded_at&kind=receipt&effective_from=2026-02-27"
    assert await seen(ledgers.approver, newest) == page(first)
    history = await seen(ledgers.approver, f"/journal-entries/{first['id']}/history")
    assert [(row["verb"], row["detail"]) for row in history["items"]] == [
        ("journal_entry.received", pounds(6_000_000))
    ]


async def test_what_was_recorded_since(ledgers: Ledgers, clock: FixedClock) -> None:
    """An entry that was undone since is found with the reversal: it says by which one."""
    call, seen = ledgers.funding.call, ledgers.funding.network.seen
    first, second = await ledgers.received(100), await ledgers.received(200, "FT-2")
    clock.advance(timedelta(minutes=1))
    path = f"/journal-entries/{first['id']}/reversals"
    undoing = (await call(ledgers.approver, "POST", path, WRONG)).json()
    undone = first | {"reversed_by_id": undoing["id"]}
    then = undoing["recorded_at"]
    for path in (f"{ledgers.path}/journal-entries", "/journal-entries"):
        assert await seen(ledgers.approver, f"{path}?updated_since={then}") == page(undone, undoing)
        assert await seen(ledgers.approver, f"{path}?created_from={then}") == page(undoing)
        until = f"{path}?created_from={START}&created_until={START}"
        assert await seen(ledgers.approver, until) == page(undone, second)
    for asked, ids in (
        (f"updated_since={then}", [first["id"], undoing["id"]]),
        (f"created_from={then}", [undoing["id"]]),
        (f"created_until={START}", [first["id"], second["id"]]),
    ):
        export = f"/journal-entries/export?{asked}"
        answer = await call(ledgers.approver, "GET", export)
        assert answer.status_code == 200, answer.text
        rows = csv.DictReader(io.StringIO(answer.text, newline=""))
        assert [row["id"] for row in rows] == ids


async def test_it_is_received_once_and_up_to_the_limit(ledgers: Ledgers) -> None:
    await ledgers.received(12_000_000)
    more = await ledgers.moved("receipts", 1, "FT-2")
    fault = {"pointer": "/amount", "code": "limit_exceeded", "detail": ANY}
    assert refused(more, "limit_exceeded", 409, errors=[fault])
    assert (await ledgers.moved("refunds", 1, "FT-1")).status_code == 201, "of another kind"
    again = await ledgers.moved("receipts", 1, "FT-1")
    assert refused(again, "bank_reference_taken", 409)
    assert await ledgers.holds() == {"received": 11_999_999, "unallocated": 11_999_999}


async def test_no_more_goes_back_than_is_there(ledgers: Ledgers) -> None:
    await ledgers.received(100)
    assert refused(await ledgers.moved("refunds", 101, "FT-2"), "not_enough_money", 409)
    fault = {"pointer": "/amount/currency", "code": "currency_differs", "detail": ANY}
    for what in ("receipts", "refunds"):
        euros = await ledgers.moved(what, 1, "FT-2", amount=pounds(1, "EUR"))
        assert refused(euros, "currency_differs", 422, errors=[fault])
    nothing = await ledgers.moved("refunds", 0, "FT-2")
    assert [fault["pointer"] for fault in nothing.json()["errors"]] == ["/amount/amount_minor"]
    assert await ledgers.holds() == {"received": 100, "unallocated": 100}


async def test_what_was_wrong_is_reversed_once(ledgers: Ledgers) -> None:
    call, seen = ledgers.funding.call, ledgers.funding.network.seen
    entry = await ledgers.received(100)
    path = f"/journal-entries/{entry['id']}/reversals"
    answer = await call(ledgers.approver, "POST", path, WRONG)
    assert answer.status_code == 201
    undoing = answer.json()
    assert undoing == shown(
        ledgers,
        "reversal",
        100,
        OUT,
        effective_on="2026-03-02",
        note=WRONG["reason"],
        reverses_id=entry["id"],
    )
    assert await ledgers.holds() == {}
    read = await seen(ledgers.approver, f"/journal-entries/{entry['id']}")
    assert read == entry | {"reversed_by_id": undoing["id"]}
    await ledgers.received(100, "FT-2")
    again = await call(ledgers.approver, "POST", path, WRONG)
    assert refused(again, "entry_reversed_already", 409)
    undone = f"/journal-entries/{undoing['id']}/reversals"
    assert refused(await call(ledgers.approver, "POST", undone, WRONG), "made_by_a_move", 409)
    assert await ledgers.holds() == {"received": 100, "unallocated": 100}


async def test_what_was_wrong_is_recorded_again(ledgers: Ledgers) -> None:
    """With its reference, which is the same however it is written."""
    entry = await ledgers.received(12_000_000, "Bank-1")
    for again in ("Bank-1", "BANK 1", "bank1", "\uff22ank/1"):
        assert refused(await ledgers.moved("receipts", 1, again), "bank_reference_taken", 409)
    path = f"/journal-entries/{entry['id']}/reversals"
    assert (await ledgers.funding.call(ledgers.approver, "POST", path, WRONG)).status_code == 201
    right = await ledgers.moved("receipts", 1_200, "BANK 1")
    assert right.status_code == 201
    assert right.json() == shown(ledgers, "receipt", 1_200, IN, bank_reference="BANK 1")
    assert refused(await ledgers.moved("receipts", 1, "Bank-1"), "bank_reference_taken", 409)
    for reference in ("--", "//"):
        [fault] = (await ledgers.moved("refunds", 1, reference)).json()["errors"]
        assert fault["pointer"] == "/bank_reference"
        assert fault["detail"] == "Must have a letter or a digit."
    assert await ledgers.holds() == {"received": 1_200, "unallocated": 1_200}


async def test_no_more_comes_back_than_was_agreed(ledgers: Ledgers) -> None:
    await ledgers.received(12_000_000)
    went = (await ledgers.moved("refunds", 12_000_000, "FT-1")).json()
    await ledgers.received(12_000_000, "FT-2")
    path = f"/journal-entries/{went['id']}/reversals"
    answer = await ledgers.funding.call(ledgers.approver, "POST", path, WRONG)
    assert refused(answer, "limit_exceeded", 409)
    assert await ledgers.holds() == {"received": 12_000_000, "unallocated": 12_000_000}
    assert (await ledgers.moved("refunds", 12_000_000, "FT-3")).status_code == 201
    answer = await ledgers.funding.call(ledgers.approver, "POST", path, WRONG)
    assert answer.json() == shown(
        ledgers,
        "reversal",
        12_000_000,
        IN,
        effective_on="2026-03-02",
        note=WRONG["reason"],
        reverses_id=went["id"],
    )


async def test_nothing_is_taken_before_it_came(ledgers: Ledgers) -> None:
    """Nor out of what went later: on each day there is what is taken until then."""
    entry = await ledgers.received(100)
    early = await ledgers.moved("refunds", 1, "FT-2", effective_on="2026-02-28")
    assert refused(early, "not_enough_money", 409)
    first = await ledgers.moved("receipts", 50, "FT-0", effective_on="2026-02-27")
    too_much = await ledgers.moved("refunds", 51, "FT-2", effective_on="2026-02-28")
    assert refused(too_much, "not_enough_money", 409)
    assert (
        await ledgers.moved("refunds", 120, "FT-2", effective_on="2026-03-01")
    ).status_code == 201
    await ledgers.moved("receipts", 100, "FT-3", effective_on="2026-03-02")
    call = ledgers.funding.call
    for undone in (first.json(), entry):
        path = f"/journal-entries/{undone['id']}/reversals"
        body = WRONG | {"effective_on": "2026-03-01"}
        answer = await call(ledgers.approver, "POST", path, body)
        assert refused(answer, "not_enough_money", 409)
    path = f"/journal-entries/{entry['id']}/reversals"
    assert (await call(ledgers.approver, "POST", path, WRONG)).status_code == 201
    assert await ledgers.holds() == {"received": 30, "unallocated": 30}


@pytest.mark.parametrize("what", ["receipts", "refunds"])
async def test_what_is_still_to_come_is_not_booked(ledgers: Ledgers, what: str) -> None:
    await ledgers.received(100)
    answer = await ledgers.moved(what, 50, "FT-2", effective_on="2026-03-03")
    assert refused(answer, "effective_day_out_of_order", 422, errors=OUT_OF_ORDER)
    assert await ledgers.holds() == {"received": 100, "unallocated": 100}
    assert (await ledgers.moved(what, 50, "FT-2", effective_on="2026-03-02")).status_code == 201


async def test_nothing_is_undone_before_it_was_done(ledgers: Ledgers) -> None:
    entry = await ledgers.received(100)
    path = f"/journal-entries/{entry['id']}/reversals"
    for day in ("2026-02-28", "2026-03-03"):
        body = WRONG | {"effective_on": day}
        answer = await ledgers.funding.call(ledgers.approver, "POST", path, body)
        assert refused(answer, "effective_day_out_of_order", 422, errors=OUT_OF_ORDER)
    body = WRONG | {"effective_on": "2026-03-01"}
    answer = await ledgers.funding.call(ledgers.approver, "POST", path, body)
    assert answer.status_code == 201


async def test_what_was_spent_is_not_reversed(ledgers: Ledgers) -> None:
    entry = await ledgers.received(2_000_000)
    await ledgers.grant("offered")
    path = f"/journal-entries/{entry['id']}/reversals"
    answer = await ledgers.funding.call(ledgers.approver, "POST", path, WRONG)
    assert refused(answer, "not_enough_money", 409)


async def test_who_writes_in_the_ledger(ledgers: Ledgers) -> None:
    call, lead = ledgers.funding.call, ledgers.funding.lead
    entry = await ledgers.received(100)
    body = {"amount": pounds(1), "effective_on": "2026-03-01", "bank_reference": "FT-9"}
    for what in ("receipts", "refunds"):
        answer = await call(ledgers.funding.manager, "POST", f"{ledgers.path}/{what}", body)
        assert refused(answer, "not_allowed", 403, permission="fund.keep_ledger")
        unseen = await call(lead, "POST", f"{ledgers.path}/{what}", body)
        assert refused(unseen, "fund_not_found", 404)
    path = f"/journal-entries/{entry['id']}"
    theirs = await call(ledgers.funding.manager, "POST", f"{path}/reversals", WRONG)
    assert refused(theirs, "not_allowed", 403, permission="fund.keep_ledger")
    assert refused(await call(lead, "GET", path), "journal_entry_not_found", 404)
    nobody = await call(ledgers.approver, "POST", f"/journal-entries/{uuid4()}/reversals", WRONG)
    assert refused(nobody, "journal_entry_not_found", 404)
