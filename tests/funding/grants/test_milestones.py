"""Milestones, and the calendar of obligations that they make."""

from datetime import UTC, datetime
from unittest.mock import ANY

import pytest

from app.kernel.clock import FixedClock
from tests.answers import START, page, refused
from tests.grant_walks import WHY, Funding, milestone, terms
from tests.journeys import Json


async def test_the_whole_of_one(funding: Funding) -> None:
    grant = await funding.grant("active")
    one, _ = await funding.milestones(grant)
    assert one == {
        "id": ANY,
        "reference": "PLN-C1-G01-M1",
        "number": 1,
        "kind": "delivery",
        "title": "Data sharing agreement",
        "status": "planned",
        "grant": {"id": grant["id"], "reference": "PLN-C1-G01", "name": "Opening river data"},
        "cohort": grant["cohort"],
        "collaboration": grant["collaboration"],
        "amount": {"amount_minor": 800_000, "currency": "GBP"},
        "accepted_amount": None,
        "is_parallel": False,
        "needs_certification": False,
        "opens_at": "2026-04-30T23:00:00.000000Z",
        "due_on": "2026-05-31",
        "timezone": "Europe/London",
        "due_at": "2026-05-31T23:00:00.000000Z",
        "is_due": False,
        "is_overdue": False,
        "is_late": False,
        "reported_at": None,
        "criteria": [
            {"id": ANY, "statement": "The agreement is signed", "is_evidence_required": True},
            {"id": ANY, "statement": "A summary is published", "is_evidence_required": False},
        ],
        "endorsements": [],
        "available_actions": [
            {
                "name": "excuse",
                "operation_id": "excuse_milestone",
                "method": "POST",
                "href": f"/v1/milestones/{one['id']}/excuse",
                "needs_reason": True,
                "needs_if_match": False,
            },
            {
                "name": "waive",
                "operation_id": "waive_milestone",
                "method": "POST",
                "href": f"/v1/milestones/{one['id']}/waive",
                "needs_reason": True,
                "needs_if_match": True,
            },
        ],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    assert await funding.done(funding.coordinator, "GET", f"/milestones/{one['id']}") == one


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", [1, 2]),
        ("?sort=-due_at", [2, 1]),
        ("?sort=-reference", [2, 1]),
        ("?due_from=2026-05-31&due_until=2026-05-31", [1]),
        ("?due_from=2026-06-01", [2]),
        ("?due_until=2026-05-30", []),
        ("?kind=reporting", [2]),
        ("?status=planned", [1, 2]),
        ("?status=accepted", []),
        ("?reference=PLN-C1-G01-M2", [2]),
        ("?grant_reference=PLN-C1-G01", [1, 2]),
        ("?grant_reference=PLN-C1-G09", []),
        ("?cohort_id={cohort}", [1, 2]),
        ("?collaboration_id={cohort}", []),
        ("?standing=due", []),
        ("?standing=overdue", []),
        ("?standing=late", []),
    ],
)
async def test_the_calendar(funding: Funding, wanted: str, found: list[int]) -> None:
    await funding.grant("active")
    path = f"/milestones{wanted.format(cohort=funding.cohort['id'])}"
    listed = await funding.done(funding.lead, "GET", path)
    assert [one["number"] for one in listed["items"]] == found


async def test_a_page_at_a_time(funding: Funding) -> None:
    grant = await funding.grant("active")
    one, two = await funding.milestones(grant)
    path = f"/grants/{grant['id']}/milestones?limit=1"
    first = await funding.done(funding.coordinator, "GET", path)
    second = await funding.done(funding.coordinator, "GET", f"{path}&cursor={first['next_cursor']}")
    assert first == page(one, next_cursor=ANY)
    assert second == page(two)


async def test_what_the_dates_say(funding: Funding, clock: FixedClock) -> None:
    """The list finds what each milestone says of itself, to the instant, in London's summer."""
    grant = await funding.grant("active")
    first, _ = await funding.milestones(grant)
    instants = {
        datetime(2026, 4, 30, 22, 59, 59, tzinfo=UTC): {},
        datetime(2026, 4, 30, 23, 0, tzinfo=UTC): {1: "due"},
        datetime(2026, 5, 31, 22, 59, 59, tzinfo=UTC): {1: "due"},
        datetime(2026, 5, 31, 23, 0, tzinfo=UTC): {1: "overdue"},
        datetime(2026, 8, 1, tzinfo=UTC): {1: "overdue", 2: "due"},
    }
    for at, expected in instants.items():
        clock.set(at)
        later = await funding.later()
        found = {
            one["number"]: standing
            for standing in ("due", "overdue", "late")
            for path in ("/milestones?", f"/grants/{grant['id']}/milestones?")
            for one in (await later.done(later.lead, "GET", f"{path}standing={standing}"))["items"]
            if one[f"is_{standing}"]
        }
        assert found == expected, at
    await later.report("submitted", first)
    listed = await later.done(later.lead, "GET", "/milestones?standing=late")
    assert [(one["number"], one["is_late"]) for one in listed["items"]] == [(1, True)]
    wrong = await later.call(later.lead, "GET", "/milestones?standing=early")
    assert [fault["pointer"] for fault in wrong.json()["errors"]] == ["#/query/standing"]


@pytest.mark.parametrize("status", ["draft", "suspended"])
async def test_nothing_is_overdue_while_the_grant_does_not_run(
    funding: Funding, clock: FixedClock, status: str
) -> None:
    grant: Json = await funding.grant(status)
    clock.set(datetime(2026, 7, 1, tzinfo=UTC))
    later = await funding.later()
    one, _ = await later.milestones(grant)
    listed = await later.done(later.coordinator, "GET", "/milestones?standing=overdue")
    assert (one["is_due"], one["is_overdue"]) == (False, False)
    assert listed == page()


async def test_they_come_in_the_order_of_the_terms(funding: Funding) -> None:
    """A milestone that was added later, with a higher number, may stand first."""
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/terms"
    shown = await funding.done(funding.coordinator, "GET", path)
    kept = milestone("Final report", 1_200_000, "2026-08-31", id=shown["milestones"][1]["id"])
    added = milestone("Workshop", 800_000, "2026-05-31")
    await funding.done(
        funding.coordinator, "PUT", path, terms(milestones=[added, kept]), if_match=1
    )
    await funding.walk_grant(grant, "active")
    first, second = await funding.milestones(grant)
    assert [first["number"], second["number"]] == [3, 2]

    report = await funding.written(await funding.begun(second))
    early = await funding.submit(report)
    assert [unmet["code"] for unmet in early.json()["unmet"]] == ["earlier_milestone_open"]
    assert (await funding.report("submitted", first))["status"] == "submitted"


async def test_an_acceptance_is_taken_back_until_the_grant_has_ended(funding: Funding) -> None:
    """Accepted, in part or whole, it is reported again; of a closed grant it stays as it was."""
    grant = await funding.grant("active")
    one, last = await funding.milestones(grant)
    report = await funding.report("submitted", one)
    part = {"accepted_amount_minor": 500_000, "reason": "One of two partners signed."}
    one = await funding.done(funding.coordinator, "GET", f"/milestones/{one['id']}")
    for who in (funding.coordinator, funding.manager):
        accepted = await funding.make(who, one, "accept_partially", part)
    assert accepted["accepted_amount"] == {"amount_minor": 500_000, "currency": "GBP"}

    path = f"/reports/{report['id']}"
    read = await funding.done(funding.coordinator, "GET", path)
    reopened = await funding.make(funding.coordinator, read, "reopen", WHY)
    back = await funding.done(funding.coordinator, "GET", f"/milestones/{one['id']}")
    assert reopened["status"] == "in_review"
    assert (back["status"], back["accepted_amount"]) == ("reported", None)

    await funding.make(funding.coordinator, reopened, "accept")
    await funding.report("accepted", last)
    closing = await funding.make(funding.coordinator, grant, "begin_closing")
    await funding.make(funding.coordinator, closing, "close")
    read = await funding.done(funding.coordinator, "GET", path)
    late = await funding.call(
        funding.coordinator, "POST", f"{path}/reopen", WHY, if_match=read["version"]
    )
    unmet = {
        "code": "grant_not_in_force",
        "detail": "The grant is closed: it must be active or closing.",
    }
    assert refused(late, "guards_unmet", 409, unmet=[unmet])
