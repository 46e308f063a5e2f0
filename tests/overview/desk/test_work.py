"""What waits for each actor, as the path goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from app.kernel.clock import FixedClock
from tests.answers import page, refused
from tests.counting import statements
from tests.grant_walks import Funding
from tests.journeys import Json, Network
from tests.people.identity.people import People, Person


async def work(client: httpx.AsyncClient, who: Person, **query: Any) -> list[tuple[str, str, str]]:
    """(kind, reference, operation) of each item."""
    answer = await client.get("/v1/me/work", headers=who.headers, params=query)
    assert answer.status_code == 200, answer.text
    return [
        (item["kind"], item["subject"]["reference"], item["action"]["operation_id"])
        for item in answer.json()["items"]
    ]


async def test_an_offer_waits_for_the_lead_until_it_is_answered(
    client: httpx.AsyncClient, network: Network
) -> None:
    cohort, team = await network.cohort("recruiting"), await network.team()
    membership = await network.membership(cohort, team, "offered")

    answer = await client.get("/v1/me/work", headers=team.lead.headers)

    assert answer.json() == page(
        {
            "kind": "answer_offer",
            "noun": "membership",
            "subject": {
                "id": membership["id"],
                "reference": team.ref["reference"],
                "name": team.ref["name"],
            },
            "cohort": {key: cohort[key] for key in ("id", "reference", "name")},
            "collaboration": team.ref,
            "grant": None,
            "write_to": {
                "id": str(network.coordinator.account_id),
                "reference": None,
                "name": network.coordinator.name,
            },
            "due_at": membership["offer_expires_at"],
            "is_overdue": False,
            "in_conflict": [],
            "action": {
                "name": "accept",
                "operation_id": "accept_membership",
                "method": "POST",
                "href": f"/v1/memberships/{membership['id']}/accept",
                "needs_reason": False,
                "needs_if_match": False,
            },
        }
    )
    assert await work(client, team.member) == []
    assert await work(client, network.coordinator) == []

    await network.done(team.lead, f"/memberships/{membership['id']}/accept")
    assert await work(client, team.lead) == []
    reference = team.ref["reference"]
    assert await work(client, network.coordinator) == [
        ("begin_onboarding", reference, "onboard_membership")
    ]

    await network.done(network.coordinator, f"/memberships/{membership['id']}/onboard")
    assert await work(client, network.coordinator) == [
        ("activate_membership", reference, "activate_membership")
    ]


async def test_what_a_member_has_to_do_waits_for_its_lead(
    client: httpx.AsyncClient, network: Network, clock: FixedClock
) -> None:
    """Due until its day is over where the member is; what others judge is not hers to say."""
    cohort, team = await network.cohort("selecting"), await network.team()
    asked = {"stage": "onboarding", "key": "survey", "title": "Survey", "anchor": "accepted"}
    path = f"/cohorts/{cohort['id']}/requirements"
    await network.done(network.coordinator, path, asked | {"offset_days": 6})
    judged = {"key": "agreement", "title": "Agreement", "is_judged": True}
    await network.done(network.coordinator, path, asked | judged)
    membership = await network.membership(cohort, team, "onboarding", timezone="America/New_York")
    tasks = await network.seen(team.lead, f"/memberships/{membership['id']}/tasks")
    task_id = next(task["id"] for task in tasks["items"] if task["key"] == "survey")

    answer = await client.get("/v1/me/work", headers=team.lead.headers)

    waits = {
        "kind": "meet_task",
        "noun": "task",
        "subject": {"id": task_id, "reference": team.ref["reference"], "name": "Survey"},
        "cohort": {key: cohort[key] for key in ("id", "reference", "name")},
        "collaboration": team.ref,
        "grant": None,
        "write_to": {
            "id": str(network.coordinator.account_id),
            "reference": None,
            "name": network.coordinator.name,
        },
        "due_at": "2026-03-09T04:00:00.000000Z",
        "is_overdue": False,
        "in_conflict": [],
        "action": {
            "name": "meet",
            "operation_id": "meet_task",
            "method": "POST",
            "href": f"/v1/tasks/{task_id}/meet",
            "needs_reason": False,
            "needs_if_match": False,
        },
    }
    assert answer.json() == page(waits), "the eighth of March ends at four: the clocks went forward"
    assert await work(client, team.member) == []
    assert [kind for kind, _, _ in await work(client, network.coordinator)] == [
        "activate_membership"
    ]
    clock.advance(timedelta(days=6, hours=19))
    late = await client.get("/v1/me/work", headers=await network.headers(team.lead))
    assert late.json() == page(waits | {"is_overdue": True})
    await network.done(team.lead, f"/tasks/{task_id}/meet", {})
    done = await client.get("/v1/me/work", headers=await network.headers(team.lead))
    assert done.json() == page()


async def test_a_grant_waits_for_both_sides(client: httpx.AsyncClient, funding: Funding) -> None:
    grant = await funding.grant("offered")
    item = ("sign_grant", grant["reference"], "activate_grant")
    assert item in await work(client, funding.lead)
    assert item in await work(client, funding.manager)

    await funding.make(funding.lead, grant, "activate")

    assert item not in await work(client, funding.lead)
    assert item in await work(client, funding.manager)


async def test_a_milestone_goes_back_and_forth(client: httpx.AsyncClient, funding: Funding) -> None:
    grant = await funding.grant("active")
    first, second = (milestone["reference"] for milestone in await funding.milestones(grant))
    later = ("report_milestone", second, "create_report")
    of_coordinator = [("begin_onboarding", funding.team.ref["reference"], "onboard_membership")]
    assert await work(client, funding.lead) == [("report_milestone", first, "create_report"), later]
    assert await work(client, funding.coordinator) == of_coordinator

    report = await funding.report("draft", (await funding.milestones(grant))[0])
    assert await work(client, funding.lead) == [("submit_report", first, "submit_report"), later]

    report = await funding.make(funding.lead, report, "submit")
    assert await work(client, funding.lead) == [later]
    assert ("review_report", first, "accept_report") in await work(client, funding.coordinator)

    criterion_id = report["answers"][0]["criterion_id"]
    changes = {"requests": [{"criterion_id": criterion_id, "request": "The annex is missing."}]}
    await funding.make(funding.coordinator, report, "request_changes", changes)
    assert await work(client, funding.lead) == [
        ("answer_change_requests", first, "submit_report"),
        later,
    ]
    assert await work(client, funding.coordinator) == of_coordinator


async def test_what_is_overdue_is_said_and_comes_first(
    client: httpx.AsyncClient, funding: Funding, clock: FixedClock
) -> None:
    await funding.grant("active")
    clock.advance(timedelta(days=92))
    funding = await funding.later()

    items = (await client.get("/v1/me/work", headers=funding.lead.headers)).json()["items"]

    assert [(item["subject"]["name"], item["is_overdue"]) for item in items] == [
        ("Data sharing agreement", True),
        ("Final report", False),
    ]


async def test_pages_and_filters(client: httpx.AsyncClient, funding: Funding) -> None:
    await funding.grant("active")
    whole = await work(client, funding.lead)
    answer = await client.get("/v1/me/work", headers=funding.lead.headers)
    whole_items = answer.json()["items"]
    first = (
        await client.get("/v1/me/work", headers=funding.lead.headers, params={"limit": 1})
    ).json()

    following = await client.get(
        "/v1/me/work",
        headers=funding.lead.headers,
        params={"limit": 1, "cursor": first["next_cursor"]},
    )

    assert [first["items"][0]["subject"]["reference"]] == [whole[0][1]]
    assert following.json()["items"][0]["subject"]["reference"] == whole[1][1]
    assert following.json()["next_cursor"] is None
    assert await work(client, funding.lead, kind="sign_grant") == []
    assert await work(client, funding.lead, due_until="2026-06-14") == whole[:1]
    another = "018f0000-0000-7000-8000-000000000000"
    assert await work(client, funding.lead, cohort_id=another) == []
    [item] = [one for one in whole_items if one["subject"]["reference"] == whole[0][1]]
    for place in ("cohort", "collaboration", "grant"):
        of = item[place]
        assert await work(client, funding.lead, **{f"{place}_id": [of["id"], another]}) == whole
        assert await work(client, funding.lead, **{f"{place}_reference": of["reference"]}) == whole
        assert await work(client, funding.lead, **{f"{place}_reference": "NO-SUCH"}) == []
    programme = str(funding.network.programme_id)
    assert await work(client, funding.lead, programme_id=[programme, another]) == whole
    assert await work(client, funding.lead, programme_id=another) == []
    assert await work(client, funding.lead, organisation_id=another) == []
    assert await work(client, funding.lead, subject_id=item["subject"]["id"]) == whole[:1]
    assert await work(client, funding.lead, due_from="2026-06-15") == whole[1:]
    refused_now = await client.get(
        "/v1/me/work", headers=funding.lead.headers, params={"due_before": "2026-06-15T00:00:00Z"}
    )
    assert refused_now.status_code == 422


async def test_a_list_takes_as_many_statements_as_its_shortest(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    await funding.grant("active")
    with statements() as short:
        await work(client, funding.lead, due_until="2026-06-14")
    with statements() as long:
        await work(client, funding.lead)

    assert len(short) == len(long) == 3


async def test_nobody_is_told_of_the_work_of_others(
    client: httpx.AsyncClient, funding: Funding, people: People
) -> None:
    await funding.grant("active")
    stranger = await people.person("Stranger Danger")

    assert await work(client, stranger) == []
    assert refused(await client.get("/v1/me/work"), "unauthenticated", 401)


async def test_a_cursor_of_another_persons_list_is_refused(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    await funding.grant("active")
    mine = await client.get("/v1/me/work", headers=funding.lead.headers, params={"limit": 1})
    cursor = {"cursor": mine.json()["next_cursor"]}

    theirs = await client.get("/v1/me/work", headers=funding.member.headers, params=cursor)

    assert theirs.status_code == 400
    assert theirs.json()["code"] == "invalid_cursor"


async def test_a_check_that_lapsed_waits_for_those_who_check(
    funding: Funding, clock: FixedClock
) -> None:
    """From the end of its last day in London, until it is done again; not once the grant ended."""
    grant = await funding.grant("active")
    path = f"/grants/{grant['id']}/due-diligence-checks"
    for kind, last in (("sanctions", "2026-04-20"), ("identity", "2026-04-30")):
        body = {"kind": kind, "outcome": "passed", "done_on": "2026-03-02", "expires_on": last}
        await funding.done(funding.coordinator, "POST", path, body)

    async def waits(at: datetime) -> list[Json]:
        clock.set(at)
        later = await funding.later()
        assert (await later.done(later.lead, "GET", "/me/work?kind=renew_check"))["items"] == []
        found = await later.done(later.coordinator, "GET", "/me/work?kind=renew_check")
        return found["items"]

    assert await waits(datetime(2026, 4, 20, 22, 59, tzinfo=UTC)) == []
    assert await waits(datetime(2026, 5, 1, tzinfo=UTC)) == [
        {
            "kind": "renew_check",
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
            "due_at": "2026-04-20T23:00:00.000000Z",
            "is_overdue": True,
            "in_conflict": [],
            "action": {
                "name": "record",
                "operation_id": "record_due_diligence_check",
                "method": "POST",
                "href": f"/v1{path}",
                "needs_reason": False,
                "needs_if_match": False,
            },
        }
    ]
    later = await funding.later()
    for kind in ("sanctions", "identity"):
        again = {"kind": kind, "outcome": "passed", "done_on": "2026-05-01"}
        await later.done(later.coordinator, "POST", path, again)
    assert await waits(datetime(2026, 5, 2, tzinfo=UTC)) == []
