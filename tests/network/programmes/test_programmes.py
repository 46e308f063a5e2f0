"""Programmes over HTTP."""

from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.people.identity.roles import Role
from tests.answers import START, edits, page, refused
from tests.counting import statements
from tests.factories import organisation, programme
from tests.people.identity.people import People, Person


@pytest.fixture
async def manager(people: People) -> Person:
    return await people.person("Katherine Johnson", Role.PROGRAMME_MANAGER)


@pytest.fixture
async def stranger(people: People) -> Person:
    return await people.person("Somebody Else")


def ref(organisation: Any) -> dict[str, Any]:
    return {"id": organisation["id"], "reference": None, "name": organisation["name"]}


def shown(**more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "reference": "PLN",
        "name": "Programme PLN",
        "summary": None,
        "convenors": [ANY],
        "funders": [],
        "planned_start_on": "2026-01-01",
        "planned_end_on": None,
        "actual_start_on": None,
        "actual_end_on": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def test_a_manager_sets_up_a_programme(client: AsyncClient, manager: Person) -> None:
    odi = await organisation(client, manager, "Open Data Institute", kind="non_profit")
    microsoft = await organisation(client, manager, "Microsoft")
    wellcome = await organisation(client, manager, "A foundation", kind="non_profit")
    said = {
        "reference": "PLN",
        "name": "Peer learning network",
        "summary": "Collaborations learn from one another.",
        "planned_start_on": "2020-04-21",
        "planned_end_on": "2023-04-20",
        "actual_start_on": "2020-04-21",
        "actual_end_on": None,
    }
    parties = {"convenor_ids": [odi["id"]], "funder_ids": [microsoft["id"], wellcome["id"]]}

    answer = await client.post("/v1/programmes", headers=manager.headers, json=said | parties)

    assert answer.status_code == 201
    body = answer.json()
    seen = {"convenors": [ref(odi)], "funders": [ref(microsoft), ref(wellcome)]}
    assert body == shown(**said, **seen)
    assert answer.headers["Location"] == f"/v1/programmes/{body['id']}"
    again = await client.get(answer.headers["Location"], headers=manager.headers)
    assert again.json() == body


async def test_nobody_sets_one_up_without_signing_in(client: AsyncClient) -> None:
    assert refused(await client.post("/v1/programmes", json={}), "unauthenticated", 401)


async def test_a_manager_of_one_programme_sets_up_no_other(
    client: AsyncClient, manager: Person, people: People
) -> None:
    made = await programme(client, manager)
    narrow = await people.person("Ada Lovelace", (Role.PROGRAMME_MANAGER, made["id"]))
    body = {
        "reference": "PLN-2",
        "name": "Another",
        "planned_start_on": "2026-01-01",
        "convenor_ids": [made["convenors"][0]["id"]],
    }
    answer = await client.post("/v1/programmes", headers=narrow.headers, json=body)
    assert refused(answer, "not_allowed", 403, permission="programme.create")


async def test_a_reference_is_used_once(client: AsyncClient, manager: Person) -> None:
    made = await programme(client, manager)
    body = {
        "reference": "PLN",
        "name": "Another",
        "planned_start_on": "2026-01-01",
        "convenor_ids": [made["convenors"][0]["id"]],
    }
    answer = await client.post("/v1/programmes", headers=manager.headers, json=body)
    assert refused(answer, "programme_reference_taken", 409, at="/reference")


async def test_every_organisation_named_is_in_the_register(
    client: AsyncClient, manager: Person
) -> None:
    odi = await organisation(client, manager)
    nobody = str(uuid4())
    body = {
        "reference": "PLN",
        "name": "A programme",
        "planned_start_on": "2026-01-01",
        "convenor_ids": [odi["id"], nobody],
        "funder_ids": [nobody],
    }

    answer = await client.post("/v1/programmes", headers=manager.headers, json=body)

    unknown = {"code": "organisation_unknown", "detail": "Not in the register."}
    where = [{"pointer": "/convenor_ids/1", **unknown}, {"pointer": "/funder_ids/0", **unknown}]
    assert refused(answer, "organisation_unknown", 422, errors=where)


@pytest.mark.parametrize(
    ("fault", "pointer", "code"),
    [
        ({"reference": "pln"}, "/reference", "string_pattern_mismatch"),
        ({"name": ""}, "/name", "string_too_short"),
        ({"convenor_ids": []}, "/convenor_ids", "too_short"),
        ({"convenor_ids": [str(uuid4())] * 1 + ["x"]}, "/convenor_ids/1", "uuid_parsing"),
        ({"planned_start_on": "2026-01-01T00:00:00Z"}, "/planned_start_on", "value_error"),
        ({"status": "open"}, "/status", "extra_forbidden"),
    ],
)
async def test_a_fault_is_pointed_at(
    client: AsyncClient, manager: Person, fault: dict[str, Any], pointer: str, code: str
) -> None:
    body = {
        "reference": "PLN",
        "name": "A programme",
        "planned_start_on": "2026-01-01",
        "convenor_ids": [str(uuid4())],
    }
    answer = await client.post("/v1/programmes", headers=manager.headers, json=body | fault)
    where = [{"pointer": pointer, "code": code, "detail": ANY}]
    assert refused(answer, "validation_failed", 422, errors=where)


async def test_an_organisation_is_named_once(client: AsyncClient, manager: Person) -> None:
    odi = await organisation(client, manager)
    body = {
        "reference": "PLN",
        "name": "A programme",
        "planned_start_on": "2026-01-01",
        "convenor_ids": [odi["id"], odi["id"]],
    }
    answer = await client.post("/v1/programmes", headers=manager.headers, json=body)
    where = [{"pointer": "/convenor_ids", "code": "value_error", "detail": ANY}]
    assert refused(answer, "validation_failed", 422, errors=where)


@pytest.mark.parametrize("which", ["planned", "actual"])
async def test_a_programme_ends_after_it_starts(
    client: AsyncClient, manager: Person, which: str
) -> None:
    made = await programme(client, manager)
    answer = await client.patch(
        f"/v1/programmes/{made['id']}",
        headers={**manager.headers, "If-Match": '"1"'},
        json={f"{which}_start_on": "2026-05-02", f"{which}_end_on": "2026-05-01"},
    )
    code = "programme_dates_reversed"
    fault = {"pointer": f"/{which}_end_on", "code": code, "detail": ANY}
    assert refused(answer, code, 422, errors=[fault])


async def test_every_person_reads_programmes(
    client: AsyncClient, manager: Person, stranger: Person
) -> None:
    made = await programme(client, manager)
    listed = await client.get("/v1/programmes", headers=stranger.headers)
    one = await client.get(f"/v1/programmes/{made['id']}", headers=stranger.headers)
    assert listed.json() == page(shown(id=made["id"]))
    assert one.json() == shown(id=made["id"])


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/history"])
async def test_the_public_reads_nothing(client: AsyncClient, manager: Person, path: str) -> None:
    made = await programme(client, manager)
    answer = await client.get("/v1/programmes" + path.format(**made))
    assert refused(answer, "unauthenticated", 401)


@pytest.mark.parametrize("path", ["", "/history"])
async def test_what_is_not_there_is_not_found(
    client: AsyncClient, manager: Person, path: str
) -> None:
    answer = await client.get(f"/v1/programmes/{uuid4()}{path}", headers=manager.headers)
    assert refused(answer, "programme_not_found", 404)


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ({}, ["B", "C", "A"]),
        ({"sort": "planned_start_on"}, ["A", "C", "B"]),
        ({"sort": "-planned_start_on"}, ["B", "C", "A"]),
        ({"q": "CLIMATE"}, ["B"]),
        ({"reference": "C0"}, ["C"]),
    ],
)
async def test_programmes_are_searched_and_sorted(
    client: AsyncClient, manager: Person, query: dict[str, str], references: list[str]
) -> None:
    days = {"A0": "2020-01-01", "B0": "2026-01-01", "C0": "2023-01-01"}
    names = {"A0": "Öpen", "B0": "Data for climate", "C0": "education"}
    for reference, day in days.items():
        more = {"name": names[reference], "planned_start_on": day}
        await programme(client, manager, reference, **more)

    answer = await client.get("/v1/programmes", headers=manager.headers, params=query)

    assert [item["reference"][0] for item in answer.json()["items"]] == references


async def test_a_list_costs_the_same_however_long(client: AsyncClient, manager: Person) -> None:
    counts: list[int] = []
    for number in range(3):
        await programme(client, manager, f"P{number}")
        with statements() as sent:
            await client.get("/v1/programmes", headers=manager.headers)
        counts.append(len(sent))
    assert counts == [1, 1, 1]


async def test_an_edit_changes_what_it_names(client: AsyncClient, manager: Person) -> None:
    made = await programme(client, manager)
    first = await organisation(client, manager, "First")
    second = await organisation(client, manager, "Second")
    address = f"/v1/programmes/{made['id']}"
    body = {
        "summary": "What it is for.",
        "planned_end_on": "2026-12-31",
        "funder_ids": [second["id"], first["id"]],
    }

    answer = await client.patch(address, headers={**manager.headers, "If-Match": '"1"'}, json=body)
    turned = await client.patch(
        address,
        headers={**manager.headers, "If-Match": '"2"'},
        json={"funder_ids": [first["id"]], "summary": None},
    )

    edited = {"summary": "What it is for.", "planned_end_on": "2026-12-31", "version": 2}
    assert answer.json() == {**made, **edited, "funders": [ref(second), ref(first)]}
    after = {"summary": None, "funders": [ref(first)], "version": 3}
    assert turned.json() == {**answer.json(), **after}
    again = await client.get(address, headers=manager.headers)
    assert again.json() == turned.json()


@pytest.mark.parametrize("again", [{}, {"name": "Programme PLN"}, {"funder_ids": []}])
async def test_an_edit_that_changes_nothing_leaves_no_trace(
    client: AsyncClient, manager: Person, again: dict[str, Any]
) -> None:
    made = await programme(client, manager)
    address = f"/v1/programmes/{made['id']}"
    answer = await client.patch(address, headers={**manager.headers, "If-Match": '"1"'}, json=again)
    history = await client.get(f"{address}/history", headers=manager.headers)
    assert answer.json() == made
    assert [item["verb"] for item in history.json()["items"]] == ["programme.created"]


@pytest.mark.parametrize(
    ("if_match", "code", "status", "more"),
    [
        (None, "precondition_required", 428, {}),
        ('"7"', "precondition_failed", 412, {"version": 1}),
    ],
)
async def test_an_edit_says_what_it_is_based_on(
    client: AsyncClient,
    manager: Person,
    if_match: str | None,
    code: str,
    status: int,
    more: dict[str, Any],
) -> None:
    made = await programme(client, manager)
    headers = {**manager.headers, **({"If-Match": if_match} if if_match else {})}
    answer = await client.patch(f"/v1/programmes/{made['id']}", headers=headers, json={"name": "X"})
    assert refused(answer, code, status, **more)


async def test_only_its_managers_edit_it(
    client: AsyncClient, manager: Person, people: People
) -> None:
    made = await programme(client, manager)
    other = await programme(client, manager, "OTHER")
    own = await people.person("Ada Lovelace", (Role.PROGRAMME_MANAGER, made["id"]))
    coordinator = await people.person("Grace Hopper", (Role.COORDINATOR, made["id"]))

    async def edit(person: Person, programme: Any) -> Any:
        return await client.patch(
            f"/v1/programmes/{programme['id']}",
            headers={**person.headers, "If-Match": "*"},
            json={"name": "Mine"},
        )

    assert (await edit(own, made)).json() == {**made, "name": "Mine", "version": 2}
    denied = {"permission": "programme.edit"}
    assert refused(await edit(own, other), "not_allowed", 403, **denied)
    assert refused(await edit(coordinator, made), "not_allowed", 403, **denied)


async def test_the_history_tells_who_did_what(client: AsyncClient, manager: Person) -> None:
    made = await programme(client, manager)
    address = f"/v1/programmes/{made['id']}"
    convenors = [one["id"] for one in made["convenors"]]
    convenor = await organisation(client, manager, "Convenor")
    body = {"name": "New", "actual_start_on": "2026-01-05"}
    await client.patch(
        address,
        headers={**manager.headers, "If-Match": '"1"'},
        json={**body, "convenor_ids": [convenor["id"]]},
    )

    answer = await client.get(f"{address}/history", headers=manager.headers)

    changed = edits(made, body) | {"convenor_ids": {"from": convenors, "to": [convenor["id"]]}}
    row = {
        "position": ANY,
        "noun": "programme",
        "subject_id": made["id"],
        "subject": {"id": made["id"], "reference": ANY, "name": ANY},
        "scope": {"id": ANY, "reference": ANY, "name": ANY},
        "from_status": None,
        "to_status": None,
        "account_id": str(manager.account_id),
        "actor": {"id": str(manager.account_id), "reference": None, "name": ANY},
        "reason": None,
        "occurred_at": START,
        "recorded_at": ANY,
    }
    assert answer.json() == page(
        {**row, "verb": "programme.created", "detail": {}},
        {**row, "verb": "programme.edited", "detail": changed},
    )
