"""Payments over HTTP: requested, approved and released by three people, settled by the bank."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments import access
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.models import Payment
from app.installation.doctor import INVARIANTS
from app.kernel.clock import FixedClock
from app.kernel.limits import DEFAULTS
from app.people.identity.roles import Role
from tests.answers import START, endorsed, page, refused
from tests.bound import BoundDatabase
from tests.factories import organisation
from tests.funding.funds.ledgers import pounds
from tests.funding.payments.paying import ANOTHER_IBAN, CALL, Paying, settling
from tests.funding.payments.test_payee_accounts import ref
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.lives import Life
from tests.people.identity.people import Person

RUNS = {Role.PROGRAMME_MANAGER, Role.COORDINATOR}
APPROVER = {Role.FINANCE_APPROVER}
RELEASER = {Role.PAYMENT_RELEASER}
FINANCE = APPROVER | RELEASER
OPEN = {"hold": "on_hold", "cancel": "cancelled"}
SETTLED = {"bank_reference": "FT-9", "value_on": "2026-03-02"}

LIFE = Life(
    lifecycle=PAYMENT,
    load=access.payment,
    leads_to={
        "requested": {"approve": "approved", **OPEN},
        "approved": {"hold": "on_hold", "release": "released", "cancel": "cancelled"},
        "on_hold": {"resume": "requested", "cancel": "cancelled"},
        "released": {"settle": "settled", "fail": "failed"},
        "settled": {"reverse": "reversed"},
        "failed": {"approve": "approved", "cancel": "cancelled"},
        "cancelled": {},
        "reversed": {},
    },
    may={
        "approve": APPROVER,
        "hold": RUNS | APPROVER,
        "resume": RUNS | APPROVER,
        "release": RELEASER,
        "settle": FINANCE,
        "fail": FINANCE,
        "reverse": FINANCE,
        "cancel": RUNS | APPROVER,
    },
    permission={
        "approve": "payment.approve",
        "hold": "payment.hold",
        "resume": "payment.hold",
        "release": "payment.release",
        "settle": "payment.settle",
        "fail": "payment.settle",
        "reverse": "payment.reverse",
        "cancel": "payment.cancel",
    },
    unseen=(
        "payment_not_found",
        {Role.FACILITATOR, Role.OBSERVER, Role.REVIEWER, Role.ADVISER},
    ),
    endorsed=frozenset({"reverse"}),
    bodies=dict.fromkeys(("hold", "fail", "reverse", "cancel"), WHY) | {"settle": SETTLED},
)


def shown(paying: Paying, milestone: Json, **more: Any) -> Json:
    grant, payee = paying.grant, paying.payee
    return {
        "id": ANY,
        "reference": f"{grant['reference']}-P1",
        "number": 1,
        "status": "requested",
        "milestone": {
            "id": milestone["id"],
            "reference": milestone["reference"],
            "name": milestone["title"],
        },
        "grant": {"id": grant["id"], "reference": grant["reference"], "name": grant["title"]},
        "collaboration": paying.funding.team.ref,
        "expense_claim": None,
        "fund": {
            "id": paying.ledgers.fund["id"],
            "reference": "PLN-GBP",
            "name": "Grants of the network",
        },
        "is_history": False,
        "payee": {"id": payee["id"], "reference": None, "name": "The River Trust"},
        "payee_account_id": ANY,
        "account_ending": "5432",
        "amount": pounds(800_000),
        "net": pounds(800_000),
        "tax": pounds(0),
        "invoice_number": "INV-1",
        "requested_by": ref(paying.lead),
        "approved_by": None,
        "approved_at": None,
        "released_by": None,
        "settled_at": None,
        "bank_reference": None,
        "value_on": None,
        "exchange": None,
        "charges": None,
        "attempts": [],
        "endorsements": [],
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


def attempt(paying: Paying, **more: Any) -> Json:
    return {
        "id": ANY,
        "number": 1,
        "end_to_end_id": f"{paying.grant['reference']}-P1-1",
        "released_by": ref(paying.releaser),
        "released_at": START,
        "ended_at": None,
        "fault": None,
        **more,
    }


@pytest.mark.parametrize("status", LIFE.leads_to)
async def test_who_may_do_what(paying: Paying, database: BoundDatabase, status: str) -> None:
    await LIFE.tried(paying.funding, database, await paying.payment(status))


async def test_it_is_paid_by_three(paying: Paying, db: AsyncSession) -> None:
    requested = await paying.payment()
    before = await paying.holds()
    approved = await paying.moves(paying.approver, requested, "approve")
    released = await paying.moves(paying.releaser, approved, "release")
    meanwhile = await paying.holds()
    said = settling(requested) | {"charges_minor": 250}
    settled = await paying.moves(paying.approver, released, "settle", said)
    after = await paying.holds()

    [milestone, _] = await paying.funding.milestones(paying.grant)
    assert requested == shown(paying, milestone)
    by = {"status": "approved", "approved_by": ref(paying.approver), "approved_at": START}
    assert approved == shown(paying, milestone, version=2, **by)
    by |= {"status": "released", "released_by": ref(paying.releaser)}
    going = [attempt(paying)]
    assert released == shown(paying, milestone, version=3, attempts=going, **by)
    by |= {"status": "settled", "settled_at": START, "charges": pounds(250)}
    by |= {"bank_reference": "FT-1", "value_on": "2026-03-02"}
    gone = [attempt(paying, ended_at=START)]
    assert settled == shown(paying, milestone, version=4, attempts=gone, **by)
    rest = {"received": 8_000_000, "unallocated": 6_000_000, "committed": 1_200_000}
    assert before == rest | {"payable": 800_000}
    assert meanwhile == rest | {"in_transit": 800_000}
    assert after == rest | {"disbursed": 800_000}
    for address in ("/payments", f"/grants/{paying.grant['id']}/payments", "/funds/{}/payments"):
        path = address.format(paying.ledgers.fund["id"])
        assert await paying.seen(paying.approver, path) == page(settled)
    assert await paying.seen(paying.approver, f"/payments/{settled['id']}") == settled
    assert await paying.seen(paying.lead, "/payments?value_from=2026-03-03") == page()
    assert await paying.seen(paying.lead, "/payments?fund_reference=PLN-GBP") == page(
        settled | {"available_actions": []}
    )
    history = await paying.seen(paying.lead, f"/payments/{settled['id']}/history")
    assert [one["verb"] for one in history["items"]] == [
        "payment.requested",
        "payment.approved",
        "payment.released",
        "payment.settled",
    ]
    await sound(db)


async def sound(db: AsyncSession) -> None:
    """Whether the doctor finds nothing."""
    for name, asked in INVARIANTS.items():
        if "fund" in name or "payment" in name or "bank" in name or "bucket" in name:
            assert (await db.execute(text(asked))).all() == [], name


async def test_what_waits_for_whom(paying: Paying) -> None:
    payment = await paying.payment()
    for who, move, body, kind in (
        (paying.approver, "approve", None, "approve_payment"),
        (paying.releaser, "release", None, "release_payment"),
        (paying.releaser, "settle", settling(payment), "settle_payment"),
    ):
        [item] = (await paying.seen(who, f"/me/work?kind={kind}"))["items"]
        assert item["subject"]["reference"] == payment["reference"]
        payment = await paying.moves(who, payment, move, body)
        assert (await paying.seen(who, f"/me/work?kind={kind}"))["items"] == []


async def kinds(paying: Paying, who: Person, thing: Json) -> list[str]:
    """The kinds of what waits for somebody about a thing."""
    work = (await paying.seen(who, "/me/work?limit=200"))["items"]
    return [one["kind"] for one in work if one["subject"]["id"] == thing["id"]]


async def test_a_reference_has_a_letter_or_a_digit_and_the_bank_takes_no_more(
    paying: Paying,
) -> None:
    milestone = await paying.earned()
    await paying.account()
    nothing = await paying.requests(milestone, invoice_number="--")
    payment = await paying.walk_payment((await paying.requests(milestone)).json(), "released")
    path = f"/payments/{payment['id']}/settle"
    blank = await paying.call(paying.releaser, "POST", path, SETTLED | {"bank_reference": "/"})
    greedy = await paying.call(paying.releaser, "POST", path, SETTLED | {"charges_minor": 800_001})
    history = await paying.seen(paying.lead, f"/payments/{payment['id']}/history")
    for answer in (nothing, blank):
        [fault] = answer.json()["errors"]
        assert fault["detail"] == "Must have a letter or a digit."
    fault = {
        "pointer": "/charges_minor",
        "code": "charges_above_amount",
        "detail": "Name no more than the amount.",
    }
    assert refused(greedy, "charges_above_amount", 422, errors=[fault])
    [subject] = {one["subject"]["reference"] for one in history["items"]}
    assert subject == payment["reference"]


async def test_what_was_earned_waits_to_be_requested(paying: Paying) -> None:
    """Once it is known where it goes, until it is requested, and again once that was cancelled."""
    milestone, lead, coordinator = await paying.earned(), paying.lead, paying.funding.coordinator
    unknown = await kinds(paying, lead, milestone)
    await paying.account()
    waiting = [await kinds(paying, who, milestone) for who in (lead, coordinator, paying.approver)]
    payment = (await paying.requests(milestone)).json()
    requested = await kinds(paying, lead, milestone)
    await paying.moves(paying.approver, payment, "cancel", WHY)
    assert (unknown, requested) == ([], [])
    assert waiting == [["request_payment"], ["request_payment"], []]
    assert await kinds(paying, lead, milestone) == ["request_payment"]


async def test_where_it_goes_is_asked_once_something_is_payable(paying: Paying) -> None:
    before = await kinds(paying, paying.lead, paying.grant)
    await paying.earned()
    [asked] = (await paying.seen(paying.lead, "/me/work?kind=propose_payee_account"))["items"]
    assert asked["subject"]["id"] == paying.grant["id"]
    assert asked["action"]["href"] == f"/v1/grants/{paying.grant['id']}/payee-accounts"
    await paying.account("proposed")
    assert (before, await kinds(paying, paying.lead, paying.grant)) == ([], [])


async def test_that_a_grant_pays_nothing_is_said_first(paying: Paying) -> None:
    [first, _] = await paying.funding.milestones(paying.grant)
    await paying.done(paying.funding.coordinator, f"/grants/{paying.grant['id']}/suspend", WHY)
    answer = await paying.requests(first)
    assert [one["code"] for one in answer.json()["unmet"]] == ["grant_not_paying"]


async def test_an_invoice_of_both_keeps_two_payees_apart(paying: Paying) -> None:
    """Until one of the payments is cancelled; what is not live names nothing."""
    await paying.payment("settled")
    other = await organisation(paying.network.client, paying.funding.coordinator, "River Trust Ltd")
    await paying.account(organisation_id=other["id"], number=ANOTHER_IBAN, country="DE")
    second = await paying.earned(2)
    payment = (await paying.requests(second, invoice_number="inv 1")).json()
    manager, survivor = paying.network.manager, paying.payee
    path, body = f"/organisations/{survivor['id']}/merge", {"duplicate_id": other["id"], **WHY}
    both = await paying.call(manager, "POST", path, body, if_match=survivor["version"])
    one = f"{paying.grant['reference']}-P1"
    detail = f"Payments {payment['reference']} and {one} are both of an invoice inv 1."
    fault = {"pointer": "/duplicate_id", "code": "named_by_both", "detail": detail}
    assert refused(both, "named_by_both", 409, errors=[fault])
    await paying.moves(paying.approver, payment, "cancel", WHY)
    await paying.done(manager, path, body, if_match=survivor["version"])
    moved = await paying.seen(paying.approver, f"/payments?payee_id={survivor['id']}")
    assert len(moved["items"]) == 2


async def test_nobody_is_asked_for_what_nobody_can_do_yet(
    paying: Paying, database: BoundDatabase, clock: FixedClock
) -> None:
    """While another account waits, and until the one that is paid to has cooled off."""
    requested = await paying.payment()
    account = await paying.account("proposed", number=ANOTHER_IBAN, country="DE")
    changing = await kinds(paying, paying.approver, requested)
    database.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta(hours=72))
    path = f"/payee-accounts/{account['id']}/verify"
    await paying.done(paying.approver, path, CALL, if_match=account["version"])
    clock.advance(timedelta(hours=72) - timedelta(microseconds=1))
    cooling = await kinds(paying, paying.approver, requested)
    clock.advance(timedelta(microseconds=1))
    assert (changing, cooling) == ([], [])
    assert await kinds(paying, paying.approver, requested) == ["approve_payment"]


async def test_what_the_bank_did_not_do_is_paid_again(paying: Paying, db: AsyncSession) -> None:
    failed = await paying.payment("failed")
    assert (await paying.holds())["payable"] == 800_000
    assert (failed["approved_by"], failed["released_by"]) == (None, None)
    assert failed["attempts"] == [attempt(paying, ended_at=START, fault=WHY["reason"])]
    again = await paying.moves(paying.approver, failed, "approve")
    again = await paying.moves(paying.releaser, again, "release")
    again = await paying.moves(paying.releaser, again, "settle", SETTLED)
    assert [one["end_to_end_id"][-2:] for one in again["attempts"]] == ["-1", "-2"]
    assert (await paying.holds())["disbursed"] == 800_000
    await sound(db)


async def test_what_came_back_is_requested_anew(paying: Paying, db: AsyncSession) -> None:
    settled = await paying.payment("settled")
    first = await paying.moves(paying.approver, settled, "reverse", WHY)
    alone = await paying.call(
        paying.approver, "POST", f"/payments/{settled['id']}/reverse", WHY, if_match=4
    )
    work = await paying.seen(paying.releaser, "/me/work?kind=endorse_payment_reversal")
    reversed_ = await paying.moves(paying.releaser, first, "reverse", WHY)
    milestone = await paying.seen(paying.lead, f"/milestones/{settled['milestone']['id']}")
    anew = await paying.requests(milestone)

    assert first["status"] == "settled"
    assert first["endorsements"] == [endorsed(paying.approver, "reverse", WHY["reason"])]
    assert refused(alone, "second_person_required", 409)
    assert [one["subject"]["id"] for one in work["items"]] == [settled["id"]]
    assert reversed_["status"] == "reversed"
    assert (await paying.holds())["payable"] == 800_000
    assert anew.json()["number"] == 2
    await sound(db)


async def test_a_change_voids_the_approval(paying: Paying) -> None:
    """In the transaction of the change: what was approved is not what would be paid."""
    approved = await paying.payment("approved")
    path = f"/payments/{approved['id']}"
    same = await paying.call(
        paying.lead, "PATCH", path, {"tax_minor": 0}, if_match=approved["version"]
    )
    taxed = await paying.call(
        paying.lead,
        "PATCH",
        path,
        {"tax_minor": 133_333, "invoice_number": "INV-1A"},
        if_match=approved["version"],
    )
    again = await paying.moves(paying.approver, taxed.json(), "approve")
    history = (await paying.seen(paying.lead, f"{path}/history"))["items"]

    assert same.json()["status"] == "approved"
    assert (taxed.json()["status"], taxed.json()["approved_by"]) == ("requested", None)
    assert (taxed.json()["net"], taxed.json()["tax"]) == (pounds(666_667), pounds(133_333))
    assert again["status"] == "approved"
    assert [one["verb"] for one in history[2:4]] == ["payment.edited", "payment.approval_voided"]


async def test_another_account_voids_the_approval(paying: Paying) -> None:
    approved = await paying.payment("approved")
    account = await paying.account("proposed", number=ANOTHER_IBAN, country="DE")
    path = f"/payee-accounts/{account['id']}/verify"
    await paying.done(paying.approver, path, CALL, if_match=1)
    after = await paying.seen(paying.lead, f"/payments/{approved['id']}")
    assert (after["status"], after["approved_by"]) == ("requested", None)
    assert (after["account_ending"], after["payee_account_id"]) == ("3000", account["id"])


async def test_what_failed_goes_to_the_account_that_is_there_then(paying: Paying) -> None:
    released = await paying.payment("released")
    account = await paying.account("verified", number=ANOTHER_IBAN, country="DE")
    failed = await paying.moves(paying.releaser, released, "fail", WHY)
    assert failed["payee_account_id"] == account["id"]


async def test_a_hold_takes_the_approval_back(paying: Paying) -> None:
    approved = await paying.payment("approved")
    held = await paying.moves(paying.funding.coordinator, approved, "hold", WHY)
    resumed = await paying.moves(paying.approver, held, "resume")
    assert (held["status"], held["approved_by"]) == ("on_hold", None)
    assert (resumed["status"], resumed["approved_by"]) == ("requested", None)


async def test_what_is_signed_for_is_paid_without_a_report(paying: Paying) -> None:
    """A tranche on signature, requested by the coordinator, who needs no invoice."""
    first = {"kind": "signature", "criteria": [], "title": "Signed", "amount_minor": 500_000}
    first |= {"due_on": "2026-03-31", "timezone": "Europe/London"}
    rest = first | {"kind": "reporting", "title": "Rest", "amount_minor": 1_500_000}
    rest |= {"criteria": [{"statement": "It is done."}], "due_on": "2026-08-31"}
    grant = await paying.ledgers.grant("active", milestones=[first, rest])
    other = Paying(paying.ledgers, paying.releaser, paying.payee, grant)
    await other.account()
    [signed, _] = await paying.funding.milestones(grant)
    answer = await other.requests(signed, paying.funding.coordinator, invoice_number=None)
    assert (answer.status_code, answer.json()["amount"]) == (201, pounds(500_000))
    settled = await other.walk_payment(answer.json(), "settled")
    assert settled["invoice_number"] is None


async def test_what_is_refused_of_a_request(paying: Paying) -> None:
    [first, second] = await paying.funding.milestones(paying.grant)
    early = await paying.requests(first)
    await paying.accepted(first)
    nowhere = await paying.requests(first)
    await paying.account()
    less = await paying.requests(first, amount=pounds(799_999))
    other = await paying.requests(first, amount=pounds(800_000, "EUR"))
    taxed = await paying.requests(first, tax_minor=800_001)
    silent = await paying.requests(first, invoice_number=None)
    path = f"/v1/milestones/{first['id']}/payments"
    said = {"amount": first["amount"], "invoice_number": "INV-1"}
    unkeyed = await paying.network.client.post(path, json=said, headers=paying.lead.headers)
    member = await paying.requests(first, paying.funding.member)
    made = await paying.requests(first)
    again = await paying.requests(first, invoice_number="INV-2")
    await paying.accepted(second)
    billed = await paying.requests(second, invoice_number="inv 1")

    assert refused(early, "nothing_payable", 409)
    assert refused(nowhere, "payee_account_missing", 409)
    for answer, code, pointer in (
        (less, "amount_not_payable", "/amount"),
        (other, "amount_not_payable", "/amount"),
        (taxed, "tax_above_amount", "/tax_minor"),
        (silent, "invoice_number_missing", "/invoice_number"),
    ):
        assert answer.json()["code"] == code
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert refused(unkeyed, "idempotency_key_required", 400)
    assert refused(member, "not_allowed", 403, permission="payment.request")
    assert made.status_code == 201
    assert refused(again, "payment_open", 409)
    assert refused(billed, "invoice_number_taken", 409, at="/invoice_number")


async def test_what_no_fund_pays_is_not_paid_here(paying: Paying) -> None:
    grant = await paying.funding.grant("active")
    [first, _] = await paying.funding.milestones(grant)
    assert refused(await paying.requests(first), "no_fund_pays_it", 409)


async def test_what_is_refused_of_a_settlement(paying: Paying) -> None:
    first = await paying.payment("settled")
    second = await paying.payment("requested", 2)
    other = await paying.network.people.person(
        "Fred Finance", (Role.FINANCE_APPROVER, paying.network.programme_id)
    )
    second = await paying.moves(other, second, "approve")
    second = await paying.moves(paying.releaser, second, "release")
    path = f"/payments/{second['id']}/settle"
    used = await paying.call(
        paying.approver, "POST", path, SETTLED | {"bank_reference": "ft1"}, if_match="*"
    )
    days = [
        await paying.call(
            paying.approver, "POST", path, SETTLED | {"value_on": value_on}, if_match="*"
        )
        for value_on in ("2026-03-01", "2026-03-03")
    ]
    fixed = await paying.call(
        paying.lead, "PATCH", f"/payments/{first['id']}", {"tax_minor": 1}, if_match="*"
    )
    assert refused(used, "bank_reference_used", 409)
    for answer in days:
        assert answer.json()["code"] == "value_day_out_of_order"
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/value_on"]
    assert refused(fixed, "payment_fixed", 409)


async def test_what_is_refused_of_an_edit(paying: Paying) -> None:
    payment, _ = await paying.payment(), await paying.payment("requested", 2)
    path = f"/payments/{payment['id']}"
    taxed = await paying.call(paying.lead, "PATCH", path, {"tax_minor": 800_001}, if_match=1)
    unread = await paying.call(paying.lead, "PATCH", path, {"tax_minor": 1})
    stale = await paying.call(paying.lead, "PATCH", path, {"tax_minor": 1}, if_match=7)
    denied = await paying.call(paying.approver, "PATCH", path, {"tax_minor": 1}, if_match=1)
    taken = await paying.call(paying.lead, "PATCH", path, {"invoice_number": "INV 2"}, if_match=1)
    assert taxed.json()["code"] == "tax_above_amount"
    assert refused(unread, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=1)
    assert refused(denied, "not_allowed", 403, permission="payment.request")
    assert refused(taken, "invoice_number_taken", 409, at="/invoice_number")


async def test_a_termination_cancels_what_was_not_released(paying: Paying) -> None:
    payment = await paying.payment("approved")
    path = f"/grants/{paying.grant['id']}/terminate"
    foreseen = await paying.seen(paying.funding.manager, f"{path}/preview")
    for who in (paying.funding.manager, paying.funding.coordinator):
        await paying.done(who, path, WHY, if_match="*")
    after = await paying.seen(paying.lead, f"/payments/{payment['id']}")
    [told] = [one for one in foreseen["consequences"] if "payments" in one["code"]]
    assert [one["reference"] for one in told["things"]] == [payment["reference"]]
    assert (after["status"], after["approved_by"]) == ("cancelled", None)
    assert (await paying.holds())["payable"] == 800_000


async def test_what_was_earned_before_a_termination_is_paid_after_it(paying: Paying) -> None:
    """To an account that is said then, after checks that are made then; the fund can be closed."""
    milestone = await paying.earned()
    for who in (paying.funding.manager, paying.funding.coordinator):
        await paying.done(who, f"/grants/{paying.grant['id']}/terminate", WHY, if_match="*")
    await paying.done(
        paying.funding.coordinator,
        f"/grants/{paying.grant['id']}/due-diligence-checks",
        {"kind": "sanctions", "outcome": "passed", "done_on": "2026-03-02"},
    )
    proposed = (await paying.proposes()).json()
    assert await kinds(paying, paying.approver, proposed) == ["verify_payee_account"]
    path = f"/payee-accounts/{proposed['id']}/verify"
    await paying.done(paying.approver, path, CALL, if_match=proposed["version"])
    payment = (await paying.requests(milestone)).json()
    assert await kinds(paying, paying.approver, payment) == ["approve_payment"]
    await paying.walk_payment(payment, "settled")
    held = await paying.holds()
    left = {"amount": pounds(held["unallocated"]), "effective_on": "2026-03-02"}
    fund = f"/funds/{paying.ledgers.fund['id']}"
    await paying.done(paying.approver, f"{fund}/refunds", left | {"bank_reference": "FT-99"})
    await paying.done(paying.funding.manager, f"{fund}/close", if_match="*")
    assert held["disbursed"] == 800_000


async def test_a_held_grant_is_not_closed_over_what_was_earned(paying: Paying) -> None:
    """It is continued and paid, or terminated: `/actions` says so."""
    earned, coordinator = await paying.earned(), paying.funding.coordinator
    path = f"/memberships/{paying.funding.membership['id']}/withdraw"
    await paying.done(coordinator, path, {"departure": "other", **WHY})
    path = f"/grants/{paying.grant['id']}"
    await paying.done(coordinator, f"{path}/begin-closing")
    actions = (await paying.seen(coordinator, f"{path}/actions"))["actions"]
    [close] = [one for one in actions if one["name"] == "close"]
    [unmet] = [one for one in close["unmet"] if one["code"] == "money_payable"]
    assert unmet["detail"] == (
        "What was earned is not paid: continue the grant and pay it, or terminate it."
    )
    assert [one["reference"] for one in unmet["subjects"]] == [earned["reference"]]


async def test_an_acceptance_taken_back_takes_the_request_with_it(paying: Paying) -> None:
    payment = await paying.payment()
    reports = await paying.seen(paying.lead, f"/reports?milestone_id={payment['milestone']['id']}")
    path = f"/reports/{reports['items'][0]['id']}/reopen"
    await paying.done(paying.funding.coordinator, path, WHY, if_match="*")
    after = await paying.seen(paying.lead, f"/payments/{payment['id']}")
    assert after["status"] == "cancelled"
    assert "payable" not in await paying.holds()


async def test_the_database_keeps_persons_apart(paying: Paying, db: AsyncSession) -> None:
    released = await paying.payment("released")
    of_it = update(Payment).where(Payment.id == released["id"])
    lead, approver = paying.lead.account_id, paying.approver.account_id
    for change, constraint in (
        ({"approved_by_id": lead}, "approved_by_another"),
        ({"released_by_id": lead}, "released_by_another"),
        ({"released_by_id": approver}, "released_by_another"),
        ({"approved_by_id": None}, "approved"),
        ({"status": "approved"}, "released"),
    ):
        with pytest.raises(IntegrityError, match=constraint):
            async with db.begin_nested():
                await db.execute(of_it.values(**change))
