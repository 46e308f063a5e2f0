"""An organisation that was renamed is known by the name it had."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.people.identity.roles import Role
from tests.answers import START, page
from tests.factories import organisation
from tests.people.identity.people import People, Person


@pytest.fixture
async def manager(people: People) -> Person:
    return await people.person("Katherine Johnson", Role.PROGRAMME_MANAGER)


async def renamed(client: AsyncClient, who: Person, made: Any, name: str) -> Any:
    headers = {**who.headers, "If-Match": "*"}
    path = f"/v1/organisations/{made['id']}"
    return (await client.patch(path, headers=headers, json={"name": name})).json()


async def found(client: AsyncClient, who: Person, q: str) -> Any:
    return (await client.get("/v1/organisations", headers=who.headers, params={"q": q})).json()


async def test_it_is_shown_and_found_by_the_names_it_had(
    client: AsyncClient, manager: Person
) -> None:
    made = await organisation(client, manager, "Ordnance Data")
    other = await organisation(client, manager, "Somebody Else")
    await renamed(client, manager, made, "Cartes")
    now = await renamed(client, manager, made, "Plans")

    names = [{"name": "Ordnance Data", "until": START}, {"name": "Cartes", "until": START}]
    assert now == {**made, "name": "Plans", "former_names": names, "version": 3}
    assert await found(client, manager, "ÓRDNANCE") == page(now)
    assert await found(client, manager, "plans") == page(now)
    assert await found(client, manager, "else") == page(other)


async def test_an_edit_of_something_else_keeps_no_name(
    client: AsyncClient, manager: Person
) -> None:
    made = await organisation(client, manager, "Ordnance Data")
    headers = {**manager.headers, "If-Match": "*"}
    body = {"name": "Ordnance Data", "country": "GB"}
    answer = await client.patch(f"/v1/organisations/{made['id']}", headers=headers, json=body)
    assert answer.json() == {**made, "country": "GB", "version": 2}


async def test_one_that_has_its_former_name_may_be_the_same(
    client: AsyncClient, manager: Person
) -> None:
    made = await organisation(client, manager, "Ordnance Data")
    await renamed(client, manager, made, "Plans")
    twin = await organisation(client, manager, "Ordnance data", country="GB")
    columns = ("id", "name", "kind", "country", "website")
    alike = {"likeness": 1.0, "has_same_website": False}

    async def duplicates(of: Any) -> Any:
        path = f"/v1/organisations/{of['id']}/duplicates"
        return (await client.get(path, headers=manager.headers)).json()["items"]

    assert await duplicates(made) == [{column: twin[column] for column in columns} | alike]
    [same] = await duplicates(twin)
    assert same == {**{column: made[column] for column in columns}, "name": "Plans", **alike}
