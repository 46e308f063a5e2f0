"""A place: offered, accepted or declined, passed on, gone at its deadline."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.network.cohorts.memberships.places import settle_overdue
from app.people.identity.roles import Role
from tests.answers import NO_PLACE, START, refused
from tests.journeys import Json, Network, Team
from tests.people.identity.people import People, Person

EXPIRY = "2026-03-05T09:00:00.000000Z"


def actions(membership_id: str, *names: str) -> list[Json]:
    reasoned = {"withdraw", "offer", "pause", "remove", "reinstate"}
    return [
        {
            "name": name,
            "operation_id": f"{name}_membership",
            "method": "POST",
            "href": f"/v1/memberships/{membership_id}/{name}",
            "needs_reason": name in reasoned,
            "needs_if_match": False,
        }
        for name in names
    ]


def expected(membership: Json, cohort: Json, team: Team, **changes: Any) -> Json:
    """A membership that was just offered, as the coordinator sees it."""
    return {
        "id": membership["id"],
        "cohort": {key: cohort[key] for key in ("id", "reference", "name")},
        "collaboration": team.ref,
        "status": "offered",
        "waitlist_rank": None,
        "override_reason": None,
        "timezone": "Europe/London",
        "offered_at": START,
        "offer_expires_at": EXPIRY,
        "accepted_at": None,
        "activated_at": None,
        "ended_at": None,
        "departure": None,
        "counts_for_retention": False,
        "is_returning": False,
        "pauses": [],
        "endorsements": [],
        "version": 1,
        "available_actions": actions(membership["id"], "withdraw"),
        "created_at": START,
        "updated_at": START,
    } | changes


async def offer(
    network: Network, cohort: Json, team: Team, headers: Any = None, **fields: Any
) -> httpx.Response:
    return await network.client.post(
        f"/v1/cohorts/{cohort['id']}/memberships",
        json={"collaboration_id": str(team.id)} | fields,
        headers=network.coordinator.headers if headers is None else headers,
    )


async def act(
    network: Network, who: Person | None, membership: Json, verb: str, **options: Any
) -> httpx.Response:
    headers = dict(await network.headers(who)) if who else {}
    headers |= options.pop("headers", {})
    path = f"/v1/memberships/{membership['id']}/{verb}"
    return await network.client.post(path, headers=headers, **options)


async def test_an_offer_whole(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    team = await network.team()
    response = await offer(network, cohort, team)
    body = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/v1/memberships/{body['id']}"
    assert body == expected(body, cohort, team)
    assert await network.seen(network.coordinator, f"/memberships/{body['id']}") == body
    after = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}")
    assert (after["places_taken"], after["selected_count"]) == (1, 0)


async def test_offer_accept_onboard_activate(network: Network, clock: FixedClock) -> None:
    cohort = await network.cohort("selecting")
    team = await network.team()
    offered = (await offer(network, cohort, team)).json()
    clock.advance(timedelta(hours=1))
    accepted = await network.done(team.lead, f"/memberships/{offered['id']}/accept")
    assert accepted == expected(
        offered,
        cohort,
        team,
        status="accepted",
        accepted_at="2026-03-02T10:00:00.000000Z",
        version=2,
        available_actions=actions(offered["id"], "withdraw"),
        updated_at="2026-03-02T10:00:00.000000Z",
    )
    onboarding = await network.done(network.coordinator, f"/memberships/{offered['id']}/onboard")
    assert onboarding == accepted | {
        "status": "onboarding",
        "version": 3,
        "available_actions": actions(offered["id"], "activate", "withdraw", "remove"),
    }
    await network.walk_cohort(cohort | {"status": "selecting", "places_taken": 1}, "confirmed")
    clock.advance(timedelta(hours=1))
    active = await network.done(network.coordinator, f"/memberships/{offered['id']}/activate")
    assert active == onboarding | {
        "status": "active",
        "activated_at": "2026-03-02T11:00:00.000000Z",
        "version": 4,
        "available_actions": actions(offered["id"], "pause", "complete", "withdraw", "remove"),
        "updated_at": "2026-03-02T11:00:00.000000Z",
    }
    history = await network.seen(team.lead, f"/memberships/{offered['id']}/history")
    assert [(row["verb"], row["from_status"], row["to_status"]) for row in history["items"]] == [
        ("membership.offered", None, "offered"),
        ("membership.accepted", "offered", "accepted"),
        ("membership.onboarding_begun", "accepted", "onboarding"),
        ("membership.activated", "onboarding", "active"),
    ]


async def test_a_full_cohort_has_a_waitlist_and_an_override_with_its_reason(
    network: Network,
) -> None:
    cohort = await network.cohort("selecting", announced_capacity=1)
    first, second, third = [await network.team(number) for number in (1, 2, 3)]
    await network.membership(cohort, first)
    waiting = (await offer(network, cohort, second)).json()
    assert waiting == expected(
        waiting,
        cohort,
        second,
        status="waitlisted",
        waitlist_rank=1,
        offered_at=None,
        offer_expires_at=None,
        available_actions=actions(waiting["id"], "offer", "withdraw"),
    )
    reason = "Six convinced the panel."
    beyond = (await offer(network, cohort, third, override_reason=reason)).json()
    assert beyond == expected(beyond, cohort, third, override_reason=reason)
    after = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}")
    counts = {key: after[key] for key in ("announced_capacity", "places_taken", "waitlisted_count")}
    assert counts == {"announced_capacity": 1, "places_taken": 2, "waitlisted_count": 1}


async def test_an_override_is_not_kept_where_there_was_a_place(network: Network) -> None:
    cohort = await network.cohort("selecting")
    team = await network.team()
    body = (await offer(network, cohort, team, override_reason="To be sure.")).json()
    assert body == expected(body, cohort, team)


async def test_the_waitlist_story(
    network: Network, clock: FixedClock, database: Database, db: AsyncSession
) -> None:
    """A full cohort, three wait; one declines, one lets the deadline pass in its own zone, where
    the clocks change meanwhile; another does so while the worker sleeps."""
    clock.set(datetime(2026, 3, 6, 9, 0, tzinfo=UTC))
    cohort = await network.cohort("selecting", announced_capacity=2)
    teams = [await network.team(number) for number in range(1, 7)]
    one = await network.membership(cohort, teams[0])
    two = await network.membership(cohort, teams[1], timezone="America/New_York")
    assert one["offer_expires_at"] == "2026-03-09T09:00:00.000000Z", "nine in London"
    assert two["offer_expires_at"] == "2026-03-09T08:00:00.000000Z", "still four in New York"
    waiting = [await network.membership(cohort, team, "waitlisted") for team in teams[2:5]]
    assert [membership["waitlist_rank"] for membership in waiting] == [1, 2, 3]

    await network.done(teams[0].lead, f"/memberships/{one['id']}/decline")
    assert await standing(network, cohort) == (
        2,
        ["declined", "offered", "offered", "waitlisted", "waitlisted"],
    )

    clock.set(datetime(2026, 3, 9, 8, 0, tzinfo=UTC))
    assert await settle_overdue(database, clock) == 0, (
        "at the deadline itself the offer still stands"
    )
    clock.advance(timedelta(microseconds=1))
    late = await act(network, teams[1].lead, two, "accept")
    assert refused(late, "guards_unmet", 409, unmet=[EXPIRED])
    assert await settle_overdue(database, clock) == 2
    assert await standing(network, cohort) == (
        2,
        ["declined", "expired", "offered", "offered", "waitlisted"],
    )
    assert await settle_overdue(database, clock) == 0

    clock.set(datetime(2026, 3, 9, 9, 0, 1, tzinfo=UTC))
    last = (
        await offer(network, cohort, teams[5], await network.headers(network.coordinator))
    ).json()
    assert (last["status"], last["waitlist_rank"]) == ("waitlisted", 1)
    assert await standing(network, cohort) == (
        2,
        ["declined", "expired", "expired", "offered", "offered", "waitlisted"],
    )
    heir = await network.seen(teams[4].lead, f"/memberships/{waiting[2]['id']}")
    assert heir["offer_expires_at"] == "2026-03-12T09:00:01.000000Z"
    history = await network.seen(teams[4].lead, f"/memberships/{heir['id']}/history")
    assert [(row["verb"], row["account_id"] is None) for row in history["items"]] == [
        ("membership.waitlisted", False),
        ("membership.advanced", True),
    ]
    for name, query in INVARIANTS.items():
        assert (await db.execute(text(query))).first() is None, name


EXPIRED = {
    "code": "offer_expired",
    "detail": "The offer has expired. Ask for it to be made again.",
}


async def standing(network: Network, cohort: Json) -> tuple[int, list[str]]:
    """The places taken, and the status of each membership in the order they were made."""
    taken = (await network.seen(network.coordinator, f"/cohorts/{cohort['id']}"))["places_taken"]
    return taken, await statuses(network, cohort)


async def statuses(network: Network, cohort: Json) -> list[str]:
    page = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}/memberships")
    return [membership["status"] for membership in page["items"]]


async def test_who_may_not_offer(network: Network, people: People) -> None:
    cohort = await network.cohort("recruiting")
    team = await network.team()
    funder = await people.person("Fay Funder", (Role.FUNDER, network.programme_id))
    stranger = await people.person("Stan Stranger")
    assert refused(await offer(network, cohort, team, {}), "unauthenticated", 401)
    assert refused(await offer(network, cohort, team, stranger.headers), "cohort_not_found", 404)
    assert refused(await offer(network, cohort, team, team.lead.headers), "cohort_not_found", 404)
    forbidden = await offer(network, cohort, team, funder.headers)
    assert refused(forbidden, "not_allowed", 403, permission="membership.offer")


@pytest.mark.parametrize("status", ["draft", "cancelled"])
async def test_no_place_in_a_cohort_that_takes_no_members(network: Network, status: str) -> None:
    cohort = await network.cohort(status)
    detail = (
        f"The cohort is {status}; it has to be recruiting or selecting or confirmed or running."
    )
    assert refused(
        await offer(network, cohort, await network.team()),
        "guards_unmet",
        409,
        unmet=[{"code": "cohort_status", "detail": detail}],
    )


async def test_a_collaboration_is_in_a_cohort_once(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    team = await network.team()
    await network.membership(cohort, team, "declined")
    assert refused(await offer(network, cohort, team), "already_in_cohort", 409)


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"offer_expires_at": "2026-03-02T09:00:00Z"}, "/offer_expires_at", "in_the_past"),
        ({"offer_expires_at": "2026-03-04T09:00:00"}, "/offer_expires_at", "timezone_aware"),
        ({"override_reason": ""}, "/override_reason", "string_too_short"),
        ({"timezone": "Mars/Olympus"}, "/timezone", "value_error"),
        ({"waitlist_rank": 1}, "/waitlist_rank", "extra_forbidden"),
    ],
)
async def test_bad_shapes(
    network: Network, fields: dict[str, Any], pointer: str, code: str
) -> None:
    cohort = await network.cohort("recruiting")
    response = await offer(network, cohort, await network.team(), **fields)
    assert response.status_code == 422
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [(pointer, code)]


async def test_offering_again_and_out_of_turn(network: Network) -> None:
    cohort = await network.cohort("selecting", announced_capacity=1)
    one, two = await network.team(1), await network.team(2)
    first = await network.membership(cohort, one)
    second = await network.membership(cohort, two, "waitlisted")
    again = {"reason": "They found a second partner."}
    full = await act(network, network.coordinator, second, "offer", json=again)
    assert refused(full, "guards_unmet", 409, unmet=[NO_PLACE])
    beyond = again | {"override_reason": "The panel insists."}
    offered = await network.done(network.coordinator, f"/memberships/{second['id']}/offer", beyond)
    assert offered == expected(second, cohort, two, override_reason="The panel insists.", version=2)
    declined = await network.done(one.lead, f"/memberships/{first['id']}/decline")
    assert (declined["status"], declined["ended_at"]) == ("declined", START)
    full = await act(network, network.coordinator, first, "offer", json=again)
    assert refused(full, "guards_unmet", 409, unmet=[NO_PLACE])
    explained = await network.seen(network.coordinator, f"/memberships/{first['id']}/actions")
    (offered_again,) = (one for one in explained["actions"] if one["name"] == "offer")
    assert (offered_again["possible"], offered_again["unmet"]) == (False, [NO_PLACE])
    await network.walk_membership(offered, two, "withdrawn")
    renewed = await network.done(network.coordinator, f"/memberships/{first['id']}/offer", again)
    assert renewed == expected(first, cohort, one, version=3)


async def test_who_is_offered_a_place_again_begins_anew(network: Network) -> None:
    cohort, team = await network.cohort("running"), await network.team()
    first = await network.membership(cohort, team, "active")
    left = await network.walk_membership(first, team, "withdrawn")
    assert (left["departure"], left["ended_at"]) == ("capacity", START)
    again = {"reason": "They found more hands."}
    renewed = await network.done(network.coordinator, f"/memberships/{first['id']}/offer", again)
    assert renewed == expected(first, cohort, team, version=left["version"] + 1)


async def test_the_deadline_is_the_last_instant_at_which_an_offer_stands(
    network: Network, clock: FixedClock
) -> None:
    """Whether somebody leaves just then, or the place is accepted."""
    cohort = await network.cohort("selecting")
    leaving, team = await network.team(1), await network.team(2)
    left = await network.membership(cohort, leaving, "accepted")
    offered = await network.membership(cohort, team)
    clock.set(datetime.fromisoformat(offered["offer_expires_at"]))
    await network.walk_membership(left, leaving, "withdrawn")
    assert await statuses(network, cohort) == ["withdrawn", "offered"]
    accepted = await network.done(team.lead, f"/memberships/{offered['id']}/accept")
    assert accepted["status"] == "accepted"


async def test_places_are_passed_on_for_some_days_after_the_start(
    network: Network, clock: FixedClock
) -> None:
    cohort = await network.cohort("selecting", announced_capacity=2, late_joining_days=7)
    teams = [await network.team(number) for number in range(1, 5)]
    leaving = [await network.membership(cohort, team, "accepted") for team in teams[:2]]
    for team in teams[2:]:
        await network.membership(cohort, team, "waitlisted")
    await network.walk_cohort(cohort, "running")
    clock.advance(timedelta(days=7))
    await network.walk_membership(leaving[0], teams[0], "withdrawn")
    assert await statuses(network, cohort) == ["withdrawn", "accepted", "offered", "waitlisted"]
    clock.advance(timedelta(seconds=1))
    await network.walk_membership(leaving[1], teams[1], "withdrawn")
    assert await statuses(network, cohort) == ["withdrawn", "withdrawn", "offered", "waitlisted"]


async def test_a_stale_version(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    team = await network.team()
    membership = await network.membership(cohort, team)
    stale = await act(
        network, team.lead, membership, "accept", headers={"If-Match": '"7-0123456789abcdef"'}
    )
    assert refused(stale, "precondition_failed", 412, version=1)


async def test_the_wall_clock_where_the_clocks_change(network: Network, clock: FixedClock) -> None:
    cohort = await network.cohort("recruiting")
    clock.set(datetime(2026, 3, 28, 12, 0, tzinfo=UTC))
    membership = await network.membership(cohort, await network.team())
    assert membership["offer_expires_at"] == "2026-03-31T11:00:00.000000Z", "noon in London"
