"""Indicators over HTTP: drawn up, asked, changed, retired; and each refusal."""

from typing import Any
from unittest.mock import ANY

import pytest

from tests.answers import START, page, problem, refused
from tests.journeys import Json
from tests.network.indicators.outcomes import BAYS, OPENED, REACHED, WHY, Outcomes


def shown(outcomes: Outcomes, **more: Any) -> Json:
    return {
        "id": ANY,
        "programme": {
            "id": str(outcomes.network.programme_id),
            "reference": ANY,
            "name": "Peer learning network",
        },
        **OPENED,
        "direction": "up",
        "reading": "in_period",
        "counts_people": False,
        "groups": [],
        "level": None,
        "baseline_value": None,
        "baseline_out_of": None,
        "baseline_on": None,
        "reports_until_on": None,
        "report_by_on": None,
        "definition_version": 1,
        "status": "draft",
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def test_an_indicator_is_drawn_up_asked_and_retired(outcomes: Outcomes) -> None:
    network = outcomes.network
    path = f"/programmes/{network.programme_id}/indicators"
    assert await network.seen(network.manager, path) == page()
    made = await network.done(network.manager, path, OPENED)
    assert made == shown(outcomes)
    assert [one["name"] for one in made["available_actions"]] == ["activate", "retire"]
    where = f"/indicators/{made['id']}"
    active = await outcomes.done(network.manager, "POST", f"{where}/activate", None, 1)
    assert active == shown(outcomes, status="active", version=2)
    retired = await outcomes.done(network.manager, "POST", f"{where}/retire", WHY)
    assert retired == shown(outcomes, status="retired", version=3)
    again = await outcomes.done(network.manager, "POST", f"{where}/resume", WHY)
    assert again == shown(outcomes, status="active", version=4)
    lead = outcomes.teams[0].lead
    told = {**again, "available_actions": []}
    assert await network.seen(lead, where) == told
    assert await network.seen(lead, path) == page(told)
    assert await network.seen(lead, "/indicators?key=data_sets_opened&status=active") == page(told)
    history = await network.seen(lead, f"{where}/history")
    assert [one["verb"] for one in history["items"]] == [
        "indicator.created",
        "indicator.activated",
        "indicator.retired",
        "indicator.resumed",
    ]
    explained = await network.seen(network.manager, f"{where}/actions")
    assert [(one["name"], one["possible"]) for one in explained["actions"]] == [("retire", True)]


async def test_a_definition_that_was_asked_gets_a_version(outcomes: Outcomes) -> None:
    network = outcomes.network
    made = await outcomes.indicator(status="draft")
    where = f"/indicators/{made['id']}"

    async def edited(**fields: Any) -> Json:
        nonlocal made
        made = await outcomes.done(network.manager, "PATCH", where, fields, made["version"])
        return made

    assert (await edited(unit="published data sets"))["definition_version"] == 1
    made = await outcomes.done(network.manager, "POST", f"{where}/activate", None, made["version"])
    days = {"reports_until_on": "2026-06-30", "report_by_on": "2026-07-31"}
    assert (await edited(**days))["definition_version"] == 1, "when it is asked is no definition"
    changed = await edited(definition="By their address; a new edition counts as the same.")
    assert changed["definition_version"] == 2
    history = await network.seen(network.manager, f"{where}/history")
    assert history["items"][-1]["detail"] == {
        "definition": {"from": OPENED["definition"], "to": changed["definition"]},
        "definition_version": {"from": 1, "to": 2},
    }
    result = await outcomes.result(made, status="draft", things=[BAYS])
    assert result["definition_version"] == 2
    await edited(name="Data opened")
    submitted = await outcomes.walk(result, "submitted")
    assert submitted["definition_version"] == 3


@pytest.mark.parametrize(
    "change",
    [
        {"aggregation": "sum"},
        {"reading": "to_date"},
        {"counts_people": False},
        {"unit": "person"},
        {"groups": ["health"]},
        {"groups": []},
    ],
)
async def test_how_it_is_counted_stands_once_it_was_reported(
    outcomes: Outcomes, change: Json
) -> None:
    """Groups may be added."""
    network = outcomes.network
    made = await outcomes.indicator({**REACHED, "aggregation": "share"}, groups=["health", "work"])
    where = f"/indicators/{made['id']}"
    await outcomes.result(made, status="draft", group="health", value=10, out_of=20)
    answer = await outcomes.send(network.manager, "PATCH", where, change, made["version"])
    assert refused(answer, "indicator_reported", 409)
    more = {"groups": ["work", "health", "water"]}
    grown = await outcomes.done(network.manager, "PATCH", where, more, made["version"])
    assert (grown["groups"], grown["definition_version"]) == (more["groups"], 2)


TARGET = {
    "metric": "indicator_sum",
    "dimension": "people_reached",
    "value": 100,
    "due_on": "2026-12-31",
}


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"aggregation": "share"}, ["/aggregation"]),
        ({"reading": "to_date", "unit": "person"}, ["/reading", "/unit"]),
        ({"counts_people": False}, ["/counts_people"]),
        ({"direction": "down", "groups": []}, ["/direction", "/groups"]),
        ({"groups": ["work", "water"]}, ["/groups"]),
    ],
)
async def test_what_a_target_was_set_by_stands_while_it_does(
    outcomes: Outcomes, change: Json, pointers: list[str]
) -> None:
    """One of the whole, one of a group; other groups go, words change. Once both are withdrawn
    anything does, as nothing was reported."""
    network = outcomes.network
    made = await outcomes.indicator(REACHED, groups=["health", "work"], status="draft")
    where, path = f"/indicators/{made['id']}", f"/programmes/{network.programme_id}/metric-targets"
    of_cohort = f"{outcomes.of_cohort}/metric-targets"
    of_group = TARGET | {"dimension": "people_reached:health"}
    targets = [
        await network.done(network.manager, path, TARGET),
        await network.done(network.coordinator, of_cohort, of_group),
    ]
    answer = await outcomes.send(network.manager, "PATCH", where, change, 1)
    code = "indicator_targeted"
    at = [{"pointer": one, "code": code, "detail": ANY} for one in pointers]
    assert refused(answer, code, 409, errors=at)
    assert await network.seen(network.manager, where) == made
    allowed = {"groups": ["health", "water"], "name": "People who were reached", "unit": "people"}
    edited = await outcomes.done(network.manager, "PATCH", where, allowed, 1)
    assert edited == {**made, **allowed, "version": 2, "updated_at": ANY}
    for target in targets:
        await network.done(network.manager, f"/metric-targets/{target['id']}/withdraw", WHY)
    changed = await outcomes.done(network.manager, "PATCH", where, change, 2)
    assert changed == {**edited, **change, "version": 3, "updated_at": ANY}


async def test_a_group_goes_of_which_no_target_is(outcomes: Outcomes) -> None:
    network = outcomes.network
    made = await outcomes.indicator(REACHED, groups=["health", "work"], status="draft")
    other = await outcomes.indicator(
        {**REACHED, "key": "people_reached_again"}, groups=["health"], status="draft"
    )
    where, path = f"/indicators/{made['id']}", f"/programmes/{network.programme_id}/metric-targets"
    await network.done(network.manager, path, TARGET)
    of_other = TARGET | {"dimension": "people_reached_again:health"}
    await network.done(network.manager, path, of_other)
    edited = await outcomes.done(network.manager, "PATCH", where, {"groups": []}, 1)
    assert edited == {**made, "groups": [], "version": 2, "updated_at": ANY}
    whole = {"aggregation": "mean"}
    answer = await outcomes.send(
        network.manager, "PATCH", f"/indicators/{other['id']}", whole, other["version"]
    )
    at = [{"pointer": "/aggregation", "code": "indicator_targeted", "detail": ANY}]
    assert refused(answer, "indicator_targeted", 409, errors=at)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"counts_people": True}, "/counts_people"),
        ({"baseline_out_of": 3}, "/baseline_out_of"),
        ({"report_by_on": "2026-07-31"}, "/report_by_on"),
        ({"report_by_on": "2026-07-31", "reports_until_on": "2026-08-01"}, "/report_by_on"),
    ],
)
async def test_a_definition_does_not_contradict_itself(
    outcomes: Outcomes, fields: Json, pointer: str
) -> None:
    network = outcomes.network
    path = f"/programmes/{network.programme_id}/indicators"
    answer = await outcomes.send(network.manager, "POST", path, OPENED | fields)
    at = [{"pointer": pointer, "code": "indicator_unfit", "detail": ANY}]
    assert refused(answer, "indicator_unfit", 422, errors=at)
    made = await outcomes.indicator(status="draft")
    where = f"/indicators/{made['id']}"
    answer = await outcomes.send(network.manager, "PATCH", where, fields, made["version"])
    assert refused(answer, "indicator_unfit", 422, errors=at)
    assert (await network.seen(network.manager, where))["version"] == 1


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"baseline_value": 3}, "/baseline_value"),
        ({"aggregation": "share", "baseline_value": 9, "baseline_out_of": 5}, "/baseline_value"),
        ({"aggregation": "share", "baseline_value": 18, "baseline_out_of": 20}, "/baseline_value"),
        ({"aggregation": "mean", "baseline_value": 18, "baseline_out_of": 2}, "/baseline_out_of"),
        ({"aggregation": "mean", "baseline_value": 18}, "/baseline_out_of"),
        ({"aggregation": "mean", "baseline_out_of": 18}, "/baseline_value"),
    ],
)
async def test_what_it_was_at_the_start_fits_as_a_result_does(
    outcomes: Outcomes, fields: Json, pointer: str
) -> None:
    network = outcomes.network
    path = f"/programmes/{network.programme_id}/indicators"
    answer = await outcomes.send(network.manager, "POST", path, REACHED | fields)
    at = [{"pointer": pointer, "code": "indicator_unfit", "detail": ANY}]
    assert refused(answer, "indicator_unfit", 422, errors=at)
    counted = {"baseline_value": 3, "counts_people": False}
    made = await outcomes.indicator(REACHED | counted, status="draft")
    where, people = f"/indicators/{made['id']}", {"counts_people": True}
    answer = await outcomes.send(network.manager, "PATCH", where, people, made["version"])
    assert answer.json()["errors"][0]["pointer"] == "/baseline_value"


async def test_refusals(outcomes: Outcomes) -> None:
    network, lead = outcomes.network, outcomes.teams[0].lead
    path = f"/programmes/{network.programme_id}/indicators"
    made = await outcomes.indicator(status="draft")
    where = f"/indicators/{made['id']}"
    nowhere = f"/indicators/{network.programme_id}"
    answer = await outcomes.send(network.manager, "POST", path, OPENED)
    assert refused(answer, "indicator_key_taken", 409, at="/key")
    answer = await outcomes.send(network.manager, "GET", nowhere)
    assert refused(answer, "indicator_not_found", 404)
    assert (await outcomes.send(lead, "POST", path, OPENED | {"key": "x"})).status_code == 403
    assert (await outcomes.send(network.manager, "POST", f"{where}/activate")).status_code == 428
    stale = await outcomes.send(network.manager, "PATCH", where, {"unit": "x"}, 7)
    assert refused(stale, "precondition_failed", 412, version=1)
    answer = await outcomes.send(network.manager, "POST", f"{where}/resume", WHY)
    assert answer.json() == problem(
        "invalid_transition",
        409,
        current_status="draft",
        available_actions=["activate", "retire"],
    )
    answer = await outcomes.send(
        network.manager, "POST", path, {**OPENED, "key": "y", "groups": ["a", "a"]}
    )
    assert answer.status_code == 422
