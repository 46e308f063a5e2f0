"""Every (status, move, role) of a milestone, against what is written down here."""

import pytest

from app.funding.grants import access
from app.funding.grants.lifecycle import MILESTONE
from app.people.identity.roles import Role
from tests.answers import endorsed, refused
from tests.bound import BoundDatabase
from tests.grant_walks import WHY, Funding, milestone
from tests.journeys import Json
from tests.lives import Life

RUNS = {Role.PROGRAMME_MANAGER, Role.COORDINATOR}

PART = {"accepted_amount_minor": 600_000, "reason": "One of two workshops was held."}

LIFE = Life(
    lifecycle=MILESTONE,
    load=access.milestone,
    leads_to={
        "planned": {"excuse": "waived", "waive": "waived"},
        "reported": {"accept_partially": "partially_accepted"},
        "changes_requested": {},
        "accepted": {},
        "partially_accepted": {},
        "rejected": {},
        "waived": {},
        "cancelled": {},
    },
    may={"accept_partially": RUNS, "excuse": RUNS, "waive": RUNS},
    permission={
        "accept_partially": "report.accept",
        "excuse": "report.excuse",
        "waive": "milestone.waive",
    },
    unseen=("milestone_not_found", {Role.FACILITATOR, Role.OBSERVER}),
    endorsed=frozenset({"accept_partially", "waive"}),
    bodies={"accept_partially": PART, "excuse": WHY, "waive": WHY},
    blocked={
        ("planned", "excuse"): "milestone_pays",
        ("planned", "waive"): "milestone_pays",
    },
    unblocked={("planned", "excuse"): {Role.PROGRAMME_MANAGER}},
)

REPORT = {
    "reported": "submitted",
    "partially_accepted": "submitted",
    "changes_requested": "changes_requested",
    "accepted": "accepted",
    "rejected": "rejected",
    "waived": "excused",
}


async def milestone_that_is(funding: Funding, status: str) -> Json:
    if status in REPORT:
        await funding.report(REPORT[status])
    else:
        await funding.grant("cancelled" if status == "cancelled" else "active")
    page = await funding.done(funding.coordinator, "GET", "/milestones")
    if status == "partially_accepted":
        for who in (funding.coordinator, funding.manager):
            found = await funding.make(who, page["items"][0], "accept_partially", PART)
        page["items"][0] = found
    assert page["items"][0]["status"] == status
    return page["items"][0]


@pytest.mark.parametrize("status", LIFE.leads_to)
async def test_who_may_do_what(funding: Funding, database: BoundDatabase, status: str) -> None:
    await LIFE.tried(funding, database, await milestone_that_is(funding, status))


async def test_two_persons_waive_what_no_money_hangs_on(funding: Funding) -> None:
    workshop = milestone("Workshop attended", 0, "2026-04-30", kind="engagement", criteria=[])
    paid = milestone("Final report", 2_000_000, "2026-08-31")
    grant = await funding.grant("active", milestones=[workshop, paid])
    one, _ = await funding.milestones(grant)
    path = f"/milestones/{one['id']}/waive"

    first = await funding.call(funding.coordinator, "POST", path, WHY, if_match=one["version"])
    again = await funding.call(funding.coordinator, "POST", path, WHY, if_match=one["version"])
    second = await funding.call(funding.manager, "POST", path, WHY, if_match=one["version"])

    word = endorsed(funding.coordinator, "waive", WHY["reason"])
    assert first.json() == one | {"endorsements": [word]}
    assert refused(again, "second_person_required", 409)
    assert second.json() == one | {
        "status": "waived",
        "available_actions": [],
        "version": one["version"] + 1,
    }


async def test_what_was_waived_is_settled(funding: Funding) -> None:
    """The next milestone is reported, and the grant closes."""
    workshop = milestone("Workshop attended", 0, "2026-04-30", kind="engagement", criteria=[])
    paid = milestone("Final report", 2_000_000, "2026-08-31")
    grant = await funding.grant("active", milestones=[workshop, paid])
    waived, reported = await funding.milestones(grant)
    for who in (funding.coordinator, funding.manager):
        await funding.done(
            who, "POST", f"/milestones/{waived['id']}/waive", WHY, if_match=waived["version"]
        )

    report = await funding.report("accepted", reported)
    for move in ("begin_closing", "close"):
        grant = await funding.make(funding.coordinator, grant, move)

    assert (report["status"], grant["status"]) == ("accepted", "closed")


async def test_waiving_binds_what_was_read(funding: Funding) -> None:
    await funding.grant("active")
    one = (await funding.done(funding.coordinator, "GET", "/milestones"))["items"][0]
    path = f"/milestones/{one['id']}/waive"
    silent = await funding.call(funding.coordinator, "POST", path, WHY)
    stale = await funding.call(funding.coordinator, "POST", path, WHY, if_match=9)
    unsaid = await funding.call(funding.coordinator, "POST", path, {}, if_match=1)
    assert refused(silent, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=1)
    assert unsaid.status_code == 422
    assert refused(await funding.call(None, "POST", path, WHY), "unauthenticated", 401)
