"""Every guard of payments and payee accounts is refused by name: in `/actions` and by the verb.

The guards are listed by the lifecycles themselves, so that one without a case here fails.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds import access as funds
from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import post
from app.funding.funds.lifecycle import FundStatus
from app.funding.funds.models import Fund
from app.funding.funds.opening.service import add_to
from app.funding.grants.models import Milestone
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.kernel.clock import FixedClock
from app.kernel.limits import DEFAULTS
from app.people.identity.actors import NOBODY
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.answers import problem
from tests.bound import BoundDatabase
from tests.factories import organisation
from tests.funding.funds.exchanging import IN_EUROS, recorded, took
from tests.funding.funds.ledgers import pounds
from tests.funding.grants.test_guards import guards
from tests.funding.payments.limiting import limited
from tests.funding.payments.paying import ANOTHER_IBAN, CALL, Paying
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.people.identity.people import Person


@dataclass(frozen=True)
class Blocked:
    """Who wants to move what, and what stands in the way."""

    code: str
    who: Person
    path: str
    body: Json | None = None


async def _person(paying: Paying, *roles: Role) -> Person:
    """Somebody of finance, and of the grantee where a role is."""
    at = {Role.COLLABORATION_MEMBER: paying.funding.team.id}
    held = [(role, at.get(role, paying.network.programme_id)) for role in roles]
    return await paying.network.people.person("Bo Both", *held)


async def _suspended(paying: Paying) -> None:
    path = f"/grants/{paying.grant['id']}/suspend"
    await paying.done(paying.funding.coordinator, path, WHY)


async def _left(paying: Paying) -> None:
    path = f"/memberships/{paying.funding.membership['id']}/withdraw"
    await paying.done(paying.funding.coordinator, path, {"departure": "other", **WHY})


async def not_approved_while_the_grant_is_held(paying: Paying, _db: AsyncSession) -> Blocked:
    payment = await paying.payment()
    await _left(paying)
    return Blocked("grant_held", paying.approver, f"/payments/{payment['id']}/approve")


async def not_released_while_the_grant_is_suspended(paying: Paying, _db: AsyncSession) -> Blocked:
    payment = await paying.payment("approved")
    await _suspended(paying)
    return Blocked("grant_not_paying", paying.releaser, f"/payments/{payment['id']}/release")


async def not_approved_by_the_grantee(paying: Paying, _db: AsyncSession) -> Blocked:
    both = await _person(paying, Role.FINANCE_APPROVER, Role.COLLABORATION_MEMBER)
    payment = await paying.payment()
    return Blocked("conflict_of_interest", both, f"/payments/{payment['id']}/approve")


async def not_released_by_who_approved(paying: Paying, _db: AsyncSession) -> Blocked:
    both = await _person(paying, Role.FINANCE_APPROVER, Role.PAYMENT_RELEASER)
    payment = await paying.moves(both, await paying.payment(), "approve")
    return Blocked("conflict_of_interest", both, f"/payments/{payment['id']}/release")


async def not_approved_by_who_accepted(paying: Paying, _db: AsyncSession) -> Blocked:
    payment, coordinator = await paying.payment("requested", 2), paying.funding.coordinator
    administrator = await paying.network.people.person("Ada Appoints", Role.ADMINISTRATOR)
    role = {"account_id": str(coordinator.account_id), "role": Role.FINANCE_APPROVER}
    role |= {"scope_id": str(paying.network.programme_id)}
    await paying.done(administrator, "/role-assignments", role)
    path = f"/payments/{payment['id']}/approve"
    return Blocked("milestone_accepted_by_you", coordinator, path)


async def _changing(paying: Paying) -> None:
    await paying.account("proposed", number=ANOTHER_IBAN, country="DE")


async def not_approved_while_the_account_changes(paying: Paying, _db: AsyncSession) -> Blocked:
    payment = await paying.payment()
    await _changing(paying)
    return Blocked("payee_account_changing", paying.approver, f"/payments/{payment['id']}/approve")


async def not_released_while_the_account_changes(paying: Paying, _db: AsyncSession) -> Blocked:
    payment = await paying.payment("approved")
    await _changing(paying)
    return Blocked("payee_account_changing", paying.releaser, f"/payments/{payment['id']}/release")


async def not_released_before_its_books_are_confirmed(paying: Paying, db: AsyncSession) -> Blocked:
    payment = await paying.payment("approved")
    manager = await actor_of(db, paying.funding.manager.account_id)
    assert manager is not None
    await add_to(db, manager, await funds.fund(db, manager, UUID(paying.ledgers.fund["id"])))
    await db.commit()
    path = f"/payments/{payment['id']}/release"
    return Blocked("opening_unconfirmed", paying.releaser, path)


async def not_released_once_a_check_has_failed(paying: Paying, _db: AsyncSession) -> Blocked:
    payment = await paying.payment("approved")
    failed = {"kind": "sanctions", "outcome": "failed", "done_on": "2026-03-02", "note": "Listed."}
    path = f"/grants/{paying.grant['id']}/due-diligence-checks"
    await paying.done(paying.funding.coordinator, path, failed)
    path = f"/payments/{payment['id']}/release"
    return Blocked("due_diligence_incomplete", paying.releaser, path)


async def not_released_once_its_milestone_changed(paying: Paying, db: AsyncSession) -> Blocked:
    payment = await paying.payment("approved")
    changed = update(Milestone).where(Milestone.id == UUID(payment["milestone"]["id"]))
    await db.execute(changed.values(version=Milestone.version + 1))
    await db.commit()
    return Blocked("approval_lapsed", paying.releaser, f"/payments/{payment['id']}/release")


async def not_released_of_too_little(paying: Paying, db: AsyncSession) -> Blocked:
    payment = await paying.payment("approved")
    await post(
        db,
        NOBODY,
        UUID(paying.ledgers.fund["id"]),
        EntryKind.ACCEPTANCE_UNDONE,
        1,
        effective_on=date(2026, 3, 2),
        grant_id=UUID(paying.grant["id"]),
    )
    await db.commit()
    return Blocked("payable_short", paying.releaser, f"/payments/{payment['id']}/release")


async def not_reversed_by_the_grantee(paying: Paying, _db: AsyncSession) -> Blocked:
    both = await _person(paying, Role.FINANCE_APPROVER, Role.COLLABORATION_MEMBER)
    payment = await paying.payment("settled")
    return Blocked("conflict_of_interest", both, f"/payments/{payment['id']}/reverse", WHY)


async def not_reversed_once_it_was_claimed_back(paying: Paying, _db: AsyncSession) -> Blocked:
    payment = await paying.payment("settled")
    claim = {"amount": pounds(1), "reason": "The last penny."}
    path = f"/grants/{paying.grant['id']}/recoveries"
    recovery = await paying.done(paying.funding.coordinator, path, claim)
    path = f"/recoveries/{recovery['id']}/agree"
    await paying.done(paying.funding.manager, path, if_match=recovery["version"])
    return Blocked("disbursed_short", paying.approver, f"/payments/{payment['id']}/reverse", WHY)


async def not_reversed_once_its_gain_is_spent(paying: Paying, _db: AsyncSession) -> Blocked:
    await recorded(paying.ledgers)
    other = replace(paying, grant=await paying.ledgers.grant("active", **IN_EUROS))
    await other.account(currency="EUR", country="DE", number=ANOTHER_IBAN)
    payment = await other.payment("released")
    await other.moves(other.releaser, payment, "settle", took(685_217))
    await paying.ledgers.moved("refunds", 4_286_955, "FT-R")
    return Blocked(
        "exchange_gain_spent", paying.approver, f"/payments/{payment['id']}/reverse", WHY
    )


async def not_approved_above_the_limit(paying: Paying, _db: AsyncSession) -> Blocked:
    payment = await paying.payment()
    await limited(paying)
    return Blocked("above_your_limit", paying.approver, f"/payments/{payment['id']}/approve")


async def not_released_above_the_limit(paying: Paying, _db: AsyncSession) -> Blocked:
    payment, role = await paying.payment("approved"), "payment_releaser"
    await limited(paying, "release", role=role, confirmed_by=paying.approver)
    return Blocked("above_your_limit", paying.releaser, f"/payments/{payment['id']}/release")


async def not_reversed_once_its_fund_is_closed(paying: Paying, db: AsyncSession) -> Blocked:
    """Which pays nothing anew, and gives nothing back."""
    payment = await paying.payment("settled")
    fund = Fund.id == UUID(paying.ledgers.fund["id"])
    await db.execute(update(Fund).where(fund).values(status=FundStatus.CLOSED))
    return Blocked("fund_closed", paying.approver, f"/payments/{payment['id']}/reverse", WHY)


async def not_verified_by_the_grantee(paying: Paying, _db: AsyncSession) -> Blocked:
    both = await _person(paying, Role.FINANCE_APPROVER, Role.COLLABORATION_MEMBER)
    account = await paying.account("proposed")
    return Blocked("conflict_of_interest", both, f"/payee-accounts/{account['id']}/verify", CALL)


async def not_revoked_by_the_grantee(paying: Paying, _db: AsyncSession) -> Blocked:
    both = await _person(paying, Role.FINANCE_APPROVER, Role.COLLABORATION_MEMBER)
    account = await paying.account()
    return Blocked("conflict_of_interest", both, f"/payee-accounts/{account['id']}/revoke", WHY)


async def not_verified_for_another_payee(paying: Paying, _db: AsyncSession) -> Blocked:
    await paying.payment()
    client, coordinator = paying.network.client, paying.funding.coordinator
    other = await organisation(client, coordinator, "Another Trust")
    said = {"organisation_id": other["id"], "number": ANOTHER_IBAN, "country": "DE"}
    account = await paying.account("proposed", **said)
    return Blocked(
        "payments_open", paying.approver, f"/payee-accounts/{account['id']}/verify", CALL
    )


CASES: dict[str, Callable[[Paying, AsyncSession], Awaitable[Blocked]]] = {
    "payment approve grant_is_in_force": not_approved_while_the_grant_is_held,
    "payment release grant_is_in_force": not_released_while_the_grant_is_suspended,
    "payment approve decider_is_independent": not_approved_by_the_grantee,
    "payment release decider_is_independent": not_released_by_who_approved,
    "payment approve acceptor_is_another": not_approved_by_who_accepted,
    "payment approve account_has_cooled_off": not_approved_while_the_account_changes,
    "payment release account_has_cooled_off": not_released_while_the_account_changes,
    "payment release books_are_confirmed": not_released_before_its_books_are_confirmed,
    "payment release grantee_was_checked": not_released_once_a_check_has_failed,
    "payment release approval_stands": not_released_once_its_milestone_changed,
    "payment release fund_holds_it": not_released_of_too_little,
    "payment approve approval_is_within_the_limit": not_approved_above_the_limit,
    "payment release release_is_within_the_limit": not_released_above_the_limit,
    "payment reverse reverser_is_independent": not_reversed_by_the_grantee,
    "payment reverse it_was_not_claimed_back": not_reversed_once_it_was_claimed_back,
    "payment reverse fund_takes_it_back": not_reversed_once_its_fund_is_closed,
    "payment reverse gain_is_there_still": not_reversed_once_its_gain_is_spent,
    "payee_account verify verifier_is_independent": not_verified_by_the_grantee,
    "payee_account revoke verifier_is_independent": not_revoked_by_the_grantee,
    "payee_account verify payments_go_to_the_same_payee": not_verified_for_another_payee,
}


def test_no_case_is_left_over() -> None:
    assert sorted(CASES) == sorted({*guards(PAYMENT), *guards(PAYEE_ACCOUNT)})


@pytest.mark.parametrize("guard", CASES)
async def test_it_is_refused_by_name(paying: Paying, db: AsyncSession, guard: str) -> None:
    blocked = await CASES[guard](paying, db)
    _, move, _ = guard.split()

    answer = await paying.call(blocked.who, "POST", blocked.path, blocked.body, if_match="*")

    said = answer.json()
    assert answer.status_code == 409, answer.text
    assert [unmet["code"] for unmet in said["unmet"]] == [blocked.code]
    assert said == problem("guards_unmet", 409, unmet=said["unmet"])
    thing = blocked.path.rpartition("/")[0]
    actions = await paying.seen(blocked.who, f"{thing}/actions")
    explained = next(one for one in actions["actions"] if one["name"] == move)
    assert (explained["possible"], explained["unmet"]) == (False, said["unmet"])


async def test_a_new_account_cools_off(
    paying: Paying, database: BoundDatabase, clock: FixedClock
) -> None:
    """For as long as the operator has set, to the instant."""
    database.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta(hours=72))
    account = (await paying.proposes()).json()
    path = f"/payee-accounts/{account['id']}/verify"
    await paying.done(paying.approver, path, CALL, if_match=1)
    payment = await paying.payment()
    path = f"/payments/{payment['id']}/approve"
    clock.advance(timedelta(hours=72) - timedelta(microseconds=1))
    early = await paying.call(paying.approver, "POST", path, if_match="*")
    clock.advance(timedelta(microseconds=1))
    late = await paying.call(paying.approver, "POST", path, if_match="*")
    assert [one["code"] for one in early.json()["unmet"]] == ["payee_account_cooling_off"]
    assert "until 05 March 2026, 09:00 (UTC)" in early.text
    assert late.json()["status"] == "approved"


async def test_one_person_is_one_whoever_they_act_as(paying: Paying) -> None:
    """Nobody approves or releases what is theirs: by a second role, a service, or an organisation
    for which they work."""
    programme = paying.network.programme_id
    people = paying.network.people
    twice = await people.person(
        "Tess Twice", (Role.COORDINATOR, programme), (Role.FINANCE_APPROVER, programme)
    )
    milestone = await paying.earned()
    await paying.account()
    payment = (await paying.requests(milestone, twice)).json()
    service = await people.service("Robot", twice, (Role.FINANCE_APPROVER, programme))
    employed = await people.person("Emma Ployed", (Role.FINANCE_APPROVER, programme))
    joins = {"organisation_id": paying.payee["id"], "role": "steward", "since_on": "2026-02-01"}
    path = f"/collaborations/{paying.funding.team.id}/participants"
    await paying.done(paying.funding.coordinator, path, joins)
    await paying.done(employed, f"/organisations/{paying.payee['id']}/affiliations", {})
    found: list[str] = []
    for headers in (
        await paying.network.headers(twice),
        service.headers,
        await paying.network.headers(employed),
    ):
        answer = await paying.network.client.post(
            f"/v1/payments/{payment['id']}/approve",
            headers={**headers, "If-Match": "*", "Idempotency-Key": "one"},
        )
        assert answer.status_code == 409, answer.text
        found += [one["kind"] for one in answer.json()["unmet"]]
    assert found == ["act", "act", "affiliation"]
