"""Rounds over HTTP: planned, opened, made stricter, closed and cancelled."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.learning.trust.rounds import invariants
from app.learning.trust.rounds.service import open_and_close_due
from app.learning.trust.sheets import invariants as sheet_invariants
from app.people.identity.roles import Role
from tests.answers import START, edits, page, refused
from tests.journeys import Json
from tests.learning.trust.askings import CLOSES, OPENS, WHY, Asking
from tests.learning.trust.frames import dimension, document, question
from tests.people.identity.people import Person

assert invariants, "registers what is looked for"
assert sheet_invariants, "registers what is looked for"

WEEK = timedelta(days=7)


def actions(a_round: Json, *names: str) -> list[Json]:
    return [
        {
            "name": name,
            "operation_id": f"{name}_round",
            "method": "POST",
            "href": f"/v1/rounds/{a_round['id']}/{name}",
            "needs_reason": name == "cancel",
            "needs_if_match": False,
        }
        for name in names
    ]


def unmet(answer: Json) -> set[str]:
    return {one["code"] for one in answer["unmet"]}


async def test_a_round_is_planned(asking: Asking) -> None:
    path = f"/cohorts/{asking.cohort['id']}/rounds"
    answer = await asking.call(asking.facilitator, "POST", path, asking.body())
    made = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/rounds/{made['id']}")
    cohort = {name: asking.cohort[name] for name in ("id", "reference", "name")}
    assert made == {
        "id": ANY,
        "cohort": cohort,
        "framework_version": {
            "id": asking.version["id"],
            "reference": None,
            "name": "A framework",
        },
        "compares_to_id": None,
        "status": "draft",
        "kind": "baseline",
        "title": "Where we begin",
        "confidentiality": "attributed",
        "perspectives": ["self", "peer"],
        "k": 3,
        "colluders": 0,
        "least_organisations": 1,
        "breakdowns": [],
        "peers_required": 3,
        "peers_each": None,
        "is_strict": False,
        "imported_from": None,
        "timezone": "Europe/London",
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "opened_at": None,
        "closed_at": None,
        "asked": None,
        "answered": None,
        "available_actions": actions(made, "schedule", "open", "cancel"),
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    mute = made | {"available_actions": []}
    for who, told in ((asking.facilitator, made), (asking.first.member, mute)):
        assert await asking.done(who, "GET", f"/rounds/{made['id']}") == told
        assert await asking.done(who, "GET", "/rounds?status=draft") == page(told)
    assert await asking.done(asking.facilitator, "GET", path) == page(made)
    stranger = await asking.network.team(7)
    unseen = await asking.call(stranger.lead, "GET", f"/rounds/{made['id']}")
    assert refused(unseen, "round_not_found", 404)


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"k": 2}, "validation_failed", "/k"),
        ({"closes_at": OPENS}, "closes_before_opening", None),
        ({"perspectives": ["self", "self"]}, "validation_failed", None),
        ({"framework_version_id": str(UUID(int=1))}, "framework_version_unknown", None),
        ({"compares_to_id": str(UUID(int=1))}, "earlier_round_unknown", None),
    ],
)
async def test_what_makes_no_sense_is_refused(
    asking: Asking, fields: Json, code: str, pointer: str | None
) -> None:
    path = f"/cohorts/{asking.cohort['id']}/rounds"
    answer = await asking.call(asking.facilitator, "POST", path, asking.body(**fields))
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    where = pointer if pointer is not None else f"/{next(iter(fields))}"
    assert [one["pointer"] for one in answer.json()["errors"]] == [where]


async def test_a_round_is_compared_to_one_that_is_as_strict(asking: Asking) -> None:
    path = f"/cohorts/{asking.cohort['id']}/rounds"

    async def sent(opens_at: str, **said: Any) -> Any:
        body = asking.body(opens_at=opens_at, **said)
        return await asking.call(asking.facilitator, "POST", path, body)

    earlier = (await sent("2026-03-01T08:00:00Z", is_strict=True)).json()
    later = {"opens_at": OPENS, "compares_to_id": earlier["id"]}
    answer = await sent(**later)
    assert (answer.status_code, answer.json()["code"]) == (422, "earlier_round_unknown")
    made = await sent(**later, is_strict=True)
    assert made.status_code == 201, made.text
    where = f"/rounds/{made.json()['id']}"
    answer = await asking.call(
        asking.facilitator, "PATCH", where, {"is_strict": False}, read=made.json()
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "earlier_round_unknown")


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"k": 5}, ["/k"]),
        ({"k": 4, "colluders": 1}, ["/colluders", "/k"]),
        ({"least_organisations": 2}, ["/least_organisations"]),
        ({"peers_required": 4}, ["/peers_required"]),
    ],
)
async def test_no_round_becomes_so_strict_that_nothing_could_be_told(
    asking: Asking, said: Json, named: list[str]
) -> None:
    """Four are asked, two of them as peers of either member; of none it is known for which
    organisation they work."""
    made = await asking.round("open", confidentiality="anonymous")
    path = f"/rounds/{made['id']}"
    answer = await asking.call(asking.facilitator, "PATCH", path, said, read=made)
    asked = {"people": 4, "organisations": 1, "peers": 2}
    assert refused(answer, "round_too_strict", 409, asked=asked, errors=ANY)
    assert [one["pointer"] for one in answer.json()["errors"]] == named
    edited = await asking.done(asking.facilitator, "PATCH", path, {"k": 4}, read=made)
    assert edited["k"] == 4


async def test_a_round_that_asks_too_few_peers_and_nobody_else_is_not_opened(
    asking: Asking,
) -> None:
    made = await asking.round("draft", perspectives=["peer"])
    answer = await asking.call(asking.facilitator, "POST", f"/rounds/{made['id']}/open")
    assert unmet(answer.json()) == {"too_few_peers"}
    [one] = answer.json()["unmet"]
    assert one["pointer"] == "/peers_required"
    path = f"/rounds/{made['id']}"
    await asking.done(asking.facilitator, "PATCH", path, {"peers_required": 2}, read=made)
    opened = await asking.moved(made, "open")
    higher = await asking.call(
        asking.facilitator, "PATCH", path, {"peers_required": 3}, read=opened
    )
    assert refused(higher, "round_too_strict", 409, asked=ANY, errors=ANY)


async def test_an_attributed_round_may_become_as_strict_as_it_likes(asking: Asking) -> None:
    made = await asking.round("open")
    path = f"/rounds/{made['id']}"
    answer = await asking.call(
        asking.facilitator, "PATCH", path, {"peers_required": 4, "k": 9}, read=made
    )
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/peers_required"]
    edited = await asking.done(asking.facilitator, "PATCH", path, {"k": 9}, read=made)
    assert edited["k"] == 9


async def test_what_nobody_could_answer_does_not_open(asking: Asking, clock: FixedClock) -> None:
    made = await asking.round()
    clock.advance(timedelta(days=7))
    for move in ("schedule", "open"):
        path = f"/rounds/{made['id']}/{move}"
        answer = await asking.call(asking.facilitator, "POST", path)
        [unmet] = answer.json()["unmet"]
        assert (unmet["code"], unmet["pointer"]) == ("closes_in_past", "/closes_at")


async def test_what_it_promised_is_only_made_stricter(asking: Asking, db: AsyncSession) -> None:
    made = await asking.round("open", confidentiality="confidential", breakdowns=["role"])
    path = f"/rounds/{made['id']}"
    for said in (
        {"confidentiality": "attributed"},
        {"peers_required": 2},
        {"breakdowns": ["role", "organisation_kind"]},
        {"closes_at": "2026-03-08T09:00:00Z"},
        {"perspectives": ["self"]},
        {"is_strict": True},
        {"opens_at": "2026-03-01T09:00:00Z"},
    ):
        answer = await asking.call(asking.facilitator, "PATCH", path, said, read=made)
        assert answer.json()["code"] == "round_promised", said
        assert answer.status_code == 409
    said = {
        "k": 4,
        "title": "Where we began",
        "breakdowns": [],
        "closes_at": "2026-03-10T09:00:00.000000Z",
    }
    edited = await asking.done(asking.facilitator, "PATCH", path, said, read=made)
    assert edited == made | said | {"version": made["version"] + 1}
    history = await asking.done(asking.facilitator, "GET", f"{path}/history")
    longer = {"from": "2026-03-09T09:00:00Z", "to": "2026-03-10T09:00:00Z"}
    assert history["items"][-1]["detail"] == edits(made, edited, *said) | {"closes_at": longer}
    with pytest.raises(IntegrityError, match="rounds_promises"):
        async with db.begin_nested():
            await db.execute(text("UPDATE rounds SET k = 3"))
    with pytest.raises(IntegrityError, match="rounds_promises"):
        async with db.begin_nested():
            await db.execute(text("UPDATE rounds SET is_strict = true"))
    with pytest.raises(IntegrityError, match="rounds_promises"):
        async with db.begin_nested():
            await db.execute(text("UPDATE rounds SET imported_from = 'elsewhere'"))
    cancelled = await asking.moved(edited, "cancel")
    answer = await asking.call(asking.facilitator, "PATCH", path, {"k": 9}, read=cancelled)
    assert refused(answer, "round_fixed", 409)


async def party_of(asking: Asking) -> Person:
    """Somebody who runs the rounds of the cohort and acts for one of its members."""
    return await asking.network.people.person(
        "Paul Party",
        (Role.FACILITATOR, UUID(asking.cohort["id"])),
        (Role.COLLABORATION_MEMBER, asking.first.id),
    )


async def test_what_stands_in_the_way_of_opening(asking: Asking) -> None:
    party = await party_of(asking)
    made = await asking.round(confidentiality="anonymous", k=9, perspectives=["self", "dyadic"])
    explained = await asking.done(party, "GET", f"/rounds/{made['id']}/actions")
    of = {one["name"]: {met["code"] for met in one["unmet"]} for one in explained["actions"]}
    assert of == {
        "schedule": set(),
        "open": {"too_few_asked", "party_to_round"},
        "cancel": {"party_to_round"},
    }
    version = await asking.done(
        asking.network.manager,
        "POST",
        f"/framework-versions/{asking.version['id']}/retire",
        {"reason": "It is asked better elsewhere."},
    )
    assert version["status"] == "retired"
    answer = await asking.call(asking.facilitator, "POST", f"/rounds/{made['id']}/open")
    assert refused(answer, "guards_unmet", 409, unmet=ANY)
    assert unmet(answer.json()) == {"framework_not_published", "too_few_asked"}


async def test_where_nobody_says_whom_they_work_for_nothing_could_be_told(asking: Asking) -> None:
    """Those of whom it is not known are of one organisation together; outside there are others."""
    fields = {"confidentiality": "confidential", "least_organisations": 2}
    made = await asking.round(**fields)
    answer = await asking.call(asking.facilitator, "POST", f"/rounds/{made['id']}/open")
    assert [(one["code"], one["pointer"]) for one in answer.json()["unmet"]] == [
        ("too_few_asked", "/least_organisations")
    ]
    outside = await asking.round(**fields, perspectives=["self", "stakeholder"], title="Outside")
    assert (await asking.moved(outside, "open"))["status"] == "open"


async def test_a_side_that_nobody_asks(asking: Asking) -> None:
    alone = document(dimension("d", question("A", audience=["self"])), version="2.0.0")
    further = await asking.framing.further(asking.version, **alone)
    made = await asking.round(framework_version_id=further["id"])
    for move in ("schedule", "open"):
        answer = await asking.call(asking.facilitator, "POST", f"/rounds/{made['id']}/{move}")
        assert unmet(answer.json()) == {"framework_not_published", "perspective_not_asked"}


async def test_a_cohort_without_members_is_not_asked(asking: Asking) -> None:
    cohort = await asking.network.cohort("selecting", reference="PLN-C3")
    path = f"/cohorts/{cohort['id']}/rounds"
    manager = asking.network.manager
    made = await asking.done(manager, "POST", path, asking.body())
    answer = await asking.call(manager, "POST", f"/rounds/{made['id']}/open")
    assert unmet(answer.json()) == {"no_members"}


async def test_whoever_is_asked_does_not_run_it(asking: Asking, clock: FixedClock) -> None:
    party = await party_of(asking)
    made = await asking.round("open")

    async def in_the_way() -> dict[str, set[str]]:
        explained = await asking.done(party, "GET", f"/rounds/{made['id']}/actions")
        return {one["name"]: {met["code"] for met in one["unmet"]} for one in explained["actions"]}

    assert await in_the_way() == {
        "close": {"party_to_round", "still_answered"},
        "cancel": {"party_to_round"},
    }
    clock.advance(WEEK)
    await asking.moved(made, "close")
    assert await in_the_way() == {"moderate": {"party_to_round"}}
    moderated = await asking.moved(made, "moderate")
    assert moderated["status"] == "moderating"


async def test_the_clock_opens_and_closes_it(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    made = await asking.round("scheduled", opens_at="2026-03-02T10:00:00Z")
    assert await open_and_close_due(database, clock) == 0
    clock.advance(timedelta(hours=1))
    assert await open_and_close_due(database, clock) == 1
    early = await asking.call(asking.facilitator, "POST", f"/rounds/{made['id']}/close")
    assert unmet(early.json()) == {"still_answered"}
    clock.advance(WEEK - timedelta(hours=1))
    assert await open_and_close_due(database, clock) == 1
    assert await open_and_close_due(database, clock) == 0
    closed = await asking.done(asking.facilitator, "GET", f"/rounds/{made['id']}")
    assert (closed["status"], closed["closed_at"]) == ("closed", CLOSES)
    assert (closed["asked"], closed["answered"]) == (8, 0)


async def test_who_is_asked_is_fixed_when_it_opens(asking: Asking) -> None:
    opened = await asking.round("open", breakdowns=["role"])
    third = await asking.network.team(3)
    await asking.network.membership(asking.cohort, third, "active")
    found = await asking.done(asking.facilitator, "GET", f"/rounds/{opened['id']}/respondents")
    assert len(found["items"]) == 8
    everybody = {str(one.account_id) for one in asking.people}
    assert {one["account"]["id"] for one in found["items"]} == everybody
    assert {one["has_answered"] for one in found["items"]} == {False}
    member = await asking.call(asking.first.lead, "GET", f"/rounds/{opened['id']}/respondents")
    assert member.status_code == 403
    of = await asking.assessments(opened)
    assert sorted((one["collaboration"]["name"], one["perspective"]) for one in of) == [
        (team.ref["name"], side)
        for team in (asking.first, asking.second)
        for side in ("peer", "self")
    ]
    assert of[0] == {
        "id": ANY,
        "round": {"id": opened["id"], "reference": None, "name": "Where we begin"},
        "membership_id": ANY,
        "collaboration": ANY,
        "perspective": ANY,
        "voided_at": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }


async def test_a_cohort_is_not_closed_while_it_is_asked(asking: Asking) -> None:
    made = await asking.round("open")
    cohort = await asking.network.walk_cohort(asking.cohort, "wrapping_up")
    await asking.network.end_memberships(cohort)
    path = f"/cohorts/{cohort['id']}/close"
    answer = await asking.call(asking.network.manager, "POST", path)
    assert "rounds_open" in unmet(answer.json())
    await asking.moved(made, "cancel")
    again = await asking.call(asking.network.manager, "POST", path)
    assert again.is_success, again.text


async def test_it_is_cancelled_with_its_cohort(asking: Asking) -> None:
    made = await asking.round("open")
    path = f"/cohorts/{asking.cohort['id']}"
    preview = await asking.done(asking.network.manager, "GET", f"{path}/cancel/preview")
    foreseen = {one["code"]: one["things"] for one in preview["consequences"]}
    assert [one["id"] for one in foreseen["its_rounds_are_cancelled"]] == [made["id"]]
    await asking.done(asking.network.manager, "POST", f"{path}/cancel", WHY)
    assert (await asking.done(asking.facilitator, "GET", f"/rounds/{made['id']}"))[
        "status"
    ] == "cancelled"


async def test_its_cohort_is_cancelled_by_somebody_who_is_asked(asking: Asking) -> None:
    """They may not cancel the round itself, and it does not stand in the way of its cohort."""
    made = await asking.round("open")
    party = await asking.network.people.person(
        "Paula Manager",
        (Role.PROGRAMME_MANAGER, asking.network.programme_id),
        (Role.COLLABORATION_MEMBER, asking.first.id),
    )
    own = await asking.call(party, "POST", f"/rounds/{made['id']}/cancel", WHY)
    assert unmet(own.json()) == {"party_to_round"}
    await asking.done(party, "POST", f"/cohorts/{asking.cohort['id']}/cancel", WHY)
    ended = await asking.done(asking.facilitator, "GET", f"/rounds/{made['id']}")
    assert ended["status"] == "cancelled"


async def test_what_is_said_of_a_member_that_left_is_void(asking: Asking) -> None:
    made = await asking.round("open")
    about = await asking.assessment(made, asking.first)
    sheet = await asking.sheet(asking.first.lead, about, "submitted")
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    await asking.done(
        asking.network.coordinator,
        "POST",
        f"/memberships/{about['membership_id']}/withdraw",
        leaving,
    )
    of = await asking.assessments(made)
    assert {one["collaboration"]["name"] for one in of if one["voided_at"]} == {
        asking.first.ref["name"]
    }
    assert await asking.waits(asking.first.member) == []
    assert await asking.waits(asking.second.lead) == [
        ("begin_sheet", (await asking.assessment(made, asking.second))["id"])
    ]
    kept = await asking.done(asking.facilitator, "GET", f"/sheets/{sheet['id']}")
    assert kept["status"] == "submitted"


async def test_a_draft_is_thrown_away(asking: Asking) -> None:
    made = await asking.round()
    scheduled = await asking.round("scheduled")
    path = f"/rounds/{scheduled['id']}"
    answer = await asking.call(asking.facilitator, "DELETE", path, read=scheduled)
    assert refused(answer, "round_not_draft", 409)
    gone = await asking.call(asking.facilitator, "DELETE", f"/rounds/{made['id']}", read=made)
    assert gone.status_code == 204
    assert refused(
        await asking.call(asking.facilitator, "GET", f"/rounds/{made['id']}"),
        "round_not_found",
        404,
    )


async def test_the_doctor_finds_rounds_elsewhere(asking: Asking, db: AsyncSession) -> None:
    await asking.round("open")
    wanted = [query for name, query in INVARIANTS.items() if "round" in name]
    assert len(wanted) >= 4
    for query in wanted:
        assert not (await db.execute(text(query))).all()
