"""Every operation, as everyone, on what is theirs and on what is not.

What is expected is written in `expected.txt`: for each operation and relation a letter for each
actor, in the order of `world.ACTORS`. A: allowed (whatever else may then be wrong), F: seen and
forbidden (403), N: not found (404), U: unauthenticated (401). What has no id in its path names in
its body what the relation has (`naming.py`): there N and F are said of that, too. An explicit no
matters as much as a yes, so an operation that is not in the file fails, and so does a line for one
that is gone. Lists by an address of their own have their rows in `rows.txt`.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.people.identity.roles import Role
from tests import sizes
from tests.authorisation.naming import FORMS, HEADERS, body_about, letter_of
from tests.authorisation.test_lists import WHOLE
from tests.authorisation.world import ACTORS, RELATIONS, World
from tests.bound import BoundDatabase
from tests.contract.bodies import body_of
from tests.contract.recorder import Listening
from tests.keys import keyed
from tests.people.files.uploading import BYTES, TUS
from tests.people.identity.people import People

ROOT = Path(__file__).parents[2]
EXPECTED = Path(__file__).with_name("expected.txt")
DOCUMENT: dict[str, Any] = json.loads((ROOT / "openapi" / "openapi.json").read_text())
UPLOADING = {**TUS, **BYTES, "Upload-Offset": "0"}
LISTED = {address for path, _ in WHOLE.values() for address in (path, f"{path}/export")}
LETTERS = {401: "U", 403: "F", 404: "N"}
PARTS = 4


METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> dict[str, tuple[str, str, Any]]:
    """Method, path and example body of each operation, save of the lists and tables that have their
    rows."""
    return {
        operation["operationId"]: (method.upper(), path, body_of(DOCUMENT, operation))
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method in METHODS and not (method == "get" and path in LISTED)
    }


OPERATIONS = operations()


def expected() -> dict[str, dict[str, str]]:
    lines = [line.split() for line in EXPECTED.read_text().splitlines() if line[:1].isalpha()]
    return {name: dict(zip(RELATIONS, letters, strict=True)) for name, *letters in lines}


async def letter(
    world: World, database: BoundDatabase, actor: str, relation: str, operation: str
) -> str:
    """What this actor is told; whatever was changed is undone."""
    person = world.actors[actor]
    answer = await sent(world, database, operation, relation, person.headers if person else {})
    named = letter_of(answer) if "{" not in OPERATIONS[operation][1] else None
    if actor == "stranger" and named is None:
        assert answer.status_code != 422, (operation, "the example is not valid", answer.text)
    return named or LETTERS.get(answer.status_code, "A")


async def sent(
    world: World,
    database: BoundDatabase,
    operation: str,
    relation: str,
    credential: Mapping[str, str],
) -> httpx.Response:
    """What comes of an operation about what a relation has; whatever was changed is undone, which
    is nothing where it was only read."""
    method, path, example = OPERATIONS[operation]
    address = path.format(**world.ids[relation], code="not_found", metric_key="fill")
    headers = {"If-Match": "*", **credential, **HEADERS.get(operation, {})}
    headers |= keyed(method, address)
    headers |= UPLOADING if "upload_id" in path else {}
    body = body_about(operation, example, world.ids[relation])
    if operation == "create_membership":
        body = {"collaboration_id": world.spare_collaboration_id}
    async with database.undone() if method != "GET" else nullcontext():
        answer = await world.client.request(
            method,
            address,
            headers=headers,
            json=body if method not in ("GET", "DELETE") and operation not in FORMS else None,
            data=FORMS.get(operation),
        )
    assert answer.status_code < 500, (operation, answer.text)
    return answer


def test_every_operation_is_expected_to_do_something() -> None:
    assert sorted(expected()) == sorted(OPERATIONS)


def test_each_operation_stands_in_one_of_the_tables() -> None:
    """Also what writes and has no id in its path, and what only reads and is no list."""
    every = {
        operation["operationId"]: (method, path)
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }
    listed = {name for name, (method, path) in every.items() if method == "get" and path in LISTED}
    assert (set(OPERATIONS) | listed, set(OPERATIONS) & listed) == (set(every), set())
    assert {"declare_conflict_of_interest", "edit_me", "get_me"} <= set(OPERATIONS)


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
    many as the size of the run says, whom the operation's own name chooses."""
    if relation in ("own", "other_cohort"):
        return ACTORS
    of = sizes.chosen().actors
    return ACTORS[sha256(operation.encode()).digest()[0] % of :: of]


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
