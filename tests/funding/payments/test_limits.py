"""Limits of authority: nobody approves, releases or writes off more than theirs."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from app.funding.payments.limits.lifecycle import PAYMENT_LIMIT
from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import problem, refused
from tests.funding.funds.ledgers import pounds
from tests.funding.grants.recovering import Recovering
from tests.funding.grants.test_guards import guards
from tests.funding.payments.limiting import ended, limited, limits_path
from tests.funding.payments.paying import Paying
from tests.funding.payments.test_guards import Blocked
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.people.identity.people import Person

NOW = "2026-03-02T09:00:00.000000Z"


async def _another(paying: Paying, role: Role = Role.FINANCE_APPROVER, name: str = "Del") -> Person:
    return await paying.network.people.person(name, (role, paying.network.programme_id))


def known(who: Person, name: str) -> Json:
    """How somebody is told of."""
    return {"id": str(who.account_id), "reference": None, "name": name}


async def _asked(paying: Paying, who: Person, kind: str) -> list[str]:
    """The references of what waits for somebody by a kind."""
    work = await paying.seen(who, f"/me/work?kind={kind}")
    return [one["subject"]["reference"] for one in work["items"]]


async def test_a_limit_is_set_by_one_and_confirmed_by_another(paying: Paying) -> None:
    manager, programme = paying.funding.manager, paying.network.programme_id
    body = {"act": "approve", "role": "finance_approver", "amount": pounds(500_000)}
    proposed = await paying.done(manager, limits_path(paying), body)
    waits = (await paying.seen(paying.releaser, "/me/work"))["items"]
    confirmed = await paying.done(
        paying.releaser, f"/payment-limits/{proposed['id']}/confirm", if_match=proposed["version"]
    )

    at = await paying.seen(manager, f"/programmes/{programme}")
    shown = {
        "id": proposed["id"],
        "programme": {"id": at["id"], "reference": at["reference"], "name": at["name"]},
        "status": "proposed",
        "act": "approve",
        "role": "finance_approver",
        "account": None,
        "amount": pounds(500_000),
        "valid_from": NOW,
        "valid_until": None,
        "delegated_from_id": None,
        "proposed_by": known(manager, "Mary Manager"),
        "confirmed_by": None,
        "confirmed_at": None,
        "endorsements": [],
        "available_actions": proposed["available_actions"],
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }
    assert proposed == shown
    assert [one["name"] for one in proposed["available_actions"]] == ["confirm", "dismiss"]
    assert [one["kind"] for one in waits] == ["confirm_payment_limit"]
    assert await _asked(paying, manager, "confirm_payment_limit") == []
    assert confirmed == shown | {
        "status": "standing",
        "confirmed_by": known(paying.releaser, "Rae Releaser"),
        "confirmed_at": NOW,
        "available_actions": confirmed["available_actions"],
        "version": 2,
    }
    assert [one["name"] for one in confirmed["available_actions"]] == ["end", "recall"]
    history = await paying.seen(manager, f"/payment-limits/{proposed['id']}/history")
    verbs = [one["verb"] for one in history["items"]]
    assert verbs == ["payment_limit.proposed", "payment_limit.confirmed"]


async def test_a_limit_that_was_proposed_in_error_is_dismissed(paying: Paying) -> None:
    manager = paying.funding.manager
    body = {"act": "approve", "role": "finance_approver", "amount": pounds(500_000)}
    proposed = await paying.done(manager, limits_path(paying), body)
    path = f"/payment-limits/{proposed['id']}"
    dismissed = await paying.done(manager, f"{path}/dismiss", WHY)
    assert dismissed == proposed | {
        "status": "dismissed",
        "available_actions": [],
        "version": 2,
    }
    assert await _asked(paying, paying.releaser, "confirm_payment_limit") == []
    history = await paying.seen(manager, f"{path}/history")
    last = history["items"][-1]
    assert (last["verb"], last["reason"]) == ("payment_limit.dismissed", WHY["reason"])


async def test_whoever_set_a_limit_by_another_account_is_not_asked_to_confirm_it(
    paying: Paying,
) -> None:
    manager, other = paying.funding.manager, await _another(paying, Role.PAYMENT_RELEASER)
    body = {"act": "approve", "role": "finance_approver", "amount": pounds(500_000)}
    proposed = await paying.done(manager, limits_path(paying), body)
    kind = "/me/work?kind=confirm_payment_limit"
    before = (await paying.seen(other, kind))["items"]
    ann = await paying.network.people.person("Ann Administrator", Role.ADMINISTRATOR)
    path = f"/accounts/{manager.account_id}/merge"
    await paying.done(ann, path, WHY | {"into_id": str(other.account_id)}, if_match="*")
    after = (await paying.seen(other, kind))["items"]
    [still] = (await paying.seen(paying.releaser, kind))["items"]

    assert [one["subject"]["id"] for one in before] == [proposed["id"]]
    assert (after, still["subject"]["id"]) == ([], proposed["id"])


async def test_nobody_approves_above_their_limit(paying: Paying) -> None:
    """It names the limit and who could do it, and asks nobody else."""
    payment = await paying.payment()
    path = f"/payments/{payment['id']}/approve"
    await limited(paying, amount_minor=799_999)
    none = await paying.call(paying.approver, "POST", path, if_match="*")
    head = await _another(paying, name="Hedda Head")
    await limited(paying, amount_minor=800_000, account_id=str(head.account_id))
    one = await paying.call(paying.approver, "POST", path, if_match="*")
    asked = [await _asked(paying, who, "approve_payment") for who in (paying.approver, head)]
    approved = await paying.done(head, path, if_match="*")

    said = "Your limit to approve is GBP 7999.99, and this is GBP 8000.00."
    assert none.json()["unmet"] == [
        {"code": "above_your_limit", "detail": f"{said} Have a limit set that reaches."}
    ]
    unmet = {
        "code": "above_your_limit",
        "detail": f"{said} It is within the limit of Hedda Head.",
        "pointer": None,
        "subjects": [known(head, "Hedda Head")],
    }
    assert one.json() == problem("guards_unmet", 409, detail=unmet["detail"], unmet=[unmet])
    assert asked == [[], [payment["reference"]]]
    assert approved["status"] == "approved"


async def test_who_sets_limits_hears_of_a_payment_above_all_of_them(paying: Paying) -> None:
    manager, kind = paying.funding.manager, "set_payment_limit"
    payment = await paying.payment()
    await limited(paying, amount_minor=100)
    [asked] = (await paying.seen(manager, f"/me/work?kind={kind}"))["items"]
    at = await paying.seen(manager, f"/programmes/{paying.network.programme_id}")
    assert asked["subject"]["reference"] == at["reference"]
    assert asked["action"]["href"] == f"/v1{limits_path(paying)}"
    assert await _asked(paying, paying.funding.coordinator, kind) == [], (
        "who sets none is not asked"
    )

    of_approver = str(paying.approver.account_id)
    reaching = await limited(paying, amount_minor=800_000, account_id=of_approver)
    assert await _asked(paying, manager, kind) == []
    await paying.done(paying.approver, f"/payments/{payment['id']}/approve", if_match="*")
    await ended(paying, reaching)
    assert await _asked(paying, manager, kind) == [], "it is approved"
    await limited(paying, "release", 100, role="payment_releaser", confirmed_by=paying.approver)
    assert await _asked(paying, manager, kind) == [at["reference"]], "it is to be released now"


async def test_whoever_has_no_limit_acts_where_none_stands(
    paying: Paying, clock: FixedClock
) -> None:
    """In another currency, for another act, before it begins; one that ran out goes on to bind."""
    await limited(paying, "release", 1, role="payment_releaser", confirmed_by=paying.approver)
    euros = {"act": "approve", "role": "finance_approver", "amount": pounds(1, "EUR")}
    proposed = await paying.done(paying.funding.manager, limits_path(paying), euros)
    await paying.done(paying.releaser, f"/payment-limits/{proposed['id']}/confirm", if_match="*")
    begins: Json = {"valid_from": "2026-03-03T09:00:00Z", "valid_until": "2026-03-04T09:00:00Z"}
    coming = await limited(paying, amount_minor=900_000, **begins)
    payment = await paying.payment("approved")
    path = f"/payments/{payment['id']}/release"
    above = await paying.call(paying.releaser, "POST", path, if_match="*")
    second = await paying.payment("requested", 2)
    clock.advance(timedelta(days=2))
    path = f"/payments/{second['id']}/approve"
    other = await _another(paying)
    late = await paying.call(other, "POST", path, if_match="*")
    await ended(paying, coming)
    free = await paying.call(other, "POST", path, if_match="*")

    assert [one["code"] for one in above.json()["unmet"]] == ["above_your_limit"]
    [unmet] = late.json()["unmet"]
    assert unmet["detail"].startswith("You have no limit in GBP by which to approve GBP 12000.00.")
    assert free.status_code == 200, free.text


async def test_a_deputy_stands_in_for_a_span_of_days(paying: Paying, clock: FixedClock) -> None:
    """Within the limit of whom they stand in for, as long as that one stands."""
    payment = await paying.payment()
    path = f"/payments/{payment['id']}/approve"
    deputy = await _another(paying)
    own = await limited(paying, amount_minor=900_000, account_id=str(paying.approver.account_id))
    lent = {"account_id": str(deputy.account_id), "valid_until": "2026-03-05T09:00:00Z"}
    lent |= {"valid_from": "2026-03-03T09:00:00Z", "amount_minor": 800_000}
    delegated = await paying.done(paying.approver, f"/payment-limits/{own['id']}/deputies", lent)

    async def met(who: Person = deputy) -> bool:
        actions = await paying.seen(who, f"/payments/{payment['id']}/actions")
        [approving] = [one for one in actions["actions"] if one["name"] == "approve"]
        return bool(approving["possible"])

    early = await met()
    clock.advance(timedelta(days=1))
    during = await met()
    clock.advance(timedelta(days=2))
    after = await met()
    clock.advance(-timedelta(days=1))
    path = f"/payment-limits/{delegated['id']}/recall"
    other = await paying.call(deputy, "POST", path, WHY)
    recalled = await paying.done(paying.approver, path, WHY)

    assert delegated == {
        **own,
        "id": delegated["id"],
        "account": known(deputy, "Del"),
        "amount": pounds(800_000),
        "valid_from": "2026-03-03T09:00:00.000000Z",
        "valid_until": "2026-03-05T09:00:00.000000Z",
        "delegated_from_id": own["id"],
        "proposed_by": known(paying.approver, "Fay Finance"),
        "confirmed_by": None,
        "confirmed_at": None,
        "available_actions": delegated["available_actions"],
        "version": 1,
    }
    assert (early, during, after) == (False, True, False)
    assert [one["code"] for one in other.json()["unmet"]] == ["limit_not_lent_by_you"]
    assert (recalled["status"], await met()) == ("ended", False)
    history = await paying.seen(deputy, f"/payment-limits/{delegated['id']}/history")
    assert [(one["verb"], one["reason"]) for one in history["items"]] == [
        ("payment_limit.delegated", None),
        ("payment_limit.recalled", WHY["reason"]),
    ]


async def test_a_deputy_has_no_more_than_whom_they_stand_in_for(paying: Paying) -> None:
    """Looked at when it is used: once the limit, or the role by which it counts, has ended, or the
    account of whom they stand in for was disabled."""
    payment = await paying.payment()
    path = f"/payments/{payment['id']}/approve"
    head, deputy = await _another(paying, name="Hedda Head"), await _another(paying)
    own = await limited(paying, amount_minor=900_000, account_id=str(head.account_id))
    lent = {"account_id": str(deputy.account_id), "valid_until": "2026-03-05T09:00:00Z"}
    await paying.done(head, f"/payment-limits/{own['id']}/deputies", lent)
    gone = await _another(paying, name="Gil Gone")
    of_gone = await limited(paying, amount_minor=900_000, account_id=str(gone.account_id))
    administrator = await paying.network.people.person("Ada Appoints", Role.ADMINISTRATOR)
    await paying.done(gone, f"/payment-limits/{of_gone['id']}/deputies", lent)
    disable = f"/accounts/{gone.account_id}/disable"
    explained = await paying.seen(deputy, f"/payments/{payment['id']}/actions")
    await paying.done(administrator, disable, WHY, if_match="*")
    held = await paying.seen(administrator, f"/role-assignments?account_id={head.account_id}")
    role = f"/role-assignments/{held['items'][0]['id']}"
    await paying.done(administrator, f"{role}/end", if_match="*")
    [approve] = [one for one in explained["actions"] if one["name"] == "approve"]
    assert approve["possible"]
    without = await paying.call(deputy, "POST", path, if_match="*")
    assert [one["code"] for one in without.json()["unmet"]] == ["above_your_limit"]


async def _proposed(paying: Paying, by: Person, **said: Any) -> str:
    body = {"act": "approve", "amount": pounds(1)} | said
    return (await paying.done(by, limits_path(paying), body))["id"]


async def not_set_for_oneself(paying: Paying) -> Blocked:
    said = {"act": "approve", "account_id": str(paying.approver.account_id), "amount": pounds(1)}
    return Blocked("own_limit", paying.approver, limits_path(paying), said)


async def not_confirmed_for_oneself(paying: Paying) -> Blocked:
    id_ = await _proposed(paying, paying.releaser, role="finance_approver")
    return Blocked("own_limit", paying.approver, f"/payment-limits/{id_}/confirm")


async def not_confirmed_by_who_set_it(paying: Paying) -> Blocked:
    id_ = await _proposed(paying, paying.releaser, role="finance_approver")
    return Blocked("limit_set_by_you", paying.releaser, f"/payment-limits/{id_}/confirm")


async def not_recalled_by_another(paying: Paying) -> Blocked:
    limit = await limited(paying)
    path = f"/payment-limits/{limit['id']}/recall"
    return Blocked("limit_not_lent_by_you", paying.approver, path, WHY)


CASES: dict[str, Callable[[Paying], Awaitable[Blocked]]] = {
    "payment_limit propose limit_is_of_another": not_set_for_oneself,
    "payment_limit confirm limit_is_of_another": not_confirmed_for_oneself,
    "payment_limit confirm limit_was_set_by_another": not_confirmed_by_who_set_it,
    "payment_limit recall deputy_is_ones_own": not_recalled_by_another,
}


def test_no_case_is_left_over() -> None:
    assert sorted(CASES) == sorted(guards(PAYMENT_LIMIT))


@pytest.mark.parametrize("guard", CASES)
async def test_it_is_refused_by_name(paying: Paying, guard: str) -> None:
    blocked = await CASES[guard](paying)
    answer = await paying.call(blocked.who, "POST", blocked.path, blocked.body, if_match="*")
    said = answer.json()
    assert answer.status_code == 409, answer.text
    assert [unmet["code"] for unmet in said["unmet"]] == [blocked.code]
    assert said == problem("guards_unmet", 409, unmet=said["unmet"])


async def test_what_is_refused_of_a_limit(paying: Paying) -> None:
    manager, lead = paying.funding.manager, paying.lead

    async def proposes(**changes: Any) -> Any:
        body = {"act": "approve", "role": "finance_approver", "amount": pounds(1)} | changes
        return await paying.call(manager, "POST", limits_path(paying), body)

    idle = await proposes(role="payment_releaser")
    past = await proposes(valid_from="2026-03-01T09:00:00Z")
    turned = await proposes(valid_until="2026-03-02T09:00:00Z")
    stranger = await proposes(role=None, account_id=str(lead.account_id))
    neither = await proposes(role=None)
    own = await limited(paying)
    path = f"/payment-limits/{own['id']}/deputies"
    other = await _another(paying)
    lent = {"account_id": str(other.account_id), "valid_until": "2026-03-05T09:00:00Z"}
    self_ = lent | {"account_id": str(paying.approver.account_id)}
    oneself = await paying.call(paying.approver, "POST", path, self_)
    more = await paying.call(paying.approver, "POST", path, lent | {"amount_minor": 500_001})
    nobody = lent | {"account_id": str(paying.releaser.account_id)}
    idler = await paying.call(paying.approver, "POST", path, nobody)
    anothers = await paying.call(manager, "POST", path, lent)
    delegated = await paying.done(paying.approver, path, lent)
    path = f"/payment-limits/{delegated['id']}/deputies"
    chained = await paying.call(other, "POST", path, self_)
    path = f"/payment-limits/{own['id']}/end"
    await paying.done(manager, path, WHY, if_match="*")
    alone = await paying.call(manager, "POST", path, WHY, if_match="*")
    waits = await paying.seen(paying.releaser, "/me/work?kind=endorse_end_of_payment_limit")

    for answer, code, pointer in (
        (idle, "limit_of_idle_role", "/role"),
        (past, "limit_dates_out_of_order", "/valid_from"),
        (turned, "limit_dates_out_of_order", "/valid_until"),
        (stranger, "account_unknown", "/account_id"),
        (oneself, "deputy_for_oneself", "/account_id"),
        (more, "limit_above_own", "/amount_minor"),
        (idler, "account_unknown", "/account_id"),
    ):
        assert answer.json()["code"] == code, answer.text
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert neither.json()["code"] == "validation_failed"
    assert refused(anothers, "limit_not_yours", 409)
    assert refused(chained, "limit_not_yours", 409)
    assert refused(alone, "second_person_required", 409)
    assert len(waits["items"]) == 1


async def test_neither_of_two_writes_off_above_their_limit(paying: Paying) -> None:
    await paying.payment("settled")
    recovery = await Recovering(paying.ledgers, paying.grant).walked("agreed")
    await limited(paying, "write_off", 300_000, role="programme_manager", by=paying.approver)
    second = await limited(paying, "write_off", 299_999)
    path = f"/recoveries/{recovery['id']}/write-off"
    first = await paying.call(paying.funding.manager, "POST", path, WHY, if_match="*")
    short = await paying.call(paying.approver, "POST", path, WHY, if_match="*")
    await ended(paying, second)
    await limited(paying, "write_off", 300_000)
    given_up = await paying.call(paying.approver, "POST", path, WHY, if_match="*")

    assert first.status_code == 200, first.text
    [unmet] = short.json()["unmet"]
    assert unmet["detail"] == (
        "Your limit to write off is GBP 2999.99, and this is GBP 3000.00. "
        "It is within the limit of Mary Manager."
    )
    assert given_up.json()["status"] == "written_off"
