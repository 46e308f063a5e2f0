"""The calendar: what is due when and for whom, of one source with each person's list of work."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import httpx

from app.kernel.clock import FixedClock
from app.overview.desk.exports import OBLIGATIONS
from tests.answers import page, refused
from tests.counting import statements
from tests.exports.test_lists import flat
from tests.grant_walks import WHY, Funding, milestone
from tests.journeys import Json
from tests.people.identity.people import People, Person


async def calendar(funding: Funding, who: Person, **query: Any) -> list[Json]:
    answer = await funding.network.client.get("/v1/obligations", headers=who.headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def told(funding: Funding, who: Person, **query: Any) -> list[tuple[str, str, str, bool]]:
    """(kind, reference, standing, is mine) of each obligation."""
    return [
        (one["kind"], one["subject"]["reference"], one["standing"], one["is_mine"])
        for one in await calendar(funding, who, **query)
    ]


async def test_a_lead_and_a_coordinator_see_the_same_dates(funding: Funding) -> None:
    grant = await funding.grant("active")
    first, second = await funding.milestones(grant)
    onboarding = ("begin_onboarding", funding.team.ref["reference"], "due")
    dated = [
        ("report_milestone", first["reference"], "upcoming"),
        ("close_grant", grant["reference"], "upcoming"),
        ("report_milestone", second["reference"], "upcoming"),
    ]

    items = await calendar(funding, funding.lead)

    assert items[0] == {
        "kind": "report_milestone",
        "noun": "milestone",
        "subject": {key: first[key] for key in ("id", "reference")} | {"name": first["title"]},
        "cohort": first["cohort"],
        "collaboration": first["collaboration"],
        "grant": first["grant"],
        "waits_for": "grantee",
        "write_to": {
            "id": str(funding.lead.account_id),
            "reference": None,
            "name": funding.lead.name,
        },
        "is_mine": True,
        "opens_at": first["opens_at"],
        "due_at": first["due_at"],
        "due_on": "2026-05-31",
        "timezone": "Europe/London",
        "standing": "upcoming",
        "action": {
            "name": "create",
            "operation_id": "create_report",
            "method": "POST",
            "href": f"/v1/milestones/{first['id']}/reports",
            "needs_reason": False,
            "needs_if_match": False,
        },
    }
    assert {(one["waits_for"], one["due_on"]) for one in items if one["noun"] == "grant"} == {
        ("convenor", "2026-08-31")
    }
    of_lead = await told(funding, funding.lead)
    of_coordinator = await told(funding, funding.coordinator)
    assert of_lead == [(*one, one[0] == "report_milestone") for one in dated] + [
        (*onboarding, False)
    ]
    assert of_coordinator == [(*one, False) for one in dated] + [(*onboarding, True)]


async def test_what_waits_for_me_is_my_list_of_work(funding: Funding, clock: FixedClock) -> None:
    """At each step, for everyone: the obligations that are mine are `/me/work`, to the letter."""

    async def agree() -> set[str]:
        later = await funding.later()
        seen: set[str] = set()
        for who in (later.lead, later.member, later.coordinator, later.manager):
            work = await later.done(who, "GET", "/me/work?limit=200")
            mine = await calendar(later, who, is_mine=True, limit=200)
            assert [
                (one["kind"], one["subject"], one["due_at"], one["action"]) for one in mine
            ] == [
                (one["kind"], one["subject"], one["due_at"], one["action"]) for one in work["items"]
            ]
            everything = await calendar(later, who, limit=200)
            assert [one for one in everything if one["is_mine"]] == mine
            seen |= {one["kind"] for one in mine}
        return seen

    assert await agree() == {"begin_onboarding"}
    grant = await funding.grant("offered")
    assert "sign_grant" in await agree()
    grant = await funding.make(funding.lead, grant, "activate")
    await funding.make(funding.manager, grant, "activate")
    first = (await funding.milestones(grant))[0]
    later = {"due_on": "2026-07-15", "reason": "The annex comes late."}
    await funding.done(funding.lead, "POST", f"/milestones/{first['id']}/extensions", later)
    assert await agree() == {"begin_onboarding", "report_milestone", "decide_extension"}
    report = await funding.report("draft", first)
    assert "submit_report" in await agree()
    await funding.walk_report(report, "changes_requested")
    assert "answer_change_requests" in await agree()
    clock.set(datetime(2026, 9, 1, tzinfo=UTC))
    assert "close_grant" in await agree()


async def test_days_are_those_of_the_obligations_own_zone(
    funding: Funding, clock: FixedClock
) -> None:
    far = milestone("In Auckland", 1_000_000, "2026-05-31", timezone="Pacific/Auckland")
    near = milestone("In London", 1_000_000, "2026-05-31", is_parallel=True)
    grant = await funding.grant("active", milestones=[far, near])
    first, second = await funding.milestones(grant)
    auckland, london = first["reference"], second["reference"]
    clock.set(datetime(2026, 5, 31, 13, 0, tzinfo=UTC))
    later = await funding.later()
    reporting = {"kind": "report_milestone"}
    made = {"name": "Open Data Trust", "kind": "company"}
    steward = (await later.done(later.lead, "POST", "/organisations", made))["id"]
    part = {"organisation_id": steward, "role": "steward"}
    await later.done(later.lead, "POST", f"/collaborations/{later.team.id}/participants", part)

    assert await told(later, later.lead, **reporting) == [
        ("report_milestone", auckland, "overdue", True),
        ("report_milestone", london, "due", True),
    ]
    for query, expected in (
        ({"due_from": "2026-05-31", "due_until": "2026-05-31"}, [auckland, london]),
        ({"due_from": "2026-06-01"}, []),
        ({"standing": "overdue"}, [auckland]),
        ({"standing": ["due", "upcoming"]}, [london]),
        ({"grant_id": grant["id"]}, [auckland, london]),
        ({"cohort_id": grant["cohort"]["id"]}, [auckland, london]),
        ({"collaboration_id": str(later.team.id)}, [auckland, london]),
        ({"grant_id": str(later.team.id)}, []),
        ({"grant_id": [str(later.team.id), grant["id"]]}, [auckland, london]),
        ({"grant_reference": grant["reference"]}, [auckland, london]),
        ({"cohort_id": [grant["cohort"]["id"], grant["id"]]}, [auckland, london]),
        ({"cohort_reference": grant["cohort"]["reference"]}, [auckland, london]),
        ({"cohort_reference": "NO-SUCH"}, []),
        ({"collaboration_reference": grant["collaboration"]["reference"]}, [auckland, london]),
        ({"programme_id": str(later.network.programme_id)}, [auckland, london]),
        ({"programme_id": grant["id"]}, []),
        ({"organisation_id": steward}, [auckland, london]),
        ({"organisation_id": grant["id"]}, []),
        ({"subject_id": first["id"]}, [auckland]),
        ({"subject_id": [first["id"], second["id"]]}, [auckland, london]),
        ({"opens_until": first["opens_at"]}, [auckland]),
        ({"opens_from": second["opens_at"]}, [london]),
    ):
        found = await calendar(later, later.coordinator, **reporting, **query)
        assert [one["subject"]["reference"] for one in found] == expected, query


async def test_pages(funding: Funding) -> None:
    await funding.grant("offered")
    with statements() as whole:
        everything = await calendar(funding, funding.manager)
    one_by_one: list[Json] = []
    query: dict[str, Any] = {"limit": 1, "include_total": True}
    while query.get("cursor", "") is not None:
        answer = await funding.network.client.get(
            "/v1/obligations", headers=funding.manager.headers, params=query
        )
        one_by_one += answer.json()["items"]
        assert answer.json()["total_count"] == 3
        query["cursor"] = answer.json()["next_cursor"]
    with statements() as short:
        await calendar(funding, funding.manager, limit=1)

    assert one_by_one == everything
    assert [(one["kind"], one["waits_for"]) for one in everything] == [
        ("begin_onboarding", "convenor"),
        ("sign_grant", "convenor"),
        ("sign_grant", "grantee"),
    ]
    assert len(whole) == len(short) == 3


async def test_a_grant_that_ended_obliges_nobody(funding: Funding) -> None:
    report = await funding.report("submitted")
    grant = await funding.done(funding.manager, "GET", f"/grants/{report['grant']['id']}")
    for who in (funding.manager, funding.coordinator):
        grant = await funding.make(who, grant, "terminate", WHY)

    assert await calendar(funding, funding.coordinator, grant_id=grant["id"]) == []


async def test_others_see_nothing(
    client: httpx.AsyncClient, funding: Funding, people: People
) -> None:
    await funding.grant("active")
    stranger = await people.person("Stranger Danger")

    answer = await client.get("/v1/obligations", headers=stranger.headers)
    odd = await client.get(
        "/v1/obligations", headers=stranger.headers, params={"standing": "late", "due_from": "x"}
    )

    assert answer.json() == page()
    assert refused(await client.get("/v1/obligations"), "unauthenticated", 401)
    assert odd.status_code == 422
    assert [fault["pointer"].split("/")[2] for fault in odd.json()["errors"]] == [
        "due_from",
        "standing",
    ]


async def test_the_calendar_is_had_as_csv(client: httpx.AsyncClient, funding: Funding) -> None:
    await funding.grant("active")
    headers = funding.lead.headers
    for asked in ("", "?is_mine=true", "?kind=close_grant"):
        page = (await client.get(f"/v1/obligations{asked}", headers=headers)).json()
        answer = await client.get(f"/v1/obligations/export{asked}", headers=headers)
        assert answer.status_code == 200, answer.text
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert [*rows[0]] == OBLIGATIONS.header
        items = [
            {key: one for key, one in item.items() if key != "action"} for item in page["items"]
        ]
        assert rows == [{key: flat(item).get(key, "") for key in rows[0]} for item in items]
        assert answer.headers["X-Total-Count"] == str(len(items))
        tag = {**headers, "If-None-Match": answer.headers["ETag"]}
        again = await client.get(f"/v1/obligations/export{asked}", headers=tag)
        assert again.status_code == 304
