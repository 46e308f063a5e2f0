"""Every guard of a grant and of a milestone is refused by name: in `/actions` and by the verb.

The guards are listed by the lifecycles themselves, so that one without a case here fails.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from app.funding.grants.lifecycle import GRANT, MILESTONE
from app.kernel.clock import FixedClock
from app.kernel.transitions import Lifecycle, Move
from app.people.identity.roles import Role
from tests.answers import problem
from tests.funding.funds.ledgers import Ledgers
from tests.funding.grants.recovering import disbursed_at_once
from tests.funding.payments.paying import Paying
from tests.grant_walks import WHY, Funding, milestone, terms
from tests.journeys import Json
from tests.people.identity.people import Person

PART = {"accepted_amount_minor": 1, "reason": "One of two workshops was held."}


@dataclass(frozen=True)
class Blocked:
    """A thing, who wants to move it, and what stands in the way."""

    code: str
    who: Person
    path: str
    if_match: object = None
    body: Json | None = None


async def _left(funding: Funding) -> None:
    path = f"/memberships/{funding.membership['id']}/withdraw"
    leaving = {"departure": "other", **WHY}
    await funding.network.done(funding.coordinator, path, leaving)


async def _both(funding: Funding) -> Person:
    """Somebody of the grantee who also runs the programme."""
    return await funding.network.people.person(
        "Bo Both",
        (Role.PROGRAMME_MANAGER, funding.network.programme_id),
        (Role.COLLABORATION_MEMBER, funding.team.id),
    )


async def not_drawn_up(funding: Funding, _clock: FixedClock) -> Blocked:
    await _left(funding)
    path = f"/memberships/{funding.membership['id']}/grants"
    body = {"title": "Opening river data", "terms": terms()}
    return Blocked("membership_not_live", funding.coordinator, path, body=body)


async def not_offered_to_who_left(funding: Funding, _clock: FixedClock) -> Blocked:
    grant = await funding.checked(await funding.grant())
    await _left(funding)
    return Blocked("membership_not_live", funding.coordinator, f"/grants/{grant['id']}/offer")


async def not_offered_by_an_empty_fund(funding: Funding, _clock: FixedClock) -> Blocked:
    grant = await funding.checked(await (await Ledgers.of(funding)).grant())
    return Blocked("fund_short", funding.coordinator, f"/grants/{grant['id']}/offer")


async def not_reopened_by_an_empty_fund(funding: Funding, _clock: FixedClock) -> Blocked:
    ledgers = await Ledgers.of(funding)
    await ledgers.received(2_000_000)
    grant = await ledgers.grant("active")
    for one in await funding.milestones(grant):
        await funding.report("rejected", one)
    for move in ("begin_closing", "close"):
        grant = await funding.make(funding.coordinator, grant, move)
    await ledgers.moved("refunds", 2_000_000, "FT-2")
    return Blocked("fund_short", funding.manager, f"/grants/{grant['id']}/reopen", body=WHY)


async def not_offered_past_its_end(funding: Funding, _clock: FixedClock) -> Blocked:
    late = [milestone("Late", 2_000_000, "2026-09-01")]
    grant = await funding.checked(await funding.grant(milestones=late))
    return Blocked("milestones_outside", funding.coordinator, f"/grants/{grant['id']}/offer")


async def not_offered_unchecked(funding: Funding, _clock: FixedClock) -> Blocked:
    grant = await funding.grant()
    return Blocked("due_diligence_incomplete", funding.coordinator, f"/grants/{grant['id']}/offer")


async def not_signed_after_leaving(funding: Funding, _clock: FixedClock) -> Blocked:
    grant = await funding.grant("offered")
    await _left(funding)
    return Blocked("membership_ended", funding.lead, f"/grants/{grant['id']}/activate", "*")


async def not_signed_once_a_check_has_failed(funding: Funding, _clock: FixedClock) -> Blocked:
    grant = await funding.grant("offered")
    path = f"/grants/{grant['id']}"
    failed = {"kind": "sanctions", "outcome": "failed", "done_on": "2026-03-02", "note": "Listed."}
    await funding.done(funding.coordinator, "POST", f"{path}/due-diligence-checks", failed)
    return Blocked("due_diligence_incomplete", funding.manager, f"{path}/activate", "*")


async def not_continued_while_it_goes_on(funding: Funding, _clock: FixedClock) -> Blocked:
    grant = await funding.grant("active")
    body = {"until_on": "2026-12-31", "reviewer_id": str(funding.coordinator.account_id), **WHY}
    path = f"/grants/{grant['id']}/continue"
    return Blocked("membership_goes_on", funding.coordinator, path, body=body)


async def not_accepted_while_it_is_held(funding: Funding, _clock: FixedClock) -> Blocked:
    report = await funding.report("submitted")
    await _left(funding)
    path = f"/milestones/{report['milestone']['id']}/accept-partially"
    return Blocked("grant_held", funding.coordinator, path, "*", PART)


async def not_signed_by_both_sides_in_one(funding: Funding, _clock: FixedClock) -> Blocked:
    grant = await funding.grant("offered")
    path, both = f"/grants/{grant['id']}/activate", await _both(funding)
    return Blocked("conflict_of_interest", both, path, grant["version"])


async def not_terminated_by_the_grantee(funding: Funding, _clock: FixedClock) -> Blocked:
    grant, both = await funding.grant("active"), await _both(funding)
    path = f"/grants/{grant['id']}/terminate"
    return Blocked("conflict_of_interest", both, path, grant["version"], WHY)


async def not_closing_early(funding: Funding, _clock: FixedClock) -> Blocked:
    grant = await funding.grant("active")
    return Blocked("milestones_open", funding.coordinator, f"/grants/{grant['id']}/begin-closing")


async def not_closed_with_open_milestones(funding: Funding, clock: FixedClock) -> Blocked:
    grant = await funding.grant("active")
    clock.set(datetime(2026, 9, 2, tzinfo=UTC))
    later = await funding.later()
    await later.make(later.coordinator, grant, "begin_closing")
    return Blocked("milestones_open", later.coordinator, f"/grants/{grant['id']}/close")


async def not_waived_when_it_pays(funding: Funding, _clock: FixedClock) -> Blocked:
    one, _ = await funding.milestones(await funding.grant("active"))
    path = f"/milestones/{one['id']}/waive"
    return Blocked("milestone_pays", funding.coordinator, path, one["version"], WHY)


async def not_excused_when_it_pays(funding: Funding, _clock: FixedClock) -> Blocked:
    one, _ = await funding.milestones(await funding.grant("active"))
    return Blocked(
        "milestone_pays", funding.coordinator, f"/milestones/{one['id']}/excuse", body=WHY
    )


async def not_excused_once_its_report_is_begun(funding: Funding, _clock: FixedClock) -> Blocked:
    one, _ = await funding.milestones(await funding.grant("active"))
    await funding.begun(one)
    return Blocked("report_begun", funding.manager, f"/milestones/{one['id']}/excuse", body=WHY)


async def _workshop(funding: Funding) -> Json:
    """A milestone that no money hangs on."""
    free = milestone("Workshop attended", 0, "2026-04-30", kind="engagement")
    rest = milestone("Final report", 2_000_000, "2026-08-31")
    return (await funding.milestones(await funding.grant("active", milestones=[free, rest])))[0]


async def not_waived_by_the_grantee(funding: Funding, _clock: FixedClock) -> Blocked:
    one, both = await _workshop(funding), await _both(funding)
    path = f"/milestones/{one['id']}/waive"
    return Blocked("conflict_of_interest", both, path, one["version"], WHY)


async def not_excused_by_the_grantee(funding: Funding, _clock: FixedClock) -> Blocked:
    one, both = await _workshop(funding), await _both(funding)
    return Blocked("conflict_of_interest", both, f"/milestones/{one['id']}/excuse", body=WHY)


async def not_accepted_by_the_grantee(funding: Funding, _clock: FixedClock) -> Blocked:
    report = await funding.report("submitted")
    one = await funding.done(funding.coordinator, "GET", f"/milestones/{report['milestone']['id']}")
    path, both = f"/milestones/{one['id']}/accept-partially", await _both(funding)
    return Blocked("conflict_of_interest", both, path, one["version"], PART)


async def not_closed_over_a_payment(funding: Funding, _clock: FixedClock) -> Blocked:
    paying = await Paying.of(funding)
    for one in await paying.funding.milestones(paying.grant):
        await paying.accepted(one)
    await paying.payment()
    await paying.payment(number=2)
    coordinator, path = paying.funding.coordinator, f"/grants/{paying.grant['id']}"
    await paying.done(coordinator, f"{path}/begin-closing")
    return Blocked("payments_open", coordinator, f"{path}/close")


async def not_closed_over_a_claim(funding: Funding, _clock: FixedClock) -> Blocked:
    paying = await Paying.of(funding)
    first, second = await funding.milestones(paying.grant)
    await funding.make(funding.manager, first, "excuse", WHY)
    report = await funding.report("draft", second)
    await funding.make(funding.manager, report, "excuse", WHY)
    coordinator, path = paying.funding.coordinator, f"/grants/{paying.grant['id']}"
    database, fund_id = funding.network.people.database, paying.ledgers.fund["id"]
    await disbursed_at_once(database, fund_id, paying.grant["id"], 1)
    claim = {"amount": {"amount_minor": 1, "currency": "GBP"}, "reason": "A penny."}
    await paying.done(coordinator, f"{path}/recoveries", claim)
    await paying.done(coordinator, f"{path}/begin-closing")
    return Blocked("recoveries_open", coordinator, f"{path}/close")


async def not_closed_over_what_was_earned(funding: Funding, _clock: FixedClock) -> Blocked:
    paying = await Paying.of(funding)
    for one in await paying.funding.milestones(paying.grant):
        await paying.accepted(one)
    coordinator, path = paying.funding.coordinator, f"/grants/{paying.grant['id']}"
    await paying.done(coordinator, f"{path}/begin-closing")
    return Blocked("money_payable", coordinator, f"{path}/close")


async def not_terminated_with_money_on_its_way(funding: Funding, clock: FixedClock) -> Blocked:
    paying = await Paying.of(funding)
    payment = await paying.payment()
    clock.advance(timedelta(hours=72))
    await paying.walk_payment(payment, "released")
    manager = await paying.network.people.renewed(paying.funding.manager)
    path = f"/grants/{paying.grant['id']}/terminate"
    return Blocked("payments_open", manager, path, "*", WHY)


CASES: dict[str, Callable[[Funding, FixedClock], Awaitable[Blocked]]] = {
    "grant create membership_is_live": not_drawn_up,
    "grant offer membership_is_live": not_offered_to_who_left,
    "grant offer fund_can_pay": not_offered_by_an_empty_fund,
    "grant reopen fund_can_pay_again": not_reopened_by_an_empty_fund,
    "grant offer milestones_lie_within_its_period": not_offered_past_its_end,
    "grant offer due_diligence_is_complete": not_offered_unchecked,
    "grant activate signatory_is_independent": not_signed_by_both_sides_in_one,
    "grant activate membership_has_not_ended": not_signed_after_leaving,
    "grant activate due_diligence_is_complete": not_signed_once_a_check_has_failed,
    "grant terminate terminator_is_independent": not_terminated_by_the_grantee,
    "grant continue something_has_ended": not_continued_while_it_goes_on,
    "milestone accept_partially grant_is_not_held": not_accepted_while_it_is_held,
    "grant begin_closing nothing_more_is_due": not_closing_early,
    "grant close milestones_are_settled": not_closed_with_open_milestones,
    "grant close payments_are_settled": not_closed_over_a_payment,
    "grant close recoveries_are_settled": not_closed_over_a_claim,
    "grant close what_was_earned_is_paid": not_closed_over_what_was_earned,
    "grant terminate nothing_is_on_its_way": not_terminated_with_money_on_its_way,
    "milestone waive no_money_hangs_on_it": not_waived_when_it_pays,
    "milestone waive waiver_is_independent": not_waived_by_the_grantee,
    "milestone excuse excuser_is_independent": not_excused_by_the_grantee,
    "milestone excuse no_money_hangs_on_milestone": not_excused_when_it_pays,
    "milestone excuse report_is_not_begun": not_excused_once_its_report_is_begun,
    "milestone accept_partially decider_is_independent": not_accepted_by_the_grantee,
}


def guards(lifecycle: Lifecycle) -> list[str]:
    def of(move: Move) -> list[str]:
        found = lifecycle.guards_of(move)
        return [f"{lifecycle.noun} {move.name} {guard.__name__}" for guard in found]

    return list(chain.from_iterable(of(move) for move in lifecycle.moves))


MARKING = {f"grant {move} is_not_funded_twice_unseen" for move in ("offer", "activate")}
"""What refuses nothing, and is seen of the move afterwards."""
GUARDS = {*guards(GRANT), *guards(MILESTONE)} - MARKING


def test_no_case_is_left_over() -> None:
    assert sorted(CASES) == sorted(GUARDS)


@pytest.mark.parametrize("guard", CASES)
async def test_it_is_refused_by_name(funding: Funding, clock: FixedClock, guard: str) -> None:
    blocked = await CASES[guard](funding, clock)
    noun, move, _ = guard.split()

    answer = await funding.call(
        blocked.who, "POST", blocked.path, blocked.body, if_match=blocked.if_match
    )

    said = answer.json()
    assert answer.status_code == 409
    assert [unmet["code"] for unmet in said["unmet"]] == [blocked.code]
    assert said == problem("guards_unmet", 409, unmet=said["unmet"])
    if move == "create":
        return
    thing = blocked.path.rpartition("/")[0]
    actions = await funding.done(blocked.who, "GET", f"{thing}/actions")
    explained = next(one for one in actions["actions"] if one["name"] == move)
    assert explained["operation_id"] == f"{move}_{noun}"
    assert (explained["possible"], explained["unmet"]) == (False, said["unmet"])
