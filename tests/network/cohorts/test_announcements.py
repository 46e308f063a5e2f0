"""What the members of a cohort are told: drafted, scheduled, sent once, readable for good."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.network.cohorts.announcements.lifecycle import ANNOUNCEMENT
from app.network.cohorts.announcements.models import Announcement
from app.network.cohorts.announcements.service import send_due
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.bound import BoundDatabase
from tests.counting import statements
from tests.journeys import Json, Network, Team
from tests.people.identity.people import Person

DRAFT = {"title": "An hour later", "body": "We meet at eleven on Thursday."}
REASON = {"reason": "The session was moved again."}
NOBODY = "Nobody is of its audience now: see who is in the cohort, and in which status."


async def drafted(network: Network, cohort: Json, **fields: Any) -> Json:
    path = f"/cohorts/{cohort['id']}/announcements"
    return await network.done(network.coordinator, path, DRAFT | fields)


async def act(
    network: Network,
    who: Person | None,
    announcement: Json,
    verb: str = "",
    body: Json | None = None,
    *,
    method: str = "POST",
    if_match: str | None = None,
) -> httpx.Response:
    """What `who` is told of this attempt; nothing of it is expected."""
    headers = dict(await network.headers(who)) if who else {}
    headers |= {"If-Match": if_match} if if_match else {}
    path = f"/v1/announcements/{announcement['id']}{verb}"
    return await network.client.request(method, path, json=body, headers=headers)


def ref(person: Person) -> Json:
    return {"id": str(person.account_id), "reference": None, "name": person.name}


def actions(announcement_id: str, *names: str) -> list[Json]:
    return [
        {
            "name": name,
            "operation_id": f"{name}_announcement",
            "method": "POST",
            "href": f"/v1/announcements/{announcement_id}/{name}",
            "needs_reason": name == "cancel",
            "needs_if_match": False,
        }
        for name in names
    ]


async def mails(db: AsyncSession) -> list[tuple[str, str, str | None]]:
    found = select(MailMessage.recipient, MailMessage.subject, MailMessage.text)
    rows = await db.execute(found.order_by(MailMessage.recipient))
    return [(recipient, subject, text) for recipient, subject, text in rows]


async def test_from_draft_to_scheduled_and_back(network: Network) -> None:
    cohort = await network.cohort("running")
    path = f"/v1/cohorts/{cohort['id']}/announcements"
    made = await network.client.post(path, json=DRAFT, headers=network.coordinator.headers)
    draft = made.json()
    assert made.status_code == 201
    assert made.headers["Location"] == f"/v1/announcements/{draft['id']}"
    assert draft == DRAFT | {
        "id": draft["id"],
        "cohort": {key: cohort[key] for key in ("id", "reference", "name")},
        "status": "draft",
        "audience": "members",
        "membership_id": None,
        "author": ref(network.coordinator),
        "publish_at": None,
        "timezone": None,
        "sent_at": None,
        "recipient_count": None,
        "version": 1,
        "available_actions": actions(draft["id"], "schedule", "send"),
        "created_at": START,
        "updated_at": START,
    }
    edited = await act(
        network,
        network.manager,
        draft,
        body={"audience": "leads"},
        method="PATCH",
        if_match='"1-0"',
    )
    assert edited.json() == draft | {"audience": "leads", "version": 2}
    when = {"publish_at": "2026-03-29T08:00:00+01:00"}
    scheduled = await network.done(
        network.coordinator, f"/announcements/{draft['id']}/schedule", when
    )
    assert scheduled == edited.json() | {
        "status": "scheduled",
        "publish_at": "2026-03-29T07:00:00.000000Z",
        "timezone": "Europe/London",
        "version": 3,
        "available_actions": actions(draft["id"], "unschedule", "send", "cancel"),
    }
    for method, body in (("PATCH", {"title": "Another"}), ("DELETE", None)):
        fixed = await act(
            network, network.coordinator, draft, body=body, method=method, if_match='"3-0"'
        )
        assert refused(fixed, "announcement_fixed", 409)
    back = await network.done(network.coordinator, f"/announcements/{draft['id']}/unschedule")
    assert back == edited.json() | {"version": 4}
    stale = await act(network, network.coordinator, draft, method="DELETE", if_match='"3-0"')
    assert refused(stale, "precondition_failed", 412, version=4)
    unsaid = await act(network, network.coordinator, draft, method="DELETE")
    assert refused(unsaid, "precondition_required", 428)
    gone = await act(network, network.coordinator, draft, method="DELETE", if_match='"4-0"')
    assert gone.status_code == 204
    absent = await act(network, network.coordinator, draft, method="GET")
    assert refused(absent, "announcement_not_found", 404)
    history = await network.seen(network.coordinator, f"/activity?subject_id={draft['id']}")
    assert [row["verb"] for row in history["items"]] == [
        "announcement.created",
        "announcement.edited",
        "announcement.scheduled",
        "announcement.unscheduled",
        "announcement.deleted",
    ]


async def test_a_title_from_before_titles_were_printable_lines_is_sent(
    network: Network, database: BoundDatabase, db: AsyncSession
) -> None:
    database.info["has_mail"] = True
    cohort = await network.cohort("running")
    await network.membership(cohort, await network.team(), "active")
    draft = await drafted(network, cohort, body="Dear all,\n\nwe meet.")
    old = update(Announcement).where(Announcement.id == UUID(draft["id"]))
    await db.execute(old.values(title="An hour\nlater\u202e"))
    await db.commit()

    sent = await act(network, network.coordinator, draft, "/send", if_match="*")

    assert (sent.status_code, sent.json()["title"]) == (200, "An hour\nlater\u202e")
    announced = "this is announced to the people of “Cohort 1”, of whom you are one"
    assert [(subject, text) for _, subject, text in await mails(db)] == [
        (
            "Announcement: “An hour later”",
            f"Dear “{name}”,\n\n{announced}:\n\n> Dear all,\n>\n> we meet.\n",
        )
        for name in ("Lead 1", "Member 1")
    ]


async def test_it_is_sent_once_to_those_who_are_members_then(
    network: Network, clock: FixedClock, database: BoundDatabase, db: AsyncSession
) -> None:
    """By the clock, at its instant, to the people of members that are active or on leave."""
    database.info["has_mail"] = True
    cohort = await network.cohort("running", announced_capacity=9)
    here, away, soon, before = [await network.team(number) for number in (1, 2, 3, 4)]
    active = await network.membership(cohort, here, "active")
    paused = await network.membership(cohort, away, "paused")
    await network.membership(cohort, soon, "onboarding")
    await network.membership(cohort, before, "withdrawn")
    draft = await drafted(network, cohort)
    when = {"publish_at": "2026-03-29T01:30:00Z", "timezone": "America/New_York"}
    await network.done(network.coordinator, f"/announcements/{draft['id']}/schedule", when)
    path = f"/announcements/{draft['id']}"
    hidden = await act(network, here.lead, draft, method="GET")
    assert refused(hidden, "announcement_not_found", 404)

    clock.set(datetime(2026, 3, 29, 1, 29, 59, tzinfo=UTC))
    assert await send_due(database, clock) == 0
    clock.advance(timedelta(seconds=1))
    assert await send_due(database, clock) == 1
    assert await send_due(database, clock) == 0

    sent = await network.seen(network.coordinator, path)
    assert sent == draft | {
        "status": "sent",
        "publish_at": "2026-03-29T01:30:00.000000Z",
        "timezone": "America/New_York",
        "sent_at": "2026-03-29T01:30:00.000000Z",
        "recipient_count": 4,
        "version": 3,
        "available_actions": [],
        "updated_at": "2026-03-29T01:30:00.000000Z",
    }
    told = [(here.lead, active), (here.member, active), (away.lead, paused), (away.member, paused)]
    deliveries = await network.seen(network.coordinator, f"{path}/deliveries")
    assert sorted(deliveries["items"], key=lambda item: item["person"]["name"]) == [
        {"person": ref(person), "membership_id": membership["id"], "is_mailed": True}
        | {"delivery": {"state": "queued", "fault": None, "at": "2026-03-29T01:30:00.000000Z"}}
        for person, membership in sorted(told, key=lambda one: one[0].name)
    ]
    assert [(to, subject) for to, subject, _ in await mails(db)] == [
        (email, "Announcement: “An hour later”")
        for email in sorted(person.email for person, _ in told)
    ]
    assert (await mails(db))[0][2] == (
        "Dear “Lead 1”,\n\nthis is announced to the people of “Cohort 1”, of whom you are one:\n\n"
        "> We meet at eleven on Thursday.\n"
    )
    for person, _ in told:
        assert await network.seen(person, path) == sent
        assert await network.seen(person, "/announcements") == page(sent)
    for person in (soon.lead, before.lead):
        assert await network.seen(person, "/announcements") == page()
        absent = await act(network, person, draft, method="GET")
        assert refused(absent, "announcement_not_found", 404)
    history = await network.seen(network.coordinator, f"{path}/history")
    assert [(row["verb"], row["account_id"] is None) for row in history["items"]] == [
        ("announcement.created", False),
        ("announcement.scheduled", False),
        ("announcement.sent", True),
    ]


async def test_who_was_told_may_read_it_after_leaving_and_who_comes_later_may_not(
    network: Network,
) -> None:
    cohort = await network.cohort("running")
    other = await network.cohort(reference="PLN-C2")
    team, late = await network.team(1), await network.team(2)
    membership = await network.membership(cohort, team, "active")
    draft = await drafted(network, cohort, audience="leads")
    nested = f"/cohorts/{cohort['id']}/announcements"
    assert await network.seen(team.lead, nested) == page(), "a draft is the team's alone"
    sent = await network.done(network.coordinator, f"/announcements/{draft['id']}/send")
    assert (sent["recipient_count"], sent["publish_at"]) == (1, None)
    assert await network.seen(team.lead, nested) == page(sent)
    assert await network.seen(team.member, nested) == page(), "it was for the leads"
    await network.membership(cohort, late, "active")
    assert await network.seen(late.lead, nested) == page()
    await network.walk_membership(membership, team, "withdrawn")
    outside = await network.client.get(f"/v1{nested}", headers=team.lead.headers)
    assert refused(outside, "cohort_not_found", 404)
    assert await network.seen(team.lead, "/announcements") == page(sent)
    assert await network.seen(team.lead, f"/announcements/{draft['id']}") == sent
    elsewhere = f"/announcements?cohort_id={other['id']}"
    assert await network.seen(team.lead, elsewhere) == page()
    assert await network.seen(network.coordinator, "/announcements?status=draft") == page()


async def test_one_that_nobody_is_left_to_hear(
    network: Network, clock: FixedClock, database: BoundDatabase
) -> None:
    cohort = await network.cohort("running")
    draft = await drafted(network, cohort)
    alone = await act(network, network.coordinator, draft, "/send")
    unmet = [{"code": "nobody_to_tell", "detail": NOBODY}]
    assert refused(alone, "guards_unmet", 409, unmet=unmet)
    path = f"/announcements/{draft['id']}/actions"
    explained = (await network.seen(network.coordinator, path))["actions"]
    send = next(one for one in explained if one["name"] == "send")
    assert (send["possible"], send["unmet"]) == (False, unmet)
    when = {"publish_at": "2026-03-03T09:00:00Z"}
    await network.done(network.coordinator, f"/announcements/{draft['id']}/schedule", when)
    clock.advance(timedelta(days=1))
    assert await send_due(database, clock) == 0
    assert (await network.seen(network.coordinator, f"/announcements/{draft['id']}"))[
        "status"
    ] == "cancelled"
    history = await network.seen(network.coordinator, f"/announcements/{draft['id']}/history")
    assert [(row["verb"], row["reason"]) for row in history["items"][-1:]] == [
        ("announcement.cancelled", "No recipients remain.")
    ]


async def test_a_person_of_two_members_is_told_once(network: Network) -> None:
    cohort = await network.cohort("running")
    one, two = await network.team(1), await network.team(2)
    for team in (one, two):
        await network.membership(cohort, team, "active")
    both = await network.people.person(
        "Bo Both", (Role.COLLABORATION_LEAD, one.id), (Role.COLLABORATION_MEMBER, two.id)
    )
    draft = await drafted(network, cohort)
    sent = await network.done(network.coordinator, f"/announcements/{draft['id']}/send")
    assert sent["recipient_count"] == 5
    first = await network.seen(
        network.coordinator, f"/announcements/{draft['id']}/deliveries?limit=3"
    )
    after = f"/announcements/{draft['id']}/deliveries?limit=3&cursor={first['next_cursor']}"
    rest = await network.seen(network.coordinator, after)
    names = [item["person"]["name"] for item in first["items"] + rest["items"]]
    assert sorted(names) == ["Bo Both", "Lead 1", "Lead 2", "Member 1", "Member 2"]
    assert {item["is_mailed"] for item in rest["items"]} == {False}, "there is no mail server"
    assert await network.seen(both, "/announcements") == page(sent | {"available_actions": []})


async def test_what_is_refused(network: Network) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    await network.membership(cohort, team, "active")
    path = f"/v1/cohorts/{cohort['id']}/announcements"
    coordinator = network.coordinator.headers
    assert refused(await network.client.post(path, json=DRAFT), "unauthenticated", 401)
    assert refused(await network.client.get("/v1/announcements"), "unauthenticated", 401)
    facilitator = await network.people.person("Fay", (Role.FACILITATOR, UUID(cohort["id"])))
    may_not = await network.client.post(path, json=DRAFT, headers=facilitator.headers)
    assert refused(may_not, "not_allowed", 403, permission="announcement.create")
    for body, pointer, code in (
        ({"title": "So"}, "/body", "missing"),
        (DRAFT | {"audience": "everyone"}, "/audience", "enum"),
        (DRAFT | {"publish_at": "2026-04-01T09:00:00Z"}, "/publish_at", "extra_forbidden"),
    ):
        wrong = await network.client.post(path, json=body, headers=coordinator)
        assert [(e["pointer"], e["code"]) for e in wrong.json()["errors"]] == [(pointer, code)]
    draft = await drafted(network, cohort)
    past = await act(
        network, network.coordinator, draft, "/schedule", {"publish_at": "2026-03-02T09:00:00Z"}
    )
    assert [(e["pointer"], e["code"]) for e in past.json()["errors"]] == [
        ("/publish_at", "in_the_past")
    ]
    await network.done(network.coordinator, f"/announcements/{draft['id']}/send")
    history = await act(network, team.lead, draft, "/history", method="GET")
    assert [row["verb"] for row in history.json()["items"]] == ["announcement.sent"]
    deliveries = await act(network, team.lead, draft, "/deliveries", method="GET")
    assert refused(deliveries, "not_allowed", 403, permission="announcement.read")
    assert (await network.seen(team.lead, f"/announcements/{draft['id']}/actions"))["actions"] == []
    ended = await network.cohort("cancelled", reference="PLN-C3")
    over = await network.client.post(
        f"/v1/cohorts/{ended['id']}/announcements", json=DRAFT, headers=coordinator
    )
    assert refused(over, "cohort_ended", 409)


async def test_a_list_costs_the_same_however_long(network: Network) -> None:
    cohort = await network.cohort("running")
    counts: list[int] = []
    for _ in range(3):
        await drafted(network, cohort)
        with statements() as sent:
            await network.seen(network.coordinator, "/announcements")
        counts.append(len(sent))
    assert counts == [1] * 3


RUN = {"manager", "coordinator"}
MOVES: dict[str, tuple[set[str], str, set[str]]] = {
    "schedule": ({"draft"}, "scheduled", RUN),
    "unschedule": ({"scheduled"}, "draft", RUN),
    "send": ({"draft", "scheduled"}, "sent", RUN),
    "cancel": ({"scheduled"}, "cancelled", RUN),
}
"""Each move: from where, to where, by whom; the clock sends and cancels too, in its round."""

SEE = RUN | {"administrator", "auditor", "facilitator"}
"""Everyone else is told that there is no such announcement, until it was sent to them."""


def test_the_table_here_knows_every_move() -> None:
    assert set(MOVES) | {"create"} == {move.name for move in ANNOUNCEMENT.moves}


@pytest.mark.thorough
async def test_every_status_move_and_role(network: Network, database: BoundDatabase) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    await network.membership(cohort, team, "active")
    people = await cast(network, cohort, team)
    when = {"publish_at": "2026-03-29T07:00:00Z"}
    bodies: dict[str, Json | None] = {"schedule": when, "cancel": REASON}
    ways = {
        "draft": (),
        "scheduled": ("schedule",),
        "sent": ("send",),
        "cancelled": ("schedule", "cancel"),
    }
    found: Json = {}
    wanted: Json = {}
    for status, way in ways.items():
        thing = await drafted(network, cohort)
        for step in way:
            path = f"/announcements/{thing['id']}/{step}"
            thing = await network.done(network.coordinator, path, bodies.get(step))
        assert thing["status"] == status
        sees = SEE | ({"lead", "member"} if status == "sent" else set())
        for role, person in people.items():
            await network.headers(person)
            for move, (origins, to, by) in MOVES.items():
                async with database.undone():
                    answer = await act(network, person, thing, f"/{move}", bodies.get(move))
                body = answer.json()
                key = f"{status} {move} {role}"
                found[key] = body.get("code") or body["status"]
                wanted[key] = (
                    "announcement_not_found"
                    if role not in sees
                    else "not_allowed"
                    if role not in by
                    else to
                    if status in origins
                    else "invalid_transition"
                )
    assert found == wanted


async def cast(network: Network, cohort: Json, team: Team) -> dict[str, Person]:
    """One of each role where it is usually held, and a coordinator from next door."""
    other = await network.cohort(reference="PLN-C2")
    here, programme_id = UUID(cohort["id"]), network.programme_id
    held: dict[str, tuple[Role, UUID] | Role | None] = {
        "nobody": None,
        "administrator": Role.ADMINISTRATOR,
        "coordinator_next_door": (Role.COORDINATOR, UUID(other["id"])),
        "facilitator": (Role.FACILITATOR, here),
        "reviewer": (Role.REVIEWER, here),
        "adviser": (Role.ADVISER, here),
        "finance_approver": (Role.FINANCE_APPROVER, programme_id),
        "payment_releaser": (Role.PAYMENT_RELEASER, programme_id),
        "funder": (Role.FUNDER, programme_id),
        "observer": (Role.OBSERVER, here),
        "auditor": Role.AUDITOR,
    }
    people = {"manager": network.manager, "coordinator": network.coordinator}
    for name, role in held.items():
        people[name] = await network.people.person(f"{name} X", *([role] if role else []))
    return people | {"lead": team.lead, "member": team.member}


async def test_a_letter_before_they_are_active_and_one_to_a_single_member(
    network: Network, database: BoundDatabase, db: AsyncSession
) -> None:
    """`joining` reaches those who have accepted; a membership narrows any audience to its own."""
    database.info["has_mail"] = True
    cohort = await network.cohort("running", announced_capacity=9)
    here, soon, later = [await network.team(number) for number in (1, 2, 3)]
    active = await network.membership(cohort, here, "active")
    onboarding = await network.membership(cohort, soon, "onboarding")
    await network.membership(cohort, later, "accepted")
    told: dict[str, int] = {}
    for name, fields in (
        ("kick-off", {"audience": "joining"}),
        ("to one that joins", {"audience": "joining", "membership_id": onboarding["id"]}),
        ("to one that takes part", {"membership_id": active["id"]}),
    ):
        draft = await drafted(network, cohort, **fields)
        sent = await act(network, network.coordinator, draft, "/send", if_match="*")
        told[name] = sent.json()["recipient_count"]
    assert told == {"kick-off": 6, "to one that joins": 2, "to one that takes part": 2}
    assert Counter(recipient for recipient, _, _ in await mails(db)) == {
        "lead.90@example.org": 1,
        "member.90@example.org": 1,
        soon.lead.email: 2,
        soon.member.email: 2,
        later.lead.email: 1,
        later.member.email: 1,
        here.lead.email: 1,
        here.member.email: 1,
    }


async def test_a_letter_to_a_member_of_another_cohort_is_refused(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    other = await network.cohort("recruiting", reference="OTHER")
    elsewhere = await network.membership(other, await network.team())
    draft = await drafted(network, cohort)
    for answer in (
        await network.client.post(
            f"/v1/cohorts/{cohort['id']}/announcements",
            json=DRAFT | {"membership_id": elsewhere["id"]},
            headers=network.coordinator.headers,
        ),
        await act(
            network,
            network.coordinator,
            draft,
            body={"membership_id": elsewhere["id"]},
            method="PATCH",
            if_match="*",
        ),
    ):
        fault = {"pointer": "/membership_id", "code": "membership_unknown", "detail": ANY}
        assert refused(answer, "membership_unknown", 422, errors=[fault])
