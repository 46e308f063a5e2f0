"""The record of everything, as far as each may read it."""

from datetime import timedelta
from typing import Any

import httpx

from app.kernel.clock import FixedClock
from tests.answers import refused
from tests.grant_walks import Funding
from tests.people.identity.people import People, Person


async def test_the_record_is_followed_from_where_one_stopped(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    coordinator = funding.coordinator.headers
    first = (await client.get("/v1/activity?limit=200", headers=coordinator)).json()
    assert [row["verb"] for row in first["items"]][-2:] == [
        "membership.offered",
        "membership.accepted",
    ]

    at_the_end = {"after": first["next_cursor"]}
    nothing = (await client.get("/v1/activity", headers=coordinator, params=at_the_end)).json()
    assert nothing["items"] == []
    assert nothing["next_cursor"] == first["next_cursor"]

    grant = await funding.grant("offered")
    more = (await client.get("/v1/activity", headers=coordinator, params=at_the_end)).json()
    of_grant = [row for row in more["items"] if row["subject_id"] == grant["id"]]
    assert [(row["verb"], row["from_status"], row["to_status"]) for row in of_grant] == [
        ("grant.created", None, "draft"),
        ("grant.checked", None, None),
        ("grant.offered", "draft", "offered"),
    ]
    assert {row["account_id"] for row in of_grant} == {str(funding.coordinator.account_id)}


async def test_it_can_be_asked_of_one_thing(client: httpx.AsyncClient, funding: Funding) -> None:
    subject = {"noun": "membership", "subject_id": funding.membership["id"]}

    answer = await client.get("/v1/activity", headers=funding.lead.headers, params=subject)

    assert [row["verb"] for row in answer.json()["items"]] == [
        "membership.offered",
        "membership.accepted",
    ]


async def test_the_link_header_goes_on_by_after(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    answer = await client.get("/v1/activity?limit=1", headers=funding.coordinator.headers)

    link = answer.headers["link"]
    assert link.startswith("</v1/activity?limit=1&after=")
    following = await client.get(link[1 : link.index(">")], headers=funding.coordinator.headers)
    assert following.json()["items"][0]["position"] > answer.json()["items"][0]["position"]


async def test_a_stranger_and_nobody_read_no_record(
    client: httpx.AsyncClient, funding: Funding, people: People
) -> None:
    stranger = await people.person("Stranger Danger")

    answer = await client.get("/v1/activity", headers=stranger.headers)

    assert refused(answer, "not_allowed", 403, permission="activity.read")
    assert refused(await client.get("/v1/activity"), "unauthenticated", 401)


async def told(client: httpx.AsyncClient, who: Person, **asked: Any) -> Any:
    answer = await client.get("/v1/activity", headers=who.headers, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_it_is_told_from_the_newest_back(client: httpx.AsyncClient, funding: Funding) -> None:
    await funding.grant("offered")
    coordinator = funding.coordinator
    whole = await told(client, coordinator, limit=200)
    back = await told(client, coordinator, limit=200, sort="-recorded_at")
    assert back["items"] == whole["items"][::-1]
    assert (whole["next_cursor"] is None, back["next_cursor"]) == (False, None)

    first = await told(client, coordinator, limit=3, sort="-recorded_at")
    rest = {"sort": "-recorded_at", "after": first["next_cursor"], "limit": 200}
    assert first["items"] + (await told(client, coordinator, **rest))["items"] == back["items"]
    wrong = {"sort": "recorded_at", "after": first["next_cursor"]}
    answer = await client.get("/v1/activity", headers=coordinator.headers, params=wrong)
    assert answer.json()["code"] == "invalid_cursor"

    path = f"/v1/memberships/{funding.membership['id']}/history"
    newest = await client.get(f"{path}?sort=-recorded_at&limit=1", headers=coordinator.headers)
    assert [row["verb"] for row in newest.json()["items"]] == ["membership.accepted"]
    tag = {**coordinator.headers, "If-None-Match": newest.headers["etag"]}
    again = await client.get(f"{path}?sort=-recorded_at&limit=1", headers=tag)
    assert again.status_code == 304


async def test_it_is_asked_by_who_what_where_and_when(
    client: httpx.AsyncClient, funding: Funding, clock: FixedClock
) -> None:
    before = clock.now()
    clock.advance(timedelta(hours=1))
    funding = await funding.later()
    lead, coordinator = funding.lead, funding.coordinator
    grant = await funding.grant("offered")

    def verbs(page: Any) -> list[str]:
        return [row["verb"] for row in page["items"]]

    made = ["grant.created", "grant.checked", "grant.offered"]
    by_lead = await told(client, coordinator, account_id=str(lead.account_id))
    assert verbs(by_lead) == ["membership.accepted"]
    either = await told(client, coordinator, verb=["grant.offered", "membership.accepted"])
    assert verbs(either) == ["membership.accepted", "grant.offered"]
    nouns = await told(client, coordinator, noun="grant")
    assert verbs(nouns) == made
    here = verbs(await told(client, coordinator, scope_id=funding.membership["id"]))
    assert {"membership.offered", "membership.accepted", *made} <= set(here)
    below = verbs(await told(client, coordinator, scope_id=grant["id"]))
    assert [verb for verb in below if verb != "milestone.planned"] == made
    both = (str(lead.account_id), str(coordinator.account_id))
    assert verbs(await told(client, coordinator, account_id=both, noun="membership"))[-1:] == [
        "membership.accepted"
    ]
    things = [grant["id"], funding.membership["id"]]
    of_both = verbs(await told(client, coordinator, subject_id=things))
    assert of_both == [verb for verb in here if verb in of_both]
    assert {"membership.accepted", *made} <= set(of_both)
    assert verbs(await told(client, coordinator, scope_id=things)) == here
    later = (before + timedelta(minutes=1)).isoformat()
    long_ago = "2000-01-01T00:00:00Z"
    assert verbs(await told(client, coordinator, recorded_from=long_ago, noun="grant")) == made
    assert verbs(await told(client, coordinator, recorded_until=long_ago)) == []
    assert set(verbs(await told(client, coordinator, occurred_from=later))) == {
        *made,
        "milestone.planned",
    }
    earlier = await told(client, coordinator, occurred_until=before.isoformat(), noun="membership")
    assert verbs(earlier) == ["membership.offered", "membership.accepted"]


async def test_all_that_it_is_about_is_named(client: httpx.AsyncClient, funding: Funding) -> None:
    grant = await funding.grant("offered")
    page = await told(client, funding.coordinator, verb=["membership.accepted", "grant.offered"])
    accepted, offered = page["items"]
    team = funding.membership["collaboration"]
    membership = {**team, "id": funding.membership["id"]}
    assert (accepted["subject"], accepted["scope"]) == (membership, membership)
    assert accepted["actor"] == {
        "id": str(funding.lead.account_id),
        "reference": None,
        "name": funding.lead.name,
    }
    its = {"id": grant["id"], "reference": grant["reference"], "name": grant["title"]}
    assert (offered["subject"], offered["scope"]) == (its, its)
