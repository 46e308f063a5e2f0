"""What is usually agreed is kept as a template, and grants are drawn up from it."""

import csv
import io
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.templates.models import GrantTemplate
from tests.answers import START, page, refused
from tests.counting import statements
from tests.grant_walks import WHY, Funding
from tests.journeys import Json


def gbp(amount_minor: int) -> Json:
    return {"amount_minor": amount_minor, "currency": "GBP"}


def milestone(title: str, amount_minor: int, due: Json, **more: Any) -> Json:
    one = {"kind": "delivery", "title": title, "amount_minor": amount_minor, "due": due}
    return one | {"criteria": [{"statement": "It is published."}]} | more


def terms(**changes: Any) -> Json:
    """Half a year in two milestones: one counted from the start, one from the end."""
    return {
        "award": gbp(2_000_000),
        "tax_treatment": "outside",
        "ends_after_days": 183,
        "budget_lines": [{"label": "Time", "amount_minor": 2_000_000}],
        "variance_tolerance": {"per_cent": 15, "amount_minor": 5_000},
        "milestones": [
            milestone("Scope", 800_000, {"days": 60}, opens={"days": 45}),
            milestone("Report", 1_200_000, {"anchor": "grant_end", "days": -1}),
        ],
    } | changes


TITLED = {"title": "For participants' time", "summary": "As in the first cohort."}


async def kept(funding: Funding, **changes: Any) -> Json:
    path = f"/programmes/{funding.network.programme_id}/grant-templates"
    body = TITLED | {"terms": terms(**changes)}
    return await funding.done(funding.coordinator, "POST", path, body)


async def test_keeping_one(funding: Funding) -> None:
    programme = funding.network.programme_id
    path = f"/programmes/{programme}/grant-templates"
    made = await funding.call(funding.coordinator, "POST", path, TITLED | {"terms": terms()})
    template = made.json()
    common = {"kind": "delivery", "is_parallel": False, "needs_certification": False}
    common["criteria"] = [{"statement": "It is published.", "is_evidence_required": False}]
    assert made.headers["Location"] == f"/v1/grant-templates/{template['id']}"
    assert template == TITLED | {
        "id": ANY,
        "programme": {"id": str(programme), "reference": ANY, "name": "Peer learning network"},
        "award": gbp(2_000_000),
        "tax_treatment": "outside",
        "ends_after_days": 183,
        "budget_lines": [{"label": "Time", "amount": gbp(2_000_000)}],
        "variance_tolerance": {"per_cent": 15, "amount": gbp(5_000)},
        "milestones": [
            {
                "title": "Scope",
                "amount": gbp(800_000),
                "opens": {"anchor": "grant_start", "days": 45},
                "due": {"anchor": "grant_start", "days": 60},
                **common,
            },
            {
                "title": "Report",
                "amount": gbp(1_200_000),
                "opens": None,
                "due": {"anchor": "grant_end", "days": -1},
                **common,
            },
        ],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    one = f"/grant-templates/{template['id']}"
    assert await funding.done(funding.manager, "GET", one) == template
    assert refused(await funding.call(funding.lead, "GET", one), "grant_template_not_found", 404)
    assert refused(await funding.call(None, "GET", one), "unauthenticated", 401)
    wrong = await funding.call(funding.lead, "POST", path, TITLED | {"terms": terms()})
    assert refused(wrong, "not_allowed", 403, permission="grant_template.edit")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"award": gbp(1_999_999)}, "/terms/milestones"),
        ({"budget_lines": [{"label": "Time", "amount_minor": 1}]}, "/terms/budget_lines"),
        ({"milestones": []}, "/terms/milestones"),
        ({"ends_after_days": -1}, "/terms/ends_after_days"),
        (
            {"milestones": [milestone("M", 2_000_000, {"days": 1}, opens={"days": 2})]},
            "/terms",
        ),
        ({"milestones": [milestone("M", 1, {"anchor": "cohort", "days": 1})]}, ANY),
    ],
)
async def test_what_is_not_kept(funding: Funding, changes: Json, pointer: str) -> None:
    path = f"/programmes/{funding.network.programme_id}/grant-templates"
    body = TITLED | {"terms": terms(**changes)}
    answer = await funding.call(funding.coordinator, "POST", path, body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert await funding.done(funding.coordinator, "GET", path) == page()


async def test_a_grant_of_one(funding: Funding) -> None:
    """The days are those of the zone that is given: the end of a day in Auckland."""
    template = await kept(funding)
    path = f"/memberships/{funding.membership['id']}/grants/from-template"
    body = {
        "template_id": template["id"],
        "starts_on": "2026-03-02",
        "timezone": "Pacific/Auckland",
    }

    answer = await funding.call(funding.coordinator, "POST", path, body)

    grant = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/grants/{grant['id']}")
    assert (grant["title"], grant["summary"]) == (TITLED["title"], TITLED["summary"])
    assert (grant["starts_on"], grant["ends_on"]) == ("2026-03-02", "2026-09-01")
    assert [
        (one["opens_at"], one["due_on"], one["due_at"]) for one in await funding.milestones(grant)
    ] == [
        ("2026-04-15T12:00:00.000000Z", "2026-05-01", "2026-05-01T12:00:00.000000Z"),
        ("2026-07-31T12:00:00.000000Z", "2026-08-31", "2026-08-31T12:00:00.000000Z"),
    ]
    history = await funding.done(funding.manager, "GET", f"/grants/{grant['id']}/history")
    assert history["items"][0]["detail"] == {"template_id": template["id"]}

    saved = await funding.call(
        funding.coordinator, "POST", f"/grants/{grant['id']}/save-as-template", {"title": "Again"}
    )
    again = saved.json()
    first, last = template["milestones"]
    assert saved.headers["Location"] == f"/v1/grant-templates/{again['id']}"
    assert again == template | {
        "id": ANY,
        "title": "Again",
        "summary": None,
        "milestones": [
            first,
            last
            | {
                "opens": {"anchor": "grant_start", "days": 152},
                "due": {"anchor": "grant_start", "days": 182},
            },
        ],
    }
    named = body | {"template_id": again["id"], "title": "Named", "summary": "Here."}
    other = await funding.done(funding.coordinator, "POST", path, named)
    assert (other["title"], other["summary"]) == ("Named", "Here.")
    assert [one["due_at"] for one in await funding.milestones(other)] == [
        "2026-05-01T12:00:00.000000Z",
        "2026-08-31T12:00:00.000000Z",
    ]


async def test_one_from_before_names_were_printable_lines(
    funding: Funding, db: AsyncSession
) -> None:
    """It is read, and grants are made of it, as if it had been named on one line."""
    template = await kept(funding)
    old = terms()
    old["budget_lines"][0]["label"] = "Ti\u202eme"
    old["milestones"][0]["title"] = "Sco\npe"
    old["milestones"][0]["criteria"] = [{"statement": "\u200b"}]
    row = update(GrantTemplate).where(GrantTemplate.id == UUID(template["id"]))
    await db.execute(row.values(title="For\u200b time", terms=old))
    await db.commit()

    seen = await funding.done(funding.coordinator, "GET", f"/grant-templates/{template['id']}")

    assert (seen["title"], seen["budget_lines"][0]["label"]) == ("For\u200b time", "Time")
    first = seen["milestones"][0]
    assert (first["title"], first["criteria"][0]["statement"]) == ("Sco pe", "?")
    path = f"/memberships/{funding.membership['id']}/grants/from-template"
    body = {"template_id": template["id"], "starts_on": "2026-03-02", "timezone": "UTC"}
    grant = await funding.done(funding.coordinator, "POST", path, body)
    made = [one["title"] for one in await funding.milestones(grant)]
    assert (grant["title"], made) == ("For time", ["Sco pe", "Report"])


async def test_what_no_grant_is_made_of(funding: Funding) -> None:
    template = await kept(funding)
    path = f"/memberships/{funding.membership['id']}/grants/from-template"
    body = {"template_id": template["id"], "starts_on": "2026-03-02", "timezone": "Europe/London"}
    stranger = (await funding.network.team(2)).lead

    nobody = await funding.call(None, "POST", path, body)
    unseen = await funding.call(stranger, "POST", path, body)
    wrong = await funding.call(funding.lead, "POST", path, body)
    other = body | {"template_id": funding.membership["id"]}
    unknown = await funding.call(funding.coordinator, "POST", path, other)
    late = await funding.call(funding.coordinator, "POST", path, body | {"starts_on": "2200-12-01"})
    zone = await funding.call(funding.coordinator, "POST", path, body | {"timezone": "Mars/Base"})

    assert refused(nobody, "unauthenticated", 401)
    assert refused(unseen, "membership_not_found", 404)
    assert refused(wrong, "not_allowed", 403, permission="grant.create")
    assert [fault["pointer"] for fault in unknown.json()["errors"]] == ["/template_id"]
    assert refused(unknown, "grant_template_unknown", 422, errors=ANY)
    assert [fault["pointer"] for fault in late.json()["errors"]] == ["/starts_on"]
    assert refused(late, "grant_outside_calendar", 422, errors=ANY)
    assert [fault["pointer"] for fault in zone.json()["errors"]] == ["/timezone"]
    assert await funding.done(funding.manager, "GET", "/grants") == page()
    await funding.network.done(
        funding.coordinator,
        f"/memberships/{funding.membership['id']}/withdraw",
        {"departure": "other", **WHY},
    )
    gone = await funding.call(funding.coordinator, "POST", path, body)
    assert [unmet["code"] for unmet in gone.json()["unmet"]] == ["membership_not_live"]


async def test_editing_and_deleting_one(funding: Funding) -> None:
    template = await kept(funding)
    path = f"/grant-templates/{template['id']}"
    changes = {"title": "Shorter", "summary": None, "terms": terms(ends_after_days=90)}

    silent = await funding.call(funding.coordinator, "PATCH", path, changes)
    stale = await funding.call(funding.coordinator, "PATCH", path, changes, if_match=2)
    sums = await funding.call(
        funding.coordinator, "PATCH", path, {"terms": terms(award=gbp(1))}, if_match=1
    )
    edited = await funding.done(funding.coordinator, "PATCH", path, changes, if_match=1)
    same = await funding.done(funding.coordinator, "PATCH", path, changes, if_match=2)

    assert refused(silent, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=1)
    assert refused(sums, "milestone_terms_do_not_sum", 422, errors=ANY)
    assert (
        edited
        == same
        == template
        | {
            "title": "Shorter",
            "summary": None,
            "ends_after_days": 90,
            "version": 2,
        }
    )
    assert refused(
        await funding.call(funding.coordinator, "DELETE", path), "precondition_required", 428
    )
    for who, code, status in (
        (None, "unauthenticated", 401),
        (funding.lead, "grant_template_not_found", 404),
    ):
        assert refused(await funding.call(who, "DELETE", path, if_match=2), code, status)
    gone = await funding.call(funding.coordinator, "DELETE", path, if_match=2)
    assert (gone.status_code, gone.content) == (204, b"")
    again = await funding.call(funding.coordinator, "DELETE", path, if_match=2)
    assert refused(again, "grant_template_not_found", 404)


async def test_lists(funding: Funding) -> None:
    templates = [await kept(funding) for _ in range(3)]
    programme = funding.network.programme_id
    nested = f"/programmes/{programme}/grant-templates"
    for path in (nested, "/grant-templates", f"/grant-templates?programme_id={programme}"):
        assert await funding.done(funding.coordinator, "GET", path) == page(*templates), path
    other = f"/grant-templates?programme_id={funding.membership['id']}"
    assert await funding.done(funding.coordinator, "GET", other) == page()
    for path in (nested, "/grant-templates"):
        wrong = await funding.call(funding.lead, "GET", path)
        assert refused(wrong, "not_allowed", 403, permission="grant_template.read")
    start = await funding.done(funding.coordinator, "GET", f"{nested}?limit=2")
    rest = f"{nested}?limit=2&cursor={start['next_cursor']}"
    assert await funding.done(funding.coordinator, "GET", rest) == page(templates[2])

    async def cost(number: int) -> int:
        with statements() as sent:
            await funding.done(funding.coordinator, "GET", f"{nested}?limit={number}")
        return len(sent)

    assert await cost(1) == await cost(3)


async def test_a_table_of_them(funding: Funding) -> None:
    template = await kept(funding)
    answer = await funding.call(funding.coordinator, "GET", "/grant-templates/export")
    assert answer.headers["X-Total-Count"] == "1"
    [row] = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert row == {
        "id": template["id"],
        **{f"programme_{part}": said for part, said in template["programme"].items()},
        **TITLED,
        "award": "20000.00",
        "award_currency": "GBP",
        "tax_treatment": "outside",
        "ends_after_days": "183",
        "variance_tolerance_per_cent": "15",
        "variance_tolerance_amount": "50.00",
        "variance_tolerance_amount_currency": "GBP",
        "version": "1",
        "created_at": START,
        "updated_at": START,
        "budget_lines": "20000.00 Time",
        "milestones": "8000.00 Scope (delivery, due +60 days from grant_start)\n"
        "12000.00 Report (delivery, due -1 days from grant_end)",
    }
    other = f"/grant-templates/export?programme_id={funding.membership['id']}"
    assert (await funding.call(funding.coordinator, "GET", other)).headers["X-Total-Count"] == "0"
    wrong = await funding.call(funding.lead, "GET", "/grant-templates/export")
    assert refused(wrong, "not_allowed", 403, permission="grant_template.read")
