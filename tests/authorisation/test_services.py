"""Every operation that any account may call is answered to a service account too."""

from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.people.identity.roles import Role
from tests.answers import START
from tests.authorisation.test_matrix import DOCUMENT
from tests.authorisation.world import World
from tests.bound import BoundDatabase
from tests.contract.bodies import body_of
from tests.contract.recorder import Listening
from tests.people.identity.people import People, Person, Service

METHODS = ("get", "post", "put", "patch", "delete")

SIGNED_IN = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in METHODS and operation["x-permission"] == "signed_in"
}


def ids_of(world: World, service: Service, path: str) -> dict[str, str]:
    known = {**world.ids["own"], "service_account_id": str(service.account_id)}
    named = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return {name: known.get(name, str(uuid4())) for name in named}


def test_there_are_some() -> None:
    assert len(SIGNED_IN) > 35


@pytest.mark.parametrize("role", [None, Role.AUDITOR], ids=["bare", "auditor"])
async def test_none_of_them_fails(
    app: FastAPI, people: People, database: BoundDatabase, role: Role | None
) -> None:
    transport = Listening(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        world = await World.build(client, people)
        owner = world.actors["administrator"]
        assert owner is not None
        service = await people.service("Everywhere", owner, *([role] if role else []))
        failed = {}
        for name, (method, path, operation) in SIGNED_IN.items():
            headers = {"If-Match": "*", **service.headers}
            address = path.format(**ids_of(world, service, path))
            body = body_of(DOCUMENT, operation)
            async with database.undone():
                answer = await client.request(method, address, headers=headers, json=body)
            if answer.status_code >= 500:
                failed[name] = answer.status_code
    assert failed == {}


async def test_it_changes_its_own_name(client: httpx.AsyncClient, people: People) -> None:
    owner: Person = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    service = await people.service("Dashboard", owner, Role.OBSERVER)
    before = (await client.get("/v1/me", headers=service.headers)).json()

    headers = {**service.headers, "If-Match": "*"}
    answer = await client.patch("/v1/me", headers=headers, json={"name": "Wallboard"})

    assert answer.json() == {**before, "name": "Wallboard", "version": 2, "updated_at": START}
    path = f"/v1/service-accounts/{service.account_id}"
    assert (await client.get(path, headers=owner.headers)).json()["name"] == "Wallboard"
