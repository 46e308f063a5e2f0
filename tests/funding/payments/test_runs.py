"""Runs of payments: approved together, released together, and never a second path to the money."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.models import Milestone
from app.funding.payments.runs.lifecycle import PAYMENT_RUN
from tests.answers import problem, refused
from tests.funding.funds.ledgers import pounds
from tests.funding.grants.test_guards import guards
from tests.funding.payments.limiting import limited
from tests.funding.payments.paying import ANOTHER_IBAN, Paying, settling
from tests.funding.payments.running import Running, as_read
from tests.funding.payments.test_guards import Blocked
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.people.identity.people import Person

NOW = "2026-03-02T09:00:00.000000Z"


@pytest.fixture
async def running(paying: Paying) -> Running:
    """Two payments that were requested."""
    return await Running.begin(paying)


def _known(who: Person, name: str) -> Json:
    return {"id": str(who.account_id), "reference": None, "name": name}


def _in_run(payment: Json, **changes: Any) -> Json:
    fields = ("id", "reference", "status", "grant", "expense_claim", "payee", "account_ending")
    fields = (*fields, "amount")
    left = {"left_because": None, "left_detail": None, "left_at": None}
    return {field: payment[field] for field in fields} | left | changes


async def test_a_run_shows_each_payment_and_what_they_come_to(running: Running) -> None:
    paying = running.paying
    run = await running.gathered()

    fund = paying.ledgers.fund
    assert run == {
        "id": run["id"],
        "fund": {"id": fund["id"], "reference": "PLN-GBP", "name": fund["name"]},
        "number": 1,
        "status": "draft",
        "currency": "GBP",
        "count": 2,
        "total": pounds(2_000_000),
        "is_partial": False,
        "payments": [_in_run(await running.payment(number)) for number in (1, 2)],
        "gathered_by": _known(paying.releaser, "Rae Releaser"),
        "approved_by": None,
        "approved_at": None,
        "released_by": None,
        "released_at": None,
        "available_actions": run["available_actions"],
        "version": 1,
        "content_version": sum(one["version"] for one in running.payments),
        "created_at": NOW,
        "updated_at": NOW,
    }
    assert [one["name"] for one in run["available_actions"]] == ["cancel"]
    assert await running.seen(run) == run
    page = await paying.seen(
        paying.approver, f"/payment-runs?payment_id={run['payments'][0]['id']}"
    )
    assert [one["id"] for one in page["items"]] == [run["id"]]


async def test_a_run_goes_all_the_way(running: Running) -> None:
    """Each payment once, by the verbs of payments; it is done once the bank has told of each."""
    paying = running.paying
    work = [await running.asked(who) for who in (paying.approver, paying.releaser)]
    run = await running.gathered()
    draft = [await running.asked(who) for who in (paying.approver, paying.releaser)]
    run = await running.moved(paying.approver, run, "approve")
    approved = [await running.payment(number) for number in (1, 2)]
    for_release = [await running.asked(who) for who in (paying.approver, paying.releaser)]
    run = await running.moved(paying.releaser, run, "release")
    released = [await running.payment(number) for number in (1, 2)]
    held = await paying.holds()
    await paying.moves(paying.releaser, released[0], "settle", settling(released[0]))
    between = await running.seen(run)
    await paying.moves(paying.releaser, released[1], "fail", WHY)
    done = await running.seen(run)

    assert work == [[], []]
    assert draft == [["approve_payment_run"], []]
    assert for_release == [[], ["release_payment_run"]]
    for one in approved:
        assert (one["status"], one["approved_by"]["name"]) == ("approved", "Fay Finance")
    for one in released:
        assert (one["status"], len(one["attempts"])) == ("released", 1)
    assert held["in_transit"] == 2_000_000
    assert (run["status"], run["count"], run["is_partial"]) == ("released", 2, False)
    assert (run["approved_at"], run["released_at"]) == (NOW, NOW)
    assert between["status"] == "released"
    assert (done["status"], done["total"]) == ("done", pounds(2_000_000))
    assert [why for _, why in await running.left(run)] == ["settled", "failed"]
    history = await paying.seen(paying.approver, f"/payment-runs/{run['id']}/history")
    verbs = ["gathered", "approved", "released", "finished"]
    assert [one["verb"] for one in history["items"]] == [f"payment_run.{verb}" for verb in verbs]
    again = await running.gathered()
    assert [one["reference"] for one in again["payments"]] == [released[1]["reference"]]


async def test_what_cannot_go_out_is_named_and_the_others_go(
    running: Running, db: AsyncSession
) -> None:
    """Where nothing can, the run stays as it is."""
    paying = running.paying
    run = await running.approved()
    await _changed(db, running.payments[0])
    partly = await running.moved(paying.releaser, run, "release")
    first, second = [await running.payment(number) for number in (1, 2)]
    await paying.moves(paying.approver, first, "hold", WHY)
    resumed = await paying.moves(paying.approver, await running.payment(1), "resume")
    run = await running.approved(resumed)
    await _changed(db, resumed)
    none = await running.tries(paying.releaser, await running.seen(run), "release")
    after = await running.seen(run)

    lapsed = "It is not what was approved any more: hold it, and resume it."
    assert (partly["status"], partly["is_partial"]) == ("released", True)
    assert (partly["count"], partly["total"]) == (1, second["amount"])
    assert partly["payments"] == [
        _in_run(first, left_because="refused", left_detail=lapsed, left_at=NOW),
        _in_run(second),
    ]
    assert (first["status"], second["status"]) == ("approved", "released")
    unmet = {
        "code": "payment_refused",
        "detail": f"{first['reference']}: {lapsed}",
        "pointer": None,
        "subjects": [
            {"id": first["id"], "reference": first["reference"], "name": first["reference"]}
        ],
    }
    assert none.json() == problem("guards_unmet", 409, detail=unmet["detail"], unmet=[unmet])
    assert (after["status"], await running.left(run)) == ("approved", [(first["reference"], None)])


async def _changed(db: AsyncSession, payment: Json) -> None:
    """The milestone of a payment is not what it was."""
    changed = update(Milestone).where(Milestone.id == UUID(payment["milestone"]["id"]))
    await db.execute(changed.values(version=Milestone.version + 1))
    await db.commit()


async def test_what_is_held_or_given_up_falls_out(running: Running) -> None:
    """A draft goes on without it, and what was approved is void where the account changes."""
    paying = running.paying
    run = await running.gathered()
    first, second = [await running.payment(number) for number in (1, 2)]
    stale = await running.seen(run)
    await paying.moves(paying.approver, first, "hold", WHY)
    held = await running.seen(run)
    late = await running.tries(paying.approver, stale, "approve")
    approved = await running.moved(paying.approver, run, "approve")
    await paying.account("verified", number=ANOTHER_IBAN, country="DE")
    voided = await running.left(run)
    empty = await running.tries(paying.releaser, await running.seen(run), "release")
    cancelled = await running.moved(paying.approver, run, "cancel", WHY)

    assert (held["count"], held["total"]) == (1, second["amount"])
    assert held["payments"][0] == _in_run(
        await running.payment(1) | {"account_ending": first["account_ending"]},
        left_because="held",
        left_at=NOW,
    )
    assert refused(
        late,
        "precondition_failed",
        412,
        version=held["version"],
        content_version=held["content_version"],
    )
    assert [one["left_because"] for one in approved["payments"]] == ["held", None]
    assert [why for _, why in voided] == ["held", "voided"]
    assert [one["code"] for one in empty.json()["unmet"]] == ["payment_run_empty"]
    assert cancelled["status"] == "cancelled"


async def test_what_is_done_apart_leaves_its_run(running: Running) -> None:
    """A payment that is approved by itself stays in, and one that is released by itself does not;
    a run that is cancelled lets its payments go, to be gathered as they are."""
    paying = running.paying
    run = await running.gathered()
    first = await paying.moves(paying.approver, await running.payment(1), "approve")
    run = await running.moved(paying.approver, run, "approve")
    first = await running.payment(1)
    await paying.moves(paying.releaser, first, "release")
    apart = await running.left(run)
    taken = await running.gathers(None, running.payments[1])
    gone = await running.gathers(None, first)
    await running.moved(paying.approver, run, "cancel", WHY)
    freed, second = await running.left(run), await running.payment(2)
    again = await running.released(running.payments[1])

    assert [why for _, why in apart] == ["released_apart", None]
    assert taken.json()["code"] == "payment_in_a_run"
    assert gone.json()["code"] == "payment_not_gathered"
    assert [why for _, why in freed] == ["released_apart", "run_cancelled"]
    assert second["status"] == "approved"
    assert [(one["reference"], one["status"]) for one in again["payments"]] == [
        (second["reference"], "released")
    ]


async def empty_when_approved(running: Running) -> Blocked:
    run = await running.gathered(running.payments[0])
    await running.paying.moves(running.paying.approver, await running.payment(1), "hold", WHY)
    return _blocked("payment_run_empty", running.paying.approver, run, "approve")


async def empty_when_released(running: Running) -> Blocked:
    run = await running.approved(running.payments[0])
    await running.paying.moves(running.paying.approver, await running.payment(1), "hold", WHY)
    return _blocked("payment_run_empty", running.paying.releaser, run, "release")


async def not_approved_above_the_limit(running: Running) -> Blocked:
    run = await running.gathered()
    await limited(running.paying, "approve", 1_999_999)
    return _blocked("above_your_limit", running.paying.approver, run, "approve")


async def not_released_above_the_limit(running: Running) -> Blocked:
    run, paying = await running.approved(), running.paying
    role = "payment_releaser"
    await limited(paying, "release", 1_999_999, role=role, confirmed_by=paying.approver)
    return _blocked("above_your_limit", paying.releaser, run, "release")


async def not_released_by_who_approved_it(running: Running) -> Blocked:
    """Though another had approved each of its payments."""
    run, both = await running.gathered(), await running.both()
    for number in (1, 2):
        paying = running.paying
        await paying.moves(paying.approver, await running.payment(number), "approve")
    await running.moved(both, run, "approve")
    return _blocked("payment_run_approved_by_you", both, run, "release")


async def not_approved_of_a_grant_that_is_suspended(running: Running) -> Blocked:
    run, paying = await running.gathered(running.payments[0]), running.paying
    path = f"/grants/{paying.grant['id']}/suspend"
    await paying.done(paying.funding.coordinator, path, WHY)
    return _blocked("payment_refused", paying.approver, run, "approve")


def _blocked(code: str, who: Person, run: Json, move: str) -> Blocked:
    return Blocked(code, who, f"/payment-runs/{run['id']}/{move}")


CASES: dict[str, Callable[[Running], Awaitable[Blocked]]] = {
    "payment_run approve run_has_payments": empty_when_approved,
    "payment_run release run_has_payments": empty_when_released,
    "payment_run release run_was_approved_by_another": not_released_by_who_approved_it,
    "payment_run approve sum_is_within_the_limit_of_approval": not_approved_above_the_limit,
    "payment_run release sum_is_within_the_limit_of_release": not_released_above_the_limit,
    "payment_run approve each_may_be_approved": not_approved_of_a_grant_that_is_suspended,
}


def test_no_case_is_left_over() -> None:
    assert sorted(CASES) == sorted(guards(PAYMENT_RUN))


@pytest.mark.parametrize("guard", CASES)
async def test_it_is_refused_by_name(running: Running, guard: str) -> None:
    blocked = await CASES[guard](running)
    answer = await running.paying.call(blocked.who, "POST", blocked.path, if_match="*")
    said = answer.json()
    assert answer.status_code == 409, answer.text
    assert [unmet["code"] for unmet in said["unmet"]] == [blocked.code]
    assert said == problem("guards_unmet", 409, unmet=said["unmet"])
    thing, _, move = blocked.path.rpartition("/")
    actions = await running.paying.seen(blocked.who, f"{thing}/actions")
    explained = next(one for one in actions["actions"] if one["name"] == move)
    assert (explained["possible"], explained["unmet"]) == (False, said["unmet"])


async def test_what_is_refused_of_a_run(running: Running) -> None:
    paying, [first, second] = running.paying, running.payments
    lead = await running.gathers(paying.lead)
    hidden = await paying.call(paying.lead, "GET", "/payment-runs")
    run = await running.gathered(first)
    twice = await running.gathers(None, first, second)
    other = await running.gathers(None, {"id": paying.grant["id"]})
    rest = await running.gathered()
    nothing = await running.gathers()
    early = await running.tries(paying.releaser, run, "release")
    unread = await running.tries(paying.approver, run, "approve", if_match=None)
    unapproving = await running.tries(paying.releaser, run, "approve")
    path = f"/v1/payment-runs/{run['id']}/approve"
    headers = {**await paying.network.headers(paying.approver), "If-Match": f'"{as_read(run)}"'}
    unkeyed = await paying.network.client.post(path, headers=headers)
    key: Json = {"key": "one"}
    made = await running.tries(paying.approver, run, "approve", **key)
    replayed = await running.tries(paying.approver, run, "approve", **key)

    assert lead.status_code == 404
    assert refused(hidden, "not_allowed", 403, permission="payment_run.read")
    assert twice.json()["code"] == "payment_in_a_run"
    assert first["reference"] in twice.json()["detail"]
    assert [one["pointer"] for one in other.json()["errors"]] == ["/payment_ids/0"]
    assert [one["reference"] for one in rest["payments"]] == [second["reference"]]
    assert refused(nothing, "nothing_to_gather", 409)
    assert early.json()["code"] == "invalid_transition"
    assert refused(unread, "precondition_required", 428)
    assert refused(unapproving, "not_allowed", 403, permission="payment.approve")
    assert refused(unkeyed, "idempotency_key_required", 400)
    assert made.json() == replayed.json()
    assert replayed.headers["Idempotency-Replayed"] == "true"
