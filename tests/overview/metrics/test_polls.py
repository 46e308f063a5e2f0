"""Whoever polls is told that nothing changed by one statement that counts nothing."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

import httpx
import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import refused
from tests.counting import statements
from tests.grant_walks import Funding
from tests.journeys import Json, Network
from tests.people.identity.people import People, Person
from tests.sizes import examples

AGGREGATE: Final = re.compile(r"\b(count|sum|max|min|avg|bool_or|bool_and|array_agg)\(|GROUP BY")
FACT: Final = re.compile(r"FROM (milestones|activity|attendance_evidence|postings)\b")
"""Tables that grow with the history."""


def paths(funding: Funding) -> Mapping[str, str]:
    cohort, programme = funding.cohort["id"], funding.network.programme_id
    past = "until=2026-03-01T00:00:00Z"
    return {
        "cohort": f"/cohorts/{cohort}/metrics",
        "programme": f"/programmes/{programme}/metrics",
        "collaboration": f"/collaborations/{funding.team.id}/metrics",
        "past": f"/cohorts/{cohort}/metrics?as_of=2026-03-01T00:00:00Z",
        "earlier": f"/cohorts/{cohort}/metrics?as_of=2026-02-01T00:00:00Z",
        "series": f"/cohorts/{cohort}/metrics/series?{past}",
        "series of one": f"/cohorts/{cohort}/metrics/series?{past}&key=fill",
        "series of a programme": f"/programmes/{programme}/metrics/series?{past}",
        "comparison": f"/programmes/{programme}/metrics/cohorts",
    }


async def poll(who: Person, client: httpx.AsyncClient, path: str, tag: str) -> httpx.Response:
    return await client.get(f"/v1{path}", headers={**who.headers, "If-None-Match": tag})


async def test_a_poll_is_one_statement_without_an_aggregate(funding: Funding) -> None:
    client, who = funding.network.client, funding.manager
    for name, path in paths(funding).items():
        first = await client.get(f"/v1{path}", headers=who.headers)
        assert first.headers["cache-control"] == "private, no-cache", name
        tag = first.headers["etag"]
        assert re.fullmatch(r'"\d+-[0-9a-f]{16}"', tag), name
        with statements() as sent:
            for _ in range(examples(30)):
                answer = await poll(who, client, path, tag)
                assert (answer.status_code, answer.content) == (304, b""), name
                assert answer.headers["etag"] == tag
                assert answer.headers["cache-control"] == "private, no-cache"
        assert len(sent) == examples(30), name
        [said] = set(sent)
        assert not AGGREGATE.search(said), said
        assert not FACT.search(said), said


async def test_a_table_is_polled_as_its_figures_are(funding: Funding) -> None:
    """With a tag of its own, at either address, with the mark of Excel and without; and of nothing
    that changed nothing is counted."""
    client, who = funding.network.client, funding.manager
    for name, path in paths(funding).items():
        told = await client.get(f"/v1{path}", headers=who.headers)
        where, _, query = path.partition("?")
        exported = f"{where}/export?{query}"
        first = await client.get(f"/v1{exported}", headers=who.headers)
        again = await client.get(f"/v1{path}{'&' if query else '?'}format=csv", headers=who.headers)
        marked = await client.get(f"/v1{exported}&bom=true", headers=who.headers)
        assert first.headers["content-type"].startswith("text/csv"), name
        tag = first.headers["etag"]
        assert re.fullmatch(r'"\d+-[0-9a-f]{16}"', tag), name
        assert (again.text, again.headers["etag"]) == (first.text, tag), name
        tags = {tag, told.headers["etag"], marked.headers["etag"]}
        assert len(tags) == 3, "what has other bytes has another tag"
        with statements() as sent:
            answer = await poll(who, client, exported, tag)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        assert answer.headers["cache-control"] == "private, no-cache"
        [said] = sent
        assert not AGGREGATE.search(said), said
        assert not FACT.search(said), said
        other = await poll(
            who, client, exported, f"{told.headers['etag']}, {marked.headers['etag']}"
        )
        assert (other.status_code, other.text) == (200, first.text), name


async def test_a_table_is_counted_by_as_many_statements_as_its_figures(funding: Funding) -> None:
    client, who = funding.network.client, funding.manager
    for name, path in paths(funding).items():
        where, _, query = path.partition("?")
        with statements() as of_figures:
            await client.get(f"/v1{path}", headers=who.headers)
        with statements() as of_table:
            await client.get(f"/v1{where}/export?{query}", headers=who.headers)
        assert of_table == of_figures, name


async def test_a_fact_changes_the_tag_of_a_table(funding: Funding) -> None:
    client, who = funding.network.client, funding.manager
    path = f"/collaborations/{funding.team.id}/metrics/export"
    first = await client.get(f"/v1{path}", headers=who.headers)
    await _data_set(funding)
    later = await poll(who, client, path, first.headers["etag"])
    assert later.status_code == 200
    assert later.text != first.text
    assert later.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("name", ["cohort", "programme", "collaboration"])
async def test_the_tag_is_that_of_what_it_was_asked_of(funding: Funding, name: str) -> None:
    """No tag of one address stands at another, nor of the whole for a part."""
    client, who, all_of_them = funding.network.client, funding.manager, paths(funding)
    tags = {
        path: (await client.get(f"/v1{path}", headers=who.headers)).headers["etag"]
        for path in all_of_them.values()
    }
    assert len(set(tags.values())) == len(tags)
    mine = all_of_them[name]
    theirs = ", ".join(tag for path, tag in tags.items() if path != mine)
    answer = await poll(who, client, mine, theirs)
    assert answer.status_code == 200
    assert answer.json()["metrics"]
    assert (await poll(who, client, mine, f"{theirs}, W/{tags[mine]}")).status_code == 304
    asked = await client.head(f"/v1{mine}", headers={**who.headers, "If-None-Match": tags[mine]})
    assert asked.status_code == 304


async def _data_set(funding: Funding) -> Json:
    said = {"name": "Tide gauges", "access": "open", "licence": "CC-BY-4.0"}
    path = f"/collaborations/{funding.team.id}/data-sets"
    return await funding.network.done(funding.lead, path, said)


async def test_the_day_and_what_is_due_change_the_tag(funding: Funding, clock: FixedClock) -> None:
    """A minute changes nothing; the day does where it counts, and of a cohort the instant at which
    a milestone is due."""
    grant = await funding.grant("active")
    first = (await funding.milestones(grant))[0]
    client, who, all_of_them = funding.network.client, funding.manager, paths(funding)

    async def read(name: str) -> httpx.Response:
        headers = (await funding.network.headers(who)).items()
        return await client.get(f"/v1{all_of_them[name]}", headers=dict(headers))

    def due(answer: httpx.Response) -> int:
        [one] = [one for one in answer.json()["metrics"] if one["key"] == "milestones_on_time"]
        return one["denominator"]

    at_nine = {name: await read(name) for name in ("cohort", "programme", "collaboration")}
    clock.advance(timedelta(minutes=1))
    for name, before in at_nine.items():
        assert (await read(name)).headers["etag"] == before.headers["etag"]
    clock.advance(timedelta(days=1))
    by_day = {name: (await read(name)).headers["etag"] for name in at_nine}
    changed = {name for name, tag in by_day.items() if tag != at_nine[name].headers["etag"]}
    assert changed == {"programme", "collaboration"}
    due_at = clock.now().fromisoformat(first["due_at"])
    clock.set(due_at - timedelta(seconds=1))
    before = await read("cohort")
    clock.advance(timedelta(seconds=1))
    after = await read("cohort")
    assert (due(before), due(after)) == (0, 1)
    assert before.headers["etag"] != after.headers["etag"]


async def test_permissions_change_what_is_compared(
    funding: Funding, network: Network, people: People
) -> None:
    """Another cohort is told of to whoever was given a role there; to whom it was taken from,
    nothing is told."""
    second = await network.cohort(reference="PLN-C2", name="Cohort 2")
    someone = await people.person("Some One", (Role.COORDINATOR, UUID(funding.cohort["id"])))
    path = f"/programmes/{network.programme_id}/metrics/cohorts"
    first = await network.client.get(f"/v1{path}", headers=someone.headers)
    tag = first.headers["etag"]
    assert (await poll(someone, network.client, path, tag)).status_code == 304
    role = {
        "account_id": str(someone.account_id),
        "role": "coordinator",
        "scope_id": second["id"],
    }
    given = await network.done(network.manager, "/role-assignments", role)
    more = await poll(someone, network.client, path, tag)
    assert more.status_code == 200
    assert {one["cohort"]["id"] for one in more.json()["items"]} == {
        funding.cohort["id"],
        second["id"],
    }
    await network.done(network.manager, f"/role-assignments/{given['id']}/end")
    assert (await poll(someone, network.client, path, tag)).status_code == 304
    mine = f"/cohorts/{second['id']}/metrics"
    assert refused(
        await poll(someone, network.client, mine, more.headers["etag"]), "cohort_not_found", 404
    )


async def test_a_fact_elsewhere_changes_the_tag_of_what_it_counts_in(funding: Funding) -> None:
    """What nobody does in the cohort: a data set of a member, and its people."""
    client, who, all_of_them = funding.network.client, funding.manager, paths(funding)
    tags = {
        name: (await client.get(f"/v1{path}", headers=who.headers)).headers["etag"]
        for name, path in all_of_them.items()
    }

    async def stale() -> set[str]:
        return {
            name
            for name, path in all_of_them.items()
            if (await poll(who, client, path, tags[name])).status_code == 200
        }

    assert await stale() == set()
    await _data_set(funding)
    assert await stale() == {"collaboration"}, "it names no programme"
    await funding.network.people.person("Newcomer", (Role.COLLABORATION_MEMBER, funding.team.id))
    assert await stale() == set(all_of_them)
