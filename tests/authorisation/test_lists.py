"""A list is refused by name to who holds its permission nowhere: an empty one would be no answer.

Every list, feed and table of the document, by its own address and below everything that there is.
"""

import csv
import io
import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.web.schema_breaks import resolved
from tests import sizes
from tests.authorisation.world import ACTORS, RELATIONS, World
from tests.people.identity.people import People, Person

DOCUMENT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "openapi" / "openapi.json").read_text()
)
OPEN = ("public", "signed_in")


def _is_page(operation: dict[str, Any]) -> bool:
    said = resolved(DOCUMENT, operation["responses"].get("200", {}))
    answer = said.get("content", {}).get("application/json", {})
    name = answer.get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = DOCUMENT["components"]["schemas"].get(name, {})
    return "next_cursor" in schema.get("properties", {})


def _asked(operation: dict[str, Any]) -> set[str]:
    """What an operation may be asked, by the names of its parameters."""
    shared = DOCUMENT["components"]["parameters"]
    return {
        (shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one)["name"]
        for one in operation["parameters"]
    }


LISTS = {
    item["get"]["operationId"]: (path, item["get"]["x-permission"])
    for path, item in DOCUMENT["paths"].items()
    if "get" in item and _is_page(item["get"]) and item["get"]["x-permission"] not in OPEN
}
EXPORTED = {
    item["get"]["operationId"]
    for path, item in DOCUMENT["paths"].items()
    if f"{path}/export" in DOCUMENT["paths"]
}
ROWS = Path(__file__).with_name("rows.txt")
WHOLE = {
    item["get"]["operationId"]: (path, _asked(item["get"]))
    for path, item in DOCUMENT["paths"].items()
    if "get" in item and _is_page(item["get"]) and "{" not in path
}
"""The lists, feeds, calendars by an address of their own, and what they may be asked: who gets them
has rows of whatever they may read. What lies below a thing is read with that: `expected.txt`."""
FOR_EVERYONE = {
    *("list_organisations", "list_programmes", "list_external_grants"),
    *("list_all_expectations", "list_all_priority_areas", "list_all_strands", "list_all_targets"),
    "list_indicators",
}
"""The lists by an address of their own whose permission every person holds somewhere."""


@pytest.fixture
async def world(client: httpx.AsyncClient, people: People) -> World:
    return await World.build(client, people)


async def held_by(world: World, person: Person) -> set[str]:
    me = (await world.client.get("/v1/me", headers=person.headers)).json()
    return {*me["everywhere"], *(one for role in me["roles"] for one in role["permissions"])}


@pytest.mark.parametrize("name", sorted(LISTS))
async def test_a_list_is_refused_to_who_may_read_it_nowhere(world: World, name: str) -> None:
    path, permission = LISTS[name]
    addresses = [path.format_map({**DEFAULTS, **ids}) for ids in world.ids.values()]
    if name in EXPORTED:
        addresses += [f"{addresses[0]}/export"]
    for actor in ("stranger", "observer", "collaboration_member", "finance_approver", "reviewer"):
        person = world.actors[actor]
        assert person is not None
        held = await held_by(world, person)
        for address in addresses:
            answer = await world.client.get(address, headers=person.headers)
            if permission in held:
                assert answer.status_code in (200, 403, 404), (actor, address)
            elif answer.status_code != 404 or "{" not in path:
                told = (answer.status_code, answer.json().get("permission"))
                assert told == (403, permission), (actor, address)


def rows_expected() -> dict[str, dict[str, str]]:
    lines = [line.split() for line in ROWS.read_text().splitlines() if line[:1].isalpha()]
    return {name: dict(zip(ACTORS[:-1], letters, strict=True)) for name, *letters in lines}


async def rows_of(world: World, name: str, actor: str) -> str:
    """What `rows_for` says of somebody of the matrix."""
    person = world.actors[actor]
    assert person is not None
    return await rows_for(world, name, person.headers)


async def rows_for(world: World, name: str, headers: Mapping[str, str]) -> str:
    """A letter for each relation of which the list has a row for whoever asks; F where it is
    refused, - where there is none. Its table, its count, and its pages agree."""
    path, asked = WHOLE[name]
    wanted = {"limit": "200", "include_total": "true"}
    wanted = {name: value for name, value in wanted.items() if name in asked}
    answer = await world.client.get(path, params=wanted, headers=headers)
    if name in EXPORTED:
        table = await world.client.get(f"{path}/export", headers=headers)
        assert table.status_code == answer.status_code, name
    if answer.status_code == 403:
        return "F"
    page = answer.json()
    found = list(page["items"])
    while page["next_cursor"] and page["items"]:
        further = {"cursor" if "cursor" in asked else "after": page["next_cursor"]}
        answered = await world.client.get(path, params=further, headers=headers)
        page = answered.json()
        found += page["items"]
    if "include_total" in asked:
        assert answer.json()["total_count"] == len(found), name
    listed = [_about(row) for row in found]
    if name in EXPORTED:
        again = await world.client.get(f"{path}/export", headers=headers)
        rows = [
            row.get("id") or row["subject_id"] for row in csv.DictReader(io.StringIO(again.text))
        ]
        assert listed == rows, name
    seen = [
        letter
        for letter, relation in zip("oscpb", RELATIONS, strict=True)
        if set(world.ids[relation].values()) & set(listed)
    ]
    return "".join(seen) or "-"


def _about(row: dict[str, Any]) -> str | None:
    """What a row is, or where it is none itself, what it is about."""
    subject = row.get("subject") or {}
    return row.get("subject_id") if "verb" in row else row.get("id") or subject.get("id")


def test_every_list_has_its_rows_written_down() -> None:
    assert sorted(rows_expected()) == sorted(WHOLE)


@pytest.mark.parametrize("part", range(4))
async def test_a_list_its_table_and_its_count_have_the_rows_of_whoever_asks(
    world: World, part: int
) -> None:
    """Row by row: of what is theirs, of siblings, of other cohorts and programmes, and of who is in
    two cohorts."""
    found = {
        name: {actor: await rows_of(world, name, actor) for actor in ACTORS[:-1]}
        for name in sorted(WHOLE)[part::4]
    }
    expected = rows_expected()
    assert found == {name: expected[name] for name in found}


BELOW = {
    item["get"]["operationId"]: path
    for path, item in DOCUMENT["paths"].items()
    if "get" in item and _is_page(item["get"]) and "{" in path and not path.endswith("/history")
}
"""The lists below a thing: what is in them may be of other scopes than that. Who reads which rows
of a history is said by the audience of each verb."""
ROWS_BELOW = Path(__file__).with_name("rows_below.txt")


def rows_below_expected() -> dict[str, dict[str, str]]:
    lines = [line.split() for line in ROWS_BELOW.read_text().splitlines() if line[:1].isalpha()]
    return {name: dict(zip(ACTORS[:-1], letters, strict=True)) for name, *letters in lines}


async def rows_below(world: World, name: str, actor: str) -> str:
    """A letter for each relation of which the list below what is one's own has a row for an actor,
    or how many rows it has where they are none of these; F and N where it is refused."""
    person = world.actors[actor]
    assert person is not None
    path = BELOW[name].format(**world.ids["own"])
    answer = await world.client.get(path, params={"limit": "200"}, headers=person.headers)
    if answer.status_code == 422:
        answer = await world.client.get(path, headers=person.headers)
    if answer.status_code in (403, 404):
        return {403: "F", 404: "N"}[answer.status_code]
    listed = [_about(row) for row in answer.json()["items"]]
    seen = [
        letter
        for letter, relation in zip("oscpb", RELATIONS, strict=True)
        if set(world.ids[relation].values()) & set(listed)
    ]
    return "".join(seen) or str(len(listed))


def test_every_list_below_a_thing_has_its_rows_written_down() -> None:
    assert sorted(rows_below_expected()) == sorted(BELOW)


@pytest.mark.thorough
async def test_a_list_below_a_thing_has_the_rows_of_whoever_asks(world: World) -> None:
    """As many ask for each list as the size of the run says, whom the list's own name chooses."""
    of, expected = sizes.chosen().actors, rows_below_expected()
    asked = {name: ACTORS[:-1][sha256(name.encode()).digest()[0] % of :: of] for name in BELOW}
    found = {
        name: {actor: await rows_below(world, name, actor) for actor in asked[name]}
        for name in sorted(BELOW)
    }
    assert {actor for actors in asked.values() for actor in actors} == set(ACTORS[:-1])
    assert found == {
        name: {actor: expected[name][actor] for actor in asked[name]} for name in found
    }


async def test_an_observer_lists_no_grants(world: World) -> None:
    """The planted fault: an empty page for who may read none."""
    observer, stranger = world.actors["observer"], world.actors["stranger"]
    assert observer is not None
    assert stranger is not None
    answer = await world.client.get("/v1/grants", headers=observer.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert answer.json()["detail"] == "This takes the permission grant.read here."
    refused = set()
    for name, (path, _) in LISTS.items():
        if "{" not in path:
            answer = await world.client.get(path, headers=stranger.headers)
            assert answer.status_code in (200, 403)
            refused |= {name} if answer.status_code == 403 else set()
    everything = {name for name, (path, _) in LISTS.items() if "{" not in path}
    assert everything - refused == FOR_EVERYONE


NOBODYS = "018f0000-0000-7000-8000-000000000000"
DEFAULTS = {
    name: NOBODYS
    for path, _ in LISTS.values()
    for name in (part[1:-1] for part in path.split("/") if part.startswith("{"))
}
