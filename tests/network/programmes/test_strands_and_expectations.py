"""The strands of programmes and what they expect of their collaborations, over HTTP."""

from dataclasses import dataclass
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.people.identity.roles import Role
from tests.answers import START, edits, page, refused
from tests.counting import statements
from tests.factories import collaboration, made, programme
from tests.people.identity.people import People, Person


@dataclass(frozen=True)
class Kind:
    """A noun, what is said to make one, another that comes after it, and an edit."""

    noun: str
    said: dict[str, Any]
    filled: dict[str, Any]
    next: dict[str, Any]
    edit: dict[str, Any]

    @property
    def path(self) -> str:
        return f"{self.noun}s"


STRAND = Kind(
    "strand",
    {"key": "open_data", "name": "Open data"},
    {"summary": None},
    {"key": "peer_learning", "name": "Peer learning", "summary": "Cohorts."},
    {"name": "Publishing open data", "summary": "And a challenge."},
)
EXPECTATION = Kind(
    "expectation",
    {"kind": "criterion", "key": "impact", "title": "It may have an impact", "position": 1},
    {"prompt": None},
    {"kind": "principle", "key": "fair", "title": "Fair", "prompt": "To whom?", "position": 2},
    {"title": "It may come to have an impact", "position": 3},
)
KINDS = pytest.mark.parametrize("kind", [STRAND, EXPECTATION], ids=lambda kind: kind.noun)


@pytest.fixture
async def manager(people: People) -> Person:
    return await people.person("Ada Lovelace", Role.PROGRAMME_MANAGER)


@pytest.fixture
async def network(client: AsyncClient, manager: Person) -> Any:
    return await programme(client, manager)


def shown(network: Any, said: Any, **more: Any) -> dict[str, Any]:
    ref = {name: network[name] for name in ("id", "reference", "name")}
    life = {"version": 1, "created_at": START, "updated_at": START}
    return {"id": ANY, "programme": ref, **said, **life, **more}


async def change(
    client: AsyncClient,
    who: Person | None,
    method: str,
    path: str,
    tag: str = "*",
    body: Any = None,
) -> Any:
    headers = {**(who.headers if who else {}), **({"If-Match": tag} if tag else {})}
    return await client.request(method, f"/v1/{path}", headers=headers, json=body)


async def get(client: AsyncClient, who: Person, path: str, **query: str) -> Any:
    return (await client.get(f"/v1/{path}", headers=who.headers, params=query)).json()


@KINDS
async def test_it_is_named_edited_and_taken_back(
    client: AsyncClient, manager: Person, network: Any, people: People, kind: Kind
) -> None:
    under = f"programmes/{network['id']}/{kind.path}"
    answer = await client.post(f"/v1/{under}", headers=manager.headers, json=kind.said)
    first = answer.json()
    second = await made(client, manager, under, kind.next)
    stranger = await people.person("Somebody Else")
    one = f"{kind.path}/{first['id']}"

    assert answer.status_code == 201
    assert first == shown(network, {**kind.said, **kind.filled})
    assert answer.headers["Location"] == f"/v1/{one}"
    assert await get(client, stranger, one) == first
    assert await get(client, stranger, under) == page(first, second)
    begun = await get(client, stranger, under, limit="1", include_total="true")
    assert begun == page(first, next_cursor=ANY, total_count=2)
    assert await get(client, stranger, under, cursor=begun["next_cursor"]) == page(second)
    edited = await change(client, manager, "PATCH", one, '"1"', kind.edit)
    assert edited.json() == {**first, **kind.edit, "version": 2}
    gone = await change(client, manager, "DELETE", one, '"2"')
    assert gone.status_code == 204
    missing = await client.get(f"/v1/{one}", headers=manager.headers)
    assert refused(missing, f"{kind.noun}_not_found", 404)
    history = await get(client, manager, f"programmes/{network['id']}/history")
    which = {f"{kind.noun}_id": first["id"], "key": kind.said["key"]}
    assert [(item["verb"], item["detail"]) for item in history["items"][1::2]] == [
        (f"programme.{kind.noun}_added", which),
        (f"programme.{kind.noun}_edited", {**which, **edits(first, kind.edit)}),
    ]
    assert history["items"][-1]["verb"] == f"programme.{kind.noun}_removed"


@KINDS
async def test_who_may_not_and_how(
    client: AsyncClient, manager: Person, network: Any, people: People, kind: Kind
) -> None:
    under = f"programmes/{network['id']}/{kind.path}"
    first = await made(client, manager, under, kind.said)
    one = f"{kind.path}/{first['id']}"
    coordinator = await people.person("Grace Hopper", (Role.COORDINATOR, network["id"]))
    denied = {"permission": "programme.edit"}

    twice = await client.post(f"/v1/{under}", headers=manager.headers, json=kind.said)
    assert refused(twice, f"{kind.noun}_key_taken", 409, at="/key")
    wrong = await client.post(
        f"/v1/{under}", headers=manager.headers, json=kind.next | {"key": "Not A Key"}
    )
    where = [{"pointer": "/key", "code": "string_pattern_mismatch", "detail": ANY}]
    assert refused(wrong, "validation_failed", 422, errors=where)
    may_not = await client.post(f"/v1/{under}", headers=coordinator.headers, json=kind.next)
    assert refused(may_not, "not_allowed", 403, **denied)
    for method, body in (("PATCH", kind.edit), ("DELETE", None)):
        answer = await change(client, coordinator, method, one, body=body)
        assert refused(answer, "not_allowed", 403, **denied)
        blind = await change(client, manager, method, one, "", body)
        assert refused(blind, "precondition_required", 428)
        stale = await change(client, manager, method, one, '"7"', body)
        assert refused(stale, "precondition_failed", 412, version=1)
        answer = await change(client, None, method, one, body=body)
        assert refused(answer, "unauthenticated", 401)
    fixed = await change(client, manager, "PATCH", one, body={"key": "other"})
    where = [{"pointer": "/key", "code": "extra_forbidden", "detail": ANY}]
    assert refused(fixed, "validation_failed", 422, errors=where)
    for path in (under, one):
        assert refused(await client.get(f"/v1/{path}"), "unauthenticated", 401)
    anonymous = await client.post(f"/v1/{under}", json=kind.said)
    assert refused(anonymous, "unauthenticated", 401)


async def test_expectations_are_listed_by_kind(
    client: AsyncClient, manager: Person, network: Any
) -> None:
    under = f"programmes/{network['id']}/expectations"
    counts: list[int] = []
    for number in range(3):
        said = EXPECTATION.said | {"key": f"impact_{number}"}
        last = await made(client, manager, under, said | {"position": number})
        with statements() as sent:
            await get(client, manager, under)
        counts.append(len(sent))
    principle = await made(client, manager, under, EXPECTATION.next)
    assert await get(client, manager, under, kind="principle") == page(principle)
    assert (await get(client, manager, under, kind="criterion"))["items"][-1] == last
    assert counts == [1, 1, 1]


async def test_a_collaboration_belongs_to_a_strand_of_its_programme(
    client: AsyncClient, manager: Person, network: Any
) -> None:
    other = await programme(client, manager, "OTHER")
    strand = await made(client, manager, f"programmes/{network['id']}/strands", STRAND.said)
    theirs = await made(client, manager, f"programmes/{other['id']}/strands", STRAND.said)
    own = {"programme_id": network["id"], "strand_id": strand["id"]}
    one = await collaboration(client, manager, **own)
    await collaboration(client, manager, "Another", programme_id=network["id"])

    ref = {"id": strand["id"], "reference": None, "name": strand["name"]}
    assert one["strand"] == ref
    assert await get(client, manager, "collaborations", strand_id=strand["id"]) == page(one)
    said = {"name": "Lost", "origin": "ad_hoc"}
    where = {
        "pointer": "/strand_id",
        "code": "strand_unknown",
        "detail": "The collaboration's programme has none of this id.",
    }
    for wrong in ({"strand_id": strand["id"]}, {**own, "strand_id": theirs["id"]}):
        answer = await client.post("/v1/collaborations", headers=manager.headers, json=said | wrong)
        assert refused(answer, "strand_unknown", 422, errors=[where])
    path = f"collaborations/{one['id']}"
    moved = await change(client, manager, "PATCH", path, body={"programme_id": other["id"]})
    assert refused(moved, "strand_unknown", 422, errors=[where])
    for field, noun in (("programme_id", "programme"), ("strand_id", "strand")):
        lost = await change(client, manager, "PATCH", path, body={field: str(uuid4())})
        pointer = {"pointer": f"/{field}", "code": f"{noun}_unknown", "detail": ANY}
        assert refused(lost, f"{noun}_unknown", 422, errors=[pointer])
    both = {"programme_id": other["id"], "strand_id": theirs["id"]}
    moved = await change(client, manager, "PATCH", path, body=both)
    assert moved.json()["strand"]["id"] == theirs["id"]
    held = await change(client, manager, "DELETE", f"strands/{theirs['id']}")
    assert refused(held, "strand_in_use", 409)
    freed = await change(client, manager, "PATCH", path, body={"strand_id": None})
    assert freed.json() == {**moved.json(), "strand": None, "version": 3}
