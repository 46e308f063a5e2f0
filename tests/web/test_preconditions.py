"""A write says what it is based on; a read says what is held already."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.db import Database
from app.settings import Settings
from app.web.preconditions import etag
from tests.web.probe_api import client_of, probe_api


@pytest.fixture
async def client(
    database: Database, settings: Settings, probes: None
) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(probe_api(database, settings)) as client:
        yield client


@pytest.fixture
async def made(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/v1/probes", json={"name": "One"})


async def submit(
    client: httpx.AsyncClient, made: httpx.Response, if_match: str | None
) -> httpx.Response:
    headers = {} if if_match is None else {"If-Match": if_match}
    return await client.post(f"/v1/probes/{made.json()['id']}/submit", headers=headers)


def told(answer: httpx.Response) -> tuple[int, str, Any]:
    body = answer.json()
    return answer.status_code, body["code"], body.get("version")


@given(st.one_of(st.none(), st.integers(1, 10**18 - 1)), st.binary())
def test_an_etag_is_quoted_short_and_says_the_version(version: int | None, body: bytes) -> None:
    tag = etag(version, body)

    assert tag[0] == tag[-1] == '"'
    assert len(tag) <= 37
    assert tag[1:-1].rpartition("-")[0] == ("" if version is None else str(version))
    assert tag != etag(version, body + b"x")


async def test_a_write_that_says_nothing_is_asked_to(
    client: httpx.AsyncClient, made: httpx.Response
) -> None:
    assert told(await submit(client, made, None)) == (428, "precondition_required", None)


async def test_a_stale_write_is_told_the_present_version(
    client: httpx.AsyncClient, made: httpx.Response
) -> None:
    assert (await submit(client, made, made.headers["etag"])).status_code == 200

    stale = await submit(client, made, made.headers["etag"])

    assert told(stale) == (412, "precondition_failed", 2)


@pytest.mark.parametrize(
    "if_match",
    [
        '"1"',
        '"1-0123456789abcdef"',
        'W/"1-00"',
        "*",
        ' "1" ',
        '"7-00", "1-00"',
        '"1","2.5"',
        ",".join(f'"{number}"' for number in range(10)),
    ],
)
async def test_the_version_is_what_counts(
    client: httpx.AsyncClient, made: httpx.Response, if_match: str
) -> None:
    """A body that differs by `available_actions` alone, or was compressed, is no other version."""
    assert (await submit(client, made, if_match)).status_code == 200


async def test_several_lines_are_one_list(client: httpx.AsyncClient, made: httpx.Response) -> None:
    path = f"/v1/probes/{made.json()['id']}"
    tag = (await client.get(path)).headers["etag"]
    lines = [("If-None-Match", '"7"'), ("If-None-Match", tag)]
    assert (await client.get(path, headers=lines)).status_code == 304

    lines = [("If-Match", '"7"'), ("If-Match", '"1"')]
    assert (await client.post(f"{path}/submit", headers=lines)).status_code == 200
    assert told(await client.post(f"{path}/submit", headers=lines))[:2] == (
        412,
        "precondition_failed",
    )


async def test_none_of_several_is_stale(client: httpx.AsyncClient, made: httpx.Response) -> None:
    assert told(await submit(client, made, '"2", "3-00"')) == (412, "precondition_failed", 1)


@pytest.mark.parametrize(
    "if_match",
    [
        "",
        "1",
        '"one"',
        '"-1"',
        '""',
        '"1", two',
        '"1",',
        '"1", *',
        ",".join(['"1"'] * 11),
        '"1"x',
        '"1-G"',
        '"9999999999999999999"',
        "," * 2_000,
    ],
)
async def test_what_is_no_etag_is_malformed(
    client: httpx.AsyncClient, made: httpx.Response, if_match: str
) -> None:
    answer = await submit(client, made, if_match)

    assert told(answer) == (400, "malformed_request", None)
    assert answer.json()["errors"] == [
        {"pointer": "#/header/If-Match", "code": "etag_unknown", "detail": 'Such as "3-9f86d081".'}
    ]
    read = await client.get(f"/v1/probes/{made.json()['id']}")
    assert read.json() == made.json()


async def test_who_holds_the_body_is_not_sent_it_again(
    client: httpx.AsyncClient, made: httpx.Response
) -> None:
    path = f"/v1/probes/{made.json()['id']}"
    read = await client.get(path)
    tag = read.headers["etag"]
    assert tag == etag(1, read.content)

    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await client.get(path, headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "private, no-cache"
        assert "content-type" not in again.headers

    for held in ('"1"', tag.strip('"'), '"other"'):
        assert (await client.get(path, headers={"If-None-Match": held})).content == read.content


async def test_a_change_makes_another_etag(client: httpx.AsyncClient, made: httpx.Response) -> None:
    await submit(client, made, "*")

    read = await client.get(
        f"/v1/probes/{made.json()['id']}", headers={"If-None-Match": made.headers["etag"]}
    )

    assert (read.status_code, read.json()["status"]) == (200, "open")
    assert read.headers["etag"].startswith('"2-')


async def test_if_none_match_means_nothing_to_a_write(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/probes", json={"name": "One"}, headers={"If-None-Match": "*"})

    assert (answer.status_code, answer.json()["name"]) == (201, "One")
