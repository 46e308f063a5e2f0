"""The figures of indicators, beside cases that were counted by hand."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.kernel.clock import FixedClock
from tests.answers import refused
from tests.journeys import Network
from tests.network.indicators.outcomes import BAYS, NEXT, OPENED, REACHED, WHY, Outcomes

AT = "%Y-%m-%dT%H:%M:%S.%fZ"


async def test_what_two_open_together_counts_once(outcomes: Outcomes) -> None:
    """The first opened bays and parks, the second bays and bridges: three data sets."""
    opened = await outcomes.indicator()
    assert await outcomes.figures() == {("indicator_distinct", "data_sets_opened"): (0, 0, 0)}
    await outcomes.result(opened, things=[BAYS, "Parks"])
    again = f"{BAYS.replace('https', 'http')}/"
    await outcomes.result(opened, of=1, things=[again, "Bridges"])
    await outcomes.result(opened, of=1, status="submitted", things=["Canals"], **NEXT)
    key = ("indicator_distinct", "data_sets_opened")
    assert await outcomes.figures() == {key: (3, 1, 1)}
    assert await outcomes.figures(outcomes.of_cohort) == {key: (3, 1, 1)}
    assert await outcomes.figures(outcomes.of_team(0)) == {key: (2, 1, 0)}
    assert await outcomes.figures(outcomes.of_team(1)) == {key: (2, 1, 1)}


async def test_sums_are_of_all_periods_or_of_the_latest(outcomes: Outcomes) -> None:
    """50 and 70 people in two periods are 120; 50 users and then 70 are 70."""
    reached = await outcomes.indicator(REACHED)
    users = await outcomes.indicator(REACHED, key="users", reading="to_date")
    for indicator in (reached, users):
        await outcomes.result(indicator, value=50)
        await outcomes.result(indicator, value=70, **NEXT)
        await outcomes.result(indicator, of=1, value=5)
    assert await outcomes.figures() == {
        ("indicator_sum", "people_reached"): (125, 1, 0),
        ("indicator_sum", "users"): (75, 1, 0),
    }


async def test_a_share_weighs_by_its_wholes_and_a_mean_by_how_many(outcomes: Outcomes) -> None:
    """1 of 2 and 9 of 10 are 10 of 12, and not the mean of a half and nine tenths."""
    shared = {**OPENED, "aggregation": "share", "unit": "agreements"}
    signed = await outcomes.indicator(shared, key="signed")
    hours = await outcomes.indicator(OPENED, key="hours", aggregation="mean", unit="hours")
    for indicator in (signed, hours):
        await outcomes.result(indicator, value=1, out_of=2)
        await outcomes.result(indicator, of=1, value=9, out_of=10)
    await outcomes.indicator(shared, key="nothing")
    assert await outcomes.figures() == {
        ("indicator_share", "signed"): (10, 12, 0),
        ("indicator_share", "nothing"): (0, 0, 0),
        ("indicator_mean", "hours"): (10, 12, 0),
    }
    programme_id = outcomes.network.programme_id
    found = await outcomes.network.seen(
        outcomes.network.manager, f"/programmes/{programme_id}/metrics"
    )
    told = {
        one["dimension"]: (one["value"], one["null_code"])
        for one in found["metrics"]
        if one["key"] == "indicator_share"
    }
    assert told == {"nothing": (None, "no_denominator"), "signed": (0.833333, None)}


async def test_what_counted_once_is_not_rewritten(outcomes: Outcomes, clock: FixedClock) -> None:
    """Taken back and returned, its words may change; another number is another result."""
    network, lead = outcomes.network, outcomes.teams[0].lead
    reached = await outcomes.indicator(REACHED)
    made = await outcomes.result(reached, value=50)
    accepted_at = clock.now().strftime(AT)
    clock.advance(timedelta(minutes=5))
    made = await outcomes.move(network.coordinator, made, "reopen", WHY)
    made = await outcomes.move(network.coordinator, made, "return", WHY)
    where = f"/indicator-results/{made['id']}"
    for change in ({"value": 70}, {"period_end_on": "2025-12-30"}, {"narrative": "x", "value": 5}):
        answer = await outcomes.send(lead, "PATCH", where, change, made["version"])
        assert refused(answer, "indicator_result_counted", 409)
    words = {"narrative": "They counted twice.", "value": 50}
    made = await outcomes.done(lead, "PATCH", where, words, made["version"])
    await outcomes.move(lead, made, "withdraw", WHY)
    await outcomes.result(reached, value=70)
    key = ("indicator_sum", "people_reached")
    assert await outcomes.figures(query=f"?as_of={accepted_at}") == {key: (50, 1, 0)}
    assert await outcomes.figures() == {key: (70, 1, 0)}


async def test_groups_are_told_apart_and_together(outcomes: Outcomes) -> None:
    reached = await outcomes.indicator(REACHED, groups=["health", "mobility"])
    await outcomes.result(reached, group="health", value=10)
    await outcomes.result(reached, group="mobility", value=20)
    await outcomes.result(reached, of=1, group="mobility", value=30)
    assert await outcomes.figures() == {
        ("indicator_sum", "people_reached"): (60, 1, 0),
        ("indicator_sum", "people_reached:health"): (10, 1, 0),
        ("indicator_sum", "people_reached:mobility"): (50, 1, 0),
    }
    assert (await outcomes.figures(outcomes.of_team(1)))[
        "indicator_sum", "people_reached:health"
    ] == (0, 0, 0)


async def test_what_was_corrected_counted_until_then(outcomes: Outcomes, clock: FixedClock) -> None:
    reached = await outcomes.indicator(REACHED)
    first = await outcomes.result(reached, value=500)
    before = clock.now().strftime(AT)
    known_at = datetime.now(UTC).strftime(AT)
    clock.advance(timedelta(days=2))
    later = await outcomes.result(reached, value=50, corrects_id=first["id"])
    key = ("indicator_sum", "people_reached")
    assert await outcomes.figures() == {key: (50, 1, 0)}
    assert await outcomes.figures(query=f"?as_of={before}") == {key: (500, 1, 0)}
    assert await outcomes.figures(query=f"?known_at={known_at}") == {key: (500, 1, 0)}
    clock.advance(timedelta(days=2))
    await outcomes.move(outcomes.network.manager, later, "reopen", WHY)
    assert await outcomes.figures() == {key: (0, 0, 1)}


async def test_what_is_drawn_up_is_not_told_and_what_was_retired_still_is(
    outcomes: Outcomes,
) -> None:
    await outcomes.indicator(REACHED, status="draft")
    assert await outcomes.figures() == {}
    await outcomes.indicator(REACHED, key="asked_once", status="retired")
    assert await outcomes.figures() == {("indicator_sum", "asked_once"): (0, 0, 0)}


async def test_a_change_moves_what_is_polled(outcomes: Outcomes) -> None:
    network = outcomes.network
    path = f"/v1/programmes/{network.programme_id}/metrics"
    headers = dict(await network.headers(network.manager))
    tags = list[str]()

    async def poll() -> int:
        asked = headers | ({"If-None-Match": tags[-1]} if tags else {})
        answer = await network.client.get(path, headers=asked)
        tags.append(answer.headers["etag"])
        return answer.status_code

    assert await poll() == 200
    made = await outcomes.indicator(REACHED, status="draft")
    assert await poll() == 200, "there is one, and nobody is told yet"
    made = await outcomes.done(
        network.manager, "POST", f"/indicators/{made['id']}/activate", None, made["version"]
    )
    assert await poll() == 200
    result = await outcomes.result(made, value=7, status="submitted")
    assert await poll() == 200
    await outcomes.move(network.coordinator, result, "accept")
    assert await poll() == 200
    assert await poll() == 304


async def test_a_target_is_met_by_an_indicator(outcomes: Outcomes) -> None:
    network = outcomes.network
    reached = await outcomes.indicator(REACHED, groups=["health"])
    path = f"/programmes/{network.programme_id}/metric-targets"
    wanted = {
        "metric": "indicator_sum",
        "dimension": "people_reached",
        "value": 100,
        "baseline": 10,
        "starts_on": "2026-01-01",
        "due_on": "2026-12-31",
    }
    made = await network.done(network.manager, path, wanted)
    assert (made["comparator"], made["measured"], made["standing"]) == ("at_least", None, None)
    of_group = await network.done(
        network.manager, path, wanted | {"dimension": "people_reached:health", "value": 50}
    )
    await outcomes.result(reached, group="health", value=60)
    found = {
        one["id"]: (one["measured"], one["standing"])
        for one in (await network.seen(network.manager, "/metric-targets"))["items"]
    }
    assert found == {made["id"]: (60.0, "on_track"), of_group["id"]: (60.0, "met")}
    for dimension, field in (("nothing", "/dimension"), ("people_reached:x", "/dimension")):
        answer = await outcomes.send(
            network.manager, "POST", path, wanted | {"dimension": dimension}
        )
        assert answer.status_code == 422
        assert [one["pointer"] for one in answer.json()["errors"]] == [field]


async def test_series_and_cohorts_beside_each_other(outcomes: Outcomes, network: Network) -> None:
    reached = await outcomes.indicator(REACHED)
    await outcomes.result(reached, value=7)
    programme = f"/programmes/{network.programme_id}"
    series = await network.seen(
        network.manager, f"{programme}/metrics/series?key=indicator_sum&interval=month"
    )
    assert [one["value"] for one in series["items"]][-1] == 7.0
    beside = await network.seen(network.manager, f"{programme}/metrics/cohorts?key=indicator_sum")
    assert [
        (UUID(one["cohort"]["id"]), one["dimension"], one["value"]) for one in beside["items"]
    ] == [(UUID(outcomes.cohort["id"]), "people_reached", 7.0)]
