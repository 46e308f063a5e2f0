"""Collaborations over HTTP: setting up, finding, reading, editing, and who sees them."""

from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import pytest

from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from tests.answers import START, edits, page, refused
from tests.counting import statements
from tests.factories import collaboration
from tests.network.collaborations.conftest import Stage
from tests.network.collaborations.shapes import actions, row, shown


async def test_a_coordinator_sets_one_up_and_keeps_it_until_it_is_led(stage: Stage) -> None:
    said = {
        "name": "Data Cargo",
        "challenge": "Nobody knows where the parcels go.",
        "topic": "urban freight",
        "summary": "Couriers and planners share positions.",
        "country": "GB",
        "origin": "network_member",
    }

    answer = await stage.post(stage.coordinator, "collaborations", said)

    assert answer.status_code == 201
    body = answer.json()
    open_to = actions(body["id"], "scope", "hold", "abandon")
    assert body == shown(**said, available_actions=open_to)
    assert answer.headers["Location"] == f"/v1/collaborations/{body['id']}"
    path = f"collaborations/{body['id']}"
    assert (await stage.get(stage.coordinator, path)).json() == body
    await stage.person("Lead", Role.COLLABORATION_LEAD, body)
    assert refused(await stage.get(stage.coordinator, path), "collaboration_not_found", 404)
    await stage.admit(body)
    assert (await stage.get(stage.coordinator, path)).json() == body


async def test_references_are_given_in_turn(stage: Stage) -> None:
    first = await collaboration(stage.client, stage.manager, "One")
    number = int(first["reference"].removeprefix("DC-"))
    taken = f"DC-{number + 2:04}"
    made = [
        await collaboration(stage.client, stage.manager, "Two", reference=taken),
        await collaboration(stage.client, stage.manager, "Three"),
        await collaboration(stage.client, stage.manager, "Four"),
    ]
    numbers = [int(one["reference"].removeprefix("DC-")) for one in made]
    assert numbers == [number + 2, number + 1, number + 3]


async def test_a_reference_is_used_once(stage: Stage) -> None:
    await collaboration(stage.client, stage.manager, reference="OLS-7")
    body = {"name": "Another", "origin": "ad_hoc", "reference": "OLS-7"}
    answer = await stage.post(stage.manager, "collaborations", body)
    assert refused(answer, "collaboration_reference_taken", 409, at="/reference")


async def test_who_may_not_set_one_up(stage: Stage) -> None:
    body = {"name": "Data Cargo", "origin": "network_member"}
    made = await collaboration(stage.client, stage.manager)
    lead = await stage.person("Lead", Role.COLLABORATION_LEAD, made)

    public = await stage.client.post("/v1/collaborations", json=body)
    denied = await stage.post(lead, "collaborations", body)

    assert refused(public, "unauthenticated", 401)
    assert refused(denied, "not_allowed", 403, permission="collaboration.create")


@pytest.mark.parametrize(
    ("fault", "pointer", "code"),
    [
        ({"name": ""}, "/name", "string_too_short"),
        ({"origin": "elsewhere"}, "/origin", "enum"),
        ({"reference": "X"}, "/reference", "string_too_short"),
        ({"reference": "A" * 25}, "/reference", "string_too_long"),
        ({"country": "XX"}, "/country", "value_error"),
        ({"status": "launched"}, "/status", "extra_forbidden"),
    ],
)
async def test_a_fault_is_pointed_at(
    stage: Stage, fault: dict[str, Any], pointer: str, code: str
) -> None:
    body = {"name": "Data Cargo", "origin": "network_member"}
    answer = await stage.post(stage.manager, "collaborations", body | fault)
    where = [{"pointer": pointer, "code": code, "detail": ANY}]
    assert refused(answer, "validation_failed", 422, errors=where)


async def test_a_coordinator_sees_her_members_and_not_anothers(stage: Stage) -> None:
    hers = await collaboration(stage.client, stage.manager, "Hers")
    others = await collaboration(stage.client, stage.manager, "Another's")
    elsewhere = await stage.people.scope(ScopeKind.COHORT)
    other = await stage.people.person("Ada Lovelace", (Role.COORDINATOR, elsewhere))
    await stage.admit(hers)
    await stage.admit(others, elsewhere)

    listed = (await stage.get(stage.coordinator, "collaborations")).json()

    assert listed == page(hers)
    assert (await stage.get(other, "collaborations")).json() == page(others)
    assert (await stage.get(stage.manager, "collaborations")).json() == page(others, hers)
    path = f"collaborations/{others['id']}"
    assert refused(await stage.get(stage.coordinator, path), "collaboration_not_found", 404)
    assert (await stage.get(other, path)).json() == others


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/register",
        "/{id}",
        "/{id}/actions",
        "/{id}/people",
        "/{id}/history",
        "/{id}/participants",
    ],
)
async def test_the_public_and_strangers_see_nothing(stage: Stage, path: str) -> None:
    made = await collaboration(stage.client, stage.manager)
    stranger = await stage.people.person("Somebody Else")
    address = "collaborations" + path.format(**made)

    public = await stage.client.get(f"/v1/{address}")
    answer = await stage.get(stranger, address)

    assert refused(public, "unauthenticated", 401)
    if path == "":
        assert refused(answer, "not_allowed", 403, permission="collaboration.read")
    elif path == "/register":
        assert refused(answer, "not_allowed", 403, permission="collaboration.refer")
    else:
        assert refused(answer, "collaboration_not_found", 404)


async def test_the_register_names_all_to_those_who_run_cohorts(stage: Stage) -> None:
    made = [
        await collaboration(stage.client, stage.manager, name, reference=reference)
        for reference, name in (("B1", "Énergie"), ("A1", "energy lab"), ("C1", "MaaS"))
    ]
    energie, lab, maas = (
        {"id": one["id"], "reference": one["reference"], "name": one["name"]} for one in made
    )

    async def found(**query: str) -> Any:
        return (await stage.get(stage.coordinator, "collaborations/register", **query)).json()

    assert await found() == page(energie, lab, maas)
    assert await found(q="energ") == page(energie, lab)
    assert await found(reference="C1") == page(maas)
    first = await found(limit="2")
    assert first == page(energie, lab, next_cursor=ANY)
    assert await found(limit="2", cursor=first["next_cursor"]) == page(maas)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Alpha", "beta", "Gámma"]),
        ({"sort": "-created_at"}, ["Gámma", "beta", "Alpha"]),
        ({"q": "GAMMA"}, ["Gámma"]),
        ({"reference": "ALPHA"}, ["Alpha"]),
        ({"origin": "ad_hoc"}, ["beta"]),
        ({"status": "abandoned"}, ["Gámma"]),
        ({"country": "NO"}, ["Alpha"]),
        ({"organisation_id": str(uuid4())}, []),
    ],
)
async def test_collaborations_are_searched_and_sorted(
    stage: Stage, query: dict[str, str], names: list[str]
) -> None:
    await collaboration(stage.client, stage.manager, "Alpha", country="NO", reference="ALPHA")
    await collaboration(stage.client, stage.manager, "beta", origin="ad_hoc")
    await stage.collaboration("abandoned", name="Gámma")
    answer = await stage.get(stage.manager, "collaborations", **query)
    assert [item["name"] for item in answer.json()["items"]] == names


async def test_what_an_organisation_takes_part_in_is_found(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager, "One")
    await collaboration(stage.client, stage.manager, "Two")
    joined = await stage.take_part(made, "steward")
    query = {"organisation_id": joined["organisation"]["id"]}

    before = (await stage.get(stage.manager, "collaborations", **query)).json()
    await stage.post(stage.manager, f"participants/{joined['id']}/end", {})
    after = (await stage.get(stage.manager, "collaborations", **query)).json()

    assert (before, after) == (page(made), page())


async def test_a_list_costs_the_same_however_long(stage: Stage) -> None:
    counts: list[int] = []
    for number in range(3):
        made = await collaboration(stage.client, stage.manager, f"Number {number}")
        await stage.admit(made)
        with statements() as sent:
            await stage.get(stage.coordinator, "collaborations")
        counts.append(len(sent))
    assert counts[0] == counts[2] == 1, "who calls, they, their names, what she may do"


async def test_a_lead_edits_what_it_names(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager, topic="freight")
    lead = await stage.person("Lead", Role.COLLABORATION_LEAD, made)
    address = f"/v1/collaborations/{made['id']}"
    body = {"topic": None, "summary": "What it does.", "origin": "ad_hoc"}

    answer = await stage.client.patch(
        address, headers={**lead.headers, "If-Match": '"1"'}, json=body
    )
    history = (await stage.get(lead, f"collaborations/{made['id']}/history")).json()

    assert answer.json() == {**made, **body, "version": 2}
    assert history["items"][-1] == row("edited", made, lead, detail=edits(made, body))


async def test_it_is_shown_and_found_by_the_name_it_had(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager, "Parcels")
    await collaboration(stage.client, stage.manager, "Parts")
    headers = {**stage.manager.headers, "If-Match": '"1"'}
    path = f"/v1/collaborations/{made['id']}"
    answer = await stage.client.patch(path, headers=headers, json={"name": "Cargo bikes"})

    former = [{"name": "Parcels", "until": START}]
    assert answer.json() == {**made, "name": "Cargo bikes", "former_names": former, "version": 2}
    assert (await stage.get(stage.manager, "collaborations", q="PARCEL")).json() == page(
        answer.json()
    )
    ref = {"id": made["id"], "reference": made["reference"], "name": "Cargo bikes"}
    found = await stage.get(stage.coordinator, "collaborations/register", q="parcel")
    assert found.json() == page(ref)


async def test_an_edit_that_changes_nothing_leaves_no_trace(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    answer = await stage.client.patch(
        f"/v1/collaborations/{made['id']}",
        headers={**stage.manager.headers, "If-Match": '"1"'},
        json={"name": made["name"]},
    )
    history = (await stage.get(stage.manager, f"collaborations/{made['id']}/history")).json()
    assert answer.json() == made
    assert history == page(row("created", made, stage.manager, to_status="idea"))


@pytest.mark.parametrize(
    ("who", "if_match", "code", "status", "more"),
    [
        ("manager", None, "precondition_required", 428, {}),
        ("manager", '"7"', "precondition_failed", 412, {"version": 1}),
        ("member", '"1"', "not_allowed", 403, {"permission": "collaboration.edit"}),
        ("coordinator", '"1"', "collaboration_not_found", 404, {}),
        (None, '"1"', "unauthenticated", 401, {}),
    ],
)
async def test_who_may_not_edit_and_how(
    stage: Stage, who: str | None, if_match: str | None, code: str, status: int, more: Any
) -> None:
    made = await collaboration(stage.client, stage.manager)
    people = {
        "manager": stage.manager,
        "coordinator": stage.coordinator,
        "member": await stage.person("Member", Role.COLLABORATION_MEMBER, made),
    }
    headers = dict(people[who].headers) if who else {}
    if if_match:
        headers["If-Match"] = if_match
    address = f"/v1/collaborations/{made['id']}"
    answer = await stage.client.patch(address, headers=headers, json={"name": "X"})
    assert refused(answer, code, status, **more)


async def test_its_people_are_listed_with_their_roles(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    lead = await stage.person("Lead", Role.COLLABORATION_LEAD, made)
    member = await stage.person("Member", Role.COLLABORATION_MEMBER, made)
    other = await collaboration(stage.client, stage.manager, "Another")
    await stage.person("Stranger", Role.COLLABORATION_LEAD, other)

    answer = await stage.get(member, f"collaborations/{made['id']}/people")

    def person(who: Any, role: str) -> dict[str, Any]:
        account = {"id": str(who.account_id), "reference": None, "name": who.name}
        times = {"valid_from": START, "valid_until": None}
        return {"id": ANY, "account": account, "role": role, **times}

    assert answer.json() == page(
        person(lead, "collaboration_lead"), person(member, "collaboration_member")
    )


async def test_what_is_not_there_is_not_found(stage: Stage) -> None:
    for path in ("", "/actions", "/people", "/history", "/participants"):
        answer = await stage.get(stage.manager, f"collaborations/{uuid4()}{path}")
        assert refused(answer, "collaboration_not_found", 404)


async def test_ids_are_nodes_and_files_apart(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    assert await stage.dossier_of(made) != UUID(made["id"])
