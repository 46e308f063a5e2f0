"""People answer to what others say of them: they see who said it, confirm it, or contest it."""

from typing import Any

import pytest

from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.factories import organisation
from tests.grant_walks import Funding
from tests.journeys import Json
from tests.people.identity.people import Person

WHY = {"reason": "It is another person of that name."}


@pytest.fixture
async def administrator(funding: Funding) -> Person:
    return await funding.network.people.person("Ada Administrator", Role.ADMINISTRATOR)


async def vouched(funding: Funding, administrator: Person) -> Json:
    """An administrator says that the manager works for the steward of the collaboration."""
    network = funding.network
    trust = await organisation(network.client, network.coordinator, "Rivers Trust")
    part = {"organisation_id": trust["id"], "role": "steward", "since_on": "2025-01-01"}
    await funding.done(
        funding.lead, "POST", f"/collaborations/{funding.team.id}/participants", part
    )
    body = {"account_id": str(funding.manager.account_id), "since_on": "2024-01-01"}
    path = f"/organisations/{trust['id']}/affiliations"
    return await funding.done(administrator, "POST", path, body)


async def waiting(funding: Funding, who: Person) -> list[tuple[str, str, str]]:
    listed = await funding.done(who, "GET", "/me/work?limit=200")
    return [
        (one["kind"], one["subject"]["id"], one["action"]["href"])
        for one in listed["items"]
        if one["noun"] == "affiliation"
    ]


async def signing(funding: Funding, grant: Json) -> list[str]:
    """How the manager is bound to the grant, as `/actions` says."""
    told = await funding.done(funding.manager, "GET", f"/grants/{grant['id']}/actions")
    (activate,) = (one for one in told["actions"] if one["name"] == "activate")
    return [one["kind"] for one in activate["unmet"] if one["code"] == "conflict_of_interest"]


async def test_it_is_contested_by_the_person_and_put_right_by_somebody_else(
    funding: Funding, administrator: Person
) -> None:
    made = await vouched(funding, administrator)
    path = f"/affiliations/{made['id']}"
    grant = await funding.grant("offered")
    said = {"id": str(administrator.account_id), "reference": None, "name": administrator.name}
    assert (made["entered_by"], made["confirmed_at"]) == (said, None)
    confirm = ("confirm_affiliation", made["id"], f"/v1{path}/confirm")
    assert await waiting(funding, funding.manager) == [confirm]
    assert await waiting(funding, administrator) == []
    assert await signing(funding, grant) == ["affiliation"]

    own = await funding.call(funding.manager, "POST", f"{path}/withdraw", WHY)
    backdated = {"ended_on": "2025-01-01"}
    ended = await funding.call(funding.manager, "POST", f"{path}/end", backdated)
    dates = {"since_on": "2026-03-02"}
    edited = await funding.call(funding.manager, "PATCH", path, dates, if_match="*")
    contested = await funding.done(funding.manager, "POST", f"{path}/contest", WHY)
    twice = await funding.call(funding.manager, "POST", f"{path}/contest", WHY)
    of_another = await funding.call(funding.coordinator, "POST", f"{path}/contest", WHY)

    assert refused(own, "own_affiliation", 409)
    assert refused(ended, "affiliation_vouched", 409)
    assert refused(edited, "affiliation_vouched", 409)
    assert contested == {**made, "contested_at": START, "version": 2}
    assert refused(twice, "affiliation_answered", 409)
    assert refused(of_another, "affiliation_not_found", 404)
    assert await waiting(funding, funding.manager) == []
    settle = ("settle_affiliation", made["id"], f"/v1{path}/withdraw")
    assert await waiting(funding, administrator) == [settle]
    assert await signing(funding, grant) == ["affiliation"], "it counts until it is put right"

    withdrawn = await funding.done(administrator, "POST", f"{path}/withdraw", WHY)
    again = await funding.call(administrator, "POST", f"{path}/withdraw", WHY)
    late = await funding.call(funding.manager, "POST", f"{path}/confirm")
    assert withdrawn == {**contested, "withdrawn_at": START, "version": 3}
    for answer in (again, late):
        assert refused(answer, "affiliation_withdrawn", 409)
    assert await signing(funding, grant) == []
    assert await waiting(funding, administrator) == []
    current = await funding.done(administrator, "GET", "/affiliations?is_current=true")
    assert made["id"] not in [one["id"] for one in current["items"]]


async def test_it_is_confirmed_and_asked_anew_when_it_is_corrected(
    funding: Funding, administrator: Person
) -> None:
    made = await vouched(funding, administrator)
    path = f"/affiliations/{made['id']}"

    confirmed = await funding.done(funding.manager, "POST", f"{path}/confirm")
    twice = await funding.call(funding.manager, "POST", f"{path}/confirm")
    corrected = (
        await funding.call(administrator, "PATCH", path, {"since_on": "2025-06-01"}, if_match="*")
    ).json()
    ended: Any = await funding.done(funding.manager, "POST", f"{path}/end", {})

    assert confirmed == {**made, "confirmed_at": START, "version": 2}
    assert refused(twice, "affiliation_answered", 409)
    assert (corrected["since_on"], corrected["confirmed_at"]) == ("2025-06-01", None)
    assert ended["ended_on"] == "2026-03-02"
    for name in ("confirm", "contest", "withdraw"):
        answer = await funding.network.client.post(f"/v1{path}/{name}", json=WHY)
        assert refused(answer, "unauthenticated", 401)
    unseen = await funding.call(funding.lead, "POST", f"{path}/withdraw", WHY)
    assert refused(unseen, "affiliation_not_found", 404)


async def test_what_is_said_of_a_merged_account_is_said_of_the_person(
    funding: Funding, administrator: Person
) -> None:
    """Nobody takes away what stands in their way as the account that goes on."""
    network = funding.network
    old = await network.people.person("Old Account")
    trust = await organisation(network.client, network.coordinator, "Rivers Trust")
    body = {"account_id": str(old.account_id), "since_on": "2024-01-01"}
    made = await funding.done(
        administrator, "POST", f"/organisations/{trust['id']}/affiliations", body
    )
    path = f"/affiliations/{made['id']}"
    into = {"into_id": str(funding.manager.account_id), **WHY}
    await funding.done(administrator, "POST", f"/accounts/{old.account_id}/merge", into)

    confirm = ("confirm_affiliation", made["id"], f"/v1{path}/confirm")
    assert await waiting(funding, funding.manager) == [confirm]
    dates = {"since_on": "2026-03-02"}
    edited = await funding.call(funding.manager, "PATCH", path, dates, if_match="*")
    ended = await funding.call(funding.manager, "POST", f"{path}/end", {"ended_on": "2025-01-01"})
    contested = await funding.done(funding.manager, "POST", f"{path}/contest", WHY)

    assert refused(edited, "affiliation_vouched", 409)
    assert refused(ended, "affiliation_vouched", 409)
    assert contested == {**made, "contested_at": START, "version": 2}
    settle = ("settle_affiliation", made["id"], f"/v1{path}/withdraw")
    assert await waiting(funding, administrator) == [settle]


async def test_it_is_said_of_people_where_one_may_vouch(
    funding: Funding, administrator: Person
) -> None:
    """Who ran the programme said it; since that role has ended she still reads of the person, and
    leads a collaboration whose people are others: what binds a manager is not hers to put right."""
    network, manager = funding.network, str(funding.manager.account_id)
    team = await network.team(5)
    both = await network.people.person(
        "Bea Both",
        (Role.COORDINATOR, network.programme_id),
        (Role.AUDITOR, network.programme_id),
        (Role.COLLABORATION_LEAD, team.id),
    )
    trust, acme = [
        await organisation(network.client, network.coordinator, name)
        for name in ("Rivers Trust", "Acme")
    ]
    says = f"/organisations/{trust['id']}/affiliations"
    said = await funding.done(both, "POST", says, {"account_id": manager})
    path = f"/affiliations/{said['id']}"
    await funding.done(funding.manager, "POST", f"{path}/contest", WHY)
    assert await waiting(funding, both) == [
        ("settle_affiliation", said["id"], f"/v1{path}/withdraw")
    ]
    asked = f"/role-assignments?account_id={both.account_id}&role=coordinator"
    [held] = (await network.seen(administrator, asked))["items"]
    await network.done(administrator, f"/role-assignments/{held['id']}/end", WHY)

    refusals = [
        await funding.call(
            both, "POST", f"/organisations/{acme['id']}/affiliations", {"account_id": manager}
        ),
        await funding.call(both, "PATCH", path, {"since_on": "2025-01-01"}, if_match="*"),
        await funding.call(both, "POST", f"{path}/end", {}),
        await funding.call(both, "POST", f"{path}/withdraw", WHY),
    ]

    for refusal in refusals:
        assert refused(refusal, "not_allowed", 403, permission="affiliation.vouch")
    assert (await funding.call(both, "GET", path)).status_code == 200
    assert await waiting(funding, both) == []
    of_hers = {"account_id": str(team.member.account_id)}
    assert (await funding.call(both, "POST", says, of_hers)).status_code == 201
    withdrawn = await funding.done(administrator, "POST", f"{path}/withdraw", WHY)
    assert withdrawn["withdrawn_at"] == START
