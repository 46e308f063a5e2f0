"""Targets of metrics: set, measured, changed, taken back, over HTTP."""

import csv
import io
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import httpx
import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.counting import statements
from tests.grant_walks import Funding
from tests.journeys import Json, Network
from tests.people.identity.people import People

WHY = {"reason": "The funder asks for another figure."}
FILL = {"metric": "fill", "value": 0.8, "due_on": "2026-03-31"}
UP_TO_TEN = FILL | {"comparator": "at_most", "value": 1}


async def set_for(network: Network, cohort: Json, **wanted: Any) -> Json:
    path = f"/cohorts/{cohort['id']}/metric-targets"
    return await network.done(network.coordinator, path, FILL | wanted)


async def members(network: Network, cohort: Json, *numbers: int) -> None:
    for number in numbers:
        await network.membership(cohort, await network.team(number), "accepted")


async def test_a_target_follows_its_metric(network: Network, clock: FixedClock) -> None:
    """Four of five places by the end of March, set on its second: after fifteen of twenty-nine days
    0.41 is expected; one place is 0.2, three are 0.6, four are met."""
    cohort = await network.cohort("recruiting")
    await members(network, cohort, 1)
    made = await set_for(network, cohort)
    programme = await network.seen(network.manager, f"/programmes/{network.programme_id}")
    assert made == {
        "id": ANY,
        "programme": {name: programme[name] for name in ("id", "reference", "name")},
        "cohort": {name: cohort[name] for name in ("id", "reference", "name")},
        "metric": "fill",
        "dimension": None,
        "unit": "share",
        "comparator": "at_least",
        "value": 0.8,
        "baseline": 0.0,
        "starts_on": "2026-03-02",
        "due_on": "2026-03-31",
        "timezone": "Europe/London",
        "withdrawn_at": None,
        "as_of": None,
        "measured": 0.2,
        "null_code": None,
        "numerator": 1,
        "denominator": 5,
        "share": 0.25,
        "expected": 0.0,
        "standing": "on_track",
        "is_on_track": True,
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    path = f"/metric-targets/{made['id']}"

    async def stands() -> tuple[str, float, float]:
        told = await network.seen(network.manager, path)
        assert told["is_on_track"] is (told["standing"] in ("met", "on_track"))
        return told["standing"], told["measured"], told["expected"]

    clock.advance(timedelta(days=15))
    assert await stands() == ("behind", 0.2, 0.413793)
    await members(network, cohort, 2, 3)
    assert await stands() == ("on_track", 0.6, 0.413793)
    clock.advance(timedelta(days=20))
    told = await network.seen(network.manager, path)
    assert (told["standing"], told["as_of"]) == ("missed", "2026-03-31T23:00:00.000000Z")
    await members(network, cohort, 4, 5)
    assert await stands() == ("missed", 0.6, 0.8), "what came later does not count"


async def test_a_ceiling_is_kept_or_broken(funding: Funding) -> None:
    """All five places of five are within, the sixth by an override is a breach."""
    network, cohort = funding.network, funding.cohort
    ceiling = await set_for(network, cohort, **UP_TO_TEN)
    assert (ceiling["comparator"], ceiling["standing"]) == ("at_most", "within")
    await members(network, cohort, 2, 3, 4, 5)
    full = await network.seen(network.manager, f"/metric-targets/{ceiling['id']}")
    assert (full["measured"], full["standing"], full["is_on_track"]) == (1.0, "within", True)
    team = await network.team(6)
    await network.membership(cohort, team, "accepted", override_reason="One more brings the data.")
    over = await network.seen(network.manager, f"/metric-targets/{ceiling['id']}")
    assert (over["measured"], over["standing"], over["is_on_track"]) == (1.2, "exceeded", False)
    assert over["expected"] == 1.0


async def test_of_what_nothing_is_measured_nothing_stands(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    none = await set_for(network, cohort, metric="review_time", value=10)
    assert (none["comparator"], none["unit"]) == ("at_most", "days")
    assert {name: none[name] for name in ("measured", "null_code", "share", "standing")} == {
        "measured": None,
        "null_code": "no_denominator",
        "share": None,
        "standing": None,
    }
    later = await set_for(network, cohort, starts_on="2026-03-10")
    assert (later["measured"], later["standing"], later["is_on_track"]) == (0.0, None, None)
    money = {"metric": "committed_money", "dimension": "GBP", "comparator": "at_least"}
    spent = await set_for(network, cohort, **money, value=100_000)
    assert (spent["unit"], spent["measured"], spent["standing"]) == ("money", None, None)


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"metric": "collaborations_launched"}, "/metric"),
        ({"dimension": "GBP"}, "/dimension"),
        ({"metric": "committed_money", "comparator": "at_least"}, "/dimension"),
        ({"metric": "committed_money", "dimension": "ZZZ", "comparator": "at_least"}, "/dimension"),
        ({"metric": "committed_money", "dimension": "GBP"}, "/comparator"),
        ({"metric": "trust_change", "comparator": "at_least"}, "/metric"),
        ({"metric": "tie_density", "dimension": "GBP", "comparator": "at_least"}, "/metric"),
        ({"value": 80}, "/value"),
        ({"baseline": 40}, "/baseline"),
    ],
)
async def test_a_target_fits_its_metric(network: Network, wanted: Json, pointer: str) -> None:
    cohort = await network.cohort("recruiting")
    path = f"/v1/cohorts/{cohort['id']}/metric-targets"
    body, headers = FILL | wanted, network.coordinator.headers
    answer = await network.client.post(path, json=body, headers=headers)
    [fault] = answer.json()["errors"]
    assert refused(answer, "target_unfit", 422, errors=[fault])
    assert fault == {"pointer": pointer, "code": "target_unfit", "detail": ANY}


async def test_a_target_is_set_once_and_changed_or_withdrawn(
    network: Network, client: httpx.AsyncClient
) -> None:
    cohort = await network.cohort("recruiting")
    made = await set_for(network, cohort)
    who = network.coordinator.headers
    path = f"/v1/cohorts/{cohort['id']}/metric-targets"
    again = await client.post(path, json=FILL, headers=who)
    assert refused(again, "metric_target_taken", 409)
    backwards = FILL | {"starts_on": "2026-04-01"}
    answer = await client.post(path, json=backwards, headers=who)
    assert refused(
        answer,
        "metric_target_dates_reversed",
        422,
        errors=[{"pointer": "/due_on", "code": "metric_target_dates_reversed", "detail": ANY}],
    )

    mine = f"/v1/metric-targets/{made['id']}"
    stale = await client.patch(mine, json={"value": 1}, headers={**who, "If-Match": '"7"'})
    assert refused(stale, "precondition_failed", 412, version=1)
    asked = {"value": 1, "due_on": "2026-04-30"}
    percent = await client.patch(mine, json={"value": 80}, headers={**who, "If-Match": '"1"'})
    assert percent.json()["errors"] == [
        {"pointer": "/value", "code": "target_unfit", "detail": ANY}
    ]
    edited = await client.patch(mine, json=asked, headers={**who, "If-Match": '"1"'})
    changed = {"value": 1.0, "due_on": "2026-04-30", "version": 2, "share": 0.0}
    assert edited.json() == made | changed | {"updated_at": ANY}
    await set_for(network, cohort)
    clash = await client.patch(
        mine, json={"due_on": "2026-03-31"}, headers={**who, "If-Match": "*"}
    )
    assert refused(clash, "metric_target_taken", 409)

    gone = await client.post(f"{mine}/withdraw", json=WHY, headers=who)
    nothing = {"measured": None, "standing": None, "is_on_track": None, "share": None}
    assert gone.json() == edited.json() | nothing | {
        "withdrawn_at": ANY,
        "numerator": 0,
        "denominator": 0,
        "version": 3,
        "updated_at": ANY,
    }
    for answer in (
        await client.post(f"{mine}/withdraw", json=WHY, headers=who),
        await client.patch(mine, json={"value": 1}, headers={**who, "If-Match": "*"}),
    ):
        assert refused(answer, "metric_target_withdrawn", 409)
    history = (await client.get(f"{mine}/history", headers=who)).json()["items"]
    assert [one["verb"] for one in history] == [
        "metric_target.created",
        "metric_target.edited",
        "metric_target.withdrawn",
    ]
    assert history[1]["detail"]["value"] == {"from": 0.8, "to": 1.0}


async def test_who_sets_and_who_reads(network: Network, people: People) -> None:
    cohort = await network.cohort("recruiting")
    path, client = f"/v1/cohorts/{cohort['id']}/metric-targets", network.client
    made = await set_for(network, cohort)
    observer = await people.person("Ob Server", (Role.OBSERVER, UUID(cohort["id"])))
    refusal = await client.post(path, json=FILL, headers=observer.headers)
    assert refused(refusal, "not_allowed", 403, permission="metric_target.edit")
    seen = await client.get(f"/v1/metric-targets/{made['id']}", headers=observer.headers)
    assert seen.status_code == 200
    stranger = await people.person("Stranger Danger")
    unseen = await client.get(f"/v1/metric-targets/{made['id']}", headers=stranger.headers)
    assert refused(unseen, "metric_target_not_found", 404)


async def test_all_of_them_in_a_statement_for_each_kind(
    network: Network, client: httpx.AsyncClient
) -> None:
    """Of two cohorts and of their programme; as many statements for one of each as for more."""
    first = await network.cohort("recruiting")
    second = await network.cohort("recruiting", reference="PLN-C2", name="Cohort 2")
    of_programme = f"/programmes/{network.programme_id}/metric-targets"
    on_time = {"metric": "milestones_on_time", "value": 0.9, "due_on": "2026-12-31"}
    whole = await network.done(network.manager, of_programme, on_time)
    assert (whole["cohort"], whole["timezone"]) == (None, "UTC")
    one = await set_for(network, first)
    who = network.manager.headers

    async def listed(query: str = "") -> list[Json]:
        answer = await client.get(f"/v1/metric-targets{query}", headers=who)
        return answer.json()["items"]

    with statements() as few:
        assert [target["id"] for target in await listed()] == [one["id"], whole["id"]]
    two = await set_for(network, second)
    third = await set_for(network, first, metric="acceptance")
    with statements() as more:
        assert await listed() == [one, two, third, whole]
    assert len(few) == len(more)
    assert await listed(f"?cohort_id={second['id']}") == [two]
    assert await listed("?metric=acceptance&metric=milestones_on_time") == [third, whole]
    await network.done(network.coordinator, f"/metric-targets/{two['id']}/withdraw", WHY)
    assert [one["id"] for one in await listed("?is_withdrawn=true")] == [two["id"]]
    page = (await client.get("/v1/metric-targets?limit=2", headers=who)).json()
    rest = await listed(f"?limit=2&cursor={page['next_cursor']}")
    assert [one["id"] for one in (*page["items"], *rest)] == [
        target["id"] for target in (one, two, third, whole)
    ]
    for address in ("/v1/metric-targets?format=csv", "/v1/metric-targets/export"):
        table = (await client.get(address, headers=who)).text
        rows = list(csv.DictReader(io.StringIO(table)))
        assert [row["metric"] for row in rows] == [
            "fill",
            "fill",
            "acceptance",
            "milestones_on_time",
        ]


async def test_an_ended_cohort_takes_none_and_a_cancelled_one_has_none(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    made = await set_for(network, cohort)
    await network.walk_cohort(cohort, "cancelled")
    gone = await network.seen(network.manager, f"/metric-targets/{made['id']}")
    assert gone["withdrawn_at"] is not None
    path = f"/v1/cohorts/{cohort['id']}/metric-targets"
    answer = await network.client.post(path, json=FILL, headers=network.coordinator.headers)
    assert refused(answer, "cohort_ended", 409)


async def test_a_target_of_a_closed_cohort_stays_as_it_was(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    made = await set_for(network, cohort)
    await network.walk_cohort(cohort, "closed")
    path, who = f"/v1/metric-targets/{made['id']}", network.coordinator.headers
    headers = {**who, "If-Match": "*"}
    answer = await network.client.patch(path, json={"value": 0.1}, headers=headers)
    assert refused(answer, "cohort_ended", 409)
    gone = await network.client.post(f"{path}/withdraw", json=WHY, headers=who)
    assert gone.json()["withdrawn_at"] is not None
