"""Every (status, move, role) of a grant, against what is written down here."""

import pytest

from app.funding.grants import access
from app.funding.grants.lifecycle import GRANT
from app.people.identity.roles import Role
from tests.answers import refused
from tests.bound import BoundDatabase
from tests.grant_walks import WHY, Funding
from tests.lives import Life

RUNS = {Role.PROGRAMME_MANAGER, Role.COORDINATOR}
LEAD = {Role.COLLABORATION_LEAD}
MANAGER = {Role.PROGRAMME_MANAGER}

GOES_ON = WHY | {"until_on": "2026-12-31", "reviewer_id": "018f0000-0000-7000-8000-000000000000"}
BEFORE_OFFER = {"offer": "offered", "cancel": "cancelled"}
LIFE = Life(
    lifecycle=GRANT,
    load=access.grant,
    leads_to={
        "draft": {"start_due_diligence": "pending_due_diligence", **BEFORE_OFFER},
        "pending_due_diligence": BEFORE_OFFER,
        "offered": {
            "retract_offer": "draft",
            "activate": "active",
            "decline": "cancelled",
            "cancel": "cancelled",
        },
        "active": {
            "suspend": "suspended",
            "continue": "active",
            "begin_closing": "closing",
            "terminate": "terminated",
        },
        "suspended": {"resume": "active", "continue": "suspended", "terminate": "terminated"},
        "closing": {"continue": "closing", "close": "closed", "terminate": "terminated"},
        "closed": {"reopen": "closing"},
        "terminated": {},
        "cancelled": {},
    },
    may={
        "start_due_diligence": RUNS,
        "offer": RUNS,
        "retract_offer": RUNS,
        "activate": LEAD | MANAGER,
        "decline": LEAD,
        "suspend": RUNS,
        "resume": RUNS,
        "continue": RUNS,
        "begin_closing": RUNS,
        "close": RUNS,
        "reopen": MANAGER,
        "terminate": RUNS,
        "cancel": RUNS,
    },
    permission={
        "start_due_diligence": "grant.edit",
        "offer": "grant.offer",
        "retract_offer": "grant.offer",
        "activate": "grant.sign_as_grantee",
        "decline": "grant.sign_as_grantee",
        "suspend": "grant.suspend",
        "resume": "grant.suspend",
        "continue": "grant.continue",
        "begin_closing": "grant.close",
        "close": "grant.close",
        "reopen": "grant.reopen",
        "terminate": "grant.terminate",
        "cancel": "grant.cancel",
    },
    unseen=("grant_not_found", {Role.FACILITATOR, Role.OBSERVER}),
    endorsed=frozenset({"activate", "terminate"}),
    bodies=dict.fromkeys(
        ("retract_offer", "decline", "suspend", "resume", "reopen", "terminate", "cancel"), WHY
    )
    | {"continue": GOES_ON},
    blocked={("active", "begin_closing"): "milestones_open"}
    | {(status, "continue"): "membership_goes_on" for status in ("active", "suspended", "closing")},
)


@pytest.mark.parametrize("status", LIFE.leads_to)
async def test_who_may_do_what(funding: Funding, database: BoundDatabase, status: str) -> None:
    grant = await funding.grant(status)
    if status in ("draft", "pending_due_diligence"):
        await funding.checked(grant)
    await LIFE.tried(funding, database, grant)


@pytest.mark.parametrize("move", LIFE.may)
async def test_nobody_moves_it_without_signing_in(funding: Funding, move: str) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/{move.replace('_', '-')}"
    assert refused(
        await funding.call(None, "POST", path, LIFE.bodies.get(move)), "unauthenticated", 401
    )


@pytest.mark.parametrize("move", [one for one in LIFE.bodies if one != "continue"])
async def test_a_reason_is_said(funding: Funding, move: str) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/{move.replace('_', '-')}"
    answer = await funding.call(funding.manager, "POST", path, {}, if_match=1)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/reason"]


@pytest.mark.parametrize("move", LIFE.may)
async def test_a_stale_version(funding: Funding, move: str) -> None:
    grant = await funding.grant()
    who = funding.lead if move == "decline" else funding.manager
    path = f"/grants/{grant['id']}/{move.replace('_', '-')}"
    answer = await funding.call(who, "POST", path, LIFE.bodies.get(move), if_match=7)
    assert refused(answer, "precondition_failed", 412, version=1)


@pytest.mark.parametrize("move", ["activate", "terminate"])
async def test_what_binds_says_what_was_read(funding: Funding, move: str) -> None:
    grant = await funding.grant("offered")
    path = f"/grants/{grant['id']}/{move}"
    answer = await funding.call(funding.manager, "POST", path, LIFE.bodies.get(move))
    assert refused(answer, "precondition_required", 428)


async def test_ending_it_cancels_what_was_not_decided(funding: Funding) -> None:
    grant = await funding.grant("active")
    first, second = await funding.milestones(grant)
    await funding.report("accepted", first)

    half = await funding.make(funding.manager, grant, "terminate", WHY)
    again = await funding.call(
        funding.manager, "POST", f"/grants/{grant['id']}/terminate", WHY, if_match=grant["version"]
    )
    ended = await funding.make(funding.coordinator, grant, "terminate", WHY)

    assert (half["status"], ended["status"]) == ("active", "terminated")
    assert refused(again, "second_person_required", 409)
    assert [one["status"] for one in await funding.milestones(grant)] == ["accepted", "cancelled"]
    assert second["status"] == "planned"


async def test_ending_it_cancels_what_was_rejected(funding: Funding) -> None:
    """It may be reported again until then."""
    report = await funding.report("rejected")
    grant = await funding.done(funding.lead, "GET", f"/grants/{report['grant']['id']}")
    before = await funding.milestones(grant)
    for who in (funding.manager, funding.coordinator):
        await funding.make(who, grant, "terminate", WHY)
    after = await funding.milestones(grant)
    assert [one["status"] for one in before] == ["rejected", "planned"]
    assert [one["status"] for one in after] == ["cancelled", "cancelled"]


async def test_it_closes_early_only_when_nothing_is_due(funding: Funding) -> None:
    grant = await funding.grant("active")
    explained = await funding.done(funding.coordinator, "GET", f"/grants/{grant['id']}/actions")
    closing = next(one for one in explained["actions"] if one["name"] == "begin_closing")
    assert closing == {
        "name": "begin_closing",
        "operation_id": "begin_closing_grant",
        "method": "POST",
        "href": f"/v1/grants/{grant['id']}/begin-closing",
        "needs_reason": False,
        "needs_if_match": False,
        "possible": False,
        "unmet": [
            {
                "code": "milestones_open",
                "detail": "It has open milestones, and its period is not over.",
                "pointer": None,
                "subjects": [
                    {"id": one["id"], "reference": one["reference"], "name": one["title"]}
                    for one in await funding.milestones(grant)
                ],
            }
        ],
    }
