"""A grant is drawn up for a member, found and edited."""

from typing import Any
from unittest.mock import ANY

import pytest

from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.counting import statements
from tests.grant_walks import WHY, Funding, milestone, terms
from tests.journeys import Json


def action(grant: Json, name: str, *, needs_reason: bool = False) -> Json:
    return {
        "name": name,
        "operation_id": f"{name}_grant",
        "method": "POST",
        "href": f"/v1/grants/{grant['id']}/{name.replace('_', '-')}",
        "needs_reason": needs_reason,
        "needs_if_match": False,
    }


def ref(thing: Json) -> Json:
    return {key: thing[key] for key in ("id", "reference", "name")}


async def test_drawing_one_up(funding: Funding) -> None:
    path = f"/memberships/{funding.membership['id']}/grants"
    body = {"title": "Opening river data", "terms": terms()}

    answer = await funding.call(funding.coordinator, "POST", path, body)

    grant = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/grants/{grant['id']}"
    assert grant == {
        "id": ANY,
        "reference": "PLN-C1-G01",
        "title": "Opening river data",
        "summary": None,
        "status": "draft",
        "is_held": False,
        "held_because": None,
        "is_funded_elsewhere": False,
        "continuation": None,
        "fund": None,
        "membership_id": funding.membership["id"],
        "cohort": ref(funding.cohort),
        "collaboration": funding.team.ref,
        "award": {"amount_minor": 2_000_000, "currency": "GBP"},
        "exchange": None,
        "tax_treatment": "including",
        "starts_on": "2026-03-01",
        "ends_on": "2026-08-31",
        "agreement_sha256": None,
        "signatures": [],
        "endorsements": [],
        "available_actions": [
            action(grant, "start_due_diligence"),
            action(grant, "offer"),
            action(grant, "cancel", needs_reason=True),
        ],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    assert await funding.done(funding.coordinator, "GET", f"/grants/{grant['id']}") == grant
    history = await funding.done(funding.coordinator, "GET", f"/grants/{grant['id']}/history")
    assert [item["verb"] for item in history["items"]] == ["grant.created"]


async def test_who_may_not(funding: Funding) -> None:
    path = f"/memberships/{funding.membership['id']}/grants"
    body = {"title": "Opening river data", "terms": terms()}
    stranger = (await funding.network.team(2)).lead

    nobody = await funding.call(None, "POST", path, body)
    wrong = await funding.call(funding.lead, "POST", path, body)
    unseen = await funding.call(stranger, "POST", path, body)

    assert refused(nobody, "unauthenticated", 401)
    assert refused(wrong, "not_allowed", 403, permission="grant.create")
    assert refused(unseen, "membership_not_found", 404)


async def test_not_for_a_member_that_has_not_accepted(funding: Funding) -> None:
    team = await funding.network.team(2)
    membership = await funding.network.membership(funding.cohort, team)
    body = {"title": "Too early", "terms": terms()}
    answer = await funding.call(
        funding.coordinator, "POST", f"/memberships/{membership['id']}/grants", body
    )
    unmet = {
        "code": "membership_not_live",
        "detail": "The membership is offered: it must be accepted first.",
    }
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"milestones": []}, "/terms/milestones"),
        ({"ends_on": "2026-02-28"}, "/terms"),
        ({"award": {"amount_minor": 1.5, "currency": "GBP"}}, "/terms/award/amount_minor"),
        ({"award": {"amount_minor": -1, "currency": "GBP"}}, "/terms/award/amount_minor"),
        ({"award": {"amount_minor": 1, "currency": "XX"}}, "/terms/award/currency"),
        ({"tax_treatment": "unknown"}, "/terms/tax_treatment"),
        (
            {"milestones": [milestone("M", 1, "2026-05-31", timezone="Mars/Base")]},
            "/terms/milestones/0/timezone",
        ),
        (
            {"milestones": [milestone("M", 1, "2026-05-31", opens_on="2026-06-01")]},
            "/terms/milestones/0",
        ),
    ],
)
async def test_bad_shapes(funding: Funding, changes: Json, pointer: str) -> None:
    path = f"/memberships/{funding.membership['id']}/grants"
    body = {"title": "Opening river data", "terms": terms(**changes)}
    answer = await funding.call(funding.coordinator, "POST", path, body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]][:1] == [pointer]


async def test_numbers_go_on_within_the_cohort(funding: Funding) -> None:
    await funding.grant("cancelled")
    assert (await funding.grant())["reference"] == "PLN-C1-G02"


async def test_lists(funding: Funding) -> None:
    grant = await funding.grant("offered")
    own = f"/memberships/{funding.membership['id']}/grants"
    for path in (
        own,
        f"{own}?status=offered",
        "/grants",
        "/grants?reference=PLN-C1-G01",
        "/grants?status=offered&sort=-created_at",
        f"/grants?cohort_id={funding.cohort['id']}",
        "/grants?cohort_reference=PLN-C1",
        f"/grants?collaboration_id={funding.team.id}",
    ):
        assert await funding.done(funding.coordinator, "GET", path) == page(grant), path
    for path in (f"{own}?status=draft", "/grants?reference=PLN-C1-G02"):
        assert await funding.done(funding.coordinator, "GET", path) == page(), path
    stranger = (await funding.network.team(2)).lead
    assert await funding.done(stranger, "GET", "/grants") == page()
    unseen = await funding.call(stranger, "GET", own)
    assert refused(unseen, "membership_not_found", 404)
    assert refused(await funding.call(None, "GET", "/grants"), "unauthenticated", 401)


@pytest.mark.parametrize("path", ["/grants", "/milestones", "/reports"])
async def test_a_longer_list_costs_no_more_statements(funding: Funding, path: str) -> None:
    async def cost(number: int) -> int:
        with statements() as sent:
            listed = await funding.done(funding.coordinator, "GET", f"{path}?limit={number}")
        assert len(listed["items"]) == number
        return len(sent)

    await funding.report("submitted")
    await funding.grant("active")
    await funding.report("changes_requested")
    if path == "/reports":
        await funding.report("accepted")

    assert await cost(1) == await cost(3)


async def test_editing_one(funding: Funding) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}"

    silent = await funding.call(funding.coordinator, "PATCH", path, {"title": "Rivers"})
    stale = await funding.call(funding.coordinator, "PATCH", path, {"title": "Rivers"}, if_match=2)
    wrong = await funding.call(funding.lead, "PATCH", path, {"title": "Rivers"}, if_match=1)
    sneaky = await funding.call(
        funding.coordinator, "PATCH", path, {"status": "active"}, if_match=1
    )
    edited = await funding.done(
        funding.coordinator, "PATCH", path, {"title": "Rivers", "summary": "Of data."}, if_match=1
    )
    same = await funding.done(funding.coordinator, "PATCH", path, {"title": "Rivers"}, if_match=2)

    assert refused(silent, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=1)
    assert refused(wrong, "not_allowed", 403, permission="grant.edit")
    assert sneaky.status_code == 422
    assert edited == same == grant | {"title": "Rivers", "summary": "Of data.", "version": 2}


async def test_what_has_ended_is_not_edited(funding: Funding) -> None:
    grant = await funding.grant("cancelled")
    answer = await funding.call(
        funding.coordinator,
        "PATCH",
        f"/grants/{grant['id']}",
        {"title": "Rivers"},
        if_match=grant["version"],
    )
    assert refused(answer, "grant_fixed", 409)


async def test_what_strangers_see(funding: Funding) -> None:
    grant = await funding.grant("active")
    one = (await funding.milestones(grant))[0]
    stranger = (await funding.network.team(2)).lead
    people, network = funding.network.people, funding.network
    other = await network.cohort("recruiting", reference="PLN-C2", name="Cohort 2")
    elsewhere = await people.person("Elsa Elsewhere", (Role.COORDINATOR, other["id"]))
    paths: dict[str, Any] = {
        f"/grants/{grant['id']}": "grant_not_found",
        f"/grants/{grant['id']}/terms": "grant_not_found",
        f"/grants/{grant['id']}/agreement": "grant_not_found",
        f"/grants/{grant['id']}/milestones": "grant_not_found",
        f"/grants/{grant['id']}/actions": "grant_not_found",
        f"/grants/{grant['id']}/history": "grant_not_found",
        f"/milestones/{one['id']}": "milestone_not_found",
        f"/milestones/{one['id']}/actions": "milestone_not_found",
        f"/milestones/{one['id']}/history": "milestone_not_found",
    }
    for path, code in paths.items():
        assert (await funding.call(funding.member, "GET", path)).status_code == 200
        for who in (stranger, elsewhere):
            assert refused(await funding.call(who, "GET", path), code, 404), path
        assert refused(await funding.call(None, "GET", path), "unauthenticated", 401), path


async def test_declining_an_offer(funding: Funding) -> None:
    grant = await funding.grant("offered")
    declined = await funding.make(funding.lead, grant, "decline", WHY)
    assert declined["status"] == "cancelled"
    assert {one["status"] for one in await funding.milestones(grant)} == {"cancelled"}
