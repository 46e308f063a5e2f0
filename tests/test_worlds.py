"""What is remembered of a walk is what walking leads to, and nobody leaves anything there."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from app.kernel.clock import FixedClock
from app.main import create_app
from app.settings import Settings
from tests.conftest import client_of
from tests.journeys import Json, Network
from tests.people.identity.people import People
from tests.server import Urls, WorldServer
from tests.worlds import Worlds, remembered, remembered_at_once

Visit = Callable[[], AbstractAsyncContextManager[Network]]

walked: list[str] = []
"""What was walked and not remembered, in order."""


@remembered
async def recruiting(network: Network, name: str) -> Json:
    walked.append(name)
    return await network.cohort("recruiting", name=name)


@remembered_at_once
async def long(network: Network, name: str) -> Json:
    walked.append(name)
    return await network.cohort("recruiting", name=name)


@pytest.fixture(autouse=True)
def nothing_walked() -> None:
    walked.clear()


@pytest.fixture
async def fresh(urls: Urls, template: str, worker_database: str) -> AsyncIterator[Worlds]:
    """Worlds that nobody has been to."""
    name = f"{worker_database}_fresh"
    server = WorldServer(urls)
    server.copy(name, template)
    worlds = Worlds(server, name)
    yield worlds
    await worlds.dispose()
    server.drop(name)


@pytest.fixture
def visit(fresh: Worlds, clock: FixedClock, settings: Settings) -> Visit:
    return lambda: visiting(fresh, clock, settings)


@asynccontextmanager
async def visiting(worlds: Worlds, clock: FixedClock, settings: Settings) -> AsyncIterator[Network]:
    """What a test does: it begins in the empty world, and gives up whatever it has written."""
    database = await worlds.begin(clock)
    try:
        async with client_of(create_app(settings, clock=clock, database=database)) as client:
            yield await Network.begin(client, People(database, settings))
    finally:
        await database.leave()


async def seen(network: Network, cohort: Json) -> Json:
    return await network.seen(network.manager, f"/cohorts/{cohort['id']}")


async def rename(network: Network, cohort: Json, name: str) -> Json:
    headers = {**network.coordinator.headers, "If-Match": "*"}
    path = f"/v1/cohorts/{cohort['id']}"
    answer = await network.client.patch(path, json={"name": name}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_walk_is_kept_from_the_second_time_in_each_kept_world(visit: Visit) -> None:
    found: list[Any] = []
    for _ in range(5):
        async with visit() as network:
            cohort = await recruiting(network, "One")
            assert await seen(network, cohort) == cohort
            found.append((cohort, network.programme_id, network.coordinator))
    assert walked == ["One", "One", "One"]
    assert found[0] != found[2] == found[3] == found[4]


async def test_a_long_walk_is_kept_from_the_first_time(visit: Visit) -> None:
    found: list[Json] = []
    for _ in range(4):
        async with visit() as network:
            found.append(await long(network, "One"))
            assert await seen(network, found[-1]) == found[-1]
    assert walked == ["One", "One"]  # at first the way to where it begins was not kept
    assert found[0] != found[1] == found[2] == found[3]


async def test_what_a_test_changes_there_is_undone(visit: Visit) -> None:
    for _ in range(4):
        async with visit() as network:
            cohort = await recruiting(network, "One")
            assert (await seen(network, cohort))["name"] == "One"
            await rename(network, cohort, "Another")
            assert (await seen(network, cohort))["name"] == "Another"


async def test_one_that_kept_what_it_wrote_would_be_found_out(visit: Visit) -> None:
    """Planted: a test that commits what it wrote, into the world of the others."""
    for _ in range(3):
        async with visit() as network:
            await recruiting(network, "One")
    async with visit() as network:
        await rename(network, await recruiting(network, "One"), "Another")
        await network.people.database.connection.commit()
    async with visit() as network:
        assert (await seen(network, await recruiting(network, "One")))["name"] == "Another"


async def test_who_has_written_walks(visit: Visit) -> None:
    for _ in range(3):
        async with visit() as network:
            await rename(network, await network.cohort(reference="OWN"), "My own")
            cohort = await recruiting(network, "One")
            assert await seen(network, cohort) == cohort
    assert walked == ["One", "One", "One"]


async def test_other_walks_lead_elsewhere(visit: Visit, clock: FixedClock) -> None:
    for name in ("One", "Two", "One"):
        async with visit() as network:
            assert (await recruiting(network, name))["name"] == name
    clock.advance(timedelta(days=1))
    async with visit() as network:
        assert (await recruiting(network, "One"))["created_at"].startswith("2026-03-03")
    assert walked == ["One", "Two", "One", "One"]


async def test_a_walk_that_fails_is_walked_anew(visit: Visit) -> None:
    for _ in range(2):
        with pytest.raises(AssertionError, match="validation"):
            async with visit() as network:
                await recruiting(network, "")
    assert walked == ["", ""]


async def test_remembered_or_walked_it_is_the_same(
    visit: Visit, fresh: Worlds, clock: FixedClock, settings: Settings, urls: Urls
) -> None:
    found: list[Json] = []
    walking = Worlds(WorldServer(urls), fresh._empty.name, walk=True)
    for begin in (visit, visit, visit, visit, lambda: visiting(walking, clock, settings)):
        async with begin() as network:
            cohort = await recruiting(network, "One")
            page = await network.seen(network.manager, "/activity?limit=200")
            found.append({"cohort": plain(cohort), "activity": plain(page["items"])})
    await walking.dispose()
    assert walked == ["One"] * 4
    for one in found[1:]:
        assert one == found[0]
    assert len(found[0]["activity"]) == 3


def plain(told: Any) -> Any:
    """A body without what differs from one walk to the next: ids, positions (their sequence is not
    rolled back), and when it really was."""
    if isinstance(told, dict):
        other = ("id", "href", "position", "recorded_at")
        return {key: plain(one) for key, one in told.items() if not key.endswith(other)}
    return [plain(one) for one in told] if isinstance(told, list) else told
