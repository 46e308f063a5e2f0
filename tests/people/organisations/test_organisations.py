"""The register of organisations over HTTP."""

from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from app.people.organisations.models import Organisation
from tests.answers import START, page, refused
from tests.counting import statements
from tests.factories import organisation
from tests.people.identity.people import People, Person

ODI = {
    "name": "Open Data Institute",
    "kind": "non_profit",
    "country": "GB",
    "website": "https://theodi.org",
    "identifiers": [{"list_code": "GB-COH", "number": "08030289"}],
}


def shown(**more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "name": "The Data Place",
        "kind": "company",
        "country": None,
        "website": None,
        "identifiers": [],
        "former_names": [],
        "merged_into_id": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


@pytest.fixture
async def coordinator(people: People) -> Person:
    """Coordinates one cohort, and keeps the network's register none the less."""
    cohort = await people.scope(ScopeKind.COHORT)
    return await people.person("Grace Hopper", (Role.COORDINATOR, cohort))


@pytest.fixture
async def member(people: People) -> Person:
    collaboration = await people.scope(ScopeKind.COLLABORATION)
    return await people.person("Mary Somerville", (Role.COLLABORATION_MEMBER, collaboration))


async def test_a_coordinator_adds_an_organisation(client: AsyncClient, coordinator: Person) -> None:
    answer = await client.post("/v1/organisations", headers=coordinator.headers, json=ODI)

    assert answer.status_code == 201
    body = answer.json()
    identifier = {"list_code": "GB-COH", "number": "08030289", "org_id": "GB-COH-08030289"}
    assert body == shown(**{**ODI, "identifiers": [identifier]})
    assert answer.headers["Location"] == f"/v1/organisations/{body['id']}"
    again = await client.get(answer.headers["Location"], headers=coordinator.headers)
    assert again.json() == body
    assert again.headers["ETag"] == answer.headers["ETag"]


async def test_nobody_adds_one_without_signing_in(client: AsyncClient) -> None:
    assert refused(await client.post("/v1/organisations", json=ODI), "unauthenticated", 401)


async def test_a_member_may_not_add_one(client: AsyncClient, member: Person) -> None:
    answer = await client.post("/v1/organisations", headers=member.headers, json=ODI)
    assert refused(answer, "not_allowed", 403, permission="organisation.create")


@pytest.mark.parametrize(
    ("fault", "pointer", "code"),
    [
        ({"name": " "}, "/name", "string_too_short"),
        ({"kind": "club"}, "/kind", "enum"),
        ({"country": "UK"}, "/country", "value_error"),
        ({"website": "theodi.org"}, "/website", "string_pattern_mismatch"),
        (
            {"identifiers": [{"list_code": "GB-COH", "number": "1"}]},
            "/identifiers/0",
            "value_error",
        ),
        ({"identifiers": ODI["identifiers"] * 2}, "/identifiers", "value_error"),
        ({"members": 3}, "/members", "extra_forbidden"),
    ],
)
async def test_a_fault_is_pointed_at(
    client: AsyncClient, coordinator: Person, fault: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await client.post("/v1/organisations", headers=coordinator.headers, json=ODI | fault)
    where = [{"pointer": pointer, "code": code, "detail": ANY}]
    assert refused(answer, "validation_failed", 422, errors=where)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Open\u200bData", "U+200B ZERO WIDTH SPACE"),
        ("Open\x07Data", "U+0007 BELL"),
        ("Open\u202eData", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("Open\nData", "U+000A LINE FEED"),
    ],
)
async def test_a_name_is_one_printable_line_and_one_that_stood_before_stands(
    client: AsyncClient, coordinator: Person, db: AsyncSession, name: str, called: str
) -> None:
    detail = f"It has {called}, which cannot be printed on one line: leave it out."
    errors = [{"pointer": "/name", "code": "not_printable", "detail": detail}]
    answer = await client.post(
        "/v1/organisations", headers=coordinator.headers, json=ODI | {"name": name}
    )
    assert refused(answer, "validation_failed", 422, errors=errors)
    kept = await client.post("/v1/organisations", headers=coordinator.headers, json=ODI)
    before = update(Organisation).where(Organisation.id == UUID(kept.json()["id"]))
    await db.execute(before.values(name=name))
    await db.commit()

    path, version = kept.headers["Location"], {**coordinator.headers, "If-Match": "*"}
    edited = await client.patch(path, headers=version, json={"website": "https://odi.example"})

    same = {"id": ANY, "updated_at": ANY, "name": name, "version": 2}
    assert edited.json() == kept.json() | same | {"website": "https://odi.example"}
    again = await client.patch(path, headers=version, json={"name": f"The {name}"})
    assert refused(again, "validation_failed", 422, errors=errors)


@pytest.mark.parametrize(
    ("said", "kept"), [("sc123456", "SC123456"), ("8030289", "08030289"), ("ip00106c", "IP00106C")]
)
async def test_a_number_is_kept_as_its_register_writes_it(
    client: AsyncClient, coordinator: Person, said: str, kept: str
) -> None:
    """Whoever types it in is helped as whoever imports it."""
    given = [{"list_code": "GB-COH", "number": said}]
    made = await organisation(client, coordinator, "The Data Place", identifiers=given)
    assert [one["number"] for one in made["identifiers"]] == [kept]


async def test_an_identifier_belongs_to_one_organisation(
    client: AsyncClient, coordinator: Person
) -> None:
    odi = await organisation(client, coordinator, **ODI)
    other = await organisation(client, coordinator, "Another")
    identifiers = {"identifiers": ODI["identifiers"]}

    created = await client.post(
        "/v1/organisations", headers=coordinator.headers, json=ODI | {"name": "ODI"}
    )
    edited = await client.patch(
        f"/v1/organisations/{other['id']}",
        headers={**coordinator.headers, "If-Match": '"1"'},
        json=identifiers,
    )

    assert refused(created, "identifier_taken", 409, organisation_id=odi["id"])
    assert refused(edited, "identifier_taken", 409, organisation_id=odi["id"])


async def test_every_person_reads_the_register(
    client: AsyncClient, coordinator: Person, people: People
) -> None:
    made = await organisation(client, coordinator)
    stranger = await people.person("Somebody Else")

    listed = await client.get("/v1/organisations", headers=stranger.headers)
    one = await client.get(f"/v1/organisations/{made['id']}", headers=stranger.headers)

    assert listed.json() == page(shown(id=made["id"]))
    assert one.json() == shown(id=made["id"])


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/history"])
async def test_the_public_reads_nothing(
    client: AsyncClient, coordinator: Person, path: str
) -> None:
    made = await organisation(client, coordinator)
    answer = await client.get("/v1/organisations" + path.format(**made))
    assert refused(answer, "unauthenticated", 401)


@pytest.mark.parametrize("path", ["", "/history"])
async def test_what_is_not_there_is_not_found(
    client: AsyncClient, coordinator: Person, path: str
) -> None:
    address = f"/v1/organisations/{uuid4()}{path}"
    answer = await client.get(address, headers=coordinator.headers)
    assert refused(answer, "organisation_not_found", 404)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Énergies", "energy lab", "Open Data China", "Open Data Institute"]),
        ({"sort": "-name"}, ["Open Data Institute", "Open Data China", "energy lab", "Énergies"]),
        ({"q": "ENERG"}, ["Énergies", "energy lab"]),
        ({"q": "énergie"}, ["Énergies"]),
        ({"q": "%"}, []),
        ({"kind": "non_profit"}, ["Open Data China", "Open Data Institute"]),
        ({"country": "CN"}, ["Open Data China"]),
        ({"identifier": "GB-COH-08030289"}, ["Open Data Institute"]),
        ({"identifier": "GB-COH-08030288"}, []),
    ],
)
async def test_the_register_is_searched_and_sorted(
    client: AsyncClient, coordinator: Person, query: dict[str, str], names: list[str]
) -> None:
    await organisation(client, coordinator, **ODI)
    await organisation(client, coordinator, "Open Data China", kind="non_profit", country="CN")
    await organisation(client, coordinator, "energy lab")
    await organisation(client, coordinator, "Énergies", kind="public_body")

    answer = await client.get("/v1/organisations", headers=coordinator.headers, params=query)

    assert [item["name"] for item in answer.json()["items"]] == names


async def test_the_register_comes_in_pages(client: AsyncClient, coordinator: Person) -> None:
    for name in ("C", "a", "B"):
        await organisation(client, coordinator, name)
    query = {"limit": "2", "include_total": "true"}

    first = await client.get("/v1/organisations", headers=coordinator.headers, params=query)
    cursor = first.json()["next_cursor"]
    more = {**query, "cursor": cursor}
    second = await client.get("/v1/organisations", headers=coordinator.headers, params=more)

    assert first.json() == page(shown(name="a"), shown(name="B"), next_cursor=ANY, total_count=3)
    assert second.json() == page(shown(name="C"), total_count=3)


async def test_a_list_costs_the_same_however_long(client: AsyncClient, coordinator: Person) -> None:
    counts: list[int] = []
    for number in range(3):
        code = f"0803028{number}"
        given = [{"list_code": "GB-COH", "number": code}]
        await organisation(client, coordinator, f"Number {number}", identifiers=given)
        with statements() as sent:
            await client.get("/v1/organisations", headers=coordinator.headers)
        counts.append(len(sent))
    assert counts == [1, 1, 1]


async def test_an_edit_changes_what_it_names(client: AsyncClient, coordinator: Person) -> None:
    made = await organisation(client, coordinator, **ODI)
    address = f"/v1/organisations/{made['id']}"
    headers = {**coordinator.headers, "If-Match": '"1"'}
    wanted = [{"list_code": "GB-CHC", "number": "1164883"}]

    answer = await client.patch(
        address, headers=headers, json={"website": None, "name": "The ODI", "identifiers": wanted}
    )

    assert answer.status_code == 200
    identifier = {"list_code": "GB-CHC", "number": "1164883", "org_id": "GB-CHC-1164883"}
    edited = {"name": "The ODI", "website": None, "identifiers": [identifier], "version": 2}
    former = [{"name": "Open Data Institute", "until": START}]
    assert answer.json() == {**made, **edited, "former_names": former}
    again = await client.get(address, headers=coordinator.headers)
    assert again.json() == answer.json()


async def test_new_identifiers_alone_raise_the_version(
    client: AsyncClient, coordinator: Person
) -> None:
    made = await organisation(client, coordinator)
    answer = await client.patch(
        f"/v1/organisations/{made['id']}",
        headers={**coordinator.headers, "If-Match": '"1"'},
        json={"identifiers": ODI["identifiers"]},
    )
    assert answer.json()["version"] == 2


@pytest.mark.parametrize("body", [{}, {"name": "The Data Place"}, {"identifiers": []}])
async def test_an_edit_that_changes_nothing_leaves_no_trace(
    client: AsyncClient, coordinator: Person, body: dict[str, Any]
) -> None:
    made = await organisation(client, coordinator)
    address = f"/v1/organisations/{made['id']}"

    answer = await client.patch(
        address, headers={**coordinator.headers, "If-Match": '"1"'}, json=body
    )

    assert answer.json() == made
    history = await client.get(f"{address}/history", headers=coordinator.headers)
    assert [item["verb"] for item in history.json()["items"]] == ["organisation.created"]


@pytest.mark.parametrize(
    ("if_match", "code", "status", "more"),
    [
        (None, "precondition_required", 428, {}),
        ('"7"', "precondition_failed", 412, {"version": 1}),
        ("1", "malformed_request", 400, {"errors": [ANY]}),
    ],
)
async def test_an_edit_says_what_it_is_based_on(
    client: AsyncClient,
    coordinator: Person,
    if_match: str | None,
    code: str,
    status: int,
    more: dict[str, Any],
) -> None:
    made = await organisation(client, coordinator)
    headers = {**coordinator.headers, **({"If-Match": if_match} if if_match else {})}
    answer = await client.patch(
        f"/v1/organisations/{made['id']}", headers=headers, json={"name": "X"}
    )
    assert refused(answer, code, status, **more)


async def test_a_member_may_not_edit_one(
    client: AsyncClient, coordinator: Person, member: Person
) -> None:
    made = await organisation(client, coordinator)
    answer = await client.patch(
        f"/v1/organisations/{made['id']}",
        headers={**member.headers, "If-Match": '"1"'},
        json={"name": "Ours"},
    )
    assert refused(answer, "not_allowed", 403, permission="organisation.edit")


async def test_the_history_tells_who_did_what(client: AsyncClient, coordinator: Person) -> None:
    made = await organisation(client, coordinator)
    address = f"/v1/organisations/{made['id']}"
    await client.patch(
        address,
        headers={**coordinator.headers, "If-Match": '"1"'},
        json={"country": "GB", "identifiers": ODI["identifiers"]},
    )

    answer = await client.get(f"{address}/history", headers=coordinator.headers)

    changed = {
        "country": {"from": None, "to": "GB"},
        "identifiers": {"from": [], "to": ["GB-COH-08030289"]},
    }
    row = {
        "position": ANY,
        "noun": "organisation",
        "subject_id": made["id"],
        "subject": {"id": made["id"], "reference": ANY, "name": ANY},
        "scope": {"id": ANY, "reference": ANY, "name": ANY},
        "from_status": None,
        "to_status": None,
        "account_id": str(coordinator.account_id),
        "actor": {"id": str(coordinator.account_id), "reference": None, "name": ANY},
        "reason": None,
        "occurred_at": START,
        "recorded_at": ANY,
    }
    assert answer.json() == page(
        {**row, "verb": "organisation.created", "detail": {}},
        {**row, "verb": "organisation.edited", "detail": changed},
    )
