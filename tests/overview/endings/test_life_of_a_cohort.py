"""What goes wrong in the life of a funded cohort, each event as one story: in how many calls, and
history, work, metrics and letters right afterwards."""

from datetime import timedelta
from uuid import UUID

from app.kernel.clock import FixedClock
from app.network.cohorts.memberships.places import settle_overdue
from app.people.identity.roles import Role
from tests.answers import NO_PLACE, refused, where
from tests.bound import BoundDatabase
from tests.grant_walks import WHY
from tests.overview.endings.cohorts import FULL, Life, letters
from tests.people.identity.people import People


async def test_a_collaboration_withdraws_after_its_grant_is_active(
    life: Life, database: BoundDatabase
) -> None:
    """One call to leave, one to settle what it leaves. Whoever polls is told."""
    network, one, grant = life.network, life.members[0], life.grants[0]
    path = f"/v1/cohorts/{life.cohort['id']}/metrics"
    headers = dict(network.manager.headers)
    held = await network.client.get(path, headers=headers)
    assert await life.metrics() == FULL

    leaving = {"departure": "capacity", "reason": "Two of three people left."}
    await network.done(one.lead, f"/memberships/{one.membership['id']}/withdraw", leaving)

    polled = await network.client.get(
        path, headers=headers | {"If-None-Match": held.headers["etag"]}
    )
    assert polled.status_code == 200
    assert await life.metrics() == FULL | {"fill": (5, 6, 1)}
    assert await life.work(one.lead) == []
    assert await life.work(network.coordinator) == [("settle_grant", grant["reference"])]
    assert await letters(database) == []
    membership = f"/memberships/{one.membership['id']}"
    assert await life.history(one.lead, membership, 2) == [
        ("membership.activated", None),
        ("membership.withdrawn", "Two of three people left."),
    ]
    goes_on = {"until_on": "2026-12-31", "reviewer_id": str(network.manager.account_id), **WHY}
    await network.done(network.coordinator, f"/grants/{grant['id']}/continue", goes_on)
    assert await life.work(network.coordinator) == []
    assert [kind for kind, _ in await life.work(one.lead)] == ["report_milestone"] * 2
    assert await life.history(one.lead, f"/grants/{grant['id']}", 1) == [
        ("grant.continued", WHY["reason"])
    ]
    assert await life.metrics() == FULL | {"fill": (5, 6, 1)}


async def test_a_cohort_is_cancelled_with_active_grants(
    life: Life, database: BoundDatabase
) -> None:
    """One call to cancel, one more to settle all six; the two that end early take a second."""
    network, why = life.network, "The funding was withdrawn."
    cohort = f"/cohorts/{life.cohort['id']}"
    before = await network.seen(network.manager, f"{cohort}/cancel/preview")
    shown = {one["code"]: len(one["things"]) for one in before["consequences"]}

    await network.done(network.manager, f"{cohort}/cancel", {"reason": why})

    assert shown == {
        "what_was_scheduled_is_not_sent": 0,
        "everyone_is_told": 12,
        "members_are_withdrawn": 6,
        "its_metric_targets_are_withdrawn": 0,
        "its_polls_are_cancelled": 0,
        "its_rounds_are_cancelled": 0,
        "its_sessions_are_cancelled": 0,
        "shared_sessions_go_on_without_it": 0,
        "invitations_into_it_are_void": 0,
        "grants_of_the_cohort_are_held": 6,
    }
    people = [one for member in life.members for one in (member.lead, member.member)]
    assert await letters(database) == sorted(one.email for one in people)
    assert [await life.work(one) for one in people] == [[]] * 12
    references = [grant["reference"] for grant in life.grants]
    to_settle = [("settle_grant", reference) for reference in references]
    assert await life.work(network.coordinator) == to_settle
    assert await life.metrics() == FULL | {"fill": (0, 6, 6)}
    first = life.members[0]
    membership = f"/memberships/{first.membership['id']}"
    assert await life.history(first.lead, membership, 1) == [("membership.withdrawn", why)]
    assert await life.history(network.coordinator, cohort, 1) == [("cohort.cancelled", why)]

    goes_on = {"until_on": "2026-12-31", "reviewer_id": str(network.coordinator.account_id)}
    answers = ["continue"] * 2 + ["begin_closing"] * 2 + ["terminate"] * 2
    items = [
        {"grant_id": grant["id"], "version": grant["version"], "answer": answer, **WHY}
        | (goes_on if answer == "continue" else {})
        for grant, answer in zip(life.grants, answers, strict=True)
    ]
    await network.done(network.manager, "/grants/settle", {"items": items})
    await network.done(network.coordinator, "/grants/settle", {"items": items[4:]})

    found = (await network.seen(network.manager, "/grants"))["items"]
    assert [(one["status"], one["is_held"]) for one in found] == [
        ("active", False),
        ("active", False),
        ("closing", True),
        ("closing", True),
        ("terminated", False),
        ("terminated", False),
    ]
    for grant in life.grants[2:4]:
        await network.done(network.coordinator, f"/grants/{grant['id']}/close")
    assert await life.work(network.coordinator) == []
    assert [len(await life.work(one.lead)) for one in life.members] == [2, 2, 0, 0, 0, 0]
    cancelled = {"milestones_reported": (0, 4, 8), "milestones_accepted": (0, 4, 8)}
    assert await life.metrics() == {"fill": (0, 6, 6)} | cancelled


async def test_a_cohort_closes_with_open_items(life: Life, database: BoundDatabase) -> None:
    """Refused with each of them named, before and when it is tried; closed once each is settled."""
    network, cohort = life.network, f"/cohorts/{life.cohort['id']}"
    leads = await network.people.person("Leila Leads", (Role.FACILITATOR, UUID(life.cohort["id"])))
    last_one = {
        "kind": "showcase",
        "title": "Showcase",
        "local_start": "2026-09-30T10:00",
        "facilitator_ids": [str(leads.account_id)],
    }
    session = await network.done(network.coordinator, f"{cohort}/learning-sessions", last_one)
    await network.done(network.coordinator, f"/learning-sessions/{session['id']}/schedule")
    await network.done(network.coordinator, f"{cohort}/wrap-up")
    for one in life.members[:5]:
        path = f"/memberships/{one.membership['id']}/complete"
        await network.done(network.coordinator, path)
    assert await life.work(network.coordinator) == []
    assert [len(await life.work(one.lead)) for one in life.members] == [2, 2, 2, 2, 2, 3], (
        "who takes part still is asked whether they come"
    )

    headers = dict(network.coordinator.headers)
    answer = await network.client.post(f"/v1{cohort}/close", headers=headers)

    named = ", ".join(f"PLN-C1-G0{number} (active)" for number in range(1, 7))
    unmet = [
        {
            "code": "memberships_open",
            "detail": "Complete or end first: DC-9006 (active).",
            **where(life.members[5].team.ref["name"]),
        },
        {
            "code": "grants_open",
            "detail": f"Close, terminate, cancel or continue first: {named}.",
            **where(*["Opening river data"] * 6),
        },
        {
            "code": "sessions_open",
            "detail": "Hold or cancel first: Showcase (scheduled).",
            **where("Showcase"),
        },
    ]
    assert refused(answer, "guards_unmet", 409, unmet=unmet)
    explained = (await network.seen(network.coordinator, f"{cohort}/actions"))["actions"]
    close = next(one for one in explained if one["name"] == "close")
    assert (close["possible"], close["unmet"]) == (False, unmet)

    last = f"/memberships/{life.members[5].membership['id']}/complete"
    await network.done(network.coordinator, last)
    goes_on = {"until_on": "2026-12-31", "reviewer_id": str(network.coordinator.account_id)}
    items = [
        {"grant_id": one["id"], "version": one["version"], "answer": "continue", **goes_on, **WHY}
        for one in life.grants
    ]
    await network.done(network.coordinator, "/grants/settle", {"items": items})
    await network.done(network.coordinator, f"/learning-sessions/{session['id']}/cancel", WHY)
    closed = await network.done(network.coordinator, f"{cohort}/close")
    assert closed["status"] == "closed"
    assert await life.history(network.coordinator, cohort, 2) == [
        ("cohort.wrapped_up", None),
        ("cohort.closed", None),
    ]
    assert [len(await life.work(one.lead)) for one in life.members] == [2] * 6
    assert await life.work(network.coordinator) == []
    assert await life.metrics() == FULL
    assert await letters(database) == []


async def test_an_offer_is_declined_made_again_and_lapses_while_the_cohort_is_full(
    life: Life, clock: FixedClock, database: BoundDatabase
) -> None:
    """One call each; the place beyond the six is one that somebody gave a reason for."""
    network, team = life.network, await life.network.team(7)
    cohort = f"/cohorts/{life.cohort['id']}"
    beyond = {"override_reason": "A seventh place was funded."}
    body = {"collaboration_id": str(team.id), **beyond}
    offered = await network.done(network.coordinator, f"{cohort}/memberships", body)
    path = f"/memberships/{offered['id']}"
    assert await life.work(team.lead) == [("answer_offer", "DC-9007")]
    await network.done(team.lead, f"{path}/decline")
    assert await life.work(team.lead) == []

    again = {"reason": "They thought better of it."}
    headers = dict(network.coordinator.headers)
    full = await network.client.post(f"/v1{path}/offer", json=again, headers=headers)
    assert refused(full, "guards_unmet", 409, unmet=[NO_PLACE])
    await network.done(network.coordinator, f"{path}/offer", again | beyond)
    assert await life.work(team.lead) == [("answer_offer", "DC-9007")]
    clock.advance(timedelta(days=4))
    assert await settle_overdue(database, clock) == 1

    assert await life.work(team.lead) == []
    assert await life.history(team.lead, path, 4) == [
        ("membership.offered", None),
        ("membership.declined", None),
        ("membership.offered", "They thought better of it."),
        ("membership.expired", None),
    ]
    late = await network.client.post(
        f"/v1{path}/accept", headers=dict(await network.headers(team.lead))
    )
    assert late.json()["code"] == "invalid_transition"
    assert await life.metrics() == FULL
    assert await letters(database) == []


async def test_a_lead_signs_and_is_disabled_before_the_second_signature(
    life: Life, people: People, database: BoundDatabase
) -> None:
    """The second signature is the first that counts; another lead signs for the grantee."""
    network, one = life.network, life.members[0]
    grant = await one.grant("offered")
    await one.make(one.lead, grant, "activate")
    other = await people.person("Other Lead", (Role.COLLABORATION_LEAD, one.team.id))
    administrator = await people.person("Ann Administrator", Role.ADMINISTRATOR)
    await network.done(administrator, f"/accounts/{one.lead.account_id}/disable", WHY)

    half = await one.make(one.manager, grant, "activate")
    assert half["status"] == "offered"
    assert ("sign_grant", grant["reference"]) in await life.work(other)
    whole = await one.make(other, grant, "activate")
    assert whole["status"] == "active"
    assert ("sign_grant", grant["reference"]) not in await life.work(other)
    assert await life.history(network.coordinator, f"/grants/{grant['id']}", 4) == [
        ("grant.offered", None),
        ("grant.activate_endorsed", None),
        ("grant.activate_endorsed", None),
        ("grant.activated", None),
    ]
    assert await life.metrics() == FULL | {
        "milestones_reported": (0, 14, 0),
        "milestones_accepted": (0, 14, 0),
    }
    assert await letters(database) == []
