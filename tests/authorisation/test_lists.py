"""A list is refused by name to who holds its permission nowhere: an empty one would be no answer.

Every list, feed and table of the document, by its own address and below everything that there is.
"""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.authorisation.world import World
from tests.people.identity.people import People, Person

DOCUMENT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "openapi" / "openapi.json").read_text()
)
OPEN = ("public", "signed_in")


def _is_page(operation: dict[str, Any]) -> bool:
    answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    name = answer.get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = DOCUMENT["components"]["schemas"].get(name, {})
    return "next_cursor" in schema.get("properties", {})


LISTS = {
    item["get"]["operationId"]: (path, item["get"]["x-permission"])
    for path, item in DOCUMENT["paths"].items()
    if "get" in item and _is_page(item["get"]) and item["get"]["x-permission"] not in OPEN
}
EXPORTED = {
    item["get"]["operationId"]
    for item in DOCUMENT["paths"].values()
    if "x-export" in item.get("get", {})
}
FOR_EVERYONE = {"list_organisations", "list_programmes"}
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
        addresses += [f"{addresses[0]}?format=csv", f"{addresses[0]}/export"]
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
