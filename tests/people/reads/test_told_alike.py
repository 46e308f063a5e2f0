"""One declaration: everybody reads what a verb would have answered them, in one statement."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access as grants
from app.funding.grants.dispensations.telling import ABOUT_GRANT
from app.funding.grants.due_diligence import access as due_diligence
from app.funding.grants.due_diligence.telling import CHECKS
from app.funding.grants.due_diligence.telling import OF_GRANT as CHECKS_OF_GRANT
from app.funding.grants.extensions.telling import EXTENSIONS
from app.funding.grants.extensions.telling import OF_MILESTONE as EXTENSIONS_OF_MILESTONE
from app.funding.grants.milestones.telling import MILESTONES, OF_GRANT
from app.funding.grants.telling import GRANTS, OF_MEMBERSHIP
from app.funding.reports import access as reports
from app.funding.reports.consents import access as consents
from app.funding.reports.consents.telling import CONSENTS
from app.funding.reports.expenditures.queries import spending
from app.funding.reports.queries import open_parts
from app.funding.reports.schemas import ReportListedOut
from app.funding.reports.telling import EVIDENCE, OF_MILESTONE, REPORTS
from app.funding.reports.unlocking import NARRATIVE, SUMMARY, Part, PartKind, criterion_part
from app.funding.reports.variances import variance_minor, variance_per_cent
from app.kernel.activity import HistoryQuery, history
from app.kernel.clock import FixedClock
from app.kernel.lifecycle import available_actions
from app.kernel.statements import Statement
from app.learning.sessions import access as sessions
from app.learning.sessions.action_items import access as action_items
from app.learning.sessions.action_items.telling import ACTION_ITEMS
from app.learning.sessions.guests import access as guests
from app.learning.sessions.guests.telling import SESSION_GUESTS
from app.learning.sessions.minutes import access as minutes
from app.learning.sessions.minutes.telling import MINUTES
from app.learning.sessions.polls import access as polls
from app.learning.sessions.polls.telling import SESSION_POLLS
from app.learning.sessions.rsvps import access as rsvps
from app.learning.sessions.rsvps.telling import RSVPS
from app.learning.sessions.series import access as series
from app.learning.sessions.series.telling import SESSION_SERIES
from app.learning.sessions.telling import LEARNING_SESSIONS
from app.network.cohorts import access as cohorts
from app.network.cohorts.announcements import access as announcements
from app.network.cohorts.announcements.telling import ANNOUNCEMENTS
from app.network.cohorts.announcements.telling import OF_COHORT as TOLD_IN_COHORT
from app.network.cohorts.memberships.telling import MEMBERSHIPS, OF_COHORT
from app.network.cohorts.notes.telling import ABOUT_COHORT, NOTES
from app.network.cohorts.pauses import access as pauses
from app.network.cohorts.pauses.telling import OF_MEMBERSHIP as LEAVE_OF_MEMBERSHIP
from app.network.cohorts.pauses.telling import PAUSE_REQUESTS
from app.network.cohorts.requirements.telling import OF_COHORT as ASKED_BY_COHORT
from app.network.cohorts.requirements.telling import REQUIREMENTS
from app.network.cohorts.tasks.telling import OF_MEMBERSHIP as TASKS_OF_MEMBERSHIP
from app.network.cohorts.tasks.telling import TASKS
from app.network.cohorts.telling import COHORTS, OF_PROGRAMME
from app.network.collaborations import access as collaborations
from app.network.collaborations.agreements import access as agreements
from app.network.collaborations.agreements.telling import AGREEMENTS
from app.network.collaborations.data_sets import access as data_sets
from app.network.collaborations.data_sets.telling import DATA_SETS
from app.network.collaborations.impacts import access as impacts
from app.network.collaborations.impacts.telling import IMPACTS
from app.network.collaborations.learnings import access as learnings
from app.network.collaborations.learnings.telling import LEARNINGS
from app.network.collaborations.participants.telling import PARTICIPANTS
from app.network.collaborations.risks import access as risks
from app.network.collaborations.risks.telling import RISKS
from app.network.collaborations.support import access as support
from app.network.collaborations.support.telling import SUPPORT
from app.network.collaborations.telling import COLLABORATIONS, of_collaboration
from app.network.conflicts import access as conflicts
from app.network.conflicts.dispensations import access as dispensations
from app.network.conflicts.dispensations.telling import DISPENSATIONS
from app.network.conflicts.telling import CONFLICTS, OF_ACCOUNT
from app.network.programmes import access as programmes
from app.network.programmes.expectations import access as expectations
from app.network.programmes.expectations.telling import EXPECTATIONS
from app.network.programmes.expectations.telling import OF_PROGRAMME as EXPECTED_BY_PROGRAMME
from app.network.programmes.priority_areas import access as priority_areas
from app.network.programmes.priority_areas.telling import OF_PROGRAMME as AREAS_OF_PROGRAMME
from app.network.programmes.priority_areas.telling import PRIORITY_AREAS
from app.network.programmes.strands import access as strands
from app.network.programmes.strands.telling import OF_PROGRAMME as STRANDS_OF_PROGRAMME
from app.network.programmes.strands.telling import STRANDS
from app.network.programmes.telling import PROGRAMMES
from app.overview.desk.telling import RECORD
from app.people.identity.accounts import access as accounts
from app.people.identity.accounts.telling import PEOPLE
from app.people.identity.actors import Actor
from app.people.identity.queries import actor_of
from app.people.identity.role_assignments import access as role_assignments
from app.people.identity.role_assignments.telling import ROLE_ASSIGNMENTS
from app.people.identity.roles import Role
from app.people.organisations import access as organisations
from app.people.organisations.affiliations import access as affiliations
from app.people.organisations.affiliations.telling import AFFILIATIONS, OF_ORGANISATION
from app.people.organisations.telling import ORGANISATIONS
from app.people.reads.declarations import Shape
from app.people.reads.held import By
from tests.answers import refused
from tests.counting import statements
from tests.funding.reports.test_consents import submitted
from tests.grant_walks import Funding, milestone
from tests.people.identity.people import People, Person
from tests.people.identity.test_narrowing import narrowed

NOUNS = {
    "grants": (GRANTS, grants.grant),
    "milestones": (MILESTONES, grants.milestone),
    "memberships": (MEMBERSHIPS, cohorts.membership),
    "cohorts": (COHORTS, cohorts.cohort),
    "requirements": (REQUIREMENTS, cohorts.requirement),
    "tasks": (TASKS, cohorts.task),
    "pause-requests": (PAUSE_REQUESTS, pauses.pause_request),
    "programmes": (PROGRAMMES, programmes.programme),
    "priority-areas": (PRIORITY_AREAS, priority_areas.priority_area),
    "strands": (STRANDS, strands.strand),
    "expectations": (EXPECTATIONS, expectations.expectation),
    "reports": (REPORTS, reports.report),
    "publication-consents": (CONSENTS, consents.consent),
    "collaborations": (COLLABORATIONS, collaborations.collaboration),
    "data-sets": (DATA_SETS, data_sets.data_set),
    "impacts": (IMPACTS, impacts.impact),
    "learnings": (LEARNINGS, learnings.learning),
    "participants": (PARTICIPANTS, collaborations.participant),
    "risks": (RISKS, risks.risk),
    "support": (SUPPORT, support.support),
    "learning-sessions": (LEARNING_SESSIONS, sessions.learning_session),
    "session-series": (SESSION_SERIES, series.session_series),
    "rsvps": (RSVPS, rsvps.rsvp),
    "session-polls": (SESSION_POLLS, polls.session_poll),
    "action-items": (ACTION_ITEMS, action_items.action_item),
    "session-minutes": (MINUTES, minutes.session_minutes),
    "session-guests": (SESSION_GUESTS, guests.session_guest),
    "agreements": (AGREEMENTS, agreements.agreement),
    "due-diligence-checks": (CHECKS, due_diligence.check),
    "milestone-extensions": (EXTENSIONS, grants.extension),
    "dispensations": (DISPENSATIONS, dispensations.dispensation),
    "conflicts-of-interest": (CONFLICTS, conflicts.conflict_of_interest),
    "organisations": (ORGANISATIONS, organisations.organisation),
    "affiliations": (AFFILIATIONS, affiliations.affiliation),
    "announcements": (ANNOUNCEMENTS, announcements.announcement),
    "accounts": (PEOPLE, accounts.account),
    "role-assignments": (ROLE_ASSIGNMENTS, role_assignments.role_assignment),
}

OWN_RULE = {"accounts"}
"""Whose history is another's than theirs who see it."""


async def things(funding: Funding, status: str) -> dict[str, str]:
    """A thing of each noun, by the path of its kind."""
    grant = await funding.grant(status)
    [milestone, *_] = await funding.milestones(grant)
    return {
        "grants": grant["id"],
        "milestones": milestone["id"],
        "memberships": grant["membership_id"],
        "cohorts": grant["cohort"]["id"],
        "collaborations": grant["collaboration"]["id"],
    }


async def alike(
    db: AsyncSession, funding: Funding, headers: Any, actor: Actor, thing: tuple[str, str]
) -> None:
    """What is read is what a verb would answer, and the moves are those of the table."""
    noun, thing_id = thing
    telling, load = NOUNS[noun]
    answer = await funding.network.client.get(f"/v1/{noun}/{thing_id}", headers=headers)
    done = await funding.network.client.get(f"/v1/{noun}/{thing_id}/history", headers=headers)
    try:
        row: Any = await load(db, actor, UUID(thing_id))
    except telling.missing:
        assert refused(answer, telling.missing.code, 404)
        assert noun in OWN_RULE or refused(done, telling.missing.code, 404)
        return
    if noun not in OWN_RULE:
        assert done.text == (await history(db, actor, row, HistoryQuery())).model_dump_json()
    assert answer.status_code == 200, answer.text
    told = await telling.told_to(db, actor, UUID(thing_id))
    numbers = [one for one in (told.version, told.content_version) if one is not None]
    read = f'"{".".join(str(number) for number in numbers)}'
    assert (answer.text, answer.headers["etag"].split("-")[0] if numbers else read) == (
        told.body,
        read,
    )
    if telling.lifecycle is not None:
        offered = available_actions(row, actor, telling.lifecycle)
        assert json.loads(answer.text)["available_actions"] == [one.model_dump() for one in offered]
    assert told.read().model_dump_json() == told.body, "as Pydantic writes it"


@pytest.mark.parametrize("status", ["draft", "offered", "active", "closed"])
async def test_each_role_reads_what_a_verb_answers(
    funding: Funding, db: AsyncSession, status: str
) -> None:
    found = await things(funding, status)
    for person in (await funding.everyone()).values():
        actor = await actor_of(db, person.account_id)
        assert actor is not None
        for thing in found.items():
            await alike(db, funding, person.headers, actor, thing)


async def test_what_a_cohort_asks_and_is_asked_is_told_alike(
    funding: Funding, db: AsyncSession
) -> None:
    """Requirements, the tasks of members, their requests for leave, and what their programme is
    made of; alone and in lists."""
    network = funding.network
    cohort, team = await network.cohort("running", reference="MS02"), await network.team(2)
    membership = await network.membership(cohort, team, "active")
    path = f"/cohorts/{cohort['id']}/requirements"
    asked = {"stage": "completion", "key": "last", "title": "Say it", "anchor": "accepted"}
    await network.done(network.coordinator, path, asked | {"guidance": 'Odd "text"\u2028'})
    path = f"/memberships/{membership['id']}/pause-requests"
    leave = {"reason": "Their steward is away.", "returns_on": "2026-06-01"}
    for _ in range(2):
        request = await network.done(team.lead, path, leave)
        await network.done(team.lead, f"/pause-requests/{request['id']}/withdraw")
    await network.done(team.lead, path, leave)
    of_it = f"/programmes/{network.programme_id}"
    strand = {"key": "peers", "name": 'Odd "peers"'}
    await network.done(network.manager, f"{of_it}/strands", strand)
    await network.done(network.manager, f"{of_it}/priority-areas", strand)
    expected = {"kind": "principle", "key": "open", "title": "It is open", "position": 1}
    await network.done(network.manager, f"{of_it}/expectations", expected)
    people = [*(await funding.everyone()).values(), team.lead, team.member]
    for path in (
        "/programmes?q=e&include_total=true",
        f"{of_it}/strands",
        f"{of_it}/priority-areas?status=proposed",
        f"{of_it}/expectations?kind=principle",
        f"/cohorts/{cohort['id']}/requirements?stage=completion",
        f"/tasks?cohort_id={cohort['id']}&stage=completion&status=open",
        f"/memberships/{membership['id']}/tasks",
        f"/pause-requests?cohort_id={cohort['id']}",
        f"/memberships/{membership['id']}/pause-requests?limit=50",
        f"/pause-requests?membership_id={membership['id']}&status=withdrawn",
    ):
        with statements() as sent:
            page = await network.seen(network.coordinator, path)
        assert len(sent) == 1, path
        noun = path.partition("?")[0].rpartition("/")[2]
        assert page["items"], path
        for item in page["items"]:
            assert item == await network.seen(network.coordinator, f"/{noun}/{item['id']}")
        for person in people:
            actor = await actor_of(db, person.account_id)
            assert actor is not None
            await alike(db, funding, person.headers, actor, (noun, page["items"][-1]["id"]))


@pytest.mark.parametrize("status", ["draft", "changes_requested", "accepted", "rejected"])
async def test_each_role_reads_a_report_as_a_verb_answers(
    funding: Funding, db: AsyncSession, status: str
) -> None:
    report = await funding.report(status)
    for person in (await funding.everyone()).values():
        actor = await actor_of(db, person.account_id)
        assert actor is not None
        await alike(db, funding, person.headers, actor, ("reports", report["id"]))
    read = await funding.done(funding.lead, "GET", f"/reports/{report['id']}")
    for one in read["answers"]:
        path = f"/reports/{report['id']}/answers/{one['criterion_id']}"
        assert one == await funding.done(funding.lead, "GET", path)
    for one in read["expenditures"]:
        path = f"/reports/{report['id']}/expenditures/{one['line_id']}"
        assert one == await funding.done(funding.lead, "GET", path)
    for one in read["evidence"]:
        assert one == await funding.done(funding.lead, "GET", f"/evidence/{one['id']}")
    assert read["answers"]
    for path in ("/reports", f"/milestones/{read['milestone']['id']}/reports?include_total=true"):
        [listed] = (await funding.done(funding.lead, "GET", path))["items"]
        assert listed == {field: read[field] for field in listed}
        assert set(listed) == set(ReportListedOut.model_fields)


async def test_each_role_reads_a_consent_as_a_verb_answers(
    funding: Funding, db: AsyncSession
) -> None:
    report = await submitted(funding)
    path = f"/reports/{report['id']}/publication-consents"
    consent = await funding.done(funding.lead, "POST", path, if_match=report["version"])
    for person in (await funding.everyone()).values():
        actor = await actor_of(db, person.account_id)
        assert actor is not None
        thing = ("publication-consents", consent["id"])
        await alike(db, funding, person.headers, actor, thing)


async def test_what_rules_say_of_a_loaded_report_is_told(
    funding: Funding, db: AsyncSession
) -> None:
    """What may be written and what needs an explanation, by the rules that the verbs ask."""
    for status in ("draft", "changes_requested", "submitted"):
        report = await funding.report(status)
        actor = await actor_of(db, funding.lead.account_id)
        assert actor is not None
        row = await reports.whole_report(db, actor, UUID(report["id"]), lock=True)
        told = (await REPORTS.told_to(db, actor, row.id)).read()
        parts = open_parts(row)
        assert told.is_narrative_unlocked == parts.allows(NARRATIVE)
        assert told.is_summary_unlocked == parts.allows(SUMMARY)
        for answer in told.answers:
            assert answer.is_unlocked == parts.allows(criterion_part(answer.criterion_id))
        spent = await spending(db, row)
        assert [one.line_id for one in told.expenditures] == [one.line.line_id for one in spent]
        for one, rule in zip(told.expenditures, spent, strict=True):
            budget, so_far = rule.line.amount_minor, rule.cumulative_minor
            assert one.cumulative.amount_minor == so_far
            assert one.variance.amount_minor == variance_minor(budget, so_far)
            assert one.variance_per_cent == variance_per_cent(budget, so_far)
            assert one.needs_explanation == rule.needs_explanation
            assert one.is_unlocked == parts.allows(Part(PartKind.BUDGET_LINE, one.line_id))
        path = f"/reports/{report['id']}/withdraw"
        await funding.done(funding.lead, "POST", path, {"reason": "Begun anew."})


async def written_down(funding: Funding) -> dict[str, str]:
    """One of each thing that is written down in a collaboration, by the path of its kind."""
    body = {"name": "Rivers", "kind": "company"}
    rivers = await funding.done(funding.coordinator, "POST", "/organisations", body)
    lead, here = funding.lead, f"/collaborations/{funding.team.id}"
    people = (await funding.done(lead, "GET", f"{here}/people"))["items"]
    said: dict[str, Any] = {
        "participants": {"organisation_id": rivers["id"], "role": "steward"},
        "risks": {
            "area": "law",
            "question": 'Who is "seen"?',
            "answer": 'With  "quotes", {x: y} and\na \\ or two',
            "level": "red",
            "owner_id": people[0]["account"]["id"],
        },
        "data-sets": {"name": "Positions", "access": "open", "licence": "CC-BY-4.0"},
        "impacts": {
            "title": "A bay",
            "beneficiaries": "Couriers",
            "evidence": "It \\ is there.",
            "happened_on": "2026-03-02",
        },
        "learnings": {"title": "Scoping", "url": "https://example.org/", "licence": "CC0-1.0"},
        "support": {"given_on": "2026-03-02", "minutes": 90, "about": "Which licence fits"},
    }
    made: dict[str, str] = {}
    for noun, body in said.items():
        who = funding.coordinator if noun == "support" else lead
        told = await funding.done(who, "POST", f"{here}/{noun}", body)
        assert told == await funding.done(who, "GET", f"/{noun}/{told['id']}")
        made[noun] = told["id"]
    return made


async def test_what_is_written_down_is_told_alike(funding: Funding, db: AsyncSession) -> None:
    await funding.grant("active")
    found = await written_down(funding)
    for person in (await funding.everyone()).values():
        actor = await actor_of(db, person.account_id)
        assert actor is not None
        for thing in found.items():
            await alike(db, funding, person.headers, actor, thing)
    for noun in found:
        for path in (f"/{noun}", f"/collaborations/{funding.team.id}/{noun}?include_total=true"):
            with statements() as sent:
                page = await funding.done(funding.lead, "GET", path)
            assert len(sent) == 1, path
            for item in page["items"]:
                assert item == await funding.done(funding.lead, "GET", f"/{noun}/{item['id']}")
            assert found[noun] in [item["id"] for item in page["items"]], path


async def test_what_waits_for_a_second_person_is_told_alike(
    funding: Funding, db: AsyncSession
) -> None:
    """Signatures and first words, with odd text in what is said with them."""
    grant = await funding.grant("offered")
    path = f"/grants/{grant['id']}/activate"
    await funding.done(funding.lead, "POST", path, {}, if_match=grant["version"])
    odd = {"summary": 'Odd "text", {x: y}\u2028 and a \\ or two,\nand \u00fc'}
    active = await funding.grant("active")
    path = f"/grants/{active['id']}"
    active = await funding.done(funding.manager, "PATCH", path, odd, if_match=active["version"])
    words = {"reason": 'Said with  two  blanks, "quoted" \\ and a\ttab\u2028\u007f'}
    path = f"/grants/{active['id']}/terminate"
    await funding.done(funding.manager, "POST", path, words, if_match=active["version"])
    everyone = await funding.everyone()
    for one, counted in ((grant, 1), (active, 1)):
        for person in everyone.values():
            actor = await actor_of(db, person.account_id)
            assert actor is not None
            await alike(db, funding, person.headers, actor, ("grants", one["id"]))
        read = await funding.done(funding.manager, "GET", f"/grants/{one['id']}")
        assert len(read["endorsements"]) == counted
    assert len((await funding.done(funding.lead, "GET", f"/grants/{grant['id']}"))["signatures"])


async def test_services_and_narrowed_tokens_read_what_they_carry(
    funding: Funding, people: People, db: AsyncSession
) -> None:
    found = await things(funding, "active")
    owner = await people.person("Ann Administrator", Role.ADMINISTRATOR, Role.COORDINATOR)
    service = await people.service("Dashboard", owner, Role.COORDINATOR)
    whole = await actor_of(db, service.account_id)
    assert whole is not None
    token = await narrowed(funding.network.client, owner, service, "grant.read")
    carried = await actor_of(db, service.account_id, frozenset({"grant.read"}))
    assert carried is not None
    for thing in found.items():
        await alike(db, funding, service.headers, whole, thing)
        await alike(db, funding, {"Authorization": f"Bearer {token}"}, carried, thing)


async def test_a_list_tells_each_as_it_is_told_alone(funding: Funding) -> None:
    grant = await funding.grant("active")
    for path in (
        "/grants",
        "/grants?sort=-created_at&is_held=false&include_total=true",
        f"/memberships/{grant['membership_id']}/grants",
        "/milestones",
        "/milestones?sort=-reference&due_from=2026-01-01&limit=2",
        f"/grants/{grant['id']}/milestones",
        "/memberships",
        f"/cohorts/{grant['cohort']['id']}/memberships?status=accepted",
        "/cohorts?q=COHORT&sort=-name&include_total=true",
        f"/cohorts?programme_id={funding.cohort['programme']['id']}&reference={grant['cohort']['reference']}",
        f"/programmes/{funding.cohort['programme']['id']}/cohorts?sort=reference",
        "/collaborations",
        f"/collaborations?q={grant['collaboration']['name']}&sort=-created_at",
    ):
        noun = path.partition("?")[0].rpartition("/")[2]
        of_team = path.startswith(("/cohorts", "/programmes"))
        seen = (funding.manager,) if of_team else (funding.manager, funding.lead)
        for person in seen:
            page = await funding.done(person, "GET", path)
            assert page["items"], path
            for item in page["items"]:
                assert item == await funding.done(person, "GET", f"/{noun}/{item['id']}")


async def test_who_may_not_see_is_told_nothing(funding: Funding, people: People) -> None:
    """A role on another grant's cohort opens nothing here, alone or in a list."""
    grant = await funding.grant("active")
    elsewhere = await funding.network.cohort(reference="MS02")
    stranger = await people.person("Sam", (Role.COORDINATOR, UUID(elsewhere["id"])))
    nobody = await people.person("Nora")
    for person in (stranger, nobody):
        answer = await funding.call(person, "GET", f"/grants/{grant['id']}")
        assert refused(answer, "grant_not_found", 404)
        answer = await funding.call(person, "GET", f"/grants/{grant['id']}/milestones")
        assert refused(answer, "grant_not_found", 404)
    assert (await funding.done(stranger, "GET", "/grants"))["items"] == []
    answer = await funding.call(nobody, "GET", "/grants?cursor=made-up")
    assert refused(answer, "not_allowed", 403, permission="grant.read")
    answer = await funding.call(stranger, "GET", "/grants?cursor=made-up")
    assert answer.status_code == 400


async def test_a_sign_in_that_ended_reads_nothing(funding: Funding) -> None:
    """The refusal comes before that of the query, too."""
    grant = await funding.grant("draft")
    path = f"/grants/{grant['id']}"
    await funding.done(funding.coordinator, "GET", path)
    current = (await funding.done(funding.coordinator, "GET", "/me/sign-ins"))["items"]
    for one in sorted(current, key=lambda one: one["is_current"]):
        ended = await funding.call(funding.coordinator, "POST", f"/me/sign-ins/{one['id']}/end")
        assert ended.status_code == 204, ended.text
    for asked in (path, "/grants", "/grants?limit=none"):
        answer = await funding.call(funding.coordinator, "GET", asked)
        assert refused(answer, "unauthenticated", 401)


async def test_a_token_that_ended_reads_nothing(
    funding: Funding, people: People, clock: FixedClock
) -> None:
    """Neither an access token nor an API token of an account that is disabled."""
    grant = await funding.grant("draft")
    path = f"/grants/{grant['id']}"
    owner = await people.person("Ann Administrator", Role.ADMINISTRATOR)
    service = await people.service("Dashboard", owner, Role.AUDITOR)
    token = await narrowed(funding.network.client, owner, service, "grant.read")
    api = Person(service.account_id, "Dashboard", "", token, clock.now())
    assert (await funding.call(api, "GET", path)).status_code == 200
    disabled = f"/service-accounts/{service.account_id}/disable"
    answer = await funding.call(owner, "POST", disabled, {"reason": "No longer used."})
    assert answer.status_code == 200, answer.text
    for one in (api, Person(service.account_id, "", "", service.token, clock.now())):
        for asked in (path, "/grants", "/grants?limit=none"):
            assert refused(await funding.call(one, "GET", asked), "unauthenticated", 401)


async def test_a_read_is_one_statement(funding: Funding) -> None:
    report = await funding.report("submitted")
    grant = await funding.done(funding.lead, "GET", f"/grants/{report['grant']['id']}")
    for path in (
        f"/reports/{report['id']}",
        f"/reports/{report['id']}/answers/{report['answers'][0]['criterion_id']}",
        f"/milestones/{report['milestone']['id']}/reports",
        *(f"/reports?include_total=true&limit={limit}" for limit in (1, 10, 50)),
        f"/grants/{grant['id']}",
        "/grants",
        "/grants?include_total=true&limit=1",
        f"/memberships/{grant['membership_id']}/grants",
        f"/memberships/{grant['membership_id']}",
        "/memberships",
        f"/cohorts/{grant['cohort']['id']}/memberships",
        f"/cohorts/{grant['cohort']['id']}",
        "/cohorts?include_total=true",
        f"/programmes/{funding.cohort['programme']['id']}/cohorts",
        f"/collaborations/{grant['collaboration']['id']}",
        "/collaborations?q=bikes&include_total=true",
        f"/grants/{grant['id']}/milestones",
        "/milestones?standing=overdue",
        *(f"/milestones?limit={limit}" for limit in (1, 10, 50)),
        f"/grants/{grant['id']}/history",
        f"/reports/{report['id']}/history?limit=1&include_total=true",
        *(f"/activity?limit={limit}" for limit in (1, 10, 50)),
        f"/activity?sort=-recorded_at&marked=false&scope_id={grant['id']}&include_total=true",
    ):
        with statements() as sent:
            await funding.done(funding.coordinator, "GET", path)
        assert len(sent) == 1, path


WITHIN = {
    GRANTS: OF_MEMBERSHIP,
    MILESTONES: OF_GRANT,
    MEMBERSHIPS: OF_COHORT,
    COHORTS: OF_PROGRAMME,
    REQUIREMENTS: ASKED_BY_COHORT,
    TASKS: TASKS_OF_MEMBERSHIP,
    PAUSE_REQUESTS: LEAVE_OF_MEMBERSHIP,
    PROGRAMMES: None,
    PRIORITY_AREAS: AREAS_OF_PROGRAMME,
    STRANDS: STRANDS_OF_PROGRAMME,
    EXPECTATIONS: EXPECTED_BY_PROGRAMME,
    REPORTS: OF_MILESTONE,
    EVIDENCE: None,
    COLLABORATIONS: None,
    CHECKS: CHECKS_OF_GRANT,
    EXTENSIONS: EXTENSIONS_OF_MILESTONE,
    DISPENSATIONS: ABOUT_GRANT,
    NOTES: ABOUT_COHORT,
    ANNOUNCEMENTS: TOLD_IN_COHORT,
    CONFLICTS: OF_ACCOUNT,
    ORGANISATIONS: None,
    AFFILIATIONS: OF_ORGANISATION,
    PEOPLE: None,
    ROLE_ASSIGNMENTS: None,
    RECORD[None]: None,
    RECORD[True]: None,
    **{
        one: of_collaboration(one.model.collaboration_id)
        for one in (AGREEMENTS, DATA_SETS, IMPACTS, LEARNINGS, PARTICIPANTS, RISKS, SUPPORT)
    },
}


@pytest.mark.parametrize("telling", WITHIN)
def test_nothing_stands_beside_another_uncorrelated(telling: Any) -> None:
    """What SQLAlchemy would add by itself where a subquery lost its way to the row outside."""
    within = WITHIN[telling]
    for by in By:
        written = [telling._one(by)[0]] if hasattr(telling.model, "id") else []
        if by is not By.ACTOR and telling.sorts:
            order = next(iter(telling.sorts))
            shapes = (Shape(by, one, frozenset(), order, True, True) for one in (None, within))
            written += [telling._page(shape)[0] for shape in shapes]
        for statement in written:
            for line in Statement.of(statement).sql.decode().splitlines():
                assert not line.startswith(("FROM scope_closure,", "FROM role_assignments,")), line
                assert ", endorsements" not in line.partition(" WHERE ")[0] or "FROM" not in line


@pytest.mark.parametrize("telling", [one for one in WITHIN if one.sorts])
def test_a_page_is_chosen_first_and_known_to_be_short(telling: Any) -> None:
    """Else PostgreSQL, which plans once, joins and sorts whole tables for fifty rows."""
    order = next(iter(telling.sorts))
    for within in dict.fromkeys((None, WITHIN[telling])):
        shape = Shape(By.ACCESS_TOKEN, within, frozenset(), order, False, False, 201)
        sql = " ".join(Statement.of(telling._page(shape)[0]).sql.decode().split())
        is_walked_and_gathered = within is None and telling.seen is None
        assert sql.count("LIMIT 201") == 1 + is_walked_and_gathered
        assert f"AS chosen JOIN {telling.model.__tablename__} ON" in sql


async def test_a_page_may_have_more_than_fifty(funding: Funding) -> None:
    many = [
        milestone(f"Part {number}", 50_000, "2026-05-31", is_parallel=True) for number in range(40)
    ]
    for _ in range(2):
        await funding.grant("active", milestones=many)
    whole = await funding.done(funding.lead, "GET", "/milestones?limit=200")
    cut = await funding.done(funding.lead, "GET", "/milestones?limit=55")
    assert (len(whole["items"]), whole["next_cursor"]) == (80, None)
    assert cut["items"] == whole["items"][:55]
    assert cut["next_cursor"] is not None
