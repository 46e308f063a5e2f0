"""What becomes of everything below and beside each thing that ends: a test for each ending."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.network.cohorts.announcements.service import send_due
from app.network.cohorts.memberships.places import settle_overdue
from app.network.collaborations.access import collaboration as obtain
from app.network.collaborations.lifecycle import COLLABORATION
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.answers import START, problem, refused, where
from tests.bound import BoundDatabase
from tests.counting import statements
from tests.grant_walks import WHY, Funding
from tests.journeys import Json, Network, Team
from tests.people.identity.people import Person

PASSWORD = "my own fifteen letters"


async def invited(network: Network, who: Person, role: Role, scope_id: object) -> Json:
    """An open invitation, with its link."""
    body = {
        "email": f"{role}.of.{str(scope_id)[-6:]}@example.org",
        "name": "Nia New",
        "role": role,
        "scope_id": str(scope_id),
    }
    made = await network.done(who, "/invitations", body)
    if made["link"] is None:
        administrator = await network.people.person("Ann Administrator", Role.ADMINISTRATOR)
        shown = await network.done(administrator, f"/invitations/{made['id']}/show-link", WHY)
        made["link"] = shown["link"]
    return made


async def accepted(network: Network, invitation: Json) -> httpx.Response:
    body = {"token": invitation["link"].partition("#")[2], "password": PASSWORD}
    return await network.client.post("/v1/invitations/accept", json=body)


async def told_void(network: Network, inviter: Person, invitation: Json) -> None:
    """Whoever was invited is told by name, and whoever invited sees it; another is not made."""
    assert refused(await accepted(network, invitation), "invitation_void", 409)
    seen = await network.seen(inviter, f"/invitations/{invitation['id']}")
    assert seen["status"] == "void"
    listed = await network.seen(inviter, "/invitations?status=void")
    assert [one["id"] for one in listed["items"]] == [invitation["id"]]
    again = {key: invitation[key] for key in ("name", "role")}
    again |= {"email": "another@example.org", "scope_id": invitation["scope"]["id"]}
    headers = await network.headers(inviter)
    answer = await network.client.post("/v1/invitations", json=again, headers=headers)
    assert refused(answer, "scope_ended", 409)
    path = f"/v1/invitations/{invitation['id']}/resend"
    assert refused(await network.client.post(path, headers=headers), "invitation_void", 409)


async def dossier_seen(network: Network, cohort: Json, team: Team) -> bool:
    """Whether somebody who runs this cohort alone sees the collaboration's file."""
    name = f"Only {cohort['reference']}"
    cora = await network.people.person(name, (Role.COORDINATOR, UUID(cohort["id"])))
    answer = await network.client.get(f"/v1/collaborations/{team.id}", headers=cora.headers)
    return answer.status_code == 200


async def work(network: Network, who: Person) -> list[str]:
    return sorted(one["kind"] for one in (await network.seen(who, "/me/work"))["items"])


@pytest.mark.parametrize("ending", ["declined", "expired", "withdrawn"])
async def test_an_offer_declined_expired_or_withdrawn(
    network: Network, clock: FixedClock, database: BoundDatabase, ending: str
) -> None:
    """Edges gone; invitations into the membership void; nothing kept, nothing asked."""
    cohort, team = await network.cohort("recruiting"), await network.team()
    membership = await network.membership(cohort, team, "offered")
    reviewer = await invited(network, network.coordinator, Role.REVIEWER, membership["id"])
    if ending == "expired":
        clock.advance(timedelta(days=4))
        await settle_overdue(database, clock)
    else:
        await network.walk_membership(membership, team, ending)
    path = f"/memberships/{membership['id']}"
    assert (await network.seen(network.coordinator, path))["status"] == ending
    assert not await dossier_seen(network, cohort, team)
    await told_void(network, network.coordinator, reviewer)
    kept = await network.client.get(
        f"/v1{path}/last-known", headers=await network.headers(network.coordinator)
    )
    assert refused(kept, "nothing_kept", 404)
    assert await work(network, team.lead) == []
    assert (await network.seen(network.coordinator, f"/cohorts/{cohort['id']}"))[
        "places_taken"
    ] == 0


@pytest.mark.parametrize("ending", ["withdrawn", "removed"])
async def test_a_membership_withdrawn_or_removed(funding: Funding, ending: str) -> None:
    """Edges gone; what the cohort knew is kept; grants held; reports kept; seats free."""
    network, membership = funding.network, funding.membership
    report = await funding.report("submitted")
    reviewer = await invited(network, funding.coordinator, Role.REVIEWER, membership["id"])
    path = f"/memberships/{membership['id']}"
    await _leave(funding, ending)
    assert (await network.seen(funding.coordinator, path))["status"] == ending
    assert not await dossier_seen(network, funding.cohort, funding.team)
    await told_void(network, funding.coordinator, reviewer)
    known = await network.seen(funding.coordinator, f"{path}/last-known")
    assert (known["name"], known["known_at"]) == (funding.team.ref["name"], START)
    grant = await network.seen(funding.coordinator, f"/grants/{report['grant']['id']}")
    assert (grant["status"], grant["is_held"]) == ("active", True)
    kept = await network.seen(funding.lead, f"/reports/{report['id']}")
    assert (kept["status"], kept["is_void"]) == ("submitted", False)
    answer = await funding.call(
        funding.coordinator, "POST", f"/reports/{report['id']}/accept", if_match="*"
    )
    assert [one["code"] for one in answer.json()["unmet"]] == ["grant_held"]
    assert await work(network, funding.lead) == []
    assert await work(network, funding.coordinator) == ["settle_grant"]
    places = await network.seen(funding.coordinator, f"/cohorts/{funding.cohort['id']}")
    assert places["places_taken"] == 0


async def _leave(funding: Funding, ending: str) -> None:
    if ending == "withdrawn":
        await funding.network.walk_membership(funding.membership, funding.team, ending)
        return
    for who in (funding.coordinator, funding.manager):
        await funding.network.done(who, f"/memberships/{funding.membership['id']}/remove", WHY)


async def test_a_membership_completed(funding: Funding) -> None:
    """Its grants go on, and may be continued beyond the cohort."""
    network = funding.network
    grant = await funding.grant("active")
    path = f"/memberships/{funding.membership['id']}"
    await network.walk_cohort(funding.cohort, "running")
    for step in ("onboard", "activate", "complete"):
        await network.done(funding.coordinator, f"{path}/{step}")
    assert not await dossier_seen(network, funding.cohort, funding.team)
    seen = await network.seen(funding.lead, f"/grants/{grant['id']}")
    assert (seen["is_held"], await work(network, funding.lead)) == (False, ["report_milestone"] * 2)
    await funding.report("accepted", (await funding.milestones(grant))[0])

    cohort = await network.done(funding.coordinator, f"/cohorts/{funding.cohort['id']}/wrap-up")
    close = f"/cohorts/{cohort['id']}/close"
    answer = await funding.call(funding.coordinator, "POST", close)
    assert answer.json()["unmet"] == [
        {
            "code": "grants_open",
            "detail": "Close, terminate, cancel or continue first: PLN-C1-G01 (active).",
            **where("Opening river data"),
        }
    ]
    until = {"until_on": "2027-03-31", "reviewer_id": str(funding.manager.account_id), **WHY}
    await network.done(funding.coordinator, f"/grants/{grant['id']}/continue", until)
    assert (await network.done(funding.coordinator, close))["status"] == "closed"
    seen = await network.seen(funding.lead, f"/grants/{grant['id']}")
    assert (seen["is_held"], await work(network, funding.lead)) == (False, ["report_milestone"])


@pytest.fixture
async def stage(funding: Funding, database: BoundDatabase) -> Funding:
    """Mail is on, and an announcement is scheduled for tomorrow."""
    database.info["has_mail"] = True
    path = f"/cohorts/{funding.cohort['id']}/announcements"
    said = {"title": "The kick-off", "body": "At ten.", "audience": "members"}
    made = await funding.network.done(funding.coordinator, path, said)
    path = f"/announcements/{made['id']}/schedule"
    await funding.network.done(funding.coordinator, path, {"publish_at": "2026-03-03T09:00:00Z"})
    return funding


async def test_a_cohort_cancelled(
    stage: Funding, clock: FixedClock, database: BoundDatabase
) -> None:
    """As withdrawn for each member; what was scheduled is not sent; letters to all; shown first."""
    network, cohort = stage.network, stage.cohort
    grant = await stage.grant("active")
    waiting, gone = await network.team(2), await network.team(3)
    await network.membership(cohort, waiting, "offered")
    await network.membership(cohort, gone, "declined")
    void = await invited(network, stage.manager, Role.FACILITATOR, cohort["id"])
    path = f"/cohorts/{cohort['id']}"
    wanted = {"metric": "completion", "value": 0.8, "due_on": "2026-09-30"}
    target = await network.done(stage.manager, f"{path}/metric-targets", wanted)
    preview = await network.seen(stage.manager, f"{path}/cancel/preview")
    (scheduled,) = (await network.seen(stage.coordinator, f"{path}/announcements"))["items"]
    assert scheduled["status"] == "scheduled"

    await network.done(stage.manager, f"{path}/cancel", WHY)

    people = {one.name for team in (stage.team, waiting) for one in (team.lead, team.member)}
    foreseen = {
        one["code"]: {thing["reference"] or thing["name"] for thing in one["things"]}
        for one in preview["consequences"]
    }
    assert foreseen == {
        "what_was_scheduled_is_not_sent": {"The kick-off"},
        "everyone_is_told": people,
        "members_are_withdrawn": {stage.team.ref["reference"], waiting.ref["reference"]},
        "invitations_into_it_are_void": {"Nia New"},
        "grants_of_the_cohort_are_held": {"PLN-C1-G01"},
        "its_metric_targets_are_withdrawn": {"completion"},
        "its_polls_are_cancelled": set(),
        "its_rounds_are_cancelled": set(),
        "its_sessions_are_cancelled": set(),
        "shared_sessions_go_on_without_it": set(),
    }
    assert (preview["status"], preview["action"]["possible"]) == ("recruiting", True)
    assert await letters(database) == {
        one.email: "Cancelled: \u201cCohort 1\u201d"
        for team in (stage.team, waiting)
        for one in (team.lead, team.member)
    }
    members = (await network.seen(stage.manager, f"{path}/memberships"))["items"]
    assert [one["status"] for one in members] == ["withdrawn", "withdrawn", "declined"]
    target = await network.seen(stage.manager, f"/metric-targets/{target['id']}")
    assert (target["withdrawn_at"] is None, target["standing"]) == (False, None)
    await told_void(network, stage.manager, void)
    held = await network.seen(stage.lead, f"/grants/{grant['id']}")
    assert (held["is_held"], held["held_because"]) == (True, "cohort_cancelled")
    assert await work(network, stage.lead) == []
    assert await work(network, stage.coordinator) == ["settle_grant"]
    clock.advance(timedelta(days=2))
    assert await send_due(database, clock) == 0
    told = await network.seen(stage.coordinator, f"/announcements/{scheduled['id']}")
    assert (told["status"], told["sent_at"]) == ("cancelled", None)
    history = await network.seen(stage.manager, f"/announcements/{scheduled['id']}/history")
    assert history["items"][-1]["reason"] == WHY["reason"]


async def test_a_preview_costs_the_same_however_many_it_touches(stage: Funding) -> None:
    network, path = stage.network, f"/v1/cohorts/{stage.cohort['id']}/cancel/preview"
    counts: list[int] = []
    for number in (2, 3):
        team = await network.team(number)
        membership = await network.membership(stage.cohort, team, "accepted")
        await Funding(network, team, stage.cohort, membership).grant("active")
        headers = dict(stage.manager.headers)
        with statements() as sent:
            answer = await network.client.get(path, headers=headers)
        assert answer.status_code == 200
        counts.append(len([one for one in sent if "SAVEPOINT" not in one]))
    assert counts == [counts[0]] * 2


async def test_who_may_not_make_a_move_sees_no_preview_of_it(stage: Funding) -> None:
    path = f"/cohorts/{stage.cohort['id']}/cancel/preview"
    coordinator = await stage.call(stage.coordinator, "GET", path)
    assert refused(coordinator, "not_allowed", 403, permission="cohort.cancel")
    assert refused(await stage.call(stage.lead, "GET", path), "cohort_not_found", 404)
    await stage.network.done(stage.manager, f"/cohorts/{stage.cohort['id']}/cancel", WHY)
    over = await stage.call(stage.manager, "GET", path)
    assert refused(
        over, "invalid_transition", 409, current_status="cancelled", available_actions=[]
    )


async def letters(database: BoundDatabase) -> dict[str, str]:
    """The subject of the letter to each address, where somebody was told of a cancellation."""
    asked = select(MailMessage.recipient, MailMessage.subject, MailMessage.text)
    async with database.transaction() as db:
        rows = (await db.execute(asked.where(MailMessage.key.startswith("cohort-cancelled")))).all()
    assert all(f"> {WHY['reason']}" in row.text for row in rows)
    return {row.recipient: row.subject for row in rows}


async def test_who_has_completed_is_told_of_a_cancellation_too(
    stage: Funding, database: BoundDatabase
) -> None:
    network, path = stage.network, f"/memberships/{stage.membership['id']}"
    grant = await stage.grant("active")
    await network.walk_cohort(stage.cohort, "running")
    for step in ("onboard", "activate", "complete"):
        await network.done(stage.coordinator, f"{path}/{step}")
    await network.done(stage.manager, f"/cohorts/{stage.cohort['id']}/cancel", WHY)
    assert stage.lead.email in await letters(database)
    held = await network.seen(stage.lead, f"/grants/{grant['id']}")
    assert held["held_because"] == "cohort_cancelled"


async def test_a_cohort_closed(stage: Funding) -> None:
    """Refused while a membership or a grant that is not settled stands; each is named."""
    network, cohort = stage.network, stage.cohort
    active, draft = await stage.grant("active"), await stage.grant()
    path = f"/cohorts/{cohort['id']}"
    await network.walk_cohort(cohort, "running")
    await network.done(stage.coordinator, f"{path}/wrap-up")
    unmet = [
        {
            "code": "memberships_open",
            "detail": f"Complete or end first: {stage.team.ref['reference']} (accepted).",
            **where(stage.team.ref["name"]),
        },
        {
            "code": "grants_open",
            "detail": "Close, terminate, cancel or continue first: "
            "PLN-C1-G01 (active), PLN-C1-G02 (draft).",
            **where("Opening river data", "Opening river data"),
        },
    ]
    answer = await stage.call(stage.coordinator, "POST", f"{path}/close")
    assert answer.json() == problem("guards_unmet", 409, unmet=unmet)
    preview = await network.seen(stage.coordinator, f"{path}/close/preview")
    assert preview["action"]["unmet"] == unmet
    foreseen = {one["code"]: len(one["things"]) for one in preview["consequences"]}
    assert foreseen == {
        "what_was_scheduled_is_not_sent": 1,
        "its_polls_are_cancelled": 0,
        "shared_sessions_go_on_without_it": 0,
        "invitations_into_it_are_void": 0,
    }

    await network.walk_membership(stage.membership, stage.team, "withdrawn")
    await stage.make(stage.coordinator, draft, "cancel", WHY)
    for who in (stage.manager, stage.coordinator):
        await stage.make(who, active, "terminate", WHY)
    invitation = await invited(network, stage.coordinator, Role.ADVISER, cohort["id"])
    assert (await network.done(stage.coordinator, f"{path}/close"))["status"] == "closed"
    await told_void(network, stage.coordinator, invitation)
    (announcement,) = (await network.seen(stage.coordinator, f"{path}/announcements"))["items"]
    assert announcement["status"] == "cancelled"
    history = await network.seen(stage.manager, f"/announcements/{announcement['id']}/history")
    assert history["items"][-1]["reason"] == "The cohort was closed."


@pytest.mark.parametrize("status", ["closed", "cancelled"])
async def test_nothing_is_announced_in_what_has_ended(network: Network, status: str) -> None:
    cohort = await network.cohort("recruiting")
    path = f"/cohorts/{cohort['id']}"
    said = {"title": "The kick-off", "body": "At ten.", "audience": "members"}
    draft = await network.done(network.coordinator, f"{path}/announcements", said)
    await network.walk_cohort(cohort, status)
    headers = network.coordinator.headers
    later = {"publish_at": "2026-03-03T09:00:00Z"}
    for step, body in (("send", None), ("schedule", later)):
        address = f"/v1/announcements/{draft['id']}/{step}"
        answer = await network.client.post(address, json=body, headers=headers)
        assert [one["code"] for one in answer.json()["unmet"]] == ["cohort_ended"]


async def test_a_collaboration_abandoned(funding: Funding) -> None:
    """Refused by name while a membership or a grant stands; afterwards invitations are void, and it
    takes no place."""
    network, team = funding.network, funding.team
    grant = await funding.grant("active")
    path = f"/collaborations/{team.id}"
    member = await invited(network, funding.lead, Role.COLLABORATION_MEMBER, team.id)
    membership = {
        "code": "memberships_open",
        "detail": "End its memberships first: PLN-C1 (accepted).",
        **where(funding.cohort["name"]),
    }
    open_grant = {
        "code": "grants_open",
        "detail": "Close, terminate or cancel its grants first: PLN-C1-G01 (active).",
        **where("Opening river data"),
    }

    async def abandon(who: Person) -> Any:
        return (await funding.call(who, "POST", f"{path}/abandon", WHY)).json()

    assert (await abandon(funding.lead))["unmet"] == [membership, open_grant]
    preview = await network.seen(funding.lead, f"{path}/abandon/preview")
    assert preview["action"]["unmet"] == [membership, open_grant]
    (void,) = preview["consequences"]
    assert (void["code"], [one["name"] for one in void["things"]]) == (
        "invitations_are_void",
        ["Nia New"],
    )

    await network.walk_membership(funding.membership, team, "withdrawn")
    assert (await abandon(funding.lead))["unmet"] == [open_grant]
    for who in (funding.manager, funding.coordinator):
        await funding.make(who, grant, "terminate", WHY)
    assert (await abandon(funding.lead))["status"] == "abandoned"
    await told_void(network, funding.lead, member)
    again = f"/memberships/{funding.membership['id']}/offer"
    offered = await funding.call(funding.coordinator, "POST", again, WHY)
    assert [one["code"] for one in offered.json()["unmet"]] == ["collaboration_ended"]


async def test_a_collaboration_concluded(funding: Funding, database: BoundDatabase) -> None:
    """Likewise, beside all else that it takes to conclude."""
    await funding.grant()
    async with database.transaction() as db:
        lead = await actor_of(db, funding.lead.account_id)
        assert lead is not None
        collaboration = await obtain(db, lead, funding.team.id)
        guards = COLLABORATION.guards_of(COLLABORATION.any_named("conclude"))
        found = [await guard(db, lead, collaboration) for guard in guards]
    said = {unmet.code: unmet.detail for unmet in found if unmet}
    assert said["memberships_open"] == "End its memberships first: PLN-C1 (accepted)."
    assert said["grants_open"] == (
        "Close, terminate or cancel its grants first: PLN-C1-G01 (draft)."
    )


async def test_what_was_abandoned_takes_no_place_anywhere(network: Network) -> None:
    cohort, team = await network.cohort("recruiting"), await network.team()
    full = await network.cohort("recruiting", reference="FULL", announced_capacity=1)
    await network.membership(full, await network.team(2), "accepted")
    await network.done(team.lead, f"/collaborations/{team.id}/abandon", WHY)
    headers = network.coordinator.headers
    body = {"collaboration_id": str(team.id)}
    for one in (cohort, full):
        path = f"/v1/cohorts/{one['id']}/memberships"
        answer = await network.client.post(path, json=body, headers=headers)
        assert [unmet["code"] for unmet in answer.json()["unmet"]] == ["collaboration_ended"]
    path = f"/v1/cohorts/{cohort['id']}/memberships/batch"
    answer = await network.client.post(path, json={"items": [body]}, headers=headers)
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/items/0/collaboration_id", "collaboration_ended")
    ]


async def test_who_has_completed_and_ended_does_not_come_back(network: Network) -> None:
    cohort, team = await network.cohort("running"), await network.team()
    membership = await network.membership(cohort, team, "completed")
    await network.done(team.lead, f"/collaborations/{team.id}/abandon", WHY)
    path = f"/v1/memberships/{membership['id']}/reinstate"
    answer = await network.client.post(path, json=WHY, headers=network.manager.headers)
    assert [one["code"] for one in answer.json()["unmet"]] == ["collaboration_ended"]


async def test_whoever_ends_it_is_told_the_names_of_what_they_may_see(funding: Funding) -> None:
    """Somebody who runs another cohort that it is in learns of this one that there is more."""
    network, team = funding.network, funding.team
    await funding.grant("active")
    other = await network.cohort("recruiting", reference="PLN-C2")
    await network.membership(other, team, "accepted")
    cora = await network.people.person("Only There", (Role.COORDINATOR, UUID(other["id"])))
    answer = await funding.call(cora, "POST", f"/collaborations/{team.id}/abandon", WHY)
    assert [one["detail"] for one in answer.json()["unmet"]] == [
        "End its memberships first: PLN-C2 (accepted) and 1 more.",
        "Close, terminate or cancel its grants first: 1 that you may not see.",
    ]


@pytest.mark.parametrize("ending", ["terminated", "closed"])
async def test_a_grant_terminated_or_closed(funding: Funding, ending: str) -> None:
    """Reports stay as they are, nothing is asked, and nobody is invited into it."""
    grant = await funding.grant("active")
    report = await funding.report("accepted", (await funding.milestones(grant))[0])
    reviewer = await invited(funding.network, funding.coordinator, Role.REVIEWER, grant["id"])
    if ending == "terminated":
        preview = await funding.network.seen(
            funding.manager, f"/grants/{grant['id']}/terminate/preview"
        )
        (cancelled,) = [one for one in preview["consequences"] if one["things"]]
        assert [thing["reference"] for thing in cancelled["things"]] == ["PLN-C1-G01-M2"]
        for who in (funding.manager, funding.coordinator):
            await funding.make(who, grant, "terminate", WHY)
    else:
        await funding.report("accepted", (await funding.milestones(grant))[1])
        for step in ("begin_closing", "close"):
            grant = await funding.make(funding.coordinator, grant, step)
    seen = await funding.network.seen(funding.lead, f"/grants/{grant['id']}")
    assert (seen["status"], seen["is_held"]) == (ending, False)
    kept = await funding.network.seen(funding.lead, f"/reports/{report['id']}")
    assert kept["status"] == "accepted"
    await told_void(funding.network, funding.coordinator, reviewer)
    assert await work(funding.network, funding.lead) == []
    await funding.network.walk_membership(funding.membership, funding.team, "withdrawn")
    assert await work(funding.network, funding.coordinator) == []


async def test_a_grant_reopened_after_its_collaboration_ended_is_held(funding: Funding) -> None:
    grant = await funding.grant("closed")
    await funding.network.walk_membership(funding.membership, funding.team, "withdrawn")
    await funding.done(funding.lead, "POST", f"/collaborations/{funding.team.id}/abandon", WHY)
    reopened = await funding.make(funding.manager, grant, "reopen", WHY)
    assert (reopened["is_held"], reopened["held_because"]) == (True, "collaboration_ended")


async def test_what_cancelling_a_grant_would_change_is_told_before(funding: Funding) -> None:
    grant = await funding.grant("draft")
    told = await funding.network.seen(funding.manager, f"/grants/{grant['id']}/cancel/preview")
    assert (told["status"], told["version"], told["action"]["possible"]) == ("draft", 1, True)
    (cancelled,) = told["consequences"]
    assert cancelled["code"] == "open_milestones_are_cancelled"
    assert [one["reference"] for one in cancelled["things"]] == ["PLN-C1-G01-M1", "PLN-C1-G01-M2"]
