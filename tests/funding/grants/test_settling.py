"""Grants whose membership has ended: they are held, and whoever runs the cohort settles them."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.funding.grants.holding import Circumstances, HeldBecause, held_because
from app.funding.grants.models import Grant
from app.funding.grants.queries import is_held, why_held
from app.kernel.clock import FixedClock
from app.network.cohorts.lifecycle import LIVE, CohortStatus, MembershipStatus
from app.network.collaborations.lifecycle import CollaborationStatus
from app.people.identity.roles import Role
from tests.answers import page, problem, refused
from tests.bound import BoundDatabase
from tests.counting import statements
from tests.grant_walks import WHY, Funding, milestone
from tests.journeys import Json
from tests.people.identity.people import People, Person

UNTIL: Any = date(2026, 12, 31)
ON = date(2026, 3, 2)
LATER = {"due_on": "2026-09-30", "reason": "The annex comes late."}


async def left(funding: Funding, status: str = "withdrawn") -> None:
    await funding.network.walk_membership(funding.membership, funding.team, status)


async def held_grant(funding: Funding, status: str = "active") -> Json:
    grant = await funding.grant(status)
    await left(funding)
    return await seen(funding, grant)


async def seen(funding: Funding, grant: Json, who: Person | None = None) -> Json:
    return await funding.done(who or funding.coordinator, "GET", f"/grants/{grant['id']}")


def goes_on(reviewer: Person, **changes: Any) -> Json:
    said = {"until_on": "2026-12-31", "reviewer_id": str(reviewer.account_id), **WHY}
    return said | changes


async def work(funding: Funding, who: Person, path: str = "/me/work") -> list[str]:
    found = (await funding.network.seen(who, f"{path}?limit=200"))["items"]
    return sorted(one["kind"] for one in found if path == "/me/work" or one["is_mine"])


async def test_the_grant_says_that_it_is_held_and_why(funding: Funding) -> None:
    grant = await funding.grant("active")
    assert (grant["is_held"], grant["held_because"]) == (False, None)

    await left(funding)

    held = await seen(funding, grant, funding.lead)
    assert held == grant | {
        "is_held": True,
        "held_because": "membership_ended",
        "available_actions": held["available_actions"],
    }


async def test_its_lead_is_asked_for_nothing_and_the_convenor_for_an_answer(
    funding: Funding, clock: FixedClock
) -> None:
    """A milestone overdue, a report begun, a later date asked for: none is of use any more."""
    grant = await funding.grant("active")
    first, second = await funding.milestones(grant)
    await funding.report("draft", first)
    await funding.done(funding.lead, "POST", f"/milestones/{second['id']}/extensions", LATER)
    clock.set(datetime(2026, 10, 1, tzinfo=UTC))
    later = await funding.later()
    assert await work(later, later.lead) == ["report_milestone", "submit_report"]
    assert await work(later, later.coordinator) == [
        "begin_onboarding",
        "close_grant",
        "decide_extension",
    ]

    await left(later)

    assert await work(later, later.lead) == []
    assert await work(later, later.lead, "/obligations") == []
    for one in await later.milestones(grant):
        assert (one["is_due"], one["is_overdue"]) == (False, False)
    assert (await later.network.seen(later.lead, "/milestones?standing=overdue"))["items"] == []
    items = (await later.network.seen(later.coordinator, "/me/work"))["items"]
    assert items == [
        {
            "kind": "settle_grant",
            "noun": "grant",
            "subject": {"id": grant["id"], "reference": "PLN-C1-G01", "name": grant["title"]},
            "cohort": grant["cohort"],
            "collaboration": grant["collaboration"],
            "grant": {"id": grant["id"], "reference": grant["reference"], "name": grant["title"]},
            "write_to": {
                "id": str(funding.lead.account_id),
                "reference": None,
                "name": funding.lead.name,
            },
            "due_at": None,
            "is_overdue": False,
            "in_conflict": [],
            "action": {
                "name": "continue",
                "operation_id": "continue_grant",
                "method": "POST",
                "href": f"/v1/grants/{grant['id']}/continue",
                "needs_reason": True,
                "needs_if_match": False,
            },
        }
    ]


async def test_what_was_submitted_waits_for_no_reviewer(funding: Funding) -> None:
    await funding.report("submitted")
    assert "review_report" in await work(funding, funding.coordinator)
    await left(funding)
    assert await work(funding, funding.coordinator) == ["settle_grant"]


async def test_a_later_date_is_neither_asked_for_nor_given(funding: Funding) -> None:
    grant = await held_grant(funding)
    one = (await funding.milestones(grant))[0]
    path = f"/milestones/{one['id']}"
    asked = await funding.call(funding.lead, "POST", f"{path}/extensions", LATER)
    given = await funding.call(funding.manager, "POST", f"{path}/extend", LATER, if_match="*")
    assert refused(asked, "grant_held", 409)
    assert refused(given, "grant_held", 409)


async def test_it_is_continued_and_goes_on(funding: Funding, clock: FixedClock) -> None:
    grant = await held_grant(funding)
    clock.advance(timedelta(minutes=1))

    path, body = f"/grants/{grant['id']}/continue", goes_on(funding.manager)
    continued = await funding.done(funding.coordinator, "POST", path, body)

    at = "2026-03-02T09:01:00.000000Z"
    manager = funding.manager
    assert continued == grant | {
        "is_held": False,
        "held_because": None,
        "continuation": {
            "until_on": "2026-12-31",
            "reason": WHY["reason"],
            "reviewer": {"id": str(manager.account_id), "reference": None, "name": manager.name},
            "decided_at": at,
        },
        "version": grant["version"] + 1,
        "updated_at": at,
    }
    history = await funding.done(funding.lead, "GET", f"/grants/{grant['id']}/history")
    said = history["items"][-1]
    assert (said["verb"], said["from_status"], said["to_status"], said["reason"]) == (
        "grant.continued",
        "active",
        "active",
        WHY["reason"],
    )
    assert said["detail"] == {"until_on": "2026-12-31", "reviewer_id": str(manager.account_id)}
    first, _ = await funding.milestones(grant)
    report = await funding.report("accepted", first)
    assert report["status"] == "accepted"
    assert await work(funding, funding.coordinator) == []


async def test_it_is_held_again_after_its_last_day_where_its_cohort_is(
    funding: Funding, clock: FixedClock
) -> None:
    """In London, the first instant of 1 July is an hour before that of UTC."""
    grant = await held_grant(funding)
    body = goes_on(funding.coordinator, until_on="2026-06-30")
    await funding.done(funding.coordinator, "POST", f"/grants/{grant['id']}/continue", body)
    told: list[Json] = []
    for at in (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), datetime(2026, 6, 30, 23, tzinfo=UTC)):
        clock.set(at)
        later = await funding.later()
        one = await seen(later, grant)
        told.append({key: one[key] for key in ("is_held", "held_because")})
        assert ("settle_grant" in await work(later, later.coordinator)) is one["is_held"]
    assert told == [
        {"is_held": False, "held_because": None},
        {"is_held": True, "held_because": "continuation_ended"},
    ]


async def test_who_comes_back_and_leaves_again_is_held_again(
    funding: Funding, clock: FixedClock
) -> None:
    """What was decided of the first departure says nothing of the second. An offer that is made in
    between and lapses changes nothing."""
    grant = await funding.grant("active")
    await left(funding, "withdrawn")
    body = goes_on(funding.coordinator)
    await funding.done(funding.coordinator, "POST", f"/grants/{grant['id']}/continue", body)
    path = f"/memberships/{funding.membership['id']}"
    clock.advance(timedelta(hours=1))
    for step in ("offer", "decline"):
        who = funding.lead if step == "decline" else funding.coordinator
        await funding.network.done(who, f"{path}/{step}", WHY if step == "offer" else None)
        assert (await seen(await funding.later(), grant))["is_held"] is False
    await funding.network.done(funding.coordinator, f"{path}/offer", WHY)
    await funding.network.done(funding.lead, f"{path}/accept")
    assert (await seen(await funding.later(), grant))["is_held"] is False
    clock.advance(timedelta(hours=1))
    leaving = {"departure": "funding", **WHY}
    await funding.network.done(funding.lead, f"{path}/withdraw", leaving)
    assert (await seen(await funding.later(), grant))["held_because"] == "membership_ended"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"until_on": "2026-03-01"}, "/until_on", "in_the_past"),
        ({"reviewer_id": str(uuid4())}, "/reviewer_id", "may_not_review"),
    ],
)
async def test_what_no_continuation_says(
    funding: Funding, changes: Json, pointer: str, code: str
) -> None:
    grant = await held_grant(funding)
    body = goes_on(funding.coordinator, **changes)
    path = f"/grants/{grant['id']}/continue"
    answer = await funding.call(funding.coordinator, "POST", path, body)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await seen(funding, grant) == grant


async def test_it_is_reviewed_by_a_person_who_may_and_is_not_of_the_grantee(
    funding: Funding, people: People
) -> None:
    grant = await held_grant(funding)
    network = funding.network
    both = await people.person(
        "Bo Both",
        (Role.REVIEWER, network.programme_id),
        (Role.COLLABORATION_MEMBER, funding.team.id),
    )
    rita = await people.person("Rita Reviewer", (Role.REVIEWER, network.programme_id))
    service = await people.service("Robot", rita, (Role.REVIEWER, network.programme_id))
    path = f"/grants/{grant['id']}/continue"
    for who in (funding.lead, both, service):
        body = {"until_on": "2026-12-31", "reviewer_id": str(who.account_id), **WHY}
        answer = await funding.call(funding.coordinator, "POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "reviewer_may_not"), who.name
    made = await funding.done(funding.coordinator, "POST", path, goes_on(rita))
    assert made["continuation"]["reviewer"]["name"] == "Rita Reviewer"


async def test_today_is_still_to_come(funding: Funding) -> None:
    grant = await held_grant(funding)
    body = goes_on(funding.coordinator, until_on="2026-03-02")
    path = f"/grants/{grant['id']}/continue"
    assert (await funding.done(funding.coordinator, "POST", path, body))["is_held"] is False


async def test_a_continuation_counts_on_its_last_day(funding: Funding) -> None:
    grant = await held_grant(funding)
    body = goes_on(funding.coordinator, until_on="2026-03-02")
    await funding.done(funding.coordinator, "POST", f"/grants/{grant['id']}/continue", body)
    assert await work(funding, funding.coordinator) == []


async def test_it_begins_to_close_early_and_what_nobody_can_report_is_cancelled(
    funding: Funding,
) -> None:
    terms = [milestone(f"Part {n}", 500_000, "2026-05-31", is_parallel=True) for n in range(4)]
    grant = await funding.grant("active", milestones=terms)
    one, two, three, four = await funding.milestones(grant)
    await funding.report("accepted", one)
    await funding.report("submitted", two)
    await funding.report("changes_requested", three)
    await left(funding)
    path = f"/grants/{grant['id']}/begin-closing/preview"
    foreseen = (await funding.done(funding.coordinator, "GET", path))["consequences"]
    closing = await funding.make(funding.coordinator, grant, "begin_closing")
    assert (closing["status"], closing["is_held"]) == ("closing", True)
    found = {done["id"]: done["status"] for done in await funding.milestones(grant)}
    assert [found[each["id"]] for each in (one, two, three, four)] == [
        "accepted",
        "reported",
        "cancelled",
        "cancelled",
    ]
    assert [(each["code"], [thing["id"] for thing in each["things"]]) for each in foreseen] == [
        ("what_cannot_be_reported_is_cancelled", [three["id"], four["id"]])
    ]


async def test_what_can_be_reported_stays_when_its_grant_begins_to_close(
    funding: Funding, clock: FixedClock
) -> None:
    grant = await funding.grant("active")
    clock.set(datetime(2026, 9, 2, tzinfo=UTC))
    later = await funding.later()
    await later.make(later.coordinator, grant, "begin_closing")
    assert [one["status"] for one in await later.milestones(grant)] == ["planned", "planned"]


async def test_a_begun_report_on_what_was_cancelled_waits_for_nobody(funding: Funding) -> None:
    grant = await funding.grant("active")
    await funding.report("draft", (await funding.milestones(grant))[0])
    await left(funding)
    closing = await funding.make(funding.coordinator, grant, "begin_closing")
    await funding.make(funding.coordinator, closing, "continue", goes_on(funding.manager))
    assert await work(funding, funding.lead) == []


async def test_what_nobody_signed_can_only_be_cancelled(funding: Funding) -> None:
    grant = await held_grant(funding, "offered")
    assert await work(funding, funding.lead) == []
    assert await work(funding, funding.manager) == ["cancel_grant"]
    answer = await funding.call(
        funding.coordinator, "POST", f"/grants/{grant['id']}/continue", goes_on(funding.manager)
    )
    assert answer.json()["code"] == "invalid_transition"
    done = await funding.make(funding.coordinator, grant, "cancel", WHY)
    assert (done["status"], done["is_held"]) == ("cancelled", False)
    assert await work(funding, funding.manager) == []


async def test_lists_and_tables_say_which_are_held(funding: Funding) -> None:
    held = await held_grant(funding)
    other = await funding.network.team(2)
    joined = await funding.network.membership(funding.cohort, other, "accepted")
    goes = await Funding(funding.network, other, funding.cohort, joined).grant("active")

    async def listed(query: str) -> list[str]:
        found = await funding.network.seen(funding.coordinator, f"/grants?{query}")
        return [one["id"] for one in found["items"]]

    assert await listed("is_held=true") == [held["id"]]
    assert await listed("is_held=false") == [goes["id"]]
    path = f"/memberships/{funding.membership['id']}/grants?is_held=true"
    assert len((await funding.network.seen(funding.lead, path))["items"]) == 1
    rows = await table(funding, "grants", funding.coordinator)
    assert [row["held_because"] for row in rows] == ["membership_ended", ""]


async def table(funding: Funding, name: str, who: Person) -> list[dict[str, str]]:
    path, headers = f"/v1/{name}", {**who.headers, "Accept": "text/csv"}
    answer = await funding.network.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def test_the_table_of_milestones_asks_for_nothing_either(
    funding: Funding, clock: FixedClock
) -> None:
    await held_grant(funding)
    clock.set(datetime(2026, 10, 1, tzinfo=UTC))
    later = await funding.later()
    rows = await table(later, "milestones", later.lead)
    assert {(row["is_due"], row["is_overdue"]) for row in rows} == {("false", "false")}


async def two_held(funding: Funding) -> tuple[Json, Json]:
    """Two grants of one member that has left: in force, and drawn up."""
    active = await funding.grant("active")
    draft = await funding.grant()
    await left(funding)
    return await seen(funding, active), await seen(funding, draft)


async def test_one_that_goes_on_lets_no_other_go_on(funding: Funding) -> None:
    active, draft = await two_held(funding)
    path = f"/grants/{active['id']}/continue"
    await funding.done(funding.coordinator, "POST", path, goes_on(funding.manager))

    assert "cancel_grant" in await work(funding, funding.coordinator)
    path = f"/memberships/{funding.membership['id']}/grants?is_held=true"
    listed = await funding.done(funding.coordinator, "GET", path)
    assert [one["id"] for one in listed["items"]] == [draft["id"]]


async def test_several_are_settled_in_one_call(funding: Funding) -> None:
    active, draft = await two_held(funding)
    items = [
        {"grant_id": draft["id"], "version": draft["version"], "answer": "cancel", **WHY},
        {"grant_id": active["id"], "version": active["version"], "answer": "continue"}
        | goes_on(funding.manager),
    ]
    made = await funding.done(funding.coordinator, "POST", "/grants/settle", {"items": items})
    assert [(one["id"], one["status"], one["is_held"]) for one in made["items"]] == [
        (draft["id"], "cancelled", False),
        (active["id"], "active", False),
    ]
    assert made["items"][1] == await seen(funding, active)
    assert await work(funding, funding.coordinator) == []


async def test_ending_one_so_takes_two_persons_too(funding: Funding) -> None:
    active, _ = await two_held(funding)
    one = {"grant_id": active["id"], "version": active["version"], "answer": "terminate", **WHY}
    found = [
        (await funding.done(who, "POST", "/grants/settle", {"items": [one]}))["items"][0]["status"]
        for who in (funding.manager, funding.coordinator)
    ]
    assert found == ["active", "terminated"]


async def test_all_of_it_or_nothing(funding: Funding, people: People) -> None:
    """Each fault has its pointer: what was read is stale, a guard, a grant that is not there, a
    reviewer who may not, a grant that is said twice, a continuation that says too little."""
    active, draft = await two_held(funding)
    version = active["version"]

    async def told(*items: Json) -> list[tuple[str, str]]:
        said = [{"version": version, **WHY, **one} for one in items]
        body = {"items": said}
        answer = await funding.call(funding.coordinator, "POST", "/grants/settle", body)
        faults = answer.json()["errors"]
        assert answer.json() == problem("batch_refused", 422, errors=faults)
        return [(one["pointer"], one["code"]) for one in faults]

    good = {"grant_id": draft["id"], "version": draft["version"], "answer": "cancel"}
    of_active = {"grant_id": active["id"], "answer": "begin_closing"}
    assert await told(good, of_active | {"version": 1}) == [("/items/1", "precondition_failed")]
    assert await told(good, of_active | {"answer": "cancel"}) == [
        ("/items/1", "invalid_transition")
    ]
    assert await told(good | {"grant_id": str(uuid4())}) == [("/items/0", "grant_not_found")]
    unable = goes_on(funding.lead) | {"grant_id": active["id"], "answer": "continue"}
    assert await told(good, unable) == [("/items/1/reviewer_id", "may_not_review")]
    assert await told(good, good) == [("/items/1/grant_id", "named_twice")]
    assert await told(of_active | {"answer": "continue"}) == [
        ("/items/0/until_on", "missing"),
        ("/items/0/reviewer_id", "missing"),
    ]
    assert await told(good | {"until_on": "2026-12-31"}) == [("/items/0/until_on", "not_wanted")]
    assert await seen(funding, draft) == draft
    stranger = await people.person("Stranger Danger")
    hidden = await funding.call(stranger, "POST", "/grants/settle", {"items": [good | WHY]})
    assert hidden.status_code == 422
    assert await seen(funding, draft) == draft


async def test_a_guard_of_one_is_told_by_its_own_code(funding: Funding) -> None:
    grant = await funding.grant("active")
    one = {"grant_id": grant["id"], "version": grant["version"], "answer": "continue"}
    body = {"items": [one | goes_on(funding.manager)]}
    answer = await funding.call(funding.coordinator, "POST", "/grants/settle", body)
    faults = [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]
    assert faults == [("/items/0", "membership_goes_on")]


async def test_a_list_of_held_grants_costs_as_much_as_any(funding: Funding) -> None:
    grant = await held_grant(funding)
    headers = dict(funding.coordinator.headers)
    counts: list[int] = []
    for query in ("is_held=true", "is_held=false"):
        with statements() as sent:
            answer = await funding.network.client.get(f"/v1/grants?{query}", headers=headers)
        counts.append(len([one for one in sent if "SAVEPOINT" not in one]))
        assert (answer.json() != page()) is (query == "is_held=true"), grant
    assert counts[0] <= counts[1] + 3


def test_it_is_held_for_what_has_ended() -> None:
    def why(**changes: Any) -> HeldBecause | None:
        given = {
            "is_in_force": True,
            "membership": MembershipStatus.ACTIVE,
            "cohort": CohortStatus.RUNNING,
            "collaboration": CollaborationStatus.OPERATING,
            "accepted_at": datetime(2026, 1, 1, tzinfo=UTC),
            "ended_at": None,
            "continued_at": None,
            "continued_until": None,
        }
        return held_because(Circumstances(**(given | changes)), ON)

    ended: Json = {"ended_at": datetime(2026, 3, 1, tzinfo=UTC)}
    gone = ended | {"membership": MembershipStatus.WITHDRAWN}
    since: Json = {"continued_at": datetime(2026, 3, 1, tzinfo=UTC), "continued_until": ON}
    before = since | {"continued_at": datetime(2026, 2, 28, tzinfo=UTC)}
    lapsed = since | {"continued_until": ON - timedelta(days=1)}
    completed = ended | {"membership": MembershipStatus.COMPLETED}
    assert {why(membership=status) for status in LIVE} == {None}
    others = set(MembershipStatus) - LIVE - {MembershipStatus.COMPLETED}
    assert {why(membership=status) for status in others} == {HeldBecause.MEMBERSHIP_ENDED}
    assert [
        why(**completed),
        why(**completed, is_in_force=False),
        why(**completed, cohort=CohortStatus.CLOSED),
        why(**completed, cohort=CohortStatus.CANCELLED),
        why(**completed, collaboration=CollaborationStatus.CONCLUDED),
        why(**gone, **since),
        why(**gone, **before),
        why(**gone, **before, accepted_at=None),
        why(**gone, **lapsed),
        why(**completed, **lapsed),
        why(**completed, **since, cohort=CohortStatus.CLOSED),
    ] == [
        None,
        HeldBecause.MEMBERSHIP_ENDED,
        HeldBecause.COHORT_CLOSED,
        HeldBecause.COHORT_CANCELLED,
        HeldBecause.COLLABORATION_ENDED,
        None,
        HeldBecause.MEMBERSHIP_ENDED,
        None,
        HeldBecause.CONTINUATION_ENDED,
        None,
        None,
    ]


@pytest.mark.parametrize("status", ["active", "offered", "terminated"])
async def test_what_is_told_and_asked_for_is_what_is_calculated(
    funding: Funding, database: BoundDatabase, clock: FixedClock, status: str
) -> None:
    """Of one grant through everything that may become of what it rests on, and to both sides of the
    midnight after which a continuation counts no more."""
    grant = await funding.grant(status)
    found: list[HeldBecause | None] = []
    midnight = datetime(2026, 6, 30, 23, tzinfo=UTC)
    days = (None, midnight - timedelta(minutes=1), midnight) if status == "active" else (None,)
    walks = product(("accepted", "completed", "withdrawn"), ("goes on", "cancelled"), days)
    for ending, cohort, continued_to in walks:
        at = clock.now()
        async with database.undone():
            await _end(funding, ending, cohort)
            if continued_to is not None:
                body = goes_on(funding.coordinator, until_on="2026-06-30")
                path = f"/grants/{grant['id']}/continue"
                await funding.call(funding.coordinator, "POST", path, body)
                clock.set(continued_to)
            found.append(await _why_held(await funding.later(), database))
        clock.set(at)
    assert (set(found) != {None}) is (status != "terminated")
    assert (HeldBecause.CONTINUATION_ENDED in found) is (status == "active")


async def _why_held(funding: Funding, database: BoundDatabase) -> HeldBecause | None:
    """The one reason by the calculation, by what is told, and by what a list asks for."""
    parts = joinedload(Grant.membership), joinedload(Grant.cohort), joinedload(Grant.collaboration)
    async with database.transaction() as db:
        condition = is_held(db.info["clock"].now())
        asked = select(Grant, condition).where(Grant.reference == "PLN-C1-G01").options(*parts)
        grant, is_asked_for = (await db.execute(asked)).one()
        because = why_held(db, grant)
        told = await seen(funding, {"id": grant.id})
    assert (told["is_held"], told["held_because"]) == (because is not None, because)
    assert is_asked_for is (because is not None)
    return because


async def _end(funding: Funding, ending: str, cohort: str) -> None:
    network, path = funding.network, f"/memberships/{funding.membership['id']}"
    if ending == "completed":
        await network.walk_cohort(funding.cohort, "running")
        for step in ("onboard", "activate", "complete"):
            await network.done(funding.coordinator, f"{path}/{step}")
    if ending == "withdrawn":
        await left(funding)
    if cohort == "cancelled":
        await network.done(funding.manager, f"/cohorts/{funding.cohort['id']}/cancel", WHY)
