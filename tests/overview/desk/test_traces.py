"""What is changed without a move leaves one row of activity too, of whoever changed it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from app.people.identity.roles import Role
from tests.factories import organisation
from tests.grant_walks import WHY, Funding
from tests.journeys import Json
from tests.people.identity.people import Person

DAY = "2026-03-01"


@dataclass(frozen=True)
class Changes:
    """What somebody changes, and the rows that are left of it."""

    funding: Funding
    who: Person

    async def make(self, method: str, path: str, body: Json | None = None) -> Any:
        client, headers = self.funding.network.client, dict(self.who.headers)
        if "/expenditures/" in path:
            headers["If-None-Match"] = "*"
        elif method != "POST" or path.endswith("/decline"):
            headers["If-Match"] = "*"
        answer = await client.request(method, f"/v1{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def left(self) -> list[str]:
        """The verb of each row of theirs, but for having signed in."""
        rows: list[Json] = []
        page = await self.funding.done(self.who, "GET", "/activity?limit=200")
        while page["items"]:
            rows += page["items"]
            more = f"/activity?limit=200&after={page['next_cursor']}"
            page = await self.funding.done(self.who, "GET", more)
        mine = str(self.who.account_id)
        verbs = [row["verb"] for row in rows if row["account_id"] == mine]
        return [verb for verb in verbs if verb != "sign_in.started"]


@pytest.fixture
async def changes(funding: Funding) -> Changes:
    """Somebody who may change all of it."""
    everywhere = await funding.network.people.person(
        "Ann",
        Role.ADMINISTRATOR,
        (Role.PROGRAMME_MANAGER, funding.network.programme_id),
        (Role.COLLABORATION_LEAD, funding.team.id),
    )
    return Changes(funding, everywhere)


async def of_a_cohort(changes: Changes) -> list[str]:
    cohort = f"/cohorts/{changes.funding.cohort['id']}"
    survey = {"stage": "onboarding", "key": "survey", "title": "Survey", "anchor": "accepted"}
    await changes.make("POST", f"{cohort}/notes", {"text": "Rang them on Tuesday."})
    made = await changes.make("POST", f"{cohort}/requirements", survey)
    await changes.make("PATCH", f"/requirements/{made['id']}", {"offset_days": 21})
    await changes.make("DELETE", f"/requirements/{made['id']}")
    await changes.make("POST", f"{cohort}/requirements", survey)
    membership = changes.funding.membership["id"]
    await changes.funding.network.done(
        changes.funding.coordinator, f"/memberships/{membership}/onboard"
    )
    tasks = await changes.funding.done(changes.who, "GET", f"/memberships/{membership}/tasks")
    await changes.make("PATCH", f"/tasks/{tasks['items'][0]['id']}", {"due_on": "2026-04-13"})
    return [
        "note.added",
        "requirement.created",
        "requirement.edited",
        "requirement.deleted",
        "requirement.created",
        "task.edited",
    ]


async def of_a_grant(changes: Changes) -> list[str]:
    funding = changes.funding
    programme = f"/programmes/{funding.network.programme_id}"
    grant = await funding.grant("active")
    later = {"due_on": "2026-07-15", "reason": "The annex comes late."}
    first = (await funding.milestones(grant))[0]
    asked = await funding.done(funding.lead, "POST", f"/milestones/{first['id']}/extensions", later)
    await changes.make("PATCH", f"/grants/{grant['id']}", {"title": "Opening more river data"})
    await changes.make("PUT", f"{programme}/due-diligence-policy", {"required_kinds": ["identity"]})
    kept = await changes.make("POST", f"/grants/{grant['id']}/save-as-template", {"title": "One"})
    await changes.make("PATCH", f"/grant-templates/{kept['id']}", {"title": "Another"})
    await changes.make("DELETE", f"/grant-templates/{kept['id']}")
    independent = await funding.network.people.person(
        "Ida", Role.ADMINISTRATOR, (Role.PROGRAMME_MANAGER, funding.network.programme_id)
    )
    decision = Changes(funding, independent)
    await decision.make("POST", f"/milestone-extensions/{asked['id']}/decline", WHY)
    assert await decision.left() == ["milestone.extension_declined"]
    return [
        "grant.edited",
        "programme.due_diligence_edited",
        "grant_template.created",
        "grant_template.edited",
        "grant_template.deleted",
    ]


async def of_a_report(changes: Changes) -> list[str]:
    report = await changes.funding.report()
    path = f"/reports/{report['id']}"
    criterion_id = report["answers"][0]["criterion_id"]
    line_id = report["expenditures"][0]["line_id"]
    said = {"answer": "Signed by all four.", "is_met": True}
    shown = {"url": "https://example.org/annex", "description": "The annex"}
    await changes.make("PATCH", path, {"narrative": "The partners met twice."})
    await changes.make("PUT", f"{path}/answers/{criterion_id}", said)
    await changes.make("PUT", f"{path}/expenditures/{line_id}", {"amount_minor": 1})
    evidence = await changes.make("POST", f"{path}/evidence", shown)
    await changes.make("DELETE", f"/evidence/{evidence['id']}")
    await changes.make("DELETE", path)
    return [
        "report.edited",
        "report.answer_saved",
        "report.expenditure_saved",
        "report.evidence_added",
        "report.evidence_removed",
        "report.deleted",
    ]


async def of_a_programme(changes: Changes) -> list[str]:
    programme = f"/programmes/{changes.funding.network.programme_id}"
    counted = {"key": "teams", "name": "Twenty", "comparator": "at_least", "value": 20}
    counted |= {"counting_rule": "by_hand", "due_on": "2026-12-31"}
    asks = {"kind": "criterion", "key": "challenge", "title": "A challenge", "position": 1}
    await changes.make("POST", f"{programme}/expectations", asks)
    await changes.make("POST", f"{programme}/strands", {"key": "peers", "name": "Peers"})
    area = await changes.make("POST", f"{programme}/priority-areas", {"key": "air", "name": "Air"})
    await changes.make("PATCH", f"/priority-areas/{area['id']}", {"name": "Clean air"})
    target = await changes.make("POST", f"{programme}/targets", counted)
    await changes.make("PATCH", f"/targets/{target['id']}", {"due_on": "2026-12-30"})
    reading = {"counted_on": DAY, "counted": 9, "source": "Review"}
    await changes.make("POST", f"/targets/{target['id']}/count", reading)
    return [
        "programme.expectation_added",
        "programme.strand_added",
        "priority_area.created",
        "priority_area.edited",
        "target.created",
        "target.edited",
        "target.counted",
    ]


async def of_a_collaboration(changes: Changes) -> list[str]:
    collaboration = f"/collaborations/{changes.funding.team.id}"
    partner = await organisation(changes.funding.network.client, changes.who)
    impact = {"title": "A loading bay", "beneficiaries": "Couriers", "happened_on": DAY}
    learning = {"title": "Scoping", "url": "https://example.org/s", "licence": "CC-BY-4.0"}
    steward = {"organisation_id": partner["id"], "role": "steward"}
    await changes.make("PATCH", collaboration, {"topic": "urban freight"})
    await changes.make("POST", f"{collaboration}/participants", steward)
    await changes.make("POST", f"{collaboration}/impacts", impact | {"evidence": "It is built."})
    await changes.make("POST", f"{collaboration}/learnings", learning)
    affiliated = f"/organisations/{partner['id']}/affiliations"
    await changes.make("POST", affiliated, {"title": "Data steward"})
    return [
        "organisation.created",
        "collaboration.edited",
        "collaboration.participant_added",
        "collaboration.impact_added",
        "collaboration.learning_shared",
        "affiliation.created",
    ]


CASES: tuple[Callable[[Changes], Awaitable[list[str]]], ...] = (
    of_a_cohort,
    of_a_grant,
    of_a_report,
    of_a_programme,
    of_a_collaboration,
)


@pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)
async def test_each_leaves_one_row(
    changes: Changes, change: Callable[[Changes], Awaitable[list[str]]]
) -> None:
    verbs = await change(changes)
    assert await changes.left() == verbs
