"""What is agreed is written down whole, sums to the award, and is fixed once it is offered."""

import hashlib
import json
from unittest.mock import ANY

import pytest

from tests.answers import START, refused
from tests.grant_walks import WHY, Funding, milestone, terms
from tests.journeys import Json


def gbp(amount_minor: int) -> Json:
    return {"amount_minor": amount_minor, "currency": "GBP"}


def sent_again(shown: Json) -> Json:
    """The terms as they were read, to be sent back."""
    return {
        "award": shown["award"],
        "tax_treatment": shown["tax_treatment"],
        "starts_on": shown["starts_on"],
        "ends_on": shown["ends_on"],
        "budget_lines": [
            {
                "id": line["id"],
                "label": line["label"],
                "amount_minor": line["amount"]["amount_minor"],
            }
            for line in shown["budget_lines"]
        ],
        "variance_tolerance": {
            "per_cent": shown["variance_tolerance"]["per_cent"],
            "amount_minor": shown["variance_tolerance"]["amount"]["amount_minor"],
        },
        "milestones": [
            {key: value for key, value in one.items() if key not in ("reference", "amount")}
            | {"amount_minor": one["amount"]["amount_minor"]}
            for one in shown["milestones"]
        ],
    }


async def test_reading_them(funding: Funding) -> None:
    grant = await funding.grant()
    shown = await funding.done(funding.lead, "GET", f"/grants/{grant['id']}/terms")
    criteria = [
        {"id": ANY, "statement": "The agreement is signed", "is_evidence_required": True},
        {"id": ANY, "statement": "A summary is published", "is_evidence_required": False},
    ]
    common = {
        "is_parallel": False,
        "needs_certification": False,
        "timezone": "Europe/London",
        "criteria": criteria,
    }
    assert shown == {
        "id": ANY,
        "grant": {
            "id": grant["id"],
            "reference": "PLN-C1-G01",
            "name": "Opening river data",
        },
        "number": 1,
        "award": gbp(2_000_000),
        "tax_treatment": "including",
        "starts_on": "2026-03-01",
        "ends_on": "2026-08-31",
        "budget_lines": [
            {"id": ANY, "label": "Data engineering", "amount": gbp(1_400_000)},
            {"id": ANY, "label": "Community work", "amount": gbp(600_000)},
        ],
        "variance_tolerance": {"per_cent": 10, "amount": gbp(0)},
        "milestones": [
            {
                "id": ANY,
                "reference": "PLN-C1-G01-M1",
                "kind": "delivery",
                "title": "Data sharing agreement",
                "amount": gbp(800_000),
                "opens_on": "2026-05-01",
                "due_on": "2026-05-31",
                **common,
            },
            {
                "id": ANY,
                "reference": "PLN-C1-G01-M2",
                "kind": "reporting",
                "title": "Final report",
                "amount": gbp(1_200_000),
                "opens_on": "2026-08-01",
                "due_on": "2026-08-31",
                **common,
            },
        ],
        "effective_at": None,
        "superseded_at": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }


async def test_replacing_them_keeps_what_is_named(funding: Funding) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/terms"
    before = await funding.done(funding.coordinator, "GET", path)
    body = sent_again(before)
    kept = body["milestones"][1] | {"amount_minor": 700_000, "due_on": "2026-09-30"}
    kept["criteria"] = [kept["criteria"][1], {"statement": "Lessons are written down"}]
    added = milestone("Workshop", 300_000, "2026-06-30", kind="engagement", criteria=[])
    work = body["budget_lines"][1] | {"amount_minor": 900_000}
    lines = [{"label": "Travel", "amount_minor": 100_000}, work]
    tolerance = {"per_cent": 5, "amount_minor": 10_000}
    body |= {"award": gbp(1_000_000), "milestones": [added, kept], "budget_lines": lines}
    body |= {"variance_tolerance": tolerance}

    after = await funding.done(funding.coordinator, "PUT", path, body, if_match=1)

    last = before["milestones"][1]
    assert after == before | {
        "award": gbp(1_000_000),
        "budget_lines": [
            {"id": ANY, "label": "Travel", "amount": gbp(100_000)},
            before["budget_lines"][1] | {"amount": gbp(900_000)},
        ],
        "variance_tolerance": {"per_cent": 5, "amount": gbp(10_000)},
        "milestones": [
            {
                "id": ANY,
                "reference": "PLN-C1-G01-M3",
                "kind": "engagement",
                "title": "Workshop",
                "is_parallel": False,
                "needs_certification": False,
                "amount": gbp(300_000),
                "opens_on": "2026-05-31",
                "due_on": "2026-06-30",
                "timezone": "Europe/London",
                "criteria": [],
            },
            last
            | {
                "amount": gbp(700_000),
                "due_on": "2026-09-30",
                "criteria": [
                    last["criteria"][1],
                    {
                        "id": ANY,
                        "statement": "Lessons are written down",
                        "is_evidence_required": False,
                    },
                ],
            },
        ],
        "version": 2,
    }
    assert await funding.done(funding.coordinator, "GET", path) == after
    listed = await funding.milestones(grant)
    assert [(one["reference"], one["due_on"]) for one in listed] == [
        ("PLN-C1-G01-M3", "2026-06-30"),
        ("PLN-C1-G01-M2", "2026-09-30"),
    ]


@pytest.mark.parametrize(
    ("changes", "code", "pointer", "detail"),
    [
        (
            {"award": gbp(2_000_001)},
            "milestone_terms_do_not_sum",
            "/milestones",
            "Sums to 1 less than the award.",
        ),
        (
            {"budget_lines": [{"label": "All", "amount_minor": 2_000_005}]},
            "budget_lines_do_not_sum",
            "/budget_lines",
            "Sums to 5 more than the award.",
        ),
    ],
)
async def test_they_sum_to_the_award(
    funding: Funding, changes: Json, code: str, pointer: str, detail: str
) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/terms"
    answer = await funding.call(funding.coordinator, "PUT", path, terms() | changes, if_match=1)
    fault = {"pointer": pointer, "code": "does_not_sum", "detail": detail}
    assert refused(answer, code, 422, errors=[fault])
    shown = await funding.done(funding.coordinator, "GET", path)
    assert (shown["version"], shown["award"]) == (1, gbp(2_000_000))


async def test_ids_of_others_are_not_taken(funding: Funding) -> None:
    other = (await funding.milestones(await funding.grant()))[0]
    grant = await funding.grant()
    foreign = milestone("Taken", 2_000_000, "2026-05-31", id=other["id"], criteria=[])
    line = {"id": other["id"], "label": "Taken", "amount_minor": 2_000_000}
    answer = await funding.call(
        funding.coordinator,
        "PUT",
        f"/grants/{grant['id']}/terms",
        terms(milestones=[foreign], budget_lines=[line]),
        if_match=1,
    )
    faults = [
        {"pointer": pointer, "code": "unknown", "detail": "Leave it out for a new one."}
        for pointer in ("/budget_lines/0/id", "/milestones/0/id")
    ]
    assert refused(answer, "term_unknown", 422, errors=faults)


async def test_a_criterion_stays_with_its_milestone(funding: Funding) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/terms"
    body = sent_again(await funding.done(funding.coordinator, "GET", path))
    first, second = body["milestones"]
    second["criteria"] = [first["criteria"].pop()]

    answer = await funding.call(funding.coordinator, "PUT", path, body, if_match=1)

    pointer, detail = "/milestones/1/criteria/0/id", "Leave it out for a new one."
    fault = {"pointer": pointer, "code": "unknown", "detail": detail}
    assert refused(answer, "term_unknown", 422, errors=[fault])


async def test_a_milestone_goes_with_a_trace_and_its_number_with_it(funding: Funding) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/terms"
    body = sent_again(await funding.done(funding.coordinator, "GET", path))
    gone, kept = body["milestones"]
    one_more = [milestone(f"Workshop {at}", 400_000, "2026-06-30") for at in (1, 2)]
    body = await funding.done(
        funding.coordinator, "PUT", path, body | {"milestones": [*one_more, kept]}, if_match=1
    )
    assert [one["reference"][-2:] for one in body["milestones"]] == ["M3", "M4", "M2"]
    workshop = milestone("Workshop", 800_000, "2026-06-30")
    kept = sent_again(body)["milestones"][2]
    body = sent_again(body) | {"milestones": [kept, workshop]}
    after = await funding.done(funding.coordinator, "PUT", path, body, if_match=2)

    record = await funding.done(funding.manager, "GET", f"/activity?subject_id={gone['id']}")
    assert [one["reference"][-2:] for one in after["milestones"]] == ["M2", "M5"]
    assert [(row["verb"], row["account_id"]) for row in record["items"]] == [
        ("milestone.planned", str(funding.coordinator.account_id)),
        ("milestone.removed", str(funding.coordinator.account_id)),
    ]


async def test_who_may_edit_them_and_when(funding: Funding) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/terms"

    kept = sent_again(await funding.done(funding.lead, "GET", path))
    nobody = await funding.call(None, "PUT", path, terms())
    wrong = await funding.call(funding.lead, "PUT", path, kept, if_match=1)
    silent = await funding.call(funding.coordinator, "PUT", path, terms())
    stale = await funding.call(funding.coordinator, "PUT", path, terms(), if_match=2)
    await funding.walk_grant(grant, "offered")
    version = (await funding.done(funding.coordinator, "GET", path))["version"]
    late = await funding.call(funding.coordinator, "PUT", path, kept, if_match=version)

    assert refused(nobody, "unauthenticated", 401)
    assert refused(wrong, "not_allowed", 403, permission="grant.edit")
    assert refused(silent, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=1)
    assert refused(late, "grant_terms_fixed", 409)


async def test_what_is_offered_can_be_retracted_and_edited(funding: Funding) -> None:
    grant = await funding.grant("offered")
    draft = await funding.make(funding.coordinator, grant, "retract_offer", WHY)
    path = f"/grants/{grant['id']}/terms"
    shown = await funding.done(funding.coordinator, "GET", path)
    edited = await funding.done(
        funding.coordinator, "PUT", path, sent_again(shown), if_match=shown["version"]
    )
    assert draft["status"] == "draft"
    assert edited == shown | {
        "version": shown["version"] + 1,
    }
    history = await funding.done(funding.lead, "GET", f"/grants/{grant['id']}/history")
    last = history["items"][-1]
    assert (last["verb"], last["detail"]) == ("grant.terms_edited", {"number": 1})


async def test_the_agreement(funding: Funding) -> None:
    draft = await funding.grant()
    path = f"/grants/{draft['id']}/agreement"
    early = await funding.call(funding.lead, "GET", path)
    grant = await funding.walk_grant(draft, "offered")
    shown = await funding.done(funding.lead, "GET", f"/grants/{grant['id']}/terms")

    agreement = await funding.done(funding.lead, "GET", path)

    assert refused(early, "agreement_not_found", 404)
    assert agreement == {
        "grant": shown["grant"],
        "number": 1,
        "sha256": grant["agreement_sha256"],
        "content": ANY,
        "signatures": [],
    }
    assert hashlib.sha256(agreement["content"].encode()).hexdigest() == agreement["sha256"]
    stated = {
        key: value
        for key, value in shown.items()
        if key not in ("version", "created_at", "updated_at", "effective_at", "superseded_at")
    }
    assert json.loads(agreement["content"]) == stated | {"offered_at": "2026-03-02T09:00:00Z"}
