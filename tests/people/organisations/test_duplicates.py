"""Organisations that are in the register twice, found and made one, over HTTP."""

from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import app.registry  # noqa: F401
from app.kernel.db import Base
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from app.people.organisations.models import Organisation
from tests.answers import START, page, refused
from tests.factories import collaboration, organisation, programme
from tests.people.identity.people import People, Person

WHY = "One register entry, typed twice."


@pytest.fixture
async def manager(people: People) -> Person:
    return await people.person("Katherine Johnson", Role.PROGRAMME_MANAGER)


async def merge(
    client: AsyncClient, who: Person | None, survivor: Any, duplicate: Any, **headers: str
) -> Any:
    sent = {"If-Match": "*", **headers, **(who.headers if who else {})}
    body = {"duplicate_id": duplicate["id"], "reason": WHY}
    address = f"/v1/organisations/{survivor['id']}/merge"
    return await client.post(address, headers=sent, json=body)


async def get(client: AsyncClient, who: Person, path: str, **query: str) -> Any:
    return (await client.get(f"/v1/{path}", headers=who.headers, params=query)).json()


async def test_likely_duplicates_are_found(client: AsyncClient, manager: Person) -> None:
    odi = await organisation(
        client, manager, "The Open Data Institute", website="https://theodi.org/about"
    )
    same_name = await organisation(client, manager, "Open Data Institute", kind="non_profit")
    same_site = await organisation(
        client, manager, "ODI", country="GB", website="http://www.TheODI.org"
    )
    await organisation(client, manager, "Open Banking", website="https://openbanking.org.uk")
    await organisation(client, manager, "ITS Norway")

    found = await get(client, manager, f"organisations/{odi['id']}/duplicates")

    def shown(one: Any, **more: Any) -> dict[str, Any]:
        said = {name: one[name] for name in ("id", "name", "kind", "country", "website")}
        return {**said, **more}

    assert found == {
        "items": [
            shown(same_name, likeness=0.833, has_same_website=False),
            shown(same_site, likeness=ANY, has_same_website=True),
        ]
    }


async def test_who_may_look_for_them(client: AsyncClient, manager: Person, people: People) -> None:
    odi = await organisation(client, manager)
    stranger = await people.person("Somebody Else")
    path = f"organisations/{odi['id']}/duplicates"
    assert await get(client, stranger, path) == {"items": []}
    assert refused(await client.get(f"/v1/{path}"), "unauthenticated", 401)
    nowhere = f"/v1/organisations/{uuid4()}/duplicates"
    answer = await client.get(nowhere, headers=stranger.headers)
    assert refused(answer, "organisation_not_found", 404)


async def take_part(client: AsyncClient, who: Person, made: Any, partner: Any, role: str) -> Any:
    body = {"organisation_id": partner["id"], "role": role}
    answer = await client.post(
        f"/v1/collaborations/{made['id']}/participants", headers=who.headers, json=body
    )
    return answer.json()


async def test_no_reference_is_lost(client: AsyncClient, manager: Person, db: AsyncSession) -> None:
    charity = [{"list_code": "GB-CHC", "number": "1164883"}]
    company = [{"list_code": "GB-COH", "number": "08030289"}]
    odi = await organisation(client, manager, "Open Data Institute", identifiers=company)
    twin = await organisation(client, manager, "ODI", identifiers=charity)
    earlier = await organisation(client, manager, "O.D.I.")
    await merge(client, manager, twin, earlier)
    both = {"convenor_ids": [odi["id"], twin["id"]], "funder_ids": [twin["id"]]}
    network = await programme(client, manager, **both)
    cargo = await collaboration(client, manager)
    as_odi = await take_part(client, manager, cargo, odi, "steward")
    as_twin = await take_part(client, manager, cargo, twin, "steward")
    as_user = await take_part(client, manager, cargo, twin, "user")

    answer = await merge(client, manager, odi, twin)

    assert answer.status_code == 200
    identifiers = [
        {**one, "org_id": f"{one['list_code']}-{one['number']}"} for one in charity + company
    ]
    names = [{"name": name, "until": START} for name in ("O.D.I.", "ODI")]
    merged = {"identifiers": identifiers, "former_names": names, "version": 2}
    assert answer.json() == {**odi, **merged}
    assert await get(client, manager, f"organisations/{odi['id']}") == answer.json()
    ref = {"id": odi["id"], "reference": None, "name": "Open Data Institute"}
    assert await get(client, manager, f"programmes/{network['id']}") == {
        **network,
        "convenors": [ref],
        "funders": [ref],
    }
    participants = await get(client, manager, "participants", organisation_id=odi["id"])
    assert participants == page(
        as_odi,
        {**as_twin, "organisation": ref, "ended_on": "2026-03-02", "version": 3},
        {**as_user, "organisation": ref, "version": 2},
    )
    assert await get(client, manager, "organisations") == page(answer.json())
    for gone in (twin, earlier):
        seen = await get(client, manager, f"organisations/{gone['id']}")
        assert (seen["merged_into_id"], seen["identifiers"]) == (odi["id"], [])
    assert await referring(db, UUID(twin["id"])) == []


async def referring(db: AsyncSession, organisation_id: UUID) -> list[str]:
    """The tables that still refer to an organisation, looked for in all of them."""
    found: list[str] = []
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == Organisation.__tablename__:
                rows = await db.execute(select(key.parent).where(key.parent == organisation_id))
                found += [table.name for _ in rows]
    return found


async def test_what_no_reconciler_settles_is_not_half_done(
    client: AsyncClient, manager: Person, db: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: without reconcilers, two rows would become one."""
    odi, twin = [await organisation(client, manager, name) for name in ("ODI", "Odi")]
    await programme(client, manager, convenor_ids=[odi["id"], twin["id"]])
    monkeypatch.setattr("app.people.organisations.queries.RECONCILERS", [])

    answer = await merge(client, manager, odi, twin)

    assert refused(answer, "constraint_violated", 409, constraint="pk_programme_parties")
    assert await referring(db, UUID(twin["id"])) == ["programme_parties"]
    assert await get(client, manager, f"organisations/{twin['id']}") == twin


async def test_the_history_says_what_moved(client: AsyncClient, manager: Person) -> None:
    odi, twin = [await organisation(client, manager, name) for name in ("ODI", "Odi")]
    await programme(client, manager, convenor_ids=[twin["id"]])
    await merge(client, manager, odi, twin)
    history = await get(client, manager, f"organisations/{odi['id']}/history")
    last = history["items"][-1]
    assert (last["verb"], last["reason"]) == ("organisation.merged", WHY)
    assert last["detail"] == {"duplicate_id": twin["id"], "moved": {"programme_parties": 1}}


async def test_what_was_merged_is_referred_to_no_more(client: AsyncClient, manager: Person) -> None:
    odi, twin, third = [await organisation(client, manager, name) for name in ("A", "B", "C")]
    await merge(client, manager, odi, twin)
    headers = {**manager.headers, "If-Match": "*"}
    lives_on = {"merged_into_id": odi["id"]}

    again = await merge(client, manager, third, twin)
    into = await merge(client, manager, twin, third)
    edited = await client.patch(
        f"/v1/organisations/{twin['id']}", headers=headers, json={"name": "X"}
    )
    cargo = await collaboration(client, manager)
    named = await client.post(
        f"/v1/collaborations/{cargo['id']}/participants",
        headers=manager.headers,
        json={"organisation_id": twin["id"], "role": "user"},
    )

    assert refused(again, "duplicate_merged", 409, **lives_on)
    assert refused(into, "organisation_merged", 409, **lives_on)
    assert refused(edited, "organisation_merged", 409, **lives_on)
    assert refused(named, "organisation_unknown", 422, errors=[ANY])


async def test_who_may_not_merge_and_how(
    client: AsyncClient, manager: Person, people: People
) -> None:
    odi, twin = [await organisation(client, manager, name) for name in ("ODI", "Odi")]
    cohort = await people.scope(ScopeKind.COHORT)
    coordinator = await people.person("Grace Hopper", (Role.COORDINATOR, cohort))
    nobody = {"id": str(uuid4())}
    itself = {"pointer": "/duplicate_id", "code": "merged_with_itself"}
    unknown = {"pointer": "/duplicate_id", "code": "organisation_unknown"}
    denied = {"permission": "organisation.merge"}

    assert refused(await merge(client, None, odi, twin), "unauthenticated", 401)
    assert refused(await merge(client, coordinator, odi, twin), "not_allowed", 403, **denied)
    assert refused(await merge(client, manager, nobody, twin), "organisation_not_found", 404)
    stale = await merge(client, manager, odi, twin, **{"If-Match": '"7"'})
    assert refused(stale, "precondition_failed", 412, version=1)
    blind = await client.post(
        f"/v1/organisations/{odi['id']}/merge",
        headers=manager.headers,
        json={"duplicate_id": twin["id"], "reason": WHY},
    )
    assert refused(blind, "precondition_required", 428)
    same = await merge(client, manager, odi, odi)
    assert refused(same, "merged_with_itself", 422, errors=[{**itself, "detail": ANY}])
    absent = await merge(client, manager, odi, nobody)
    assert refused(absent, "organisation_unknown", 422, errors=[{**unknown, "detail": ANY}])
    assert [one["version"] for one in (await get(client, manager, "organisations"))["items"]] == [
        1,
        1,
    ]


async def test_one_typed_with_another_apostrophe_and_two_blanks_is_the_likeliest(
    client: AsyncClient, manager: Person
) -> None:
    here = await organisation(client, manager, "St Anne\u2019s Trust")
    there = await organisation(client, manager, "ST ANNE`S\u00a0 TRUST")
    answer = await client.get(f"/v1/organisations/{here['id']}/duplicates", headers=manager.headers)
    found = [(one["id"], one["likeness"]) for one in answer.json()["items"]]
    assert found == [(there["id"], 1.0)]


async def undo(client: AsyncClient, who: Person, survivor: Any, duplicate: Any) -> Any:
    body = {"duplicate_id": duplicate["id"], "reason": "Two charities of one name."}
    address = f"/v1/organisations/{survivor['id']}/undo-merge"
    return await client.post(address, headers={**who.headers, "If-Match": "*"}, json=body)


async def test_a_merge_is_undone_and_each_has_its_own_again(
    client: AsyncClient, manager: Person
) -> None:
    company = [{"list_code": "GB-COH", "number": "08030289"}]
    odi = await organisation(client, manager, "Open Data Institute")
    twin = await organisation(client, manager, "ODI", identifiers=company)
    both = {"convenor_ids": [odi["id"], twin["id"]], "funder_ids": [twin["id"]]}
    network = await programme(client, manager, **both)
    cargo = await collaboration(client, manager)
    as_odi = await take_part(client, manager, cargo, odi, "steward")
    as_twin = await take_part(client, manager, cargo, twin, "steward")
    affiliated = {"account_id": str(manager.account_id), "title": "Analyst"}
    path = f"/v1/organisations/{twin['id']}/affiliations"
    analyst = (await client.post(path, headers=manager.headers, json=affiliated)).json()
    await merge(client, manager, odi, twin)

    answer = await undo(client, manager, odi, twin)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {**odi, "version": 3}
    again = await get(client, manager, f"organisations/{twin['id']}")
    assert again == {**twin, "version": 3}
    assert await get(client, manager, "organisations", q="od") == page(again)
    seen = await get(client, manager, f"programmes/{network['id']}")
    assert [seen["convenors"], seen["funders"]] == [network["convenors"], network["funders"]]
    participants = await get(client, manager, "participants", collaboration_id=cargo["id"])
    assert participants == page(as_odi, {**as_twin, "version": 4})
    assert await get(client, manager, f"affiliations/{analyst['id']}") == {**analyst, "version": 3}
    history = await get(client, manager, f"organisations/{odi['id']}/history")
    last = history["items"][-1]
    assert (last["verb"], last["detail"]) == (
        "organisation.merge_undone",
        {"duplicate_id": twin["id"]},
    )
    assert refused(await undo(client, manager, odi, twin), "not_merged_here", 409)
    assert (await merge(client, manager, twin, odi)).status_code == 200, "and merged anew"


async def test_a_merge_to_which_something_new_was_added_stands(
    client: AsyncClient, manager: Person
) -> None:
    odi, twin = [await organisation(client, manager, name) for name in ("ODI", "Odi")]
    cargo = await collaboration(client, manager)
    moved = await take_part(client, manager, cargo, twin, "user")
    await merge(client, manager, odi, twin)
    new = await take_part(client, manager, cargo, odi, "funder")
    here = [{"kind": "participants", "id": new["id"]}]
    depended = await undo(client, manager, odi, twin)
    assert refused(depended, "merge_depended_on", 409, dependants=here)
    ended = f"/v1/participants/{moved['id']}/end"
    await client.post(ended, headers={**manager.headers, "If-Match": "*"}, json={})
    there = [*here, {"kind": "participants", "id": moved["id"]}]
    changed = await undo(client, manager, odi, twin)
    assert refused(changed, "merge_depended_on", 409, dependants=there)
