"""Every guard of a report, of a consent and of an excused milestone refuses by its name: in
`/actions` and by the verb. A guard that no scenario meets fails `test_no_guard_is_left_out`."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from app.funding.grants.lifecycle import MILESTONE
from app.funding.reports.lifecycle import CONSENT, REPORT
from app.kernel.clock import FixedClock
from app.kernel.transitions import Lifecycle
from app.people.identity.roles import Role
from tests.funding.payments.paying import Paying
from tests.grant_walks import WHY, Funding, as_read, milestone
from tests.journeys import Json
from tests.people.identity.people import Person

CHANGES = {"requests": [{"request": "Say who took part."}]}
BODIES = {
    "decline_certification": WHY,
    "request_changes": CHANGES,
    "reject": WHY,
    "excuse": WHY,
    "reopen": WHY,
}
GUARDED: dict[str, Lifecycle] = {"report": REPORT, "publication_consent": CONSENT}


@dataclass(frozen=True)
class Try:
    """A move that a guard stands in the way of. Creations have a path, and nothing to explain."""

    who: Person
    thing: Json
    move: str
    guard: str
    code: str
    noun: str = "report"
    path: str | None = None


Scenario = Callable[[Funding], AsyncIterator[Try]]


async def a_draft_that_says_nothing(funding: Funding) -> AsyncIterator[Try]:
    report = await funding.begun((await funding.milestones(await funding.grant("active")))[0])
    for move in ("request_certification", "submit"):
        yield Try(funding.lead, report, move, "answers_are_there", "answers_missing")
        yield Try(funding.lead, report, move, "evidence_is_there", "evidence_missing")
    yield Try(funding.coordinator, report, "excuse", "no_money_hangs_on_it", "milestone_pays")
    one = report["milestone"]
    milestone = await funding.done(funding.lead, "GET", f"/milestones/{one['id']}")
    for guard, code in (
        ("no_money_hangs_on_milestone", "milestone_pays"),
        ("report_is_not_begun", "report_begun"),
    ):
        yield Try(funding.coordinator, milestone, "excuse", guard, code, noun="milestone")
    path = f"/reports/{report['id']}/publication-consents"
    for guard, code in (
        ("version_stands", "report_not_submitted"),
        ("there_is_a_summary", "summary_missing"),
    ):
        yield Try(funding.lead, report, "give", guard, code, "publication_consent", path)


async def a_draft_that_overspends(funding: Funding) -> AsyncIterator[Try]:
    report = await funding.report()
    path = f"/reports/{report['id']}/expenditures/{report['expenditures'][0]['line_id']}"
    await funding.save(funding.member, path, {"amount_minor": 2_000_000})
    report = await funding.network.seen(funding.lead, f"/reports/{report['id']}")
    for move in ("request_certification", "submit"):
        yield Try(funding.lead, report, move, "variance_is_explained", "variance_unexplained")


async def a_draft_out_of_turn(funding: Funding) -> AsyncIterator[Try]:
    second = (await funding.milestones(await funding.grant("active")))[1]
    report = await funding.report("draft", second)
    yield Try(funding.lead, report, "submit", "earlier_are_decided", "earlier_milestone_open")


async def a_report_that_is_certified(funding: Funding) -> AsyncIterator[Try]:
    certified = milestone("Agreement", 2_000_000, "2026-05-31", needs_certification=True)
    grant = await funding.grant("active", milestones=[certified])
    report = await funding.report("draft", (await funding.milestones(grant))[0])
    yield Try(funding.lead, report, "submit", "another_certifies", "certification_missing")
    ready = await funding.make(funding.lead, report, "request_certification")
    yield Try(funding.lead, ready, "submit", "another_certifies", "certifier_prepared_it")


async def requested_changes(funding: Funding) -> AsyncIterator[Try]:
    report = await funding.report("changes_requested")
    for move in ("request_certification", "submit"):
        yield Try(funding.lead, report, move, "changes_are_answered", "changes_unanswered")


async def a_criterion_that_does_not_hold(funding: Funding) -> AsyncIterator[Try]:
    begun = await funding.begun((await funding.milestones(await funding.grant("active")))[0])
    report = await funding.walk_report(await funding.written(begun, is_met=False), "submitted")
    yield Try(funding.coordinator, report, "accept", "criteria_are_met", "criteria_unmet")


async def a_workshop_that_the_grantee_would_excuse(funding: Funding) -> AsyncIterator[Try]:
    free = milestone("Workshop attended", 0, "2026-04-30", kind="engagement")
    rest = milestone("Final report", 2_000_000, "2026-08-31")
    grant = await funding.grant("active", milestones=[free, rest])
    both = await funding.network.people.person(
        "Bo Both",
        (Role.COORDINATOR, funding.network.programme_id),
        (Role.COLLABORATION_MEMBER, funding.team.id),
    )
    independent = ("excuser_is_independent", "conflict_of_interest")
    one = (await funding.milestones(grant))[0]
    yield Try(both, one, "excuse", *independent, noun="milestone")


async def what_is_not_to_be_reported(funding: Funding) -> AsyncIterator[Try]:
    offered = (await funding.milestones(await funding.grant("offered")))[0]
    path = f"/milestones/{offered['id']}/reports"
    expects = ("grant_expects_reports", "grant_not_in_force")
    yield Try(funding.lead, offered, "create", *expects, path=path)
    accepted = await funding.report("accepted")
    path = f"/milestones/{accepted['milestone']['id']}/reports"
    open_ = ("milestone_is_open", "milestone_not_open")
    yield Try(funding.lead, accepted, "create", *open_, path=path)


async def one_of_the_grantee_and_then_the_end(funding: Funding) -> AsyncIterator[Try]:
    """Reports in every open status; somebody of both sides may decide none, and then their grant
    is terminated."""
    terms = [milestone(f"Milestone {n}", 400_000, "2026-05-31", is_parallel=True) for n in range(5)]
    grant = await funding.grant("active", milestones=terms)
    wanted = ("draft", "ready_for_certification", "submitted", "in_review", "accepted")
    milestones = await funding.milestones(grant)
    reports = {
        status: await funding.report(status, one)
        for status, one in zip(wanted, milestones, strict=True)
    }
    both = await funding.network.people.person(
        "Bo Both",
        (Role.PROGRAMME_MANAGER, funding.network.programme_id),
        (Role.COLLABORATION_MEMBER, funding.team.id),
    )
    of_grantee = ("reviewer_is_independent", "conflict_of_interest")
    for status, move in (
        ("submitted", "start_review"),
        ("submitted", "request_changes"),
        ("submitted", "accept"),
        ("in_review", "reject"),
        ("accepted", "reopen"),
        ("draft", "excuse"),
    ):
        yield Try(both, reports[status], move, *of_grantee)
    for who in (funding.manager, funding.coordinator):
        grant = await funding.make(who, grant, "terminate", WHY)
    ended = ("grant_has_not_ended", "grant_ended")
    for status, who, move in (
        ("draft", funding.member, "request_certification"),
        ("draft", funding.manager, "excuse"),
        ("ready_for_certification", funding.lead, "decline_certification"),
        ("submitted", funding.lead, "recall"),
        ("submitted", funding.manager, "start_review"),
        ("submitted", funding.manager, "request_changes"),
        ("in_review", funding.manager, "reject"),
    ):
        yield Try(who, reports[status], move, *ended)
    expects = ("grant_expects_reports", "grant_not_in_force")
    yield Try(funding.lead, reports["draft"], "submit", *expects)
    yield Try(funding.manager, reports["submitted"], "accept", *expects)
    yield Try(funding.manager, reports["accepted"], "reopen", *expects)


async def what_is_held(funding: Funding) -> AsyncIterator[Try]:
    """Reports in every open status, of a grant whose member then withdraws."""
    terms = [milestone(f"Milestone {n}", 500_000, "2026-05-31", is_parallel=True) for n in range(4)]
    grant = await funding.grant("active", milestones=terms)
    unreported, *milestones = await funding.milestones(grant)
    wanted = ("draft", "submitted", "in_review")
    draft, submitted, in_review = [
        await funding.report(status, one) for status, one in zip(wanted, milestones, strict=True)
    ]
    path = f"/memberships/{funding.membership['id']}/withdraw"
    await funding.done(funding.lead, "POST", path, {"departure": "funding", **WHY})
    held = ("grant_is_not_held", "grant_held")
    path = f"/milestones/{unreported['id']}/reports"
    yield Try(funding.lead, unreported, "create", *held, path=path)
    for who, report, move in (
        (funding.member, draft, "request_certification"),
        (funding.lead, draft, "submit"),
        (funding.manager, submitted, "request_changes"),
        (funding.manager, in_review, "accept"),
    ):
        yield Try(who, report, move, *held)


async def what_is_to_be_paid(funding: Funding) -> AsyncIterator[Try]:
    """A report on a milestone whose payment was approved."""
    paying = await Paying.of(funding)
    payment, people = await paying.payment(), funding.network.people
    assert isinstance(people.clock, FixedClock)
    people.clock.advance(timedelta(hours=72))
    await paying.walk_payment(payment, "approved")
    coordinator = await people.renewed(funding.coordinator)
    path = f"/reports?milestone_id={payment['milestone']['id']}"
    [listed] = (await paying.seen(coordinator, path))["items"]
    report = await paying.seen(coordinator, f"/reports/{listed['id']}")
    yield Try(coordinator, report, "reopen", "its_payment_is_not_approved", "payment_approved")


MEETS: dict[Scenario, set[tuple[str, str, str]]] = {
    a_draft_that_says_nothing: {
        ("report", "request_certification", "answers_are_there"),
        ("report", "submit", "answers_are_there"),
        ("report", "request_certification", "evidence_is_there"),
        ("report", "submit", "evidence_is_there"),
        ("report", "excuse", "no_money_hangs_on_it"),
        ("milestone", "excuse", "no_money_hangs_on_milestone"),
        ("milestone", "excuse", "report_is_not_begun"),
        ("publication_consent", "give", "version_stands"),
        ("publication_consent", "give", "there_is_a_summary"),
    },
    a_draft_that_overspends: {
        ("report", "request_certification", "variance_is_explained"),
        ("report", "submit", "variance_is_explained"),
    },
    a_draft_out_of_turn: {("report", "submit", "earlier_are_decided")},
    a_report_that_is_certified: {("report", "submit", "another_certifies")},
    requested_changes: {
        ("report", "request_certification", "changes_are_answered"),
        ("report", "submit", "changes_are_answered"),
    },
    a_criterion_that_does_not_hold: {("report", "accept", "criteria_are_met")},
    a_workshop_that_the_grantee_would_excuse: {("milestone", "excuse", "excuser_is_independent")},
    what_is_not_to_be_reported: {
        ("report", "create", "grant_expects_reports"),
        ("report", "create", "milestone_is_open"),
    },
    what_is_to_be_paid: {("report", "reopen", "its_payment_is_not_approved")},
    what_is_held: {
        ("report", "create", "grant_is_not_held"),
        ("report", "request_certification", "grant_is_not_held"),
        ("report", "submit", "grant_is_not_held"),
        ("report", "request_changes", "grant_is_not_held"),
        ("report", "accept", "grant_is_not_held"),
    },
    one_of_the_grantee_and_then_the_end: {
        ("report", "start_review", "reviewer_is_independent"),
        ("report", "request_changes", "reviewer_is_independent"),
        ("report", "accept", "reviewer_is_independent"),
        ("report", "reject", "reviewer_is_independent"),
        ("report", "reopen", "reviewer_is_independent"),
        ("report", "excuse", "reviewer_is_independent"),
        ("report", "request_certification", "grant_has_not_ended"),
        ("report", "excuse", "grant_has_not_ended"),
        ("report", "decline_certification", "grant_has_not_ended"),
        ("report", "recall", "grant_has_not_ended"),
        ("report", "start_review", "grant_has_not_ended"),
        ("report", "request_changes", "grant_has_not_ended"),
        ("report", "reject", "grant_has_not_ended"),
        ("report", "reopen", "grant_expects_reports"),
        ("report", "submit", "grant_expects_reports"),
        ("report", "accept", "grant_expects_reports"),
    },
}


def test_no_guard_is_left_out() -> None:
    guards = {
        (noun, move, guard.__name__)
        for noun, lifecycle in GUARDED.items()
        for move, registered in lifecycle._guards.items()
        for guard in registered
    }
    excuse = {("milestone", "excuse", guard.__name__) for guard in MILESTONE._guards["excuse"]}
    assert set().union(*MEETS.values()) == guards | excuse


@pytest.mark.parametrize("scenario", MEETS, ids=lambda scenario: scenario.__name__)
async def test_it_is_refused_by_name(funding: Funding, scenario: Scenario) -> None:
    met: set[tuple[str, str, str]] = set()
    async for tried in scenario(funding):
        if tried.path is None:
            assert tried.code in await _explained(funding, tried), tried
        path = tried.path or f"/{tried.noun}s/{tried.thing['id']}/{tried.move.replace('_', '-')}"
        body = {} if tried.move == "create" else BODIES.get(tried.move)
        answer = await funding.call(tried.who, "POST", path, body, if_match=as_read(tried.thing))
        assert (answer.status_code, answer.json()["code"]) == (409, "guards_unmet"), tried
        assert tried.code in [unmet["code"] for unmet in answer.json()["unmet"]], tried
        met.add((tried.noun, tried.move, tried.guard))
    assert met == MEETS[scenario]


async def _explained(funding: Funding, tried: Try) -> list[str]:
    """What `/actions` says stands in the way."""
    path = f"/{tried.noun}s/{tried.thing['id']}/actions"
    actions = (await funding.done(tried.who, "GET", path))["actions"]
    action = next(one for one in actions if one["name"] == tried.move)
    assert action["possible"] is False
    return [unmet["code"] for unmet in action["unmet"]]
