"""Every operation on something with a scope, as everyone, on what is theirs and on what is not.

What is expected is written in `expected.txt`: for each operation and relation a letter for each
actor, in the order of `world.ACTORS`. A: allowed (whatever else may then be wrong), F: seen and
forbidden (403), N: not found (404), U: unauthenticated (401). An explicit no matters as much as a
yes, so an operation that is not in the file fails, and so does a line for one that is gone.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.people.identity.roles import Role
from tests import sizes
from tests.authorisation.world import ACTORS, RELATIONS, World
from tests.bound import BoundDatabase
from tests.contract.bodies import body_of
from tests.contract.recorder import Listening
from tests.people.files.uploading import BYTES, TUS
from tests.people.identity.people import People

ROOT = Path(__file__).parents[2]
EXPECTED = Path(__file__).with_name("expected.txt")
DOCUMENT: dict[str, Any] = json.loads((ROOT / "openapi" / "openapi.json").read_text())
UPLOADING = {**TUS, **BYTES, "Upload-Offset": "0"}
LETTERS = {401: "U", 403: "F", 404: "N"}
PARTS = 4


def operations() -> dict[str, tuple[str, str, Any]]:
    """Method, path and example body of each operation whose path names something that there is."""
    found: dict[str, tuple[str, str, Any]] = {}
    for path, item in DOCUMENT["paths"].items():
        names = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        if not names or names == {"code"}:
            continue
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                body = body_of(DOCUMENT, operation)
                found[operation["operationId"]] = (method.upper(), path, body)
    return found


OPERATIONS = operations()


def expected() -> dict[str, dict[str, str]]:
    lines = [line.split() for line in EXPECTED.read_text().splitlines() if line[:1].isalpha()]
    return {name: dict(zip(RELATIONS, letters, strict=True)) for name, *letters in lines}


async def letter(
    world: World, database: BoundDatabase, actor: str, relation: str, operation: str
) -> str:
    """What this actor is told; whatever was changed is undone."""
    method, path, body = OPERATIONS[operation]
    person = world.actors[actor]
    headers = {"If-Match": "*", **(person.headers if person else {})}
    headers |= UPLOADING if "upload_id" in path else {}
    address = path.format(**world.ids[relation])
    if operation == "create_membership":
        body = {"collaboration_id": world.spare_collaboration_id}
    async with database.undone():
        answer = await world.client.request(
            method, address, headers=headers, json=body if method != "GET" else None
        )
    assert answer.status_code < 500, (operation, actor, answer.text)
    if actor == "stranger":
        assert answer.status_code != 422, (operation, "the example is not valid", answer.text)
    return LETTERS.get(answer.status_code, "A")


def test_every_operation_is_expected_to_do_something() -> None:
    assert sorted(expected()) == sorted(OPERATIONS)


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS))
async def test_everyone_everywhere(
    app: FastAPI, people: People, database: BoundDatabase, part: int
) -> None:
    transport = Listening(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        world = await World.build(client, people)
        found = await told(world, database, sorted(OPERATIONS)[part::PARTS])
    assert found == {
        operation: {
            relation: "".join(letters[ACTORS.index(actor)] for actor in asked(operation, relation))
            for relation, letters in expected()[operation].items()
        }
        for operation in found
    }


def asked(operation: str, relation: str) -> Sequence[str]:
    """Who tries an operation: everyone on what is theirs and on another cohort's; beyond those as
    many as the size of the run says, others for each operation."""
    if relation in ("own", "other_cohort"):
        return ACTORS
    of = sizes.chosen().actors
    return ACTORS[sorted(OPERATIONS).index(operation) % of :: of]


def test_in_a_small_run_too_every_actor_tries_every_relation() -> None:
    for relation in RELATIONS:
        assert {actor for name in OPERATIONS for actor in asked(name, relation)} == set(ACTORS)


async def told(
    world: World, database: BoundDatabase, names: Sequence[str]
) -> dict[str, dict[str, str]]:
    """The letters of each operation, by relation."""
    return {
        operation: {
            relation: "".join(
                [
                    await letter(world, database, actor, relation, operation)
                    for actor in asked(operation, relation)
                ]
            )
            for relation in RELATIONS
        }
        for operation in names
    }


def test_the_letters_stand_for_the_actors_in_this_order() -> None:
    assert ACTORS == (
        "administrator",
        "programme_manager",
        "coordinator",
        "facilitator",
        "reviewer",
        "adviser",
        "finance_approver",
        "payment_releaser",
        "funder",
        "collaboration_lead",
        "collaboration_member",
        "observer",
        "auditor",
        "stranger",
        "anonymous",
    )
    assert ACTORS[0] == Role.ADMINISTRATOR
