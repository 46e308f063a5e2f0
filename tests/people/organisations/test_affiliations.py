"""For which organisations people work, and who may see it, over HTTP."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from tests.answers import START, page, refused
from tests.counting import statements
from tests.factories import organisation
from tests.midnights import INSTANT_BEFORE, LAST_DAY, NEXT_DAY, each_midnight
from tests.people.identity.people import People, Person

STEWARD = {"title": "Data steward", "since_on": "2024-09-01"}


@dataclass(frozen=True)
class Cast:
    """A member of a collaboration in a cohort, its coordinator, and another cohort's."""

    member: Person
    lead: Person
    coordinator: Person
    another: Person
    stranger: Person
    administrator: Person


@pytest.fixture
async def cast(people: People) -> Cast:
    cohort, other = await people.scope(ScopeKind.COHORT), await people.scope(ScopeKind.COHORT)
    joined = await people.collaboration_in(cohort)
    await people.collaboration_in(other)
    return Cast(
        member=await people.person("Mia Member", (Role.COLLABORATION_MEMBER, joined.collaboration)),
        lead=await people.person("Leo Lead", (Role.COLLABORATION_LEAD, joined.collaboration)),
        coordinator=await people.person("Cora Dinator", (Role.COORDINATOR, cohort)),
        another=await people.person("Otto Other", (Role.COORDINATOR, other)),
        stranger=await people.person("Somebody Else"),
        administrator=await people.person("Ann Administrator", Role.ADMINISTRATOR),
    )


def ref(of: Any) -> dict[str, Any]:
    if isinstance(of, Person):
        return {"id": str(of.account_id), "reference": None, "name": of.name}
    return {"id": of["id"], "reference": None, "name": of["name"]}


def shown(of: Any, who: Person, **more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "organisation": ref(of),
        "account": ref(who),
        **STEWARD,
        "ended_on": None,
        "entered_by": ref(who),
        "confirmed_at": START,
        "contested_at": None,
        "withdrawn_at": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def post(client: AsyncClient, who: Person | None, path: str, body: Any) -> Any:
    return await client.post(f"/v1/{path}", headers=who.headers if who else {}, json=body)


async def get(client: AsyncClient, who: Person, path: str, **query: str) -> Any:
    return await client.get(f"/v1/{path}", headers=who.headers, params=query)


async def edit(
    client: AsyncClient, who: Person | None, one: Any, body: Any, tag: str | None = "*"
) -> Any:
    headers = {**(who.headers if who else {}), **({"If-Match": tag} if tag else {})}
    return await client.patch(f"/v1/affiliations/{one['id']}", headers=headers, json=body)


async def test_people_say_for_whom_they_work(client: AsyncClient, cast: Cast) -> None:
    odi = await organisation(client, cast.administrator, "Open Data Institute")
    under = f"organisations/{odi['id']}/affiliations"

    answer = await post(client, cast.stranger, under, STEWARD)
    own = answer.json()
    again = await post(client, cast.stranger, under, {})
    edited = await edit(client, cast.stranger, own, {"title": "Head of data"}, '"1"')
    one = f"affiliations/{own['id']}"
    early = await post(client, cast.stranger, f"{one}/end", {"ended_on": "2024-08-31"})
    ended = await post(client, cast.stranger, f"{one}/end", {})
    twice = await post(client, cast.stranger, f"{one}/end", {})
    late = await edit(client, cast.stranger, own, {"since_on": "2026-03-03"}, '"3"')
    back = await post(client, cast.stranger, under, {})

    assert answer.status_code == 201
    assert own == shown(odi, cast.stranger)
    assert answer.headers["Location"] == f"/v1/{one}"
    assert refused(again, "already_affiliated", 409)
    assert edited.json() == {**own, "title": "Head of data", "version": 2}
    assert refused(early, "affiliation_dates_reversed", 422, at="/ended_on")
    assert ended.json() == {**edited.json(), "ended_on": "2026-03-02", "version": 3}
    assert (await get(client, cast.stranger, one)).json() == ended.json()
    assert refused(twice, "affiliation_ended", 409)
    assert refused(late, "affiliation_dates_reversed", 422, at="/since_on")
    unsaid = {"title": None, "since_on": None}
    assert back.json() == shown(odi, cast.stranger, **unsaid)
    listed = (await get(client, cast.stranger, "affiliations")).json()
    assert listed == page(ended.json(), back.json())
    current = await get(client, cast.stranger, under, is_current="true")
    assert current.json() == page(back.json())


@each_midnight
async def test_it_ends_today_where_the_network_is(
    client: AsyncClient,
    people: People,
    cast: Cast,
    database: Database,
    clock: FixedClock,
    zone: str,
    midnight: datetime,
) -> None:
    database.info["zone"] = zone
    odi = await organisation(client, cast.administrator, "Open Data Institute")
    ends: list[str] = []
    for at in (midnight - INSTANT_BEFORE, midnight):
        clock.set(at)
        who = await people.renewed(cast.stranger)
        under = f"organisations/{odi['id']}/affiliations"
        own = (await post(client, who, under, STEWARD)).json()
        ended = await post(client, who, f"affiliations/{own['id']}/end", {})
        ends.append(ended.json()["ended_on"])

    assert ends == [LAST_DAY, NEXT_DAY]


async def test_it_is_seen_with_the_account(client: AsyncClient, cast: Cast) -> None:
    odi = await organisation(client, cast.administrator, "Open Data Institute")
    under = f"organisations/{odi['id']}/affiliations"
    named = {"account_id": str(cast.member.account_id), **STEWARD}

    vouched = (await post(client, cast.coordinator, under, named)).json()
    strangers = (await post(client, cast.stranger, under, STEWARD)).json()
    one = f"affiliations/{vouched['id']}"

    said = {"entered_by": ref(cast.coordinator), "confirmed_at": None}
    assert vouched == shown(odi, cast.member, **said)
    for who in (cast.member, cast.lead, cast.coordinator, cast.administrator):
        assert (await get(client, who, one)).json() == vouched
        seen = (await get(client, who, under)).json()["items"]
        assert seen == ([vouched, strangers] if who is cast.administrator else [vouched])
    for who in (cast.another, cast.stranger):
        assert refused(await get(client, who, one), "affiliation_not_found", 404)
        assert vouched not in (await get(client, who, "affiliations")).json()["items"]
    hers = await get(client, cast.administrator, "affiliations", account_id=named["account_id"])
    assert hers.json() == page(vouched)
    everything = {"organisation_id": odi["id"], "limit": "1"}
    first = (await get(client, cast.administrator, "affiliations", **everything)).json()
    everything["cursor"] = first["next_cursor"]
    rest = (await get(client, cast.administrator, "affiliations", **everything)).json()
    assert (first["items"], rest["items"]) == ([vouched], [strangers])
    counts: list[int] = []
    for limit in ("1", "2"):
        with statements() as sent:
            await get(client, cast.administrator, "affiliations", limit=limit)
        counts.append(len(sent))
    assert counts == [1, 1]


async def test_who_may_not_and_how(client: AsyncClient, cast: Cast, people: People) -> None:
    odi = await organisation(client, cast.administrator, "Open Data Institute")
    twin = await organisation(client, cast.administrator, "ODI")
    merging = {"duplicate_id": twin["id"], "reason": "Typed twice."}
    headers = {**cast.administrator.headers, "If-Match": "*"}
    await client.post(f"/v1/organisations/{odi['id']}/merge", headers=headers, json=merging)
    under = f"organisations/{odi['id']}/affiliations"
    named = {"account_id": str(cast.member.account_id)}
    made = (await post(client, cast.lead, under, named)).json()
    one = f"affiliations/{made['id']}"
    auditor = await people.person("Auditor", Role.AUDITOR)
    denied = {"permission": "affiliation.vouch"}

    assert refused(await post(client, cast.stranger, under, named), "not_allowed", 403, **denied)
    assert refused(await edit(client, auditor, made, {}), "not_allowed", 403, **denied)
    assert refused(await post(client, auditor, f"{one}/end", {}), "not_allowed", 403, **denied)
    robot = await people.service("Robot", cast.stranger)
    by_robot = await client.post(f"/v1/{under}", headers=robot.headers, json={})
    assert refused(by_robot, "not_allowed", 403, permission="affiliation.edit")
    where = [{"pointer": "/account_id", "code": "account_unknown", "detail": ANY}]
    unseen = {"account_id": str(cast.stranger.account_id)}
    for unknown in (unseen, {"account_id": str(uuid4())}, {"account_id": str(robot.account_id)}):
        answer = await post(client, cast.lead, under, unknown)
        assert refused(answer, "account_unknown", 422, errors=where)
    assert refused(await edit(client, cast.lead, made, {}, None), "precondition_required", 428)
    stale = await edit(client, cast.lead, made, {}, '"7"')
    assert refused(stale, "precondition_failed", 412, version=1)
    hidden = await edit(client, cast.another, made, {})
    assert refused(hidden, "affiliation_not_found", 404)
    gone = await post(client, cast.lead, f"organisations/{twin['id']}/affiliations", {})
    assert refused(gone, "organisation_merged", 409, merged_into_id=odi["id"])
    nowhere = await post(client, cast.lead, f"organisations/{uuid4()}/affiliations", {})
    assert refused(nowhere, "organisation_not_found", 404)
    wrong = await post(client, cast.lead, under, {"title": ""})
    where = [{"pointer": "/title", "code": "string_too_short", "detail": ANY}]
    assert refused(wrong, "validation_failed", 422, errors=where)
    for path in (under, one, "affiliations"):
        assert refused(await client.get(f"/v1/{path}"), "unauthenticated", 401)
    for path in (under, f"{one}/end"):
        assert refused(await post(client, None, path, {}), "unauthenticated", 401)
    assert refused(await edit(client, None, made, {}), "unauthenticated", 401)


async def test_affiliations_and_agreements_survive_a_merge(
    client: AsyncClient, cast: Cast, people: People
) -> None:
    manager = await people.person("Katherine Johnson", Role.PROGRAMME_MANAGER)
    odi = await organisation(client, manager, "Open Data Institute")
    twin = await organisation(client, manager, "ODI")
    for who, with_ in ((cast.stranger, odi), (cast.stranger, twin), (cast.member, twin)):
        await post(client, who, f"organisations/{with_['id']}/affiliations", STEWARD)
    body = {"name": "Data Cargo", "origin": "ad_hoc"}
    cargo = (await post(client, manager, "collaborations", body)).json()
    path = f"collaborations/{cargo['id']}"
    for one in (odi, twin):
        part = {"organisation_id": one["id"], "role": "user"}
        await post(client, manager, f"{path}/participants", part)
    terms = {"kind": "other", "title": "Terms"}
    for parties in ([odi["id"], twin["id"]], [twin["id"]]):
        answer = await post(client, manager, f"{path}/agreements", terms | {"party_ids": parties})
        assert answer.status_code == 201, answer.text

    headers = {**manager.headers, "If-Match": "*"}
    merging = {"duplicate_id": twin["id"], "reason": "Typed twice."}
    merged = await client.post(
        f"/v1/organisations/{odi['id']}/merge", headers=headers, json=merging
    )

    assert merged.status_code == 200
    agreements = (await get(client, manager, "agreements", organisation_id=odi["id"])).json()
    assert [one["parties"] for one in agreements["items"]] == [[ref(odi)], [ref(odi)]]
    under = f"organisations/{odi['id']}/affiliations"
    found = (await get(client, cast.administrator, under)).json()["items"]
    assert [(one["account"]["id"], one["ended_on"], one["version"]) for one in found] == [
        (str(cast.stranger.account_id), None, 1),
        (str(cast.stranger.account_id), "2026-03-02", 3),
        (str(cast.member.account_id), None, 2),
    ]
    assert {UUID(one["organisation"]["id"]) for one in found} == {UUID(odi["id"])}
