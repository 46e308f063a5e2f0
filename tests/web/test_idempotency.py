"""What is sent twice with one key is done once, and answered twice."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Header, Request
from sqlalchemy import func, select

from app.kernel.clock import FixedClock
from app.kernel.db import Database, new_id
from app.settings import Settings
from app.web.idempotency import IdempotentAnswer, Intention, Replay, forget_old
from app.web.transaction import Db
from tests.kernel.probes import Probe, Someone
from tests.web.probe_api import Gate, client_of, current_person, probe_api, prove

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


@pytest.fixture
def app(database: Database, settings: Settings, probes: None) -> FastAPI:
    return probe_api(database, settings)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def make(client: httpx.AsyncClient, name: str = "One", **headers: str) -> httpx.Response:
    return await client.post("/v1/probes", json={"name": name}, headers={**KEY, **headers})


async def probes_in(database: Database) -> int:
    async with database.sessions() as db:
        return await db.scalar(select(func.count()).select_from(Probe)) or 0


async def answers_in(database: Database) -> int:
    async with database.sessions() as db:
        return await db.scalar(select(func.count()).select_from(IdempotentAnswer)) or 0


async def test_the_second_time_the_first_answer_comes_back(
    client: httpx.AsyncClient, database: Database
) -> None:
    first = await make(client)
    second = await make(client)

    assert first.status_code == 201
    assert "idempotency-replayed" not in first.headers
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["idempotency-replayed"] == "true"
    for name in ("content-type", "location", "etag", "cache-control"):
        assert second.headers[name] == first.headers[name]
    assert await probes_in(database) == 1


async def test_an_answer_without_a_body_comes_back_too(client: httpx.AsyncClient) -> None:
    made = (await make(client)).json()

    first = await client.delete(f"/v1/probes/{made['id']}", headers=KEY)
    second = await client.delete(f"/v1/probes/{made['id']}", headers=KEY)
    without = await client.delete(f"/v1/probes/{made['id']}")

    assert [first.status_code, second.status_code] == [204, 204]
    assert (second.content, second.headers["idempotency-replayed"]) == (b"", "true")
    assert problem(without) == (404, "probe_not_found")


async def test_without_a_key_it_is_done_again(
    client: httpx.AsyncClient, database: Database
) -> None:
    for _ in range(2):
        answer = await client.post("/v1/probes", json={"name": "One"})
        assert answer.status_code == 201

    assert (await probes_in(database), await answers_in(database)) == (2, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"url": "/v1/probes", "json": {"name": "Two"}},
        {"url": "/v1/probes", "json": {"name": 7}},
    ],
    ids=["value", "shape"],
)
async def test_the_key_of_another_request_is_refused(
    client: httpx.AsyncClient, database: Database, other: dict[str, Any]
) -> None:
    await make(client)

    answer = await client.post(**other, headers=KEY | {"Content-Type": "application/json"})

    assert problem(answer) == (422, "idempotency_mismatch")
    assert await probes_in(database) == 1


@pytest.mark.parametrize(
    "spelled", [b' {"name" :"One"}\n', b'{"name": "\\u004fne"}'], ids=["blanks", "escapes"]
)
async def test_the_same_json_is_the_same_request(
    client: httpx.AsyncClient, database: Database, spelled: bytes
) -> None:
    first = await make(client)

    headers = KEY | {"Content-Type": "application/json; charset=utf-8"}
    again = await client.post("/v1/probes", content=spelled, headers=headers)

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert await probes_in(database) == 1


async def test_nobody_tries_out_what_was_sent(
    client: httpx.AsyncClient, database: Database
) -> None:
    await make(client)

    sent = b"POST /v1/probes?\n" + json.dumps({"name": "One"}, sort_keys=True).encode()
    async with database.sessions() as db:
        [kept] = await db.scalars(select(IdempotentAnswer.fingerprint))
        assert kept != hashlib.sha256(sent).hexdigest()
        assert kept == db.info["seal"].encrypt(hashlib.sha256(sent).digest(), None).hex()


async def test_another_address_with_the_same_operation_is_another_request(
    client: httpx.AsyncClient,
) -> None:
    one, two = [(await make(client, **{"Idempotency-Key": key})).json()["id"] for key in "ab"]
    await client.post(f"/v1/probes/{one}/pay", headers=KEY)

    answer = await client.post(f"/v1/probes/{two}/pay", headers=KEY)

    assert problem(answer) == (422, "idempotency_mismatch")


async def test_a_key_belongs_to_its_operation(client: httpx.AsyncClient) -> None:
    made = (await make(client)).json()

    paid = await client.post(f"/v1/probes/{made['id']}/pay", headers=KEY)

    assert (paid.status_code, paid.json()["amount"]) == (200, 1)


async def test_a_key_belongs_to_its_principal(
    client: httpx.AsyncClient, database: Database
) -> None:
    ours, theirs = await make(client), await make(client, **{"X-Person": "bob"})

    assert ours.json()["id"] != theirs.json()["id"]
    assert "idempotency-replayed" not in theirs.headers
    assert await probes_in(database) == 2


async def test_nobody_gets_an_answer_without_proving_who_they_are(
    client: httpx.AsyncClient,
) -> None:
    await make(client)

    assert problem(await make(client, **{"X-Person": "eve"})) == (401, "unauthenticated")


async def test_a_failure_stores_nothing_and_can_be_tried_again(
    client: httpx.AsyncClient, database: Database
) -> None:
    broken = await client.post("/v1/probes", json={"name": "One", "is_broken": True}, headers=KEY)
    assert problem(broken) == (409, "probe_broken")
    assert (await probes_in(database), await answers_in(database)) == (0, 0)

    assert (await make(client)).status_code == 201


async def test_a_replay_comes_before_the_precondition(client: httpx.AsyncClient) -> None:
    """After a lost answer the client still holds the old ETag: it is not told 412."""
    made = await make(client)
    path = f"/v1/probes/{made.json()['id']}/submit"
    read = {"If-Match": made.headers["etag"]}

    first = await client.post(path, headers=KEY | read)
    again = await client.post(path, headers=KEY | read)
    new_key = await client.post(path, headers={"Idempotency-Key": "another", **read})

    assert (first.status_code, first.json()["status"]) == (200, "open")
    assert (again.status_code, again.content) == (200, first.content)
    assert problem(new_key) == (412, "precondition_failed")


async def test_authorisation_is_looked_at_again(app: FastAPI, client: httpx.AsyncClient) -> None:
    made = await make(client)
    path = f"/v1/probes/{made.json()['id']}/submit"
    read = {"If-Match": made.headers["etag"]}
    assert (await client.post(path, headers=KEY | read)).status_code == 200
    app.state.people["ada"] = app.state.people["ada"].without("probe.submit")

    again = await client.post(path, headers=KEY | {"If-Match": '"2"'})

    assert problem(again) == (403, "not_allowed")
    assert again.json()["permission"] == "probe.submit"


async def test_what_rested_on_a_lost_permission_is_not_done_a_second_time(
    client: httpx.AsyncClient, database: Database
) -> None:
    """Paying asks for no permission of its own, so the second request would pass all checks."""
    made = (await make(client)).json()
    first = await client.post(f"/v1/probes/{made['id']}/pay", headers=KEY)
    assert first.json()["amount"] == 1
    async with database.transaction() as db:
        answer = (
            await db.scalars(
                select(IdempotentAnswer).where(IdempotentAnswer.operation == "pay_probe")
            )
        ).one()
        answer.demanded = [["probe.lost", str(new_id())]]

    again = await client.post(f"/v1/probes/{made['id']}/pay", headers=KEY)

    assert problem(again) == (403, "not_allowed")
    assert again.json()["permission"] == "probe.lost"
    read = await client.get(f"/v1/probes/{made['id']}")
    assert read.json()["amount"] == 1


async def test_an_answer_is_kept_for_seventy_two_hours(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    first = await make(client)
    clock.advance(timedelta(hours=72, microseconds=-1))
    assert (await make(client)).content == first.content
    assert await forget_old(database) == 0

    clock.advance(timedelta(microseconds=1))
    later = await make(client)

    assert later.status_code == 201
    assert later.json()["id"] != first.json()["id"]
    assert (await make(client)).content == later.content
    assert (await probes_in(database), await answers_in(database)) == (2, 1)


async def test_old_answers_are_forgotten(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    await make(client)
    clock.advance(timedelta(hours=72, microseconds=1))
    for key in ("another", "third"):
        await make(client, **{"Idempotency-Key": key})

    assert await forget_old(database) == 1
    assert await answers_in(database) == 2


async def test_where_money_moves_a_key_is_required(client: httpx.AsyncClient) -> None:
    made = (await make(client)).json()

    answer = await client.post(f"/v1/probes/{made['id']}/pay")

    assert problem(answer) == (400, "idempotency_key_required")


async def test_an_answer_that_shows_a_secret_is_never_stored(
    client: httpx.AsyncClient, database: Database
) -> None:
    made = (await make(client)).json()

    told = [await client.post(f"/v1/probes/{made['id']}/reveal", headers=KEY) for _ in range(2)]

    assert [answer.json()["amount"] for answer in told] == [1, 2]
    assert all(answer.headers["cache-control"] == "no-store" for answer in told)
    assert await answers_in(database) == 1


@pytest.mark.parametrize("key", ["", " ", '""', "a b", "é", "x" * 256, "a\x7f"])
async def test_a_key_that_is_no_key_is_refused(client: httpx.AsyncClient, key: str) -> None:
    answer = await make(client, **{"Idempotency-Key": key.encode("latin-1")})  # pyright: ignore[reportArgumentType]

    assert problem(answer) == (400, "idempotency_key_invalid")
    assert answer.json()["errors"] == [
        {
            "pointer": "#/header/Idempotency-Key",
            "code": "idempotency_key_invalid",
            "detail": "Send a UUID.",
        }
    ]


async def test_a_key_in_quotes_is_the_same_key(client: httpx.AsyncClient) -> None:
    first = await make(client, **{"Idempotency-Key": "one"})
    quoted = await make(client, **{"Idempotency-Key": '"one"'})

    assert quoted.content == first.content


async def at_once(app: FastAPI, times: int) -> list[httpx.Response]:
    """As many requests in the same moment, on connections that stand already."""
    database: Database = app.state.database
    async with AsyncExitStack() as connections:
        for _ in range(min(times, 20)):
            await connections.enter_async_context(database.read())
    async with client_of(app) as client:
        return list(await asyncio.gather(*(make(client) for _ in range(times))))


@pytest.mark.usefixtures("settled_probes")
async def test_two_hundred_at_once_have_one_effect(settled: Database, settings: Settings) -> None:
    answers = await at_once(probe_api(settled, settings), 200)

    assert await probes_in(settled) == 1
    made = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code != 201]
    assert len({answer.content for answer in made}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in made) == 1
    assert all(problem(answer) == (409, "idempotency_in_progress") for answer in waiting)
    assert all(answer.headers["retry-after"] == "1" for answer in waiting)


@pytest.mark.usefixtures("settled_probes")
async def test_looking_before_doing_would_have_many(settled: Database, settings: Settings) -> None:
    """The planted fault: the answer is looked for, and the key claimed by nobody."""
    everyone = asyncio.Barrier(10)

    async def look_first(
        request: Request, db: Db, x_person: Annotated[str, Header()] = ""
    ) -> Someone:
        actor = await prove(request, x_person)
        key = (actor.account_id, "create_probe", KEY["Idempotency-Key"])
        answer = await db.get(IdempotentAnswer, key)
        await everyone.wait()
        if answer is not None:
            raise Replay(answer)
        request.state.intention = Intention(*key, "", actor)
        return actor

    naive = probe_api(settled, settings)
    naive.dependency_overrides[current_person] = look_first
    answers = await at_once(naive, 10)

    assert [answer.status_code for answer in answers] == [201] * 10
    assert await probes_in(settled) == 10


@pytest.mark.usefixtures("settled_probes")
async def test_while_the_first_still_runs_the_second_is_told_so(
    settled: Database, settings: Settings
) -> None:
    gate = Gate()
    gate.opened.clear()
    async with client_of(probe_api(settled, settings, gate=gate)) as client:
        first = asyncio.create_task(make(client))
        await gate.reached.wait()

        second = await make(client)
        other_body = await make(client, "Two")
        somebody_else = asyncio.create_task(make(client, **{"X-Person": "bob"}))
        gate.opened.set()
        made = await first
        again = await make(client)

    assert problem(second) == (409, "idempotency_in_progress")
    assert second.headers["retry-after"] == "1"
    assert problem(other_body) == (409, "idempotency_in_progress")
    assert (await somebody_else).status_code == 201
    assert (again.content, again.headers["idempotency-replayed"]) == (made.content, "true")
    assert await probes_in(settled) == 2
