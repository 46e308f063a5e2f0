"""A due date moves by a recorded extension and by nothing else."""

from datetime import UTC, datetime
from unittest.mock import ANY

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.answers import START, page, refused
from tests.grant_walks import WHY, Funding
from tests.journeys import Json
from tests.people.identity.people import Person

LATER = {"due_on": "2026-06-30", "reason": "One of the partners signs in June only."}


def named(person: Person) -> Json:
    return {"id": str(person.account_id), "reference": None, "name": person.name}


async def first_milestone(funding: Funding) -> Json:
    return (await funding.milestones(await funding.grant("active")))[0]


async def test_asked_and_granted(funding: Funding) -> None:
    one = await first_milestone(funding)
    path = f"/milestones/{one['id']}"

    answer = await funding.call(funding.member, "POST", f"{path}/extensions", LATER)
    asked = answer.json()
    second = await funding.call(funding.lead, "POST", f"{path}/extensions", LATER)
    unmoved = await funding.done(funding.lead, "GET", path)
    granted = await funding.done(
        funding.coordinator, "POST", f"/milestone-extensions/{asked['id']}/grant", if_match=1
    )
    moved = await funding.done(funding.lead, "GET", path)
    again = await funding.call(
        funding.coordinator, "POST", f"/milestone-extensions/{asked['id']}/grant", if_match=2
    )

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/milestone-extensions/{asked['id']}"
    assert asked == {
        "id": ANY,
        "milestone": {"id": one["id"], "reference": one["reference"], "name": one["title"]},
        **{above: one[above] for above in ("grant", "cohort", "collaboration")},
        "old_due_on": "2026-05-31",
        "new_due_on": "2026-06-30",
        "timezone": "Europe/London",
        "reason": LATER["reason"],
        "asked_by": named(funding.member),
        "asked_at": START,
        "is_granted": None,
        "decided_by": None,
        "decided_at": None,
        "decision_reason": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    assert refused(second, "extension_already_asked", 409)
    assert unmoved["due_on"] == "2026-05-31"
    assert granted == asked | {
        "is_granted": True,
        "decided_by": named(funding.coordinator),
        "decided_at": START,
        "version": 2,
    }
    assert moved == unmoved | {
        "due_on": "2026-06-30",
        "due_at": "2026-06-30T23:00:00.000000Z",
        "version": unmoved["version"] + 1,
    }
    assert refused(again, "extension_already_decided", 409)
    assert await funding.done(funding.lead, "GET", f"{path}/extensions") == page(granted)
    history = await funding.done(funding.lead, "GET", f"{path}/history")
    assert [item["verb"] for item in history["items"]] == [
        "milestone.planned",
        "milestone.extension_asked",
        "milestone.extended",
    ]


async def test_declined(funding: Funding) -> None:
    one = await first_milestone(funding)
    path = f"/milestones/{one['id']}"
    asked = await funding.done(funding.lead, "POST", f"{path}/extensions", LATER)
    decline = f"/milestone-extensions/{asked['id']}/decline"

    wrong = await funding.call(funding.lead, "POST", decline, WHY, if_match=1)
    silent = await funding.call(funding.coordinator, "POST", decline, WHY)
    declined = await funding.done(funding.coordinator, "POST", decline, WHY, if_match=1)

    assert refused(wrong, "not_allowed", 403, permission="milestone.extend")
    assert refused(silent, "precondition_required", 428)
    assert (declined["is_granted"], declined["decision_reason"]) == (False, WHY["reason"])
    assert (await funding.done(funding.lead, "GET", path))["due_on"] == "2026-05-31"
    assert (
        await funding.call(funding.lead, "POST", f"{path}/extensions", LATER)
    ).status_code == 201


async def test_those_of_all_milestones_are_listed(funding: Funding) -> None:
    first, second = await funding.milestones(await funding.grant("active"))
    asked = await funding.done(
        funding.member, "POST", f"/milestones/{first['id']}/extensions", LATER
    )
    later = LATER | {"due_on": "2026-12-30"}
    await funding.done(
        funding.coordinator, "POST", f"/milestones/{second['id']}/extend", later, if_match=1
    )
    nested = await funding.done(funding.lead, "GET", f"/milestones/{second['id']}/extensions")
    [given] = nested["items"]

    async def found(query: str) -> Json:
        return await funding.done(funding.lead, "GET", f"/milestone-extensions?{query}")

    assert await found("") == page(asked, given)
    assert await found("sort=-created_at") == page(given, asked)
    assert await found("is_decided=false") == page(asked)
    assert await found("is_granted=true") == page(given)
    assert await found(f"milestone_reference={second['reference']}") == page(given)
    assert await found(f"grant_id={first['grant']['id']}&new_due_from=2026-07-01") == page(given)
    assert await found(f"organisation_id={asked['id']}") == page()
    assert await found(f"cohort_id={asked['id']}") == page()
    stranger = (await funding.network.team(2)).lead
    elsewhere = await funding.done(stranger, "GET", "/milestone-extensions")
    assert elsewhere == page()


async def test_given_after_the_date_has_passed(funding: Funding, clock: FixedClock) -> None:
    one = await first_milestone(funding)
    path = f"/milestones/{one['id']}"
    clock.set(datetime(2026, 6, 1, 9, tzinfo=UTC))
    later = await funding.later()

    overdue = await later.done(later.lead, "GET", path)
    listed = await later.done(later.lead, "GET", "/milestones?standing=overdue")
    moved = await later.done(
        later.coordinator, "POST", f"{path}/extend", LATER, if_match=one["version"]
    )
    extensions = await later.done(later.lead, "GET", f"{path}/extensions")

    assert (overdue["is_due"], overdue["is_overdue"]) == (False, True)
    assert listed == page(overdue)
    assert moved == overdue | {
        "due_on": "2026-06-30",
        "due_at": "2026-06-30T23:00:00.000000Z",
        "is_due": True,
        "is_overdue": False,
        "available_actions": moved["available_actions"],
        "version": one["version"] + 1,
        "updated_at": "2026-06-01T09:00:00.000000Z",
    }
    assert [item["old_due_on"] for item in extensions["items"]] == ["2026-05-31"]


async def test_what_is_refused(funding: Funding) -> None:
    planned, _ = await funding.milestones(await funding.grant("offered"))
    one = await first_milestone(funding)
    path = f"/milestones/{one['id']}/extensions"
    stranger = (await funding.network.team(2)).lead

    early = await funding.call(
        funding.lead, "POST", f"/milestones/{planned['id']}/extensions", LATER
    )
    sooner = await funding.call(funding.lead, "POST", path, LATER | {"due_on": "2026-05-31"})
    shapeless = await funding.call(funding.lead, "POST", path, {"due_on": "soon"})
    wrong = await funding.call(funding.coordinator, "POST", path, LATER)
    unseen = await funding.call(stranger, "POST", path, LATER)
    nobody = await funding.call(None, "POST", path, LATER)

    assert refused(early, "milestone_not_extendable", 409)
    fault = {"pointer": "/due_on", "code": "not_later", "detail": "Name a day after 2026-05-31."}
    assert refused(sooner, "due_date_not_later", 422, errors=[fault])
    assert shapeless.status_code == 422
    assert refused(wrong, "not_allowed", 403, permission="milestone.ask_extension")
    assert refused(unseen, "milestone_not_found", 404)
    assert refused(nobody, "unauthenticated", 401)


async def test_no_other_way(funding: Funding, database: Database) -> None:
    await first_milestone(funding)
    move = text("UPDATE milestones SET due_on = due_on + 1, due_at = due_at + interval '1 day'")
    with pytest.raises(IntegrityError, match="recorded extension"):
        async with database.transaction() as db:
            await db.execute(move)
