"""The figures of a cohort are kept when it closes, and are not counted again."""

import csv
import io
from unittest.mock import ANY

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.db import Database
from app.people.identity.roles import Role
from tests.answers import refused
from tests.journeys import Json, Network, Team
from tests.people.identity.people import People

WHY = {"reason": "An attendance list came late."}


async def closed(network: Network) -> tuple[Json, Team, Json]:
    """A cohort of one member that completed."""
    cohort = await network.cohort("recruiting")
    team = await network.team()
    membership = await network.membership(cohort, team, "accepted")
    cohort = await network.walk_cohort(cohort, "confirmed")
    for step in ("onboard", "activate"):
        await network.done(network.coordinator, f"/memberships/{membership['id']}/{step}")
    path = f"/cohorts/{cohort['id']}"
    for step in ("start", "wrap-up"):
        await network.done(network.coordinator, f"{path}/{step}")
    await network.done(network.coordinator, f"/memberships/{membership['id']}/complete")
    cohort = await network.done(network.coordinator, f"{path}/close")
    return cohort, team, membership


async def test_what_was_told_when_it_closed_stays(network: Network) -> None:
    cohort, team, membership = await closed(network)
    path = f"/cohorts/{cohort['id']}"
    told = await network.seen(network.manager, f"{path}/metrics")
    first = await network.seen(network.manager, f"{path}/metrics/snapshots/1")
    assert first == {
        "cohort": told["cohort"],
        "number": 1,
        "taken_at": ANY,
        "metrics": told["metrics"],
    }
    assert {one["key"]: one["value"] for one in first["metrics"]}["completion"] == 1.0

    await network.done(network.manager, f"{path}/reopen", WHY)
    back = f"/memberships/{membership['id']}/reinstate"
    await network.done(network.manager, back, WHY)
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    await network.done(team.lead, f"/memberships/{membership['id']}/withdraw", leaving)
    assert await network.seen(network.manager, f"{path}/metrics/snapshots/1") == first
    now = await network.seen(network.manager, f"{path}/metrics")
    assert now["metrics"] != first["metrics"]
    await network.done(network.manager, f"{path}/close")
    second = await network.seen(network.manager, f"{path}/metrics/snapshots/2")
    assert second["metrics"] == (await network.seen(network.manager, f"{path}/metrics"))["metrics"]
    assert await network.seen(network.manager, f"{path}/metrics/snapshots/1") == first

    def taken(one: Json) -> Json:
        return {name: value for name, value in one.items() if name != "metrics"}

    listed = await network.seen(network.manager, f"{path}/metrics/snapshots?include_total=true")
    assert listed == {
        "items": [taken(second), taken(first)],
        "next_cursor": None,
        "total_count": 2,
    }
    page = await network.seen(network.manager, f"{path}/metrics/snapshots?limit=1")
    assert page["items"] == [taken(second)]
    rest = f"{path}/metrics/snapshots?limit=1&cursor={page['next_cursor']}"
    assert (await network.seen(network.manager, rest))["items"] == [taken(first)]


async def test_a_snapshot_as_a_table(network: Network, client: httpx.AsyncClient) -> None:
    cohort, _, _ = await closed(network)
    path = f"/v1/cohorts/{cohort['id']}/metrics/snapshots/1"
    kept = (await client.get(path, headers=network.manager.headers)).json()
    for address in (f"{path}?format=csv", f"{path}/export"):
        answer = await client.get(address, headers=network.manager.headers)
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [row["key"] for row in rows] == [one["key"] for one in kept["metrics"]]
        [fill] = [row for row in rows if row["key"] == "fill"]
        assert {name: fill[name] for name in ("cohort_reference", "number", "value")} == {
            "cohort_reference": cohort["reference"],
            "number": "1",
            "value": "0.2",
        }


async def test_there_is_none_before_a_cohort_closes(network: Network, people: People) -> None:
    cohort = await network.cohort("recruiting")
    path = f"/v1/cohorts/{cohort['id']}/metrics/snapshots"
    get = network.client.get
    listed = await get(path, headers=network.manager.headers)
    assert listed.json() == {"items": [], "next_cursor": None, "total_count": None}
    for number in ("/1", "/9999"):
        answer = await get(f"{path}{number}", headers=network.manager.headers)
        assert refused(answer, "metric_snapshot_not_found", 404)
    observer = await people.person("Ob Server", (Role.OBSERVER, network.programme_id))
    assert (await get(path, headers=observer.headers)).status_code == 200
    stranger = await people.person("Stranger Danger")
    assert refused(await get(path, headers=stranger.headers), "cohort_not_found", 404)
    reviewer = await people.person("Rev Iewer", (Role.REVIEWER, network.programme_id))
    for address in (path, f"{path}/1"):
        answer = await get(address, headers=reviewer.headers)
        assert refused(answer, "not_allowed", 403, permission="metrics.read")


async def test_the_database_keeps_it(network: Network, database: Database) -> None:
    await closed(network)
    async with database.transaction() as db:
        for change in (
            "UPDATE metric_snapshots SET figures = '[]'",
            "DELETE FROM metric_snapshots",
        ):
            with pytest.raises(DBAPIError):
                async with db.begin_nested():
                    await db.execute(text(change))
