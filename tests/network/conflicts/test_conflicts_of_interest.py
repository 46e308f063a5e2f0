"""Conflicts of interest over HTTP: declared by oneself, imposed by others, ended and put right."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import httpx
import pytest
from httpx import AsyncClient

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.roles import Role
from tests.answers import START, edits, page, refused
from tests.counting import statements
from tests.factories import organisation, programme
from tests.journeys import Json, Network, Team
from tests.midnights import INSTANT_BEFORE, LAST_DAY, NEXT_DAY, each_midnight
from tests.people.identity.people import Person, Service

PATH = "/v1/conflicts-of-interest"
WHY = {"reason": "It is another organisation of that name."}


def ref(of: Person) -> Json:
    return {"id": str(of.account_id), "reference": None, "name": of.name}


def shown(of: Person, by: Person | None = None, **more: Any) -> Json:
    by = by or of
    return {
        "id": ANY,
        "account": ref(of),
        "organisation": None,
        "collaboration": None,
        "person": None,
        "from_on": "2026-03-02",
        "until_on": None,
        "reason": "I sit on its board.",
        "is_imposed": by is not of,
        "entered_by": ref(by),
        "withdrawn_at": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


@pytest.fixture
async def team(network: Network) -> Team:
    """A collaboration whose place in a cohort is accepted."""
    joined = await network.team()
    await network.membership(await network.cohort("recruiting"), joined, "accepted")
    return joined


async def send(
    network: Network,
    who: Person | Service | None,
    method: str,
    path: str = "",
    body: Any = None,
    **headers: str,
) -> httpx.Response:
    held = {**(who.headers if who else {}), **headers}
    return await network.client.request(method, f"{PATH}{path}", json=body, headers=held)


async def declared(network: Network, who: Person, **more: Any) -> Json:
    body = {"reason": "I sit on its board.", **more}
    answer = await send(network, who, "POST", body=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_declared_by_oneself(network: Network, team: Team) -> None:
    acme = await organisation(network.client, network.coordinator, "Acme")
    reviewer = await network.people.person("Rita", (Role.REVIEWER, network.programme_id))
    body = {"organisation_id": acme["id"], "reason": "I sit on its board."}

    answer = await send(network, reviewer, "POST", body=body)
    made = answer.json()
    twice = await send(network, reviewer, "POST", body=body)
    seen_by = {
        who.name: (await send(network, who, "GET", f"/{made['id']}")).status_code
        for who in (reviewer, network.coordinator, network.manager, team.lead, team.member)
    }
    history = await send(network, network.coordinator, "GET", f"/{made['id']}/history")

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{PATH}/{made['id']}"
    about = {"id": acme["id"], "reference": None, "name": "Acme"}
    assert made == shown(reviewer, organisation=about)
    assert refused(twice, "conflict_already_declared", 409)
    assert seen_by == {
        "Rita": 200,
        "Cora Dinator": 200,
        "Mary Manager": 200,
        "Lead 1": 404,
        "Member 1": 404,
    }
    (row,) = history.json()["items"]
    assert (row["verb"], row["account_id"], row["detail"]) == (
        "conflict_of_interest.declared",
        str(reviewer.account_id),
        {"account_id": str(reviewer.account_id), "about_id": acme["id"]},
    )


async def test_imposed_by_a_manager(network: Network, team: Team) -> None:
    body = {
        "account_id": str(network.coordinator.account_id),
        "person_id": str(team.lead.account_id),
        "reason": "They are married.",
    }
    forbidden = await send(
        network,
        network.coordinator,
        "POST",
        body=body | {"account_id": str(network.manager.account_id)},
    )
    made = await send(network, network.manager, "POST", body=body)
    ends = await send(network, network.coordinator, "POST", f"/{made.json()['id']}/end", {})
    hidden = await send(network, team.lead, "GET", f"/{made.json()['id']}")

    permission = "conflict_of_interest.impose"
    assert refused(forbidden, "not_allowed", 403, permission=permission)
    assert made.json() == shown(
        network.coordinator, network.manager, person=ref(team.lead), reason="They are married."
    )
    assert refused(ends, "own_conflict", 409)
    assert refused(hidden, "conflict_of_interest_not_found", 404)


async def test_a_lead_who_is_in_conflict_sees_it_and_no_others(
    network: Network, team: Team
) -> None:
    mine = await declared(network, team.lead, collaboration_id=str(team.id))
    await declared(network, network.coordinator, collaboration_id=str(team.id))

    listed = await send(network, team.lead, "GET")
    for_team = await send(network, network.coordinator, "GET")
    of_lead = await network.client.get(
        f"/v1/accounts/{team.lead.account_id}/conflicts-of-interest",
        headers=network.coordinator.headers,
    )
    stranger = await network.people.person("Stranger Danger")
    unseen = await network.client.get(
        f"/v1/accounts/{team.lead.account_id}/conflicts-of-interest", headers=stranger.headers
    )

    assert listed.json() == page(mine)
    assert len(for_team.json()["items"]) == 2
    assert of_lead.json() == page(mine)
    assert refused(unseen, "account_not_found", 404)
    assert (await send(network, stranger, "GET")).json() == page()


async def test_another_programme_neither_reads_nor_corrects_it(
    network: Network, team: Team
) -> None:
    """Nor is it on its list; the team of the person, or of what it is about, reads it."""
    ada = await network.people.person("Ada", Role.ADMINISTRATOR)
    other = await programme(network.client, ada, name="Elsewhere", reference="ELSE")
    mary, rita = [
        await network.people.person(name, (role, UUID(other["id"])))
        for name, role in (("Mary Else", Role.PROGRAMME_MANAGER), ("Rita Else", Role.REVIEWER))
    ]
    acme, bolt = [
        await organisation(network.client, network.coordinator, name) for name in ("Acme", "Bolt")
    ]
    takes_part = {"organisation_id": bolt["id"], "role": "steward"}
    await network.done(network.coordinator, f"/collaborations/{team.id}/participants", takes_part)
    hers = await declared(network, network.coordinator, organisation_id=acme["id"])
    about = [
        await declared(network, rita, **body)
        for body in (
            {"organisation_id": bolt["id"]},
            {"organisation_id": acme["id"]},
        )
    ]
    path = f"/{hers['id']}"

    unseen = await send(network, rita, "GET", path)
    away = await send(network, mary, "POST", f"{path}/withdraw", WHY)
    wrong = await send(network, mary, "PATCH", path, {"reason": "No."}, **{"If-Match": "*"})
    listed = {
        who.name: {one["id"] for one in (await send(network, who, "GET")).json()["items"]}
        for who in (network.coordinator, mary, rita)
    }

    for refusal in (unseen, away, wrong):
        assert refused(refusal, "conflict_of_interest_not_found", 404)
    assert listed == {
        "Cora Dinator": {hers["id"], about[0]["id"]},
        "Mary Else": {one["id"] for one in about},
        "Rita Else": {one["id"] for one in about},
    }


async def test_whose_people_they_are_decides_who_may_put_it_right(
    network: Network, team: Team
) -> None:
    """That it is about an organisation that takes part here too makes it readable, and no more:
    it says what somebody else's reviewer may decide."""
    ada = await network.people.person("Ada", Role.ADMINISTRATOR)
    other = await programme(network.client, ada, name="Elsewhere", reference="ELSE")
    mary, rita = [
        await network.people.person(name, (role, UUID(other["id"])))
        for name, role in (("Mary Else", Role.PROGRAMME_MANAGER), ("Rita Else", Role.REVIEWER))
    ]
    bolt = await organisation(network.client, network.coordinator, "Bolt")
    takes_part = {"organisation_id": bolt["id"], "role": "steward"}
    await network.done(network.coordinator, f"/collaborations/{team.id}/participants", takes_part)
    path = f"/{(await declared(network, rita, organisation_id=bolt['id']))['id']}"
    match = {"If-Match": "*"}

    away = [
        await send(network, network.manager, "PATCH", path, {"reason": "No."}, **match),
        await send(network, network.manager, "POST", f"{path}/end", {}),
        await send(network, network.manager, "POST", f"{path}/withdraw", WHY),
    ]
    hers = await send(network, mary, "POST", f"{path}/withdraw", WHY)

    assert (await send(network, network.manager, "GET", path)).status_code == 200
    for refusal in away:
        assert refused(refusal, "not_allowed", 403, permission="conflict_of_interest.impose")
    assert hers.json()["withdrawn_at"] == START


async def test_it_is_imposed_about_a_collaboration_that_has_or_is_offered_a_place(
    network: Network, team: Team
) -> None:
    """Of somebody who works in two programmes each manager says what is hers to say."""
    ada = await network.people.person("Ada", Role.ADMINISTRATOR)
    other = await programme(network.client, ada, name="Elsewhere", reference="ELSE")
    there = UUID(other["id"])
    mary = await network.people.person("Mary Else", (Role.PROGRAMME_MANAGER, there))
    both = await network.people.person(
        "Rita Both", (Role.REVIEWER, there), (Role.REVIEWER, network.programme_id)
    )
    said = {"account_id": str(both.account_id), "reason": "A cousin."}
    body = said | {"collaboration_id": str(team.id)}
    path = f"/{(await declared(network, network.manager, **body))['id']}"

    before = await send(network, mary, "POST", body=body)
    unmade = await send(network, mary, "POST", f"{path}/withdraw", WHY)
    elsewhere = Network(network.client, network.people, there, mary, mary)
    cohort = await elsewhere.cohort("recruiting", reference="ELSE-C1")
    await elsewhere.membership(cohort, team, "offered")
    after = await send(network, mary, "POST", body=body)
    acme = await organisation(network.client, network.coordinator, "Acme")
    about_acme = await send(network, mary, "POST", body=said | {"organisation_id": acme["id"]})

    for refusal in (before, unmade):
        assert refused(refusal, "not_allowed", 403, permission="conflict_of_interest.impose")
    assert refused(after, "conflict_already_declared", 409)
    assert about_acme.status_code == 201


async def test_what_a_merged_account_declared_is_the_persons(network: Network) -> None:
    acme = await organisation(network.client, network.coordinator, "Acme")
    ada = await network.people.person("Ada", Role.ADMINISTRATOR)
    old, rita = [await network.people.person(name) for name in ("Old Rita", "Rita")]
    made = await declared(network, old, organisation_id=acme["id"])
    assert (await send(network, rita, "GET")).json() == page()

    await network.done(
        ada,
        f"/accounts/{old.account_id}/merge",
        {"into_id": str(rita.account_id), "reason": "One person, invited twice."},
    )

    assert [one["id"] for one in (await send(network, rita, "GET")).json()["items"]] == [made["id"]]
    of_rita = f"/accounts/{rita.account_id}/conflicts-of-interest"
    for asked in (of_rita, f"/conflicts-of-interest?account_id={rita.account_id}"):
        found = (await network.seen(ada, asked))["items"]
        assert [one["id"] for one in found] == [made["id"]]
    headers = await network.headers(ada)
    sent = await network.client.get(f"/v1{of_rita}/export", headers=headers)
    assert made["id"] in sent.text


async def test_the_list_is_filtered(network: Network, team: Team) -> None:
    acme = await organisation(network.client, network.coordinator, "Acme")
    cora, mary = network.coordinator, network.manager
    about = {"collaboration_id": str(team.id)}
    one = await declared(network, cora, **about)
    two = await declared(network, cora, organisation_id=acme["id"], from_on="2026-03-03")
    old = {"from_on": "2025-01-01", "until_on": "2026-03-01"}
    three = await declared(network, mary, person_id=str(team.lead.account_id), **old)

    async def ids(**query: str) -> list[str]:
        answer = await network.client.get(PATH, params=query, headers=mary.headers)
        return [one["id"] for one in answer.json()["items"]]

    assert await ids() == [two["id"], one["id"], three["id"]], "the latest first"
    assert await ids(account_id=str(cora.account_id)) == [two["id"], one["id"]]
    assert await ids(organisation_id=acme["id"]) == [two["id"]]
    assert await ids(**about) == [one["id"]]
    assert await ids(person_id=str(team.lead.account_id)) == [three["id"]]
    assert await ids(is_current="true") == [one["id"]]
    assert await ids(is_current="false") == [two["id"], three["id"]]


async def test_ended_by_who_declared_it(network: Network, team: Team, clock: FixedClock) -> None:
    made = await declared(network, network.coordinator, collaboration_id=str(team.id))
    clock.set(datetime(2026, 3, 5, 9, tzinfo=UTC))
    cora = await network.people.renewed(network.coordinator)
    path = f"/{made['id']}/end"

    early = await send(network, cora, "POST", path, {"until_on": "2026-03-04"})
    ended = await send(network, cora, "POST", path, {})
    clock.set(datetime(2026, 3, 6, 9, tzinfo=UTC))
    cora = await network.people.renewed(cora)
    twice = await send(network, cora, "POST", path, {})
    again = await declared(network, cora, collaboration_id=str(team.id))

    assert early.status_code == 422
    assert early.json()["errors"][0] == {
        "pointer": "/until_on",
        "code": "ends_before_today",
        "detail": "Name a day from 2026-03-05 on.",
    }
    at = "2026-03-05T09:00:00.000000Z"
    assert ended.json() == made | {"until_on": "2026-03-05", "version": 2, "updated_at": at}
    assert refused(twice, "conflict_ended", 409)
    assert again["id"] != made["id"]


async def test_put_right_by_others(network: Network, team: Team) -> None:
    cora, mary = network.coordinator, network.manager
    made = await declared(network, cora, collaboration_id=str(team.id))
    path, body = f"/{made['id']}", {"from_on": "2026-02-01", "reason": "Since February."}
    match = {"If-Match": '"1"'}

    own = await send(network, cora, "PATCH", path, body, **match)
    unread = await send(network, mary, "PATCH", path, body)
    right = await send(network, mary, "PATCH", path, body, **match)
    stale = await send(network, mary, "PATCH", path, body, **match)
    reversed_days = {"until_on": "2026-01-31"}
    wrong = await send(network, mary, "PATCH", path, reversed_days, **{"If-Match": '"2"'})
    withdrawn = await send(network, mary, "POST", f"{path}/withdraw", WHY)
    twice = await send(network, mary, "POST", f"{path}/withdraw", WHY)
    after = await send(network, mary, "PATCH", path, body, **{"If-Match": '"3"'})
    history = await send(network, mary, "GET", f"{path}/history")

    permission = "conflict_of_interest.impose"
    assert refused(own, "not_allowed", 403, permission=permission)
    assert refused(unread, "precondition_required", 428)
    assert right.json() == made | body | {"version": 2}
    assert refused(stale, "precondition_failed", 412, version=2)
    assert refused(
        wrong,
        "conflict_dates_reversed",
        422,
        errors=[{"pointer": "/until_on", "code": "conflict_dates_reversed", "detail": ANY}],
    )
    assert withdrawn.json() == made | body | {"version": 3, "withdrawn_at": START}
    assert refused(twice, "conflict_ended", 409)
    assert refused(after, "conflict_ended", 409)
    assert [(row["verb"], row["reason"]) for row in history.json()["items"]] == [
        ("conflict_of_interest.declared", None),
        ("conflict_of_interest.corrected", None),
        ("conflict_of_interest.withdrawn", WHY["reason"]),
    ]
    of_whom = {"account_id": str(cora.account_id), "about_id": str(team.id)}
    assert history.json()["items"][1]["detail"] == of_whom | edits(made, body)


async def test_nobody_takes_away_what_stands_in_their_own_way(network: Network, team: Team) -> None:
    made = await declared(network, network.manager, collaboration_id=str(team.id))
    path = f"/{made['id']}"
    edit = {"until_on": "2026-03-02"}
    own = await send(network, network.manager, "PATCH", path, edit, **{"If-Match": "*"})
    away = await send(network, network.manager, "POST", f"{path}/withdraw", WHY)
    assert refused(own, "own_conflict", 409)
    assert refused(away, "own_conflict", 409)


async def test_it_is_about_one_known_thing_and_another_person(network: Network, team: Team) -> None:
    cora, nobody = network.coordinator, str(uuid4())
    stranger = await network.people.person("Stranger Danger")
    said = {"reason": "A cousin."}

    async def told(body: Json) -> tuple[int, str]:
        answer = await send(network, cora, "POST", body=body | said)
        return answer.status_code, answer.json()["code"]

    assert await told({}) == (422, "validation_failed")
    both = {"collaboration_id": str(team.id), "person_id": str(team.lead.account_id)}
    assert await told(both) == (422, "validation_failed")
    assert await told({"organisation_id": nobody}) == (422, "organisation_unknown")
    assert await told({"collaboration_id": nobody}) == (422, "collaboration_unknown")
    assert await told({"person_id": str(stranger.account_id)}) == (422, "account_unknown")
    assert await told({"person_id": str(cora.account_id)}) == (422, "conflict_with_oneself")
    days = {"from_on": "2026-03-02", "until_on": "2026-03-01"}
    reverse = {"collaboration_id": str(team.id), **days}
    assert await told(reverse) == (422, "conflict_dates_reversed")
    anonymous = await send(network, None, "POST", body={"organisation_id": nobody, **said})
    assert refused(anonymous, "unauthenticated", 401)


async def test_a_lead_names_no_collaboration_that_is_not_seen(network: Network, team: Team) -> None:
    other = await network.team(2)
    body = {"collaboration_id": str(other.id), "reason": "A cousin."}
    answer = await send(network, team.member, "POST", body=body)
    assert answer.json()["code"] == "collaboration_unknown"


async def test_a_service_sees_those_of_its_owner_as_far_as_its_roles_go(
    network: Network, team: Team
) -> None:
    await declared(network, network.coordinator, collaboration_id=str(team.id))
    scope = network.programme_id
    blind = await network.people.service("Blind", network.coordinator, (Role.OBSERVER, scope))
    seeing = await network.people.service("Seeing", network.coordinator, (Role.REVIEWER, scope))
    assert (await send(network, blind, "GET")).json() == page()
    assert len((await send(network, seeing, "GET")).json()["items"]) == 1


async def test_a_list_takes_as_many_statements_for_three_as_for_one(
    network: Network, team: Team
) -> None:
    counts: list[int] = []
    for number in range(3):
        acme = await organisation(network.client, network.coordinator, f"Acme {number}")
        await declared(network, network.coordinator, organisation_id=acme["id"])
        with statements() as sent:
            answer = await send(network, network.manager, "GET")
        assert len(answer.json()["items"]) == number + 1
        counts.append(len(sent))
    assert len(set(counts)) == 1


async def test_organisations_that_merge_take_their_conflicts_along(
    network: Network, client: AsyncClient
) -> None:
    """Where somebody is in conflict about both, one of the two ends, and keeps its days."""
    cora = network.coordinator
    survivor = await organisation(client, cora, "Acme")
    duplicate = await organisation(client, cora, "Acme Ltd")
    one = await declared(network, cora, organisation_id=survivor["id"])
    two = await declared(network, cora, organisation_id=duplicate["id"])
    await declared(network, network.manager, organisation_id=duplicate["id"])
    merged = await client.post(
        f"/v1/organisations/{survivor['id']}/merge",
        json={"duplicate_id": duplicate["id"], "reason": "The same."},
        headers={**network.manager.headers, "If-Match": "*"},
    )
    assert merged.is_success, merged.text
    listed = (await send(network, network.manager, "GET")).json()["items"]
    assert {one["organisation"]["id"] for one in listed} == {survivor["id"]}
    ends = {item["id"]: item["until_on"] for item in listed}
    assert (ends[one["id"]], ends[two["id"]]) == (None, "2026-03-02")
    assert len(ends) == 3


@each_midnight
async def test_it_begins_on_the_networks_day(
    network: Network, database: Database, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    database.info["zone"] = zone
    acme = await organisation(network.client, network.coordinator, "Acme")
    bolt = await organisation(network.client, network.coordinator, "Bolt")
    for at, on, about in (
        (midnight - INSTANT_BEFORE, LAST_DAY, acme),
        (midnight, NEXT_DAY, bolt),
    ):
        clock.set(at)
        cora = await network.people.renewed(network.coordinator)
        made = await declared(network, cora, organisation_id=about["id"])
        assert made["from_on"] == str(on)
        ended = await send(network, cora, "POST", f"/{made['id']}/end", {})
        assert ended.json()["until_on"] == str(on)


async def test_nobody_lets_their_own_collaboration_off_sharing(
    network: Network, team: Team
) -> None:
    """By a role laid down as by one that is held, and by a conflict; a colleague does."""
    both = await network.people.person(
        "Bo Both", (Role.COORDINATOR, network.programme_id), (Role.COLLABORATION_MEMBER, team.id)
    )
    about = {"collaboration_id": str(team.id), "reason": "A cousin of mine leads it."}
    await network.done(network.manager, "/conflicts-of-interest", about)
    path = f"/v1/collaborations/{team.id}/waive-learning"
    why = {"reason": "The partners may not publish."}

    by_role = await network.client.post(path, json=why, headers=both.headers)
    by_conflict = await network.client.post(path, json=why, headers=network.manager.headers)
    waived = await network.client.post(path, json=why, headers=network.coordinator.headers)

    unmet = {
        "code": "conflict_of_interest",
        "detail": "You were of Collaboration 1 while it lived. Another person must decide.",
        "kind": "role",
        "about": team.ref,
    }
    assert refused(by_role, "guards_unmet", 409, unmet=[unmet])
    unmet |= {
        "detail": "You have a conflict of interest about Collaboration 1. "
        "Another person must decide.",
        "kind": "conflict",
    }
    assert refused(by_conflict, "guards_unmet", 409, unmet=[unmet])
    assert waived.json()["learning_waiver"] == why["reason"]
