"""Each metric beside a case that was counted by hand."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.learning.sessions.feedback.service import close_feedback
from tests.funding.funds.ledgers import Ledgers
from tests.grant_walks import Funding, terms
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.test_feedback import people, say
from tests.overview.metrics.figures import figures


async def metric(network: Network, path: str, key: str) -> Json:
    found = (await network.seen(network.manager, path))["metrics"]
    [one] = [one for one in found if one["key"] == key]
    return one


def made_of(one: Json) -> tuple[float | None, int, int, int]:
    return one["value"], one["numerator"], one["denominator"], one["excluded_count"]


async def test_places_and_members(network: Network) -> None:
    """Seven were considered: one waits, of six offers one is open, one was declined; of four that
    accepted one left before the start. Three were active at the start; one left, one completed, one
    is on leave. One joined later."""
    cohort = await network.cohort("recruiting", announced_capacity=6)
    path = f"/cohorts/{cohort['id']}/metrics"
    teams = [await network.team(number) for number in range(1, 9)]
    accepted = [await network.membership(cohort, team, "accepted") for team in teams[:4]]
    await network.membership(cohort, teams[4], "declined")
    await network.membership(cohort, teams[5], "offered")
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    await network.done(teams[3].lead, f"/memberships/{accepted[3]['id']}/withdraw", leaving)
    cohort = await network.walk_cohort(cohort, "confirmed")
    for membership in accepted[:3]:
        for step in ("onboard", "activate"):
            await network.done(network.coordinator, f"/memberships/{membership['id']}/{step}")
    await network.done(network.manager, f"/cohorts/{cohort['id']}/start")
    pause = {"reason": "Parental leave.", "returns_on": "2026-12-01"}
    for team, membership, step, body in (
        (teams[0], accepted[0], "withdraw", leaving),
        (None, accepted[1], "complete", None),
        (None, accepted[2], "pause", pause),
    ):
        who = team.lead if team else network.coordinator
        await network.done(who, f"/memberships/{membership['id']}/{step}", body)
    await network.membership(cohort, teams[6], "active")

    of_cohort = await figures(network, path)
    expected = {
        "fill": (3, 6, 2),
        "selection": (7, 7, 0),
        "acceptance": (5, 7, 1),
        "retention": (2, 3, 1),
        "completion": (1, 3, 1),
    }
    assert {key: of_cohort[key, None] for key in expected} == expected
    of_programme = await figures(network, f"/programmes/{network.programme_id}/metrics")
    assert {key: of_programme[key, None] for key in expected} == expected
    assert (await metric(network, path, "retention"))["value"] == 0.666667
    other = {"reference": "PLN-C2", "name": "Cohort 2", "announced_capacity": None}
    unbounded = await network.cohort("recruiting", **other)
    await network.membership(unbounded, teams[7], "accepted")
    of_programme = await figures(network, f"/programmes/{network.programme_id}/metrics")
    assert of_programme["fill", None] == expected["fill"], "who announced no places fills none"
    of_other = await metric(network, f"/cohorts/{unbounded['id']}/metrics", "fill")
    assert made_of(of_other) == (None, 1, 0, 0)


async def test_milestones_are_on_time_by_what_was_agreed(
    funding: Funding, clock: FixedClock
) -> None:
    """The first is due at the end of 31 May in London, and handed in a day before; the second at
    the end of August, and put off to September before it is handed in on the eighth of it."""
    grant = await funding.grant("active")
    path = f"/cohorts/{funding.cohort['id']}/metrics"
    first, second = await funding.milestones(grant)

    async def on_time() -> tuple[float | None, int, int, int]:
        return made_of(await metric(funding.network, path, "milestones_on_time"))

    assert await on_time() == (None, 0, 0, 2)
    clock.set(datetime(2026, 5, 30, 12, tzinfo=UTC))
    await (await funding.later()).report("accepted", first)
    assert await on_time() == (None, 0, 0, 2), "what is not due yet counts in neither"
    clock.set(datetime(2026, 5, 31, 23, 0, tzinfo=UTC) - timedelta(microseconds=1))
    assert await on_time() == (None, 0, 0, 2)
    clock.set(datetime(2026, 5, 31, 23, 0, tzinfo=UTC))
    assert await on_time() == (1.0, 1, 1, 1)
    clock.set(datetime(2026, 9, 2, 12, tzinfo=UTC))
    assert await on_time() == (0.5, 1, 2, 0)
    funding = await funding.later()
    body = {"due_on": "2026-09-15", "reason": "The river was in flood."}
    where = f"/milestones/{second['id']}/extend"
    await funding.done(funding.coordinator, "POST", where, body, if_match=second["version"])
    assert await on_time() == (1.0, 1, 1, 1)
    clock.set(datetime(2026, 9, 8, 12, tzinfo=UTC))
    await (await funding.later()).report("accepted", second)
    clock.set(datetime(2026, 9, 16, 12, tzinfo=UTC))
    assert await on_time() == (1.0, 2, 2, 0)
    of_team = f"/collaborations/{funding.team.id}/metrics"
    assert made_of(await metric(funding.network, of_team, "milestones_on_time")) == (1.0, 2, 2, 0)


async def test_reports_take_as_long_as_they_did(funding: Funding, clock: FixedClock) -> None:
    """Submitted, sent back after two days, submitted again after three more and accepted after
    one: six days of which three with whoever reviewed it."""
    path = f"/cohorts/{funding.cohort['id']}/metrics"
    report = await funding.report("draft")

    async def moved(days: int, status: str) -> None:
        nonlocal report
        clock.advance(timedelta(days=days))
        report = await (await funding.later()).walk_report(report, status)

    await moved(0, "submitted")
    assert made_of(await metric(funding.network, path, "report_turnaround")) == (None, 0, 0, 1)
    clock.advance(timedelta(days=2))
    later = await funding.later()
    criterion_id = report["answers"][0]["criterion_id"]
    changes = {"requests": [{"criterion_id": criterion_id, "request": "The annex is missing."}]}
    report = await later.make(later.coordinator, report, "request_changes", changes)
    clock.advance(timedelta(days=3))
    later = await funding.later()
    said = {"answer": "Signed by all five, the annex is with it.", "is_met": True}
    part = f"/reports/{report['id']}/answers/{criterion_id}"
    await later.save(later.member, part, said)
    assert (await later.submit(report)).is_success
    clock.advance(timedelta(days=1))
    later = await funding.later()
    report = await later.network.seen(later.coordinator, f"/reports/{report['id']}")
    await later.make(later.coordinator, report, "accept")

    day = 86_400
    turnaround = await metric(funding.network, path, "report_turnaround")
    assert (made_of(turnaround), turnaround["unit"]) == ((6.0, 6 * day, 1, 0), "days")
    assert made_of(await metric(funding.network, path, "review_time")) == (3.0, 3 * day, 1, 0)


async def test_money_is_told_by_currency(network: Network) -> None:
    """40,000 pounds came, of which 20,000 were signed for and 8,000 are due for payment; in euros
    there is a grant that no fund pays."""
    ledgers = await Ledgers.begin(network)
    await ledgers.received(4_000_000)
    grant = await ledgers.grant("active")
    funding = ledgers.funding
    await funding.report("accepted", (await funding.milestones(grant))[0])
    award = {"amount_minor": 2_000_000, "currency": "EUR"}
    await funding.grant("active", award=award)

    of_cohort = await figures(network, f"/cohorts/{funding.cohort['id']}/metrics")
    money = {
        ("awarded_money", "EUR"): (2_000_000, 1, 1),
        ("awarded_money", "GBP"): (2_000_000, 1, 0),
        ("reserved_money", "GBP"): (0, 1, 0),
        ("committed_money", "GBP"): (1_200_000, 1, 0),
        ("payable_money", "GBP"): (800_000, 1, 0),
        ("in_transit_money", "GBP"): (0, 1, 0),
        ("paid_money", "GBP"): (0, 1, 0),
        ("recoverable_money", "GBP"): (0, 1, 0),
        ("written_off_money", "GBP"): (0, 1, 0),
    }
    assert {name: count for name, count in of_cohort.items() if name[1]} == money
    of_programme = await figures(network, f"/programmes/{network.programme_id}/metrics")
    assert {name: count for name, count in of_programme.items() if name[1]} == money | {
        ("received_money", "GBP"): (4_000_000, 1, 0),
        ("uncommitted_money", "GBP"): (2_000_000, 1, 0),
    }
    awarded = await network.seen(network.manager, f"/cohorts/{funding.cohort['id']}/metrics")
    told = [one for one in awarded["metrics"] if one["key"] == "awarded_money"]
    assert [(one["value"], one["amount"]) for one in told] == [
        (2_000_000.0, {"amount_minor": 2_000_000, "currency": "EUR"}),
        (2_000_000.0, {"amount_minor": 2_000_000, "currency": "GBP"}),
    ]
    others = {one["unit"] for one in awarded["metrics"] if one["amount"] is None}
    assert "money" not in others
    assert terms()["award"]["amount_minor"] == 2_000_000


@pytest.fixture
async def meetings(network: Network) -> Meetings:
    return await Meetings.begin(network)


async def test_sessions_are_rated_by_what_was_released(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    """Of six answers; of the other session four say too little, and are told of by nothing."""
    path = f"/cohorts/{meetings.cohort['id']}/metrics"
    first = await meetings.session("held")
    second = await meetings.session("held", title="Another")
    them = await people(meetings, 6)
    for who, rating, recommendation in zip(
        them, (5, 5, 4, 4, 3, 2), (10, 9, 9, 8, 6, 0), strict=True
    ):
        assert (await say(meetings, first, who, rating, recommendation)).is_success
    for who in them[:4]:
        assert (await say(meetings, second, who, 1, 0)).is_success
    open_yet = await metric(meetings.network, path, "session_rating")
    assert made_of(open_yet) == (None, 0, 0, 0)

    clock.advance(timedelta(days=8))
    assert await close_feedback(database, clock) == 2

    rating = await metric(meetings.network, path, "session_rating")
    assert made_of(rating) == (float(round(Fraction(23, 6), 6)), 23, 6, 1)
    recommendation = await metric(meetings.network, path, "session_recommendation")
    assert made_of(recommendation) == (0.166667, 1, 6, 1)


async def test_collaborations_their_data_and_support(funding: Funding) -> None:
    """Of two data sets one is open; two helpers gave 90 and 45 minutes."""
    of_team = f"/collaborations/{funding.team.id}"
    data = {"name": "River levels", "access": "closed"}
    await funding.done(funding.lead, "POST", f"{of_team}/data-sets", data)
    opened = {"name": "Flood maps", "access": "open", "licence": "CC-BY-4.0"}
    await funding.done(funding.lead, "POST", f"{of_team}/data-sets", opened)
    for minutes in (90, 45):
        body = {"given_on": "2026-03-02", "minutes": minutes, "about": "Licences"}
        await funding.done(funding.coordinator, "POST", f"{of_team}/support", body)

    found = f"{of_team}/metrics"
    assert made_of(await metric(funding.network, found, "data_sets_opened")) == (0.5, 1, 2, 0)
    assert made_of(await metric(funding.network, found, "support_hours")) == (2.25, 135, 1, 0)
    of_programme = f"/programmes/{funding.network.programme_id}/metrics"
    assert made_of(await metric(funding.network, of_programme, "collaborations_launched")) == (
        None,
        0,
        0,
        0,
    )
