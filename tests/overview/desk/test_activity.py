"""The record of everything, as far as each may read it."""

import httpx

from tests.answers import refused
from tests.grant_walks import Funding
from tests.people.identity.people import People


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
