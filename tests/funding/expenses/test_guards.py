"""Every guard of claims is refused by name: in `/actions` and by the verb.

The guards are listed by the lifecycle itself, so that one without a case here fails.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.expenses.lifecycle import EXPENSE_CLAIM
from app.funding.funds.models import Fund
from app.network.cohorts.models import Cohort
from app.people.identity.roles import Role
from tests.answers import problem
from tests.funding.expenses.claiming import HOTEL, Claiming
from tests.funding.funds.ledgers import pounds
from tests.funding.grants.test_guards import guards
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.people.identity.people import Person


@dataclass(frozen=True)
class Blocked:
    """Who wants to move which claim, and what stands in the way."""

    code: str
    who: Person
    claim: Json
    body: Json | None = None


async def _close_cohort(claiming: Claiming, db: AsyncSession) -> None:
    its = Cohort.id == UUID(claiming.cohort["id"])
    await db.execute(update(Cohort).where(its).values(status="closed"))


async def _close_fund(db: AsyncSession) -> None:
    await db.execute(update(Fund).values(status="closed"))


async def _of_coordinator(claiming: Claiming) -> Json:
    """A claim that the coordinator drew up for the speaker, with a hotel."""
    somebody = str(claiming.speaker.account_id)
    drafted = (await claiming.drafts(claiming.coordinator, claimant_id=somebody)).json()
    claim = (await claiming.adds(drafted, HOTEL, claiming.coordinator)).json()
    return await claiming.moves(claiming.coordinator, claim, "submit")


async def not_submitted_by_another(claiming: Claiming, _db: AsyncSession) -> Blocked:
    claim = await claiming.claim("draft")
    return Blocked("claim_of_another", claiming.coordinator, claim)


async def not_submitted_empty(claiming: Claiming, _db: AsyncSession) -> Blocked:
    return Blocked("nothing_claimed", claiming.speaker, (await claiming.drafts()).json())


async def not_submitted_without_a_receipt(claiming: Claiming, _db: AsyncSession) -> Blocked:
    claim = await claiming.claim("draft")
    path = f"/files/{claim['items'][0]['file_id']}"
    await claiming.paying.call(claiming.speaker, "DELETE", path)
    return Blocked("receipt_missing", claiming.speaker, claim)


async def not_submitted_once_the_cohort_is_closed(claiming: Claiming, db: AsyncSession) -> Blocked:
    claim = await claiming.claim("draft")
    await _close_cohort(claiming, db)
    return Blocked("cohort_closed", claiming.speaker, claim)


async def not_approved_once_the_cohort_is_closed(claiming: Claiming, db: AsyncSession) -> Blocked:
    claim = await claiming.claim()
    await _close_cohort(claiming, db)
    return Blocked("cohort_closed", claiming.coordinator, claim, {})


async def not_reopened_once_the_cohort_is_closed(claiming: Claiming, db: AsyncSession) -> Blocked:
    """It would wait where nothing is approved any more."""
    claim = await claiming.moves(claiming.coordinator, await claiming.claim(), "decline", WHY)
    await _close_cohort(claiming, db)
    return Blocked("cohort_closed", claiming.coordinator, claim, WHY)


async def not_approved_by_who_drew_it_up(claiming: Claiming, _db: AsyncSession) -> Blocked:
    claim = await _of_coordinator(claiming)
    return Blocked("conflict_of_interest", claiming.coordinator, claim, {})


async def not_returned_or_declined_by_them(claiming: Claiming, _db: AsyncSession) -> Blocked:
    claim = await _of_coordinator(claiming)
    return Blocked("conflict_of_interest", claiming.coordinator, claim, WHY)


async def not_reopened_by_whose_it_is(claiming: Claiming, _db: AsyncSession) -> Blocked:
    """Nor what another has declined."""
    claim = await _of_coordinator(claiming)
    await claiming.moves(claiming.paying.funding.manager, claim, "decline", WHY)
    return Blocked("conflict_of_interest", claiming.coordinator, claim, WHY)


async def not_approved_by_a_closed_fund(claiming: Claiming, db: AsyncSession) -> Blocked:
    claim = await claiming.claim()
    await _close_fund(db)
    return Blocked("fund_closed", claiming.coordinator, claim, {})


async def not_approved_by_an_empty_fund(claiming: Claiming, _db: AsyncSession) -> Blocked:
    claim = await claiming.claim()
    left = (await claiming.paying.holds())["unallocated"]
    await claiming.paying.ledgers.moved("refunds", left - 23_639, "FT-R", effective_on="2026-03-02")
    return Blocked("fund_short", claiming.coordinator, claim, {})


async def not_reopened_once_its_payment_is_asked_for(
    claiming: Claiming, _db: AsyncSession
) -> Blocked:
    payment = await claiming.payment()
    return Blocked("payments_open", claiming.coordinator, payment["expense_claim"], WHY)


async def not_withdrawn_once_its_payment_is_asked_for(
    claiming: Claiming, _db: AsyncSession
) -> Blocked:
    payment = await claiming.payment()
    return Blocked("payments_open", claiming.speaker, payment["expense_claim"])


CASES: dict[str, Callable[[Claiming, AsyncSession], Awaitable[Blocked]]] = {
    "expense_claim submit claim_is_ones_own": not_submitted_by_another,
    "expense_claim submit something_is_claimed": not_submitted_empty,
    "expense_claim submit receipts_are_there": not_submitted_without_a_receipt,
    "expense_claim submit cohort_is_not_closed": not_submitted_once_the_cohort_is_closed,
    "expense_claim return reviewer_is_independent": not_returned_or_declined_by_them,
    "expense_claim approve reviewer_is_independent": not_approved_by_who_drew_it_up,
    "expense_claim decline reviewer_is_independent": not_returned_or_declined_by_them,
    "expense_claim reopen reviewer_is_independent": not_reopened_by_whose_it_is,
    "expense_claim approve cohort_is_not_closed": not_approved_once_the_cohort_is_closed,
    "expense_claim reopen cohort_is_not_closed": not_reopened_once_the_cohort_is_closed,
    "expense_claim approve fund_is_open": not_approved_by_a_closed_fund,
    "expense_claim approve fund_has_so_much": not_approved_by_an_empty_fund,
    "expense_claim reopen nothing_of_it_is_paid": not_reopened_once_its_payment_is_asked_for,
    "expense_claim withdraw claim_is_ones_own": not_submitted_by_another,
    "expense_claim withdraw nothing_of_it_is_paid": not_withdrawn_once_its_payment_is_asked_for,
}
MADE = {"expense_claim create cohort_is_not_closed", "expense_claim create fund_is_open"}


def test_no_case_is_left_over() -> None:
    assert sorted({*CASES, *MADE}) == sorted(guards(EXPENSE_CLAIM))


@pytest.mark.parametrize("guard", CASES)
async def test_it_is_refused_by_name(claiming: Claiming, db: AsyncSession, guard: str) -> None:
    blocked = await CASES[guard](claiming, db)
    _, move, _ = guard.split()

    answer = await claiming.tries(blocked.who, blocked.claim, move, blocked.body, if_match="*")

    said = answer.json()
    assert answer.status_code == 409, answer.text
    assert [unmet["code"] for unmet in said["unmet"]] == [blocked.code]
    assert said == problem("guards_unmet", 409, unmet=said["unmet"])
    path = f"/expense-claims/{blocked.claim['id']}/actions"
    actions = await claiming.paying.seen(blocked.who, path)
    explained = next(one for one in actions["actions"] if one["name"] == move)
    assert (explained["possible"], explained["unmet"]) == (False, said["unmet"])


async def test_none_is_drawn_up_for_what_is_closed(claiming: Claiming, db: AsyncSession) -> None:
    fund = claiming.paying.ledgers.fund["id"]
    await _close_cohort(claiming, db)
    await _close_fund(db)
    answer = await claiming.drafts(claiming.coordinator, fund_id=fund)
    assert answer.status_code == 409
    assert [one["code"] for one in answer.json()["unmet"]] == ["cohort_closed", "fund_closed"]


async def test_much_is_approved_for_payment_by_another(claiming: Claiming) -> None:
    """Who approved the claim does not approve its payment, where it is of much money."""
    paying = claiming.paying
    both = await paying.network.people.person(
        "Bo Both",
        (Role.COORDINATOR, paying.network.programme_id),
        (Role.FINANCE_APPROVER, paying.network.programme_id),
    )
    claim = (await claiming.drafts()).json()
    much = HOTEL | {"amount": pounds(3_000_000)}
    claim = (await claiming.adds(claim, much)).json()
    claim = await claiming.moves(claiming.speaker, claim, "submit")
    claim = await claiming.moves(both, claim, "approve", {})
    await claiming.account(claim)
    payment = (await claiming.requests(claim)).json()
    path = f"/payments/{payment['id']}/approve"
    answer = await paying.call(both, "POST", path, if_match="*")
    assert [one["code"] for one in answer.json()["unmet"]] == ["claim_approved_by_you"]
