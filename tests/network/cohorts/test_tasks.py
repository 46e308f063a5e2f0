"""What a cohort asks of its members, and how it stands for each of them."""

from datetime import timedelta
from typing import Any

import httpx

from app.kernel.clock import FixedClock
from tests.answers import START, refused, where
from tests.journeys import Json, Network
from tests.people.identity.people import Person

AGREEMENT = {
    "stage": "onboarding",
    "key": "agreement",
    "title": "Sign the participation agreement",
    "anchor": "accepted",
    "offset_days": 14,
    "position": 1,
}
SURVEY = {
    "stage": "onboarding",
    "key": "baseline_survey",
    "title": "Answer the baseline survey",
    "anchor": "planned_start",
    "offset_days": -7,
    "is_required": False,
    "position": 2,
}
CASE_STUDY = {
    "stage": "completion",
    "key": "case_study",
    "title": "Publish a case study",
    "anchor": "planned_end",
    "is_judged": True,
}


async def asked(network: Network, cohort: Json, *bodies: Json) -> list[Json]:
    path = f"/cohorts/{cohort['id']}/requirements"
    return [await network.done(network.coordinator, path, body) for body in bodies]


async def tasks(network: Network, who: Person, membership: Json) -> list[Json]:
    return (await network.seen(who, f"/memberships/{membership['id']}/tasks"))["items"]


async def attempt(
    network: Network, who: Person | None, method: str, path: str, **options: Any
) -> httpx.Response:
    headers = dict(await network.headers(who)) if who else {}
    headers |= options.pop("headers", {})
    return await network.client.request(method, f"/v1{path}", headers=headers, **options)


async def test_a_requirement_whole(network: Network) -> None:
    cohort = await network.cohort()
    path = f"/cohorts/{cohort['id']}/requirements"
    response = await attempt(network, network.coordinator, "POST", path, json=AGREEMENT)
    body = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/v1/requirements/{body['id']}"
    assert body == AGREEMENT | {
        "id": body["id"],
        "cohort_id": cohort["id"],
        "guidance": None,
        "is_required": True,
        "is_judged": False,
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    assert await network.seen(network.coordinator, f"/requirements/{body['id']}") == body
    again = await attempt(network, network.coordinator, "POST", path, json=AGREEMENT)
    assert refused(again, "requirement_key_taken", 409, at="/key")
    assert refused(
        await attempt(network, None, "POST", path, json=AGREEMENT), "unauthenticated", 401
    )
    stranger = await network.people.person("Stan Stranger")
    hidden = await attempt(network, stranger, "POST", path, json=AGREEMENT)
    assert refused(hidden, "cohort_not_found", 404)


async def test_editing_and_deleting_requirements(network: Network) -> None:
    cohort = await network.cohort("selecting")
    agreement, survey = await asked(network, cohort, AGREEMENT, SURVEY)
    path = f"/requirements/{agreement['id']}"
    unread = await attempt(network, network.coordinator, "PATCH", path, json={"title": "Sign"})
    assert refused(unread, "precondition_required", 428)
    edited = await attempt(
        network,
        network.coordinator,
        "PATCH",
        path,
        json={"title": "Sign", "offset_days": 7},
        headers={"If-Match": '"1"'},
    )
    assert edited.json() == agreement | {"title": "Sign", "offset_days": 7, "version": 2}
    await network.membership(cohort, await network.team(), "onboarding")
    used = await attempt(network, network.coordinator, "DELETE", path, headers={"If-Match": '"2"'})
    assert refused(used, "requirement_in_use", 409)
    unused = (await asked(network, cohort, CASE_STUDY))[0]
    gone = await attempt(
        network,
        network.coordinator,
        "DELETE",
        f"/requirements/{unused['id']}",
        headers={"If-Match": "*"},
    )
    assert (gone.status_code, gone.content) == (204, b"")
    listed = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}/requirements")
    assert listed["items"] == [edited.json(), survey]


async def test_onboarding_is_a_checklist_with_dates_of_ones_own(
    network: Network, clock: FixedClock
) -> None:
    cohort = await network.cohort("selecting")
    agreement, survey = await asked(network, cohort, AGREEMENT, SURVEY)
    team = await network.team()
    membership = await network.membership(cohort, team)
    clock.advance(timedelta(days=1))
    membership = await network.walk_membership(membership, team, "onboarding")
    first, second = await tasks(network, team.lead, membership)
    assert first == {
        "id": first["id"],
        "membership": {
            "id": membership["id"],
            "cohort": membership["cohort"],
            "collaboration": team.ref,
        },
        "requirement_id": agreement["id"],
        "stage": "onboarding",
        "key": "agreement",
        "title": "Sign the participation agreement",
        "guidance": None,
        "is_required": True,
        "is_judged": False,
        "status": "open",
        "due_on": "2026-03-17",
        "is_overdue": False,
        "settled_at": None,
        "note": None,
        "waiver_reason": None,
        "version": 1,
        "available_actions": [
            {
                "name": "meet",
                "operation_id": "meet_task",
                "method": "POST",
                "href": f"/v1/tasks/{first['id']}/meet",
                "needs_reason": False,
                "needs_if_match": False,
            }
        ],
        "created_at": "2026-03-03T09:00:00.000000Z",
        "updated_at": "2026-03-03T09:00:00.000000Z",
    }
    assert (second["requirement_id"], second["due_on"]) == (survey["id"], "2026-03-25")
    clock.advance(timedelta(days=15))
    assert (await network.seen(team.lead, f"/tasks/{first['id']}"))["is_overdue"] is True
    await network.walk_cohort(cohort, "confirmed")
    activate = f"/memberships/{membership['id']}/activate"
    open_one = {
        "code": "tasks_open",
        "detail": "Meet or waive first: Sign the participation agreement.",
        **where("Sign the participation agreement"),
    }
    held_up = await attempt(network, network.coordinator, "POST", activate)
    assert refused(held_up, "guards_unmet", 409, unmet=[open_one])
    note = "Signed on paper."
    met = await network.done(team.member, f"/tasks/{first['id']}/meet", {"note": note})
    assert (met["status"], met["note"]) == ("met", note)
    assert met["settled_at"] == "2026-03-18T09:00:00.000000Z"
    assert (await network.done(network.coordinator, activate))["status"] == "active"


async def test_completion_takes_what_was_asked_met_or_waived(network: Network) -> None:
    cohort = await network.cohort("running")
    await asked(network, cohort, CASE_STUDY)
    team = await network.team()
    membership = await network.membership(cohort, team, "active")
    (task,) = await tasks(network, team.lead, membership)
    assert (task["stage"], task["due_on"]) == ("completion", "2026-09-30")
    complete = f"/memberships/{membership['id']}/complete"
    held_up = await attempt(network, network.coordinator, "POST", complete)
    open_one = {
        "code": "tasks_open",
        "detail": "Meet or waive first: Publish a case study.",
        **where("Publish a case study"),
    }
    assert refused(held_up, "guards_unmet", 409, unmet=[open_one])
    own_word = await attempt(network, team.lead, "POST", f"/tasks/{task['id']}/meet", json={})
    judged = {
        "code": "to_be_judged",
        "detail": "Those who run the cohort say whether this is met.",
    }
    assert refused(own_word, "guards_unmet", 409, unmet=[judged])
    explained = await network.seen(team.lead, f"/tasks/{task['id']}/actions")
    assert explained["actions"][0]["unmet"] == [judged]
    why = {"reason": "Their partner does not allow it."}
    waived = await network.done(network.coordinator, f"/tasks/{task['id']}/waive", why)
    assert (waived["status"], waived["waiver_reason"]) == ("waived", why["reason"])
    done = await network.done(network.coordinator, complete)
    assert (done["status"], done["ended_at"]) == ("completed", START)
    history = await network.seen(team.lead, f"/tasks/{task['id']}/history")
    assert [row["verb"] for row in history["items"]] == ["task.created", "task.waived"]


async def test_asking_again(network: Network) -> None:
    cohort = await network.cohort("selecting")
    await asked(network, cohort, AGREEMENT)
    team = await network.team()
    membership = await network.membership(cohort, team, "onboarding")
    (task,) = await tasks(network, network.coordinator, membership)
    await network.done(team.lead, f"/tasks/{task['id']}/meet", {"note": "Done."})
    why = {"reason": "The file is empty."}
    reopened = await network.done(network.coordinator, f"/tasks/{task['id']}/reopen", why)
    assert reopened == task | {"version": 3}


async def test_what_is_asked_later_goes_to_those_at_that_stage(network: Network) -> None:
    cohort = await network.cohort("selecting")
    early, late = await network.team(1), await network.team(2)
    onboarding = await network.membership(cohort, early, "onboarding")
    accepted = await network.membership(cohort, late, "accepted")
    await asked(network, cohort, AGREEMENT, CASE_STUDY)
    keys = [task["key"] for task in await tasks(network, network.coordinator, onboarding)]
    assert keys == ["agreement"]
    assert await tasks(network, network.coordinator, accepted) == []


async def test_a_due_date_moves_for_one_member(network: Network) -> None:
    cohort = await network.cohort("selecting")
    await asked(network, cohort, AGREEMENT)
    one, two = await network.team(1), await network.team(2)
    first = await network.membership(cohort, one, "onboarding")
    second = await network.membership(cohort, two, "onboarding")
    (task,) = await tasks(network, network.coordinator, first)
    (other,) = await tasks(network, network.coordinator, second)
    edited = await attempt(
        network,
        network.coordinator,
        "PATCH",
        f"/tasks/{task['id']}",
        json={"due_on": "2026-05-01"},
        headers={"If-Match": '"1"'},
    )
    assert edited.json() == task | {"due_on": "2026-05-01", "version": 2}
    assert await tasks(network, network.coordinator, second) == [other]
    everyone = await network.seen(network.coordinator, f"/tasks?cohort_id={cohort['id']}")
    assert [row["id"] for row in everyone["items"]] == [other["id"], task["id"]]
    mine = await network.seen(one.member, "/tasks?status=open&stage=onboarding")
    assert [row["id"] for row in mine["items"]] == [task["id"]]
    refusal = await attempt(
        network,
        one.lead,
        "PATCH",
        f"/tasks/{task['id']}",
        json={"due_on": "2027-01-01"},
        headers={"If-Match": '"2"'},
    )
    assert refused(refusal, "not_allowed", 403, permission="task.edit")


async def test_days_are_those_of_the_member(network: Network, clock: FixedClock) -> None:
    """At one in the afternoon in Greenwich it is two in the morning of the next day in Auckland."""
    cohort, team = await network.cohort("selecting"), await network.team()
    due_at_once = SURVEY | {"anchor": "accepted", "offset_days": 0}
    await asked(network, cohort, due_at_once)
    clock.advance(timedelta(hours=4))
    membership = await network.membership(cohort, team, "onboarding", timezone="Pacific/Auckland")
    (task,) = await tasks(network, team.lead, membership)
    assert (task["due_on"], task["is_overdue"]) == ("2026-03-03", False)
    clock.advance(timedelta(hours=21, minutes=59))
    assert [one["is_overdue"] for one in await tasks(network, team.lead, membership)] == [False]
    clock.advance(timedelta(minutes=1))
    assert [one["is_overdue"] for one in await tasks(network, team.lead, membership)] == [True]
