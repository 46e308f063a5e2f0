"""What waits no longer, or waits again, because of what became of it since."""

from datetime import UTC, datetime, timedelta

import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.grant_walks import WHY, Funding
from tests.journeys import Json, Network
from tests.people.identity.people import Person

SANCTIONS = {"kind": "sanctions", "done_on": "2026-03-02", "expires_on": "2026-03-03"}
LATER = {"due_on": "2026-09-30", "reason": "The annex comes late."}
LEAVE = {"reason": "Our data steward is away.", "returns_on": "2026-06-01"}


async def waiting(network: Network, who: Person, kind: str) -> list[tuple[str, str | None]]:
    """(subject, when it is due) of each obligation of a kind that `who` sees."""
    page = await network.seen(who, f"/obligations?kind={kind}")
    return [(one["subject"]["id"], one["due_at"]) for one in page["items"]]


async def ended(funding: Funding, grant: Json) -> None:
    for who in (funding.manager, funding.coordinator):
        grant = await funding.make(who, grant, "terminate", WHY)
    assert grant["status"] == "terminated"


@pytest.mark.parametrize(
    ("outcome", "ends", "waits"),
    [("passed", False, True), ("passed", True, False), ("failed", False, False)],
)
async def test_a_check_is_renewed_if_it_was_passed_and_the_grant_goes_on(
    funding: Funding, clock: FixedClock, *, outcome: str, ends: bool, waits: bool
) -> None:
    grant = await funding.grant("active")
    path = f"/grants/{grant['id']}/due-diligence-checks"
    check = SANCTIONS | {"outcome": outcome, "note": "As the register says."}
    await funding.done(funding.coordinator, "POST", path, check)
    if ends:
        await ended(funding, grant)
    clock.advance(timedelta(days=3))

    found = await waiting(funding.network, funding.coordinator, "renew_check")

    assert found == ([(grant["id"], "2026-03-04T00:00:00.000000Z")] if waits else [])


async def test_an_extension_waits_until_it_is_decided_or_the_grant_ends(funding: Funding) -> None:
    grant = await funding.grant("active")
    first, second = await funding.milestones(grant)
    asked = [
        await funding.done(funding.lead, "POST", f"/milestones/{one['id']}/extensions", LATER)
        for one in (first, second)
    ]
    kind = "decide_extension"
    both = [(asked[0]["id"], first["due_at"]), (asked[1]["id"], second["due_at"])]
    assert await waiting(funding.network, funding.coordinator, kind) == both

    path = f"/milestone-extensions/{asked[0]['id']}/decline"
    await funding.done(funding.coordinator, "POST", path, WHY, if_match=1)
    assert await waiting(funding.network, funding.coordinator, kind) == both[1:]

    await ended(funding, await funding.done(funding.lead, "GET", f"/grants/{grant['id']}"))
    assert await waiting(funding.network, funding.coordinator, kind) == []


async def test_reports_of_a_suspended_grant_wait_until_it_is_resumed(funding: Funding) -> None:
    report = await funding.report()
    waits = [(report["id"], report["due_at"])]
    grant = await funding.done(funding.lead, "GET", f"/grants/{report['grant']['id']}")
    found = []
    for move in (None, "suspend", "resume"):
        if move is not None:
            grant = await funding.make(funding.coordinator, grant, move, WHY)
        found.append(await waiting(funding.network, funding.lead, "submit_report"))
    assert found == [waits, [], waits]


async def test_after_a_report_was_withdrawn_another_is_waited_for(funding: Funding) -> None:
    report = await funding.report()
    kind, first = "report_milestone", report["milestone"]["id"]
    assert first not in [one for one, _ in await waiting(funding.network, funding.lead, kind)]

    await funding.walk_report(report, "withdrawn")

    assert first in [one for one, _ in await waiting(funding.network, funding.lead, kind)]


async def test_nothing_is_asked_of_a_member_who_has_left(network: Network) -> None:
    cohort, team = await network.cohort("recruiting"), await network.team()
    asked = {"stage": "onboarding", "key": "survey", "title": "Survey", "anchor": "accepted"}
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/requirements", asked)
    membership = await network.membership(cohort, team, "onboarding")
    tasks = await network.seen(team.lead, f"/memberships/{membership['id']}/tasks")
    (task,) = tasks["items"]
    waits = [(task["id"], "2026-03-03T00:00:00.000000Z")]
    assert await waiting(network, network.manager, "meet_task") == waits

    await network.walk_membership(membership, team, "withdrawn")

    assert await waiting(network, team.lead, "meet_task") == []
    assert await waiting(network, network.manager, "meet_task") == []


async def test_leave_that_is_taken_waits_for_the_day_it_ends(network: Network) -> None:
    """Not for an answer any more, nor for the day on which an earlier leave was to end."""
    cohort, team = await network.cohort("running"), await network.team()
    membership = await network.membership(cohort, team, "active")
    path = f"/memberships/{membership['id']}"
    request = await network.done(team.lead, f"{path}/pause-requests", LEAVE)
    asked = [(request["id"], None)]
    assert await waiting(network, network.coordinator, "decide_pause_request") == asked

    await network.done(network.coordinator, f"{path}/pause", LEAVE)

    for kind in ("decide_pause_request", "await_pause_decision"):
        assert await waiting(network, network.coordinator, kind) == []
    first = [(membership["id"], "2026-05-31T23:00:00.000000Z")]
    assert await waiting(network, network.coordinator, "resume_membership") == first
    await network.done(network.coordinator, f"{path}/resume")
    assert await waiting(network, network.coordinator, "resume_membership") == []
    again = LEAVE | {"returns_on": "2026-07-01"}
    await network.done(network.coordinator, f"{path}/pause", again)
    second = [(membership["id"], "2026-06-30T23:00:00.000000Z")]
    assert await waiting(network, network.coordinator, "resume_membership") == second


async def test_who_signed_what_has_changed_since_signs_again(funding: Funding) -> None:
    offered = await funding.grant("offered")
    both = [(offered["id"], None)] * 2
    assert await waiting(funding.network, funding.manager, "sign_grant") == both
    await funding.make(funding.lead, offered, "activate")
    assert await waiting(funding.network, funding.manager, "sign_grant") == both[:1]

    draft = await funding.make(funding.coordinator, offered, "retract_offer", WHY)
    path = f"/grants/{draft['id']}/terms"
    terms = await funding.done(funding.coordinator, "GET", path)
    body = {key: terms[key] for key in ("award", "tax_treatment", "starts_on")}
    one = {
        "kind": "delivery",
        "title": "All of it",
        "amount_minor": terms["award"]["amount_minor"],
        "due_on": "2026-08-31",
        "timezone": "Europe/London",
        "criteria": [{"statement": "It is there"}],
    }
    body |= {"ends_on": "2026-09-30", "milestones": [one]}
    await funding.done(funding.coordinator, "PUT", path, body, if_match=terms["version"])
    await funding.make(funding.coordinator, draft, "offer")

    assert await waiting(funding.network, funding.manager, "sign_grant") == both


async def test_who_signed_for_one_side_is_not_asked_for_the_other(funding: Funding) -> None:
    offered = await funding.grant("offered")
    await funding.make(funding.lead, offered, "activate")
    administrator = await funding.network.people.person("Ann Administrator", Role.ADMINISTRATOR)
    await funding.done(administrator, "POST", "/role-assignments", manages(funding, funding.lead))

    left = await funding.network.seen(funding.lead, "/obligations?kind=sign_grant")

    assert [(one["waits_for"], one["is_mine"]) for one in left["items"]] == [("convenor", False)]


async def test_nor_when_they_are_of_the_other_side_by_then(funding: Funding) -> None:
    """Their signature stands; of the grantee nobody asks whether they are independent."""
    signer = await funding.network.people.person("Sam Signer")
    administrator = await funding.network.people.person("Ann Administrator", Role.ADMINISTRATOR)
    role = await funding.done(administrator, "POST", "/role-assignments", manages(funding, signer))
    offered = await funding.grant("offered")
    await funding.make(signer, offered, "activate")
    await funding.done(administrator, "POST", f"/role-assignments/{role['id']}/end", {})
    leads = {
        "account_id": str(signer.account_id),
        "role": Role.COLLABORATION_LEAD,
        "scope_id": str(funding.team.id),
    }
    await funding.done(administrator, "POST", "/role-assignments", leads)

    left = await funding.network.seen(signer, "/obligations?kind=sign_grant")

    assert [(one["waits_for"], one["is_mine"]) for one in left["items"]] == [("grantee", False)]


def manages(funding: Funding, who: Person) -> Json:
    """That somebody is to manage the programme."""
    return {
        "account_id": str(who.account_id),
        "role": Role.PROGRAMME_MANAGER,
        "scope_id": str(funding.network.programme_id),
    }


@pytest.mark.parametrize(
    ("at", "standing"),
    [
        (datetime(2026, 5, 31, 22, 59, 59, 999_999, tzinfo=UTC), "due"),
        (datetime(2026, 5, 31, 23, tzinfo=UTC), "overdue"),
    ],
)
async def test_it_is_overdue_from_the_instant_at_which_it_is_due(
    funding: Funding, clock: FixedClock, at: datetime, standing: str
) -> None:
    first = (await funding.milestones(await funding.grant("active")))[0]
    assert first["due_at"] == "2026-05-31T23:00:00.000000Z"
    clock.set(at)
    page = await funding.network.seen(funding.lead, "/obligations?due_until=2026-05-31")
    assert [one["standing"] for one in page["items"]] == [standing]


@pytest.mark.parametrize(("early", "standing"), [(1, "upcoming"), (0, "due")])
async def test_it_is_due_from_the_instant_at_which_it_opens(
    funding: Funding, clock: FixedClock, early: int, standing: str
) -> None:
    first = (await funding.milestones(await funding.grant("active")))[0]
    opens_at = datetime.fromisoformat(first["opens_at"])
    clock.set(opens_at - timedelta(microseconds=early))
    page = await funding.network.seen(funding.lead, "/obligations?due_until=2026-05-31")
    assert [one["standing"] for one in page["items"]] == [standing]
