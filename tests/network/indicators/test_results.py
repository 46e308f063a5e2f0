"""Results over HTTP: reported, decided about, corrected; and each refusal."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import ANY

import pytest

from app.kernel.clock import FixedClock
from tests.answers import START, page, refused, where
from tests.journeys import Json
from tests.network.indicators.outcomes import (
    BAYS,
    NEXT,
    REACHED,
    SAID,
    WHY,
    Outcomes,
)

IMPACT = {
    "title": "Two streets got a loading bay",
    "beneficiaries": "Couriers",
    "evidence": "The council's decision.",
    "happened_on": "2026-02-01",
}


def shown(outcomes: Outcomes, indicator: Json, **more: Any) -> Json:
    cohort = outcomes.cohort
    return {
        "id": ANY,
        "indicator": {"id": indicator["id"], "reference": None, "name": indicator["name"]},
        "membership_id": outcomes.members[0]["id"],
        "cohort": {key: cohort[key] for key in ("id", "reference", "name")},
        "collaboration": outcomes.teams[0].ref,
        "definition_version": 1,
        **SAID,
        "group": None,
        "value": 1,
        "out_of": None,
        "things": [BAYS],
        "narrative": None,
        "file": None,
        "url": None,
        "impact_id": None,
        "corrects_id": None,
        "review_note": None,
        "status": "draft",
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def test_a_result_is_reported_returned_and_accepted(outcomes: Outcomes) -> None:
    network, team = outcomes.network, outcomes.teams[0]
    indicator = await outcomes.indicator()
    impact = await network.done(team.lead, f"/collaborations/{team.id}/impacts", IMPACT)
    made = await outcomes.result(indicator, status="draft", things=[BAYS], impact_id=impact["id"])
    assert made == shown(outcomes, indicator, impact_id=impact["id"])
    assert [one["name"] for one in made["available_actions"]] == ["submit", "withdraw"]
    returned = await outcomes.walk(made, "returned")
    told = {"impact_id": impact["id"], "review_note": WHY["reason"]}
    assert returned == shown(outcomes, indicator, status="returned", version=3, **told)
    path = f"/indicator-results/{made['id']}"
    change = {"things": [BAYS, "Parks"], "narrative": "After the second session."}
    edited = await outcomes.done(team.member, "PATCH", path, change, 3)
    assert edited == shown(
        outcomes, indicator, status="returned", version=4, value=2, **told | change
    )
    accepted = await outcomes.walk(edited, "accepted")
    final = shown(outcomes, indicator, status="accepted", version=6, value=2, **told | change)
    assert accepted == final
    seen = {**final, "available_actions": []}
    assert await network.seen(team.member, path) == seen
    of_member = f"/memberships/{outcomes.members[0]['id']}/indicator-results"
    assert await network.seen(team.member, of_member) == page(seen)
    for asked in (
        f"impact_id={impact['id']}",
        f"indicator_id={indicator['id']}&status=accepted&period_end_until=2025-12-31",
        f"collaboration_id={team.id}",
        f"cohort_reference={outcomes.cohort['reference']}",
    ):
        assert await network.seen(team.member, f"/indicator-results?{asked}") == page(seen)
    assert await network.seen(team.member, "/indicator-results?status=draft") == page()
    assert await network.seen(outcomes.teams[1].lead, "/indicator-results") == page()
    history = await network.seen(team.member, f"{path}/history")
    assert [one["verb"] for one in history["items"]] == [
        f"indicator_result.{verb}"
        for verb in ("created", "submitted", "returned", "edited", "submitted", "accepted")
    ]
    answer = await outcomes.send(team.lead, "DELETE", f"/impacts/{impact['id']}", None, 1)
    assert answer.json()["code"] == "draft_depended_on"


async def test_what_is_due_waits_for_the_member_and_what_was_handed_in_for_its_reviewer(
    outcomes: Outcomes, clock: FixedClock
) -> None:
    network, team = outcomes.network, outcomes.teams[0]
    days: Json = {"reports_until_on": "2026-02-28", "report_by_on": "2026-03-15"}
    indicator = await outcomes.indicator(**days)

    async def waiting(who: Any) -> list[tuple[str, str, str | None]]:
        found = (await network.seen(who, "/me/work"))["items"]
        return [
            (one["kind"], one["subject"]["name"], one["due_at"])
            for one in found
            if "indicator" in one["kind"]
        ]

    due = "2026-03-16T00:00:00.000000Z"
    assert await waiting(team.member) == [("report_indicators", "Data sets opened", due)]
    assert await waiting(network.coordinator) == []
    early = await outcomes.result(indicator, status="draft", things=[])
    assert ("report_indicators", "Data sets opened", due) in await waiting(team.member)
    await outcomes.walk(early, "withdrawn")
    made = await outcomes.result(indicator, status="draft", things=[BAYS], **NEXT)
    begun = [("submit_indicator_result", "Data sets opened", due)]
    assert await waiting(team.member) == begun
    made = await outcomes.walk(made, "submitted")
    assert await waiting(team.member) == []
    assert await waiting(network.coordinator) == [
        ("review_indicator_result", "Data sets opened", None)
    ]
    made = await outcomes.move(network.coordinator, made, "return", WHY)
    assert await waiting(team.member) == begun
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    of_member = f"/memberships/{outcomes.members[0]['id']}"
    await network.done(team.lead, f"{of_member}/withdraw", leaving)
    assert await waiting(team.member) == [], "who has left is asked for nothing"
    answer = await outcomes.send(
        team.lead, "POST", f"/indicator-results/{made['id']}/submit", None, made["version"]
    )
    gone = {
        "code": "member_not_there",
        "detail": "The membership is withdrawn: it reports nothing.",
    }
    assert refused(answer, "guards_unmet", 409, unmet=[gone])
    withdrawn = await outcomes.move(team.lead, made, "withdraw", WHY)
    assert withdrawn["status"] == "withdrawn"
    clock.set(datetime(2026, 3, 2, 12, tzinfo=UTC))
    ended = {"actual_end_on": "2026-02-27"}
    path = f"/programmes/{network.programme_id}"
    version = (await network.seen(network.manager, path))["version"]
    second = outcomes.teams[1].member
    assert await waiting(second) == [("report_indicators", "Data sets opened", due)]
    await outcomes.done(network.manager, "PATCH", path, ended, version)
    assert await waiting(second) == [], "a programme that has ended asks for nothing after it"


async def test_nothing_counts_twice(outcomes: Outcomes) -> None:
    network, team = outcomes.network, outcomes.teams[0]
    reached = await outcomes.indicator(REACHED)
    first = await outcomes.result(reached, value=10)
    overlapping: Json = {"period_start_on": "2025-12-31", "period_end_on": "2026-01-31"}
    unmet = {
        "code": "period_reported",
        "detail": "What was accepted says this of the same days: report anew with `corrects_id`.",
        **where("People reached"),
    }
    made = await outcomes.result(reached, status="draft", value=10, **overlapping)
    path = f"/indicator-results/{made['id']}/submit"
    answer = await outcomes.send(team.lead, "POST", path, None, 1)
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])
    users = await outcomes.indicator(REACHED, key="users", reading="to_date")
    await outcomes.result(users, value=10)
    await outcomes.result(users, value=12, **overlapping)
    two = [
        await outcomes.result(users, status="submitted", value=value, **NEXT) for value in (13, 14)
    ]
    await outcomes.move(network.coordinator, two[0], "accept")
    path = f"/indicator-results/{two[1]['id']}/accept"
    answer = await outcomes.send(network.coordinator, "POST", path, None, 2)
    assert refused(answer, "guards_unmet", 409, unmet=[{**unmet, **where("People reached")}])

    corrections = [
        await outcomes.result(reached, status="submitted", value=value, corrects_id=first["id"])
        for value in (20, 30)
    ]
    accepted = await outcomes.move(network.coordinator, corrections[0], "accept")
    was = await network.seen(team.lead, f"/indicator-results/{first['id']}")
    assert (accepted["corrects_id"], was["status"]) == (first["id"], "superseded")
    path = f"/indicator-results/{corrections[1]['id']}/accept"
    answer = await outcomes.send(network.coordinator, "POST", path, None, 2)
    found = [one["code"] for one in answer.json()["unmet"]]
    assert found == ["period_reported", "corrected_not_accepted"]
    late = await outcomes.result(
        reached, status="draft", value=40, corrects_id=accepted["id"], of=0
    )
    newer = await outcomes.result(reached, status="submitted", value=50, corrects_id=accepted["id"])
    accepted = await outcomes.move(network.coordinator, newer, "accept")
    answer = await outcomes.send(
        team.lead, "POST", f"/indicator-results/{late['id']}/submit", None, 1
    )
    found = [one["code"] for one in answer.json()["unmet"]]
    assert found == ["period_reported", "corrected_not_accepted"]
    reopened = await outcomes.move(network.coordinator, accepted, "reopen", WHY)
    again = await outcomes.move(network.coordinator, reopened, "accept")
    assert again["status"] == "accepted"
    body = {"indicator_id": reached["id"], **SAID, "value": 9, "corrects_id": first["id"]}
    of_member = f"/memberships/{outcomes.members[0]['id']}/indicator-results"
    answer = await outcomes.send(team.lead, "POST", of_member, body)
    at = [{"pointer": "/corrects_id", "code": "correction_unfit", "detail": ANY}]
    assert refused(answer, "correction_unfit", 422, errors=at)


async def test_whoever_decides_is_independent(outcomes: Outcomes) -> None:
    network, team = outcomes.network, outcomes.teams[0]
    made = await outcomes.result(await outcomes.indicator(), status="submitted", things=[BAYS])
    about = {"collaboration_id": str(team.id)}
    conflict = {**about, "reason": "My sister leads it."}
    await network.done(network.coordinator, "/conflicts-of-interest", conflict)

    async def barred(step: str, body: Json | None, version: int) -> list[str]:
        path = f"/indicator-results/{made['id']}/{step}"
        answer = await outcomes.send(network.coordinator, "POST", path, body, version)
        return [one["code"] for one in answer.json().get("unmet", ())]

    assert await barred("accept", None, 2) == ["conflict_of_interest"]
    assert await barred("return", WHY, 2) == ["conflict_of_interest"]
    await outcomes.move(network.manager, made, "accept")
    assert await barred("reopen", WHY, 3) == ["conflict_of_interest"]


async def test_what_has_ended_is_reported_no_more(outcomes: Outcomes) -> None:
    """What was retired, and who has left; what was handed in before is decided."""
    network, team = outcomes.network, outcomes.teams[0]
    opened = await outcomes.indicator()
    drafted = await outcomes.result(opened, status="draft", things=["Parks"])
    handed_in = await outcomes.result(opened, status="submitted", things=[BAYS], **NEXT)
    where_it_is = f"/indicators/{opened['id']}"
    path = f"/memberships/{outcomes.members[0]['id']}/indicator-results"
    body = {"indicator_id": opened["id"], **SAID, "things": ["Bridges"]}

    async def unmet(path: str, body: Json | None = None, version: int | None = None) -> list[str]:
        answer = await outcomes.send(team.lead, "POST", path, body, version)
        return [one["code"] for one in answer.json().get("unmet", ())]

    submit = f"/indicator-results/{drafted['id']}/submit"
    await outcomes.done(network.manager, "POST", f"{where_it_is}/retire", WHY)
    assert await unmet(path, body) == ["indicator_not_active"]
    assert await unmet(submit, None, 1) == ["indicator_not_active"]
    await outcomes.done(network.manager, "POST", f"{where_it_is}/resume", WHY)
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    await network.done(team.lead, f"/memberships/{outcomes.members[0]['id']}/withdraw", leaving)
    assert await unmet(path, body) == ["member_not_there"]
    assert await unmet(submit, None, 1) == ["member_not_there"]
    accepted = await outcomes.move(network.coordinator, handed_in, "accept")
    assert accepted["status"] == "accepted"
    assert await outcomes.figures() == {("indicator_distinct", "data_sets_opened"): (1, 1, 0)}


@pytest.mark.parametrize(
    ("said", "pointers"),
    [
        ({}, ["/value"]),
        ({"value": 4}, ["/value"]),
        ({"value": 10, "out_of": 20}, ["/out_of"]),
        ({"value": 10, "things": ["A"]}, ["/things"]),
        ({"value": 10, "group": "health"}, ["/group"]),
    ],
)
async def test_a_result_fits_its_indicator(
    outcomes: Outcomes, said: Json, pointers: list[str]
) -> None:
    reached = await outcomes.indicator(REACHED)
    path = f"/memberships/{outcomes.members[0]['id']}/indicator-results"
    body = {"indicator_id": reached["id"], **SAID, **said}
    answer = await outcomes.send(outcomes.teams[0].lead, "POST", path, body)
    found = [{"pointer": one, "code": "indicator_result_unfit", "detail": ANY} for one in pointers]
    assert refused(answer, "indicator_result_unfit", 422, errors=found)


async def test_lists_shares_and_groups_are_refused_where_they_do_not_fit(
    outcomes: Outcomes,
) -> None:
    opened = await outcomes.indicator()
    signed = await outcomes.indicator(key="signed", aggregation="share", groups=["a", "b"])
    path = f"/memberships/{outcomes.members[0]['id']}/indicator-results"
    for indicator, said, detail in (
        (opened, {"value": 2}, "What is counted once each is listed, and not told by a number."),
        (opened, {"things": [BAYS, f"{BAYS}/"]}, "One of them is named twice."),
        (signed, {"group": "a", "value": 2}, "Say out of how many."),
        (signed, {"group": "a", "value": 2, "out_of": 1}, "A part is no more than the whole."),
        (signed, {"value": 1, "out_of": 2}, "Say which: a, b."),
        (signed, {"group": "c", "value": 1, "out_of": 2}, "The indicator is one of a, b."),
    ):
        body = {"indicator_id": indicator["id"], **SAID, **said}
        answer = await outcomes.send(outcomes.teams[0].lead, "POST", path, body)
        assert (answer.status_code, [one["detail"] for one in answer.json()["errors"]]) == (
            422,
            [detail],
        )


async def test_a_list_that_was_left_empty_is_still_written(outcomes: Outcomes) -> None:
    opened = await outcomes.indicator()
    lead = outcomes.teams[0].lead
    empty = await outcomes.result(opened, status="draft", things=[])
    where = f"/indicator-results/{empty['id']}"
    said = {"narrative": "The council is still deciding."}
    edited = await outcomes.done(lead, "PATCH", where, said, empty["version"])
    assert edited == empty | said | {"version": 2}
    filled = await outcomes.done(lead, "PATCH", where, {"things": [BAYS]}, edited["version"])
    assert (filled["value"], filled["things"]) == (1, [BAYS])
    emptied = await outcomes.done(lead, "PATCH", where, {"things": []}, filled["version"])
    assert (emptied["value"], emptied["things"]) == (0, [])


async def test_refusals(outcomes: Outcomes) -> None:
    network, team = outcomes.network, outcomes.teams[0]
    opened = await outcomes.indicator()
    path = f"/memberships/{outcomes.members[0]['id']}/indicator-results"
    body = {"indicator_id": opened["id"], **SAID, "things": [BAYS]}

    async def answered(**more: Any) -> Any:
        return await outcomes.send(team.lead, "POST", path, body | more)

    at = [{"pointer": "/indicator_id", "code": "indicator_unknown", "detail": ANY}]
    unknown = await answered(indicator_id=str(team.id))
    assert refused(unknown, "indicator_unknown", 422, errors=at)
    reversed_ = await answered(period_end_on="2025-09-30")
    assert refused(
        reversed_,
        "indicator_period_reversed",
        422,
        errors=[{"pointer": "/period_end_on", "code": "indicator_period_reversed", "detail": ANY}],
    )
    foreign = await network.done(
        outcomes.teams[1].lead, f"/collaborations/{outcomes.teams[1].id}/impacts", IMPACT
    )
    at = [{"pointer": "/impact_id", "code": "impact_of_others", "detail": ANY}]
    assert refused(await answered(impact_id=foreign["id"]), "impact_of_others", 422, errors=at)
    assert refused(await answered(file_id=str(team.id)), "file_not_found", 404)
    assert (await answered(file_id=str(team.id), url=BAYS)).status_code == 422
    drafted = await outcomes.indicator(key="drafted", status="draft")
    answer = await answered(indicator_id=drafted["id"])
    unmet = {
        "code": "indicator_not_active",
        "detail": "The indicator is draft: nobody is asked for it.",
    }
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])
    assert (await outcomes.send(network.manager, "POST", path, body)).status_code == 403
    assert (await outcomes.send(outcomes.teams[1].lead, "POST", path, body)).status_code in (
        403,
        404,
    )

    made = (await answered(period_end_on="2026-03-31")).json()
    where_it_is = f"/indicator-results/{made['id']}"
    answer = await outcomes.send(team.lead, "POST", f"{where_it_is}/submit", None, 1)
    unmet = {
        "code": "period_not_over",
        "detail": "The period has not come to its end.",
        **where(pointer="/period_end_on"),
    }
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])
    for change, code in (
        ({"period_end_on": "2025-09-30"}, "indicator_period_reversed"),
        ({"things": [BAYS, BAYS]}, "indicator_result_unfit"),
        ({"impact_id": foreign["id"]}, "impact_of_others"),
    ):
        answer = await outcomes.send(team.lead, "PATCH", where_it_is, change, 1)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (
        await outcomes.send(team.lead, "PATCH", where_it_is, {"url": BAYS}, 1)
    ).status_code == 422
    fixed = await outcomes.result(opened, status="accepted", things=[BAYS])
    answer = await outcomes.send(
        team.lead, "PATCH", f"/indicator-results/{fixed['id']}", {"evidence": "x"}, 3
    )
    assert refused(answer, "indicator_result_fixed", 409)
    answer = await outcomes.send(outcomes.teams[1].lead, "GET", where_it_is)
    assert refused(answer, "indicator_result_not_found", 404)
    explained = await network.seen(team.lead, f"{where_it_is}/actions")
    assert [
        (one["name"], [each["code"] for each in one["unmet"]]) for one in explained["actions"]
    ] == [("submit", ["period_not_over", "period_reported"]), ("withdraw", [])]
