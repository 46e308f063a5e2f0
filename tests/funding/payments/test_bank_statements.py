"""What the bank says is written down once, and settles what it is about."""

import hashlib
from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import httpx
import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.kernel.clock import FixedClock
from app.network.cohorts.models import Cohort
from tests.answers import refused
from tests.funding.funds.ledgers import pounds
from tests.funding.payments.bank_files import camt, entry, table, transfer
from tests.funding.payments.paying import Paying, settling
from tests.funding.payments.running import Running
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.people.files.uploading import Uploader
from tests.people.identity.people import Person

NOW = "2026-03-02T09:00:00.000000Z"


@pytest.fixture
async def running(paying: Paying) -> Running:
    """Two payments that were requested."""
    return await Running.begin(paying)


async def _imports(
    paying: Paying, content: bytes, name: str = "march.csv", who: Person | None = None, **more: Any
) -> httpx.Response:
    """What comes of bringing in a file, as whoever releases."""
    who = who or paying.releaser
    file_id = await Uploader(paying.network.client, who).upload(
        content, name=name, media_type="text/csv"
    )
    path = f"{paying.ledgers.path}/bank-statements"
    return await paying.call(who, "POST", path, {"file_id": str(file_id)}, **more)


async def imported(paying: Paying, content: bytes, name: str = "march.csv") -> Json:
    answer = await _imports(paying, content, name)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def bank_lines(paying: Paying, statement: Json) -> list[Json]:
    """The lines of a file, in its order."""
    path = f"/bank-lines?statement_id={statement['id']}&sort=created_at"
    return sorted(
        (await paying.seen(paying.approver, path))["items"], key=lambda line: line["position"]
    )


def _counts(statement: Json) -> dict[str, int]:
    """What is not nothing of it."""
    return {name: many for name, many in statement.items() if name.endswith("_count") and many}


async def test_a_file_settles_and_fails_what_it_is_about(running: Running) -> None:
    """Once: the same file again changes nothing, nor does a line in another file."""
    paying = running.paying
    run = await running.released()
    first, second = [await running.payment(number) for number in (1, 2)]
    paid = f"paid,{first['reference']}-1,BANK-1,8000.00,GBP,2026-03-02,12.50,"
    failed = f"not_paid,{second['reference']}-1,,12000,GBP,2026-03-02,,AC04: closed"
    fee = "paid,,FEE,5.00,GBP,2026-03-02,,"
    content = table(paid, failed, fee)
    statement = await imported(paying, content)
    again = await imported(paying, content)
    overlapping = await imported(paying, table(fee, failed, "paid,,FEE-2,5.00,GBP,2026-03-02,,"))

    fund = paying.ledgers.fund
    assert statement == {
        "id": statement["id"],
        "fund": {"id": fund["id"], "reference": "PLN-GBP", "name": fund["name"]},
        "file_name": "march.csv",
        "form": "csv",
        "sha256": hashlib.sha256(content).hexdigest(),
        "line_count": 3,
        "known_count": 0,
        "other_count": 0,
        "settled_count": 1,
        "failed_count": 1,
        "unmatched_count": 1,
        "ambiguous_count": 0,
        "set_aside_count": 0,
        "imported_by": {
            "id": str(paying.releaser.account_id),
            "reference": None,
            "name": "Rae Releaser",
        },
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }
    assert _counts(again) == {"known_count": 3}
    assert _counts(overlapping) == {"line_count": 1, "known_count": 2, "unmatched_count": 1}
    settled, unpaid = [await running.payment(number) for number in (1, 2)]
    assert (settled["status"], settled["bank_reference"]) == ("settled", "BANK-1")
    assert (settled["charges"], settled["value_on"]) == (pounds(1_250), "2026-03-02")
    assert (unpaid["status"], unpaid["attempts"][0]["fault"]) == ("failed", "AC04: closed")
    assert (await running.seen(run))["status"] == "done"
    held = await paying.holds()
    assert (held["disbursed"], held["payable"]) == (800_000, 1_200_000)
    one, _, other = await bank_lines(paying, statement)
    assert one == {
        "id": one["id"],
        "fund": statement["fund"],
        "statement_id": statement["id"],
        "position": 1,
        "status": "matched",
        "outcome": "paid",
        "amount": pounds(800_000),
        "taken": None,
        "charges": pounds(1_250),
        "value_on": "2026-03-02",
        "end_to_end_id": f"{first['reference']}-1",
        "bank_reference": "BANK-1",
        "reason": None,
        "payment": {
            "id": first["id"],
            "reference": first["reference"],
            "name": first["reference"],
        },
        "obstacle": None,
        "obstacle_detail": None,
        "candidates": [],
        "available_actions": [],
        "version": 2,
        "created_at": NOW,
        "updated_at": NOW,
    }
    assert (other["obstacle"], other["candidates"]) == ("no_payment", [])
    assert [one["name"] for one in other["available_actions"]] == ["match", "set_aside"]
    history = await paying.seen(paying.approver, f"/bank-statements/{statement['id']}/history")
    assert [one["verb"] for one in history["items"]] == ["bank_statement.imported"]
    history = await paying.seen(paying.approver, f"/bank-lines/{one['id']}/history")
    assert [one["verb"] for one in history["items"]] == ["bank_line.read", "bank_line.matched"]


async def test_a_statement_and_a_notification_of_the_standard(running: Running) -> None:
    paying = running.paying
    await running.released()
    first, second = [await running.payment(number) for number in (1, 2)]
    sent = entry("8010.00", transfer(f"{first['reference']}-1", "8000.00", charges=("10",)))
    statement = await imported(paying, camt(sent, entry("1.00", is_debit=False)), "march.xml")
    back = entry(
        "12000.00",
        transfer(f"{second['reference']}-1", "12000.00", returned="AC04"),
        is_debit=False,
        reference="BANK-2",
    )
    notified = await imported(paying, camt(back, kind="054"), "march-2.xml")

    assert (statement["form"], notified["form"]) == ("camt_053", "camt_054")
    assert _counts(statement) == {"line_count": 1, "other_count": 1, "settled_count": 1}
    assert _counts(notified) == {"line_count": 1, "failed_count": 1}
    found = [await running.payment(number) for number in (1, 2)]
    assert [one["status"] for one in found] == ["settled", "failed"]
    assert (found[0]["charges"], found[1]["attempts"][0]["fault"]) == (pounds(1_000), "AC04")


async def test_a_batch_of_the_bank_settles_each_of_its_transfers(running: Running) -> None:
    """What the bank calls the whole of it is not what it calls one, said of each or not; told by
    hand before, a transfer is known by what it is called in its run."""
    paying = running.paying
    run = await running.released()
    first, second = [await running.payment(number) for number in (1, 2)]
    transfers = [
        transfer(f"{first['reference']}-1", "8000.00"),
        transfer(f"{second['reference']}-1", "12000.00"),
    ]
    statement = await imported(paying, camt(entry("20000.00", *transfers)), "march.xml")
    [line, _] = await bank_lines(paying, statement)
    again = entry("20000.00", *transfers, reference="BANK-7").replace("BANK-1", "BANK-7")
    notified = await imported(paying, camt(again, kind="054"), "march-2.xml")
    otherwise = entry("8000.00", transfer(f"{first['reference']}-1", "8000", reference="BANK-8"))
    [other] = await bank_lines(paying, await imported(paying, camt(otherwise), "march-3.xml"))

    assert _counts(statement) == {"line_count": 2, "settled_count": 2}
    assert (await running.seen(run))["status"] == "done"
    found = [await running.payment(number) for number in (1, 2)]
    assert [one["bank_reference"] for one in found] == [
        f"{one['reference']}-1" for one in (first, second)
    ]
    assert line["bank_reference"] is None
    assert _counts(notified) == {"known_count": 2}
    assert other["obstacle"] == "not_with_the_bank"


async def test_what_was_written_down_by_hand_is_known(running: Running) -> None:
    """A line about what somebody settled or failed is matched, and changes nothing; one that says
    otherwise waits."""
    paying = running.paying
    await running.released()
    first, second = [await running.payment(number) for number in (1, 2)]
    await paying.moves(paying.releaser, first, "settle", settling(first))
    await paying.moves(paying.releaser, second, "fail", WHY)
    reference = settling(first)["bank_reference"]
    told = (
        f"paid,{first['reference']}-1,{reference},8000,GBP,2026-03-02,,",
        f"paid,,{reference},8000,GBP,2026-03-01,,",
        f"paid,{first['reference']}-1,,8000,GBP,2026-03-02,,",
        f"not_paid,{second['reference']}-1,,12000,GBP,2026-03-02,,AC04",
        f"paid,{second['reference']}-1,BANK-9,12000,GBP,2026-03-02,,",
        f"paid,{first['reference']}-1,BANK-8,7999.99,GBP,2026-03-02,,",
    )
    statement = await imported(paying, table(*told))
    lines = await bank_lines(paying, statement)
    assert [(one["status"], one["obstacle"]) for one in lines] == [
        ("matched", None),
        ("matched", None),
        ("matched", None),
        ("matched", None),
        ("unmatched", "not_with_the_bank"),
        ("unmatched", "amount_differs"),
    ]
    assert [(await running.payment(number))["version"] for number in (1, 2)] == [
        first["version"] + 1,
        second["version"] + 1,
    ]


async def _alike(paying: Paying) -> tuple[Json, Json]:
    """Two payments of one amount that are with the bank."""
    signed = {"kind": "signature", "criteria": [], "title": "Signed", "amount_minor": 1_000_000}
    signed |= {"due_on": "2026-03-31", "timezone": "Europe/London"}
    milestones = [signed, signed | {"title": "Again"}]
    grant = await paying.ledgers.grant("active", milestones=milestones)
    other = Paying(paying.ledgers, paying.releaser, paying.payee, grant)
    await other.account()
    found: list[Json] = []
    for number, milestone in enumerate(await paying.funding.milestones(grant)):
        answer = await other.requests(milestone, invoice_number=f"INV-{number}")
        found.append(await other.walk_payment(answer.json(), "released"))
    return found[0], found[1]


async def test_by_the_banks_reference_where_nothing_else_names_it(paying: Paying) -> None:
    """One that it names is paid; of several somebody says which."""
    first, second = await _alike(paying)
    both = f"{first['reference']} {second['reference']}"
    doubted = await imported(paying, table(f"paid,,{both},10000,GBP,2026-03-02,,"))
    [line] = await bank_lines(paying, doubted)
    waits = await paying.seen(paying.releaser, "/me/work?kind=match_bank_line")
    path = f"/bank-lines/{line['id']}"
    matched = await paying.done(
        paying.releaser, f"{path}/match", {"payment_id": first["id"]}, if_match="*"
    )
    named = f"paid,,SENT {second['reference'].lower()} TODAY,10000,GBP,2026-03-02,,"
    statement = await imported(paying, table(named))

    assert (line["status"], line["obstacle"]) == ("ambiguous", "several_payments")
    assert [one["id"] for one in line["candidates"]] == [first["id"], second["id"]]
    assert [one["subject"]["id"] for one in waits["items"]] == [line["id"]]
    assert (matched["status"], matched["payment"]["id"]) == ("matched", first["id"])
    assert (matched["obstacle"], matched["candidates"]) == (None, [])
    assert _counts(statement) == {"line_count": 1, "settled_count": 1}
    found = [await paying.seen(paying.lead, f"/payments/{one['id']}") for one in (first, second)]
    assert [one["status"] for one in found] == ["settled", "settled"]


async def test_a_payment_is_named_whole_or_not_at_all(paying: Paying) -> None:
    """`P1` is not named by `P17`; of one that is with the bank, and one that is not any more,
    somebody says which."""
    first, second = await _alike(paying)
    longer = f"paid,,SENT {first['reference']}7,10000,GBP,2026-03-02,,"
    [line] = await bank_lines(paying, await imported(paying, table(longer)))
    await paying.moves(paying.releaser, first, "settle", settling(first))
    both = f"{first['reference']} {second['reference']}"
    [doubted] = await bank_lines(
        paying, await imported(paying, table(f"paid,,{both},10000,GBP,2026-03-02,,"))
    )

    assert (line["status"], line["obstacle"]) == ("unmatched", "no_payment")
    assert (doubted["status"], doubted["obstacle"]) == ("ambiguous", "several_payments")
    assert [one["id"] for one in doubted["candidates"]] == [second["id"]]


async def test_a_line_without_a_reference_settles_nothing(running: Running) -> None:
    paying = running.paying
    await running.released(running.payments[0])
    first = await running.payment(1)
    untold = await imported(paying, table("paid,,,8000,GBP,2026-03-02,,"))
    [silent] = await bank_lines(paying, untold)
    path, about = f"/bank-lines/{silent['id']}", {"payment_id": first["id"]}
    told = await paying.seen(paying.releaser, f"{path}/actions")
    match = next(one for one in told["actions"] if one["name"] == "match")
    nameless = await paying.call(paying.releaser, "POST", f"{path}/match", about, if_match="*")

    assert [one["code"] for one in match["unmet"]] == ["reference_of_line_missing"]
    assert (nameless.status_code, nameless.json()["code"]) == (409, "guards_unmet")
    assert nameless.json()["unmet"] == match["unmet"]
    assert (await running.payment(1))["status"] == "released"


async def test_the_banks_day_may_be_that_of_the_network(
    running: Running, db: AsyncSession, clock: FixedClock
) -> None:
    """Where the cohort is it was the third of March when it was released, and the second at the
    bank: it counts from the day on which it left."""
    paying = running.paying
    await db.execute(update(Cohort).values(timezone="Pacific/Kiritimati"))
    await db.commit()
    clock.advance(timedelta(hours=3))
    await running.released(running.payments[0])
    first = await running.payment(1)
    settled = await paying.moves(paying.releaser, first, "settle", settling(first))
    entries = await paying.seen(paying.approver, "/journal-entries")

    assert settled["value_on"] == "2026-03-02"
    effective = {one["kind"]: one["effective_on"] for one in entries["items"]}
    assert (effective["payment"], effective["settlement"]) == ("2026-03-03", "2026-03-03")


async def test_what_a_verb_refuses_waits_for_somebody(running: Running) -> None:
    paying = running.paying
    await running.released(running.payments[0])
    first = await running.payment(1)
    early = f"paid,{first['reference']}-1,BANK-1,8000,GBP,2026-03-01,,"
    [line] = await bank_lines(paying, await imported(paying, table(early)))
    path = f"/bank-lines/{line['id']}"
    about = {"payment_id": first["id"]}
    again = await paying.call(paying.releaser, "POST", f"{path}/match", about, if_match="*")
    other = {"payment_id": running.payments[1]["id"]}
    another = await paying.call(paying.releaser, "POST", f"{path}/match", other, if_match="*")
    lead = await paying.call(paying.lead, "POST", f"{path}/match", about, if_match="*")
    aside = await paying.done(paying.releaser, f"{path}/set-aside", WHY)
    taken = await paying.done(paying.releaser, f"{path}/take-up", WHY)

    assert (line["status"], line["obstacle"]) == ("unmatched", "refused")
    assert line["obstacle_detail"] == (
        "The bank booked it on the day of its release or later, and not after today."
    )
    assert again.json()["code"] == "value_day_out_of_order"
    assert another.json()["code"] == "payment_not_of_line"
    assert [one["pointer"] for one in another.json()["errors"]] == ["/payment_id"]
    assert refused(lead, "bank_line_not_found", 404)
    assert (aside["status"], taken["status"]) == ("set_aside", "unmatched")


async def test_lines_of_a_file_are_set_aside_together(running: Running) -> None:
    """All of them, or none; a line of another file is not among them."""
    paying = running.paying
    await running.released(running.payments[0])
    paid = f"paid,{(await running.payment(1))['reference']}-1,BANK-1,8000,GBP,2026-03-02,,"
    others = [f"paid,,SALARY-{number},2100.00,GBP,2026-03-02,," for number in range(3)]
    statement = await imported(paying, table(paid, *others))
    [strange] = await bank_lines(
        paying, await imported(paying, table("paid,,FEE,5,GBP,2026-03-02,,"))
    )
    settled, *unknown = [line["id"] for line in await bank_lines(paying, statement)]
    path, why = f"/bank-statements/{statement['id']}/set-aside-lines", "Salaries."

    async def aside(ids: list[str], who: Person = paying.releaser) -> httpx.Response:
        return await paying.call(who, "POST", path, {"bank_line_ids": ids, "reason": why})

    with_settled = await aside([*unknown, settled])
    elsewhere = await aside([*unknown, strange["id"]])
    assert refused(
        with_settled, "invalid_transition", 409, current_status="matched", available_actions=[]
    )
    [fault] = elsewhere.json()["errors"]
    assert (elsewhere.status_code, fault["code"]) == (422, "bank_line_unknown")
    assert fault["pointer"] == "/bank_line_ids/3"
    assert refused(await aside(unknown, paying.lead), "bank_statement_not_found", 404)
    manager = await aside(unknown, paying.funding.manager)
    assert refused(manager, "not_allowed", 403, permission="bank_line.match")
    unchanged = await paying.seen(paying.releaser, f"/bank-statements/{statement['id']}")
    assert _counts(unchanged) == {"line_count": 4, "settled_count": 1, "unmatched_count": 3}

    done = await aside([unknown[0], unknown[0], *unknown[1:]])
    assert done.json() == unchanged | {"unmatched_count": 0, "set_aside_count": 3}
    history = await paying.seen(paying.releaser, f"/bank-lines/{unknown[2]}/history")
    assert [(one["verb"], one["reason"]) for one in history["items"]] == [
        ("bank_line.read", None),
        ("bank_line.set_aside", why),
    ]
    again = await aside(unknown)
    assert refused(
        again, "invalid_transition", 409, current_status="set_aside", available_actions=ANY
    )


async def test_what_is_refused_of_a_file(paying: Paying) -> None:
    unreadable = await _imports(paying, table("paid,,,1,GBP,yesterday,,"))
    large = await _imports(paying, b"x" * (4 * 1024 * 1024 + 1))
    stranger = await _imports(paying, table(), who=paying.lead)
    uploader = Uploader(paying.network.client, paying.approver)
    file_id = await uploader.upload(table(), name="a.csv", media_type="text/csv")
    path, body = f"{paying.ledgers.path}/bank-statements", {"file_id": str(file_id)}
    others = await paying.call(paying.releaser, "POST", path, body)
    unkeyed = await paying.network.client.post(
        f"/v1{path}", json=body, headers=paying.approver.headers
    )

    [fault] = unreadable.json()["errors"]
    assert (unreadable.json()["code"], fault["pointer"]) == ("bank_file_unreadable", "/file_id")
    assert fault["detail"] == ("It cannot be read: row 2: 'yesterday' is no date (YYYY-MM-DD).")
    assert large.json()["errors"][0]["detail"] == "It cannot be read: it has more than 4 MiB."
    assert refused(stranger, "fund_not_found", 404)
    assert refused(others, "file_not_found", 404)
    assert refused(unkeyed, "idempotency_key_required", 400)


CORRUPTIONS = {
    "what is in a run of payments that was released is with the bank, and nothing is in one that "
    "has ended": "UPDATE payment_run_items SET left_because = NULL, left_at = NULL",
    "a run of payments has payments of its fund, in its currency": (
        "UPDATE payment_runs SET currency = 'EUR'"
    ),
    "a line of the bank's that is matched is about a payment of its fund, of its amount": (
        "UPDATE bank_lines SET amount_minor = 1 WHERE status = 'matched'"
    ),
}


async def test_the_doctor_finds_what_was_forced(running: Running, db: AsyncSession) -> None:
    await running.released(running.payments[0])
    first = await running.payment(1)
    said = f"paid,{first['reference']}-1,BANK-1,8000,GBP,2026-03-02,,"
    await imported(running.paying, table(said))
    for name, forced in CORRUPTIONS.items():
        assert (await db.execute(text(INVARIANTS[name]))).all() == []
        async with db.begin_nested() as corrupted:
            await db.execute(text(forced))
            assert (await db.execute(text(INVARIANTS[name]))).all() != [], name
            await corrupted.rollback()
