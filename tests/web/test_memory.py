"""However many requests are answered, what the process keeps stays the same."""

import gc
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import httpx
import pytest

from app.kernel.db import Database
from app.main import create_app
from app.settings import Settings
from tests import sizes
from tests.journeys import Network
from tests.people.identity.people import People
from tests.transport import Transport

WARMING = 240
"""Until caches of what is asked again and again are full."""


@dataclass(frozen=True)
class Asked:
    """A request, and how it is answered."""

    method: str
    path: str
    status: int
    is_signed: bool = True
    body: dict[str, str] | None = None


@pytest.fixture
async def client(settled: Database, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """One that keeps no record of what it was answered."""
    gc.freeze()  # what other tests left is looked at no more
    app = create_app(settings, clock=settled.clock, database=settled)
    transport = Transport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


async def everything(network: Network) -> Sequence[Asked]:
    """Reads, lists, a write, and each kind of refusal."""
    cohort = await network.cohort()
    path = f"/v1/cohorts/{cohort['id']}"
    return (
        Asked("GET", "/v1/me", 200),
        Asked("GET", path, 200),
        Asked("HEAD", path, 200),
        Asked("GET", "/v1/cohorts?limit=1&sort=-name", 200),
        Asked("GET", f"{path}/metrics", 200),
        Asked("PATCH", path, 428, body={"name": "Another"}),
        Asked("POST", "/v1/collaborations", 201, body=COLLABORATION),
        Asked("POST", "/v1/collaborations", 422, body={}),
        Asked("GET", "/v1/me", 401, is_signed=False),
        Asked("GET", "/v1/nowhere", 404, is_signed=False),
        Asked("PUT", "/v1/me", 405),
        Asked("GET", f"{path}?odd=1", 422),
    )


COLLABORATION = {"name": "Lamp posts", "challenge": "Which are out?", "origin": "network_member"}


def kept() -> int:
    """How many pieces of memory are in use, once what nobody refers to is swept away."""
    for _ in range(3):
        gc.collect()
    return sys.getallocatedblocks()


async def grown(
    client: httpx.AsyncClient,
    network: Network,
    asked: Sequence[Asked],
    count: int,
    look: Callable[[httpx.Response], None],
) -> float:
    """How many pieces more are kept for each request, of `count` after some to warm up with.

    They are asked in three parts, of which the best counts: a cache fills once, a leak always.
    """
    headers = dict(await network.headers(network.coordinator))

    async def ask(times: int) -> None:
        for number in range(times):
            one = asked[number % len(asked)]
            answer = await client.request(
                one.method, one.path, json=one.body, headers=headers if one.is_signed else {}
            )
            assert answer.status_code == one.status, (one, answer.text)
            look(answer)

    await ask(WARMING)
    part, after = count // 3, [kept()]
    for _ in range(3):
        await ask(part)
        after.append(kept())
    return min(later - earlier for earlier, later in pairwise(after)) / part


@pytest.fixture
async def network(settled_client: httpx.AsyncClient, settled_people: People) -> Network:
    return await Network.begin(settled_client, settled_people)


@pytest.mark.timeout(3600)
async def test_memory_is_flat(client: httpx.AsyncClient, network: Network) -> None:
    """A hundred thousand requests in a soak."""
    count = 480 if sizes.chosen().records else 100_000
    assert gc.get_freeze_count() > 0
    asked = await everything(network)
    assert await grown(client, network, asked, count, lambda _answer: None) < 0.5


async def test_what_each_request_leaves_behind_is_seen(
    client: httpx.AsyncClient, network: Network
) -> None:
    """The planted fault: what was asked is remembered; of requests that ask no database."""
    remembered: list[str] = []

    def remember(answer: httpx.Response) -> None:
        remembered.append(f"{answer.headers['x-request-id']} was here")

    cheap = [one for one in await everything(network) if one.path == "/v1/nowhere"]
    assert await grown(client, network, cheap, 500, remember) > 0.9
    assert await grown(client, network, cheap, 500, lambda _answer: None) < 0.1
