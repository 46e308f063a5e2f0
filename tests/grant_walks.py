"""Walks along grants, milestones and reports, each step by the verb of whoever makes it."""

from dataclasses import dataclass, replace
from typing import Any, Final

import httpx

from app.people.identity.roles import Role
from tests.journeys import Json, Network, Team
from tests.keys import keyed
from tests.people.identity.people import Person
from tests.worlds import remembered

WHY = {"reason": "Agreed by all who were in the call of 2 March."}


NEW: Final = object()
"""Sent in place of a version: that what is saved is not there yet."""


def as_read(thing: Json) -> object:
    """What an `If-Match` says of a thing, or a part of one, that was read: its version, of a report
    that of its content too, and NEW of a part that nobody has saved."""
    if thing["version"] is None:
        return NEW
    inside = thing.get("content_version")
    return thing["version"] if inside is None else f"{thing['version']}.{inside}"


def terms(**changes: Any) -> Json:
    """What is to be agreed: 20,000 pounds in two milestones."""
    return {
        "award": {"amount_minor": 2_000_000, "currency": "GBP"},
        "tax_treatment": "including",
        "starts_on": "2026-03-01",
        "ends_on": "2026-08-31",
        "budget_lines": [
            {"label": "Data engineering", "amount_minor": 1_400_000},
            {"label": "Community work", "amount_minor": 600_000},
        ],
        "milestones": [
            milestone("Data sharing agreement", 800_000, "2026-05-31"),
            milestone("Final report", 1_200_000, "2026-08-31", kind="reporting"),
        ],
    } | changes


def milestone(title: str, amount_minor: int, due_on: str, **changes: Any) -> Json:
    return {
        "kind": "delivery",
        "title": title,
        "amount_minor": amount_minor,
        "due_on": due_on,
        "timezone": "Europe/London",
        "criteria": [
            {"statement": "The agreement is signed", "is_evidence_required": True},
            {"statement": "A summary is published"},
        ],
    } | changes


@dataclass(frozen=True)
class Funding:
    """A network with a member whose grant is drawn up, signed and reported on."""

    network: Network
    team: Team
    cohort: Json
    membership: Json

    @classmethod
    @remembered
    async def begin(cls, network: Network) -> "Funding":
        """A collaboration that has accepted its place in a cohort."""
        cohort = await network.cohort("recruiting")
        team = await network.team()
        membership = await network.membership(cohort, team, "accepted")
        return cls(network, team, cohort, membership)

    @property
    def manager(self) -> Person:
        return self.network.manager

    @property
    def coordinator(self) -> Person:
        return self.network.coordinator

    @property
    def lead(self) -> Person:
        return self.team.lead

    @property
    def member(self) -> Person:
        return self.team.member

    async def later(self) -> "Funding":
        """The same people with new tokens, for when the clock has moved past the old ones."""
        renewed = self.network.people.renewed
        team = replace(self.team, lead=await renewed(self.lead), member=await renewed(self.member))
        network = replace(
            self.network,
            manager=await renewed(self.manager),
            coordinator=await renewed(self.coordinator),
        )
        return replace(self, network=network, team=team)

    async def call(
        self,
        who: Person | None,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        if_match: object = None,
    ) -> httpx.Response:
        """Whatever `who`, or nobody, gets; `if_match` is the version that was read, and NEW says
        that there was none."""
        headers = {**keyed(method, f"/v1{path}"), **(who.headers if who else {})}
        if if_match is NEW:
            headers["If-None-Match"] = "*"
        elif if_match is not None:
            headers["If-Match"] = "*" if if_match == "*" else f'"{if_match}"'
        return await self.network.client.request(method, f"/v1{path}", json=body, headers=headers)

    async def done(
        self,
        who: Person,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        if_match: object = None,
    ) -> Json:
        """What `who` gets, which must succeed."""
        answer = await self.call(who, method, path, body, if_match=if_match)
        assert answer.is_success, answer.text
        return answer.json()

    async def save(self, who: Person, part: str, body: Json) -> Json:
        """Save a part of a report as whoever has just read it."""
        read = await self.network.seen(who, part)
        return await self.done(who, "PUT", part, body, if_match=as_read(read))

    async def submit(self, report: Json) -> httpx.Response:
        """Submit a report as the lead who has just read it."""
        path = f"/reports/{report['id']}"
        read = await self.network.seen(self.lead, path)
        return await self.call(self.lead, "POST", f"{path}/submit", if_match=as_read(read))

    async def submitted(self, report: Json) -> Json:
        """What comes of it, which must succeed."""
        answer = await self.submit(report)
        assert answer.is_success, answer.text
        return answer.json()

    async def make(self, who: Person, thing: Json, move: str, body: Json | None = None) -> Json:
        """Make a move of a grant, milestone or report that was read."""
        noun = "milestones" if "-M" in str(thing.get("reference")) else "grants"
        noun = "reports" if "submissions" in thing else noun
        path = f"/{noun}/{thing['id']}/{move.replace('_', '-')}"
        return await self.done(who, "POST", path, body, if_match=as_read(thing))

    @remembered
    async def grant(self, status: str = "draft", **changes: Any) -> Json:
        """A grant walked to `status`; changes are those of its terms."""
        body = {"title": "Opening river data", "terms": terms(**changes)}
        path = f"/memberships/{self.membership['id']}/grants"
        return await self.walk_grant(await self.done(self.coordinator, "POST", path, body), status)

    @remembered
    async def checked(self, grant: Json) -> Json:
        """The grant, its grantee checked in every way that is required."""
        checks = [
            {"kind": kind, "outcome": "passed", "done_on": "2026-03-02"}
            for kind in ("identity", "sanctions", "governance", "data_protection")
        ]
        path = f"/grants/{grant['id']}/due-diligence-checks/batch"
        await self.done(self.coordinator, "POST", path, {"items": checks})
        return grant

    @remembered
    async def walk_grant(self, grant: Json, status: str) -> Json:
        """Take a grant that is a draft along its life; what is offered is checked first."""
        if status in ("offered", "active", "suspended", "terminated"):
            await self.checked(grant)
        offered = [(self.coordinator, "offer", None)]
        active = [*offered, (self.lead, "activate", None), (self.manager, "activate", None)]
        ended = [(self.manager, "terminate", WHY), (self.coordinator, "terminate", WHY)]
        steps: dict[str, list[tuple[Person, str, Json | None]]] = {
            "draft": [],
            "pending_due_diligence": [(self.coordinator, "start_due_diligence", None)],
            "offered": offered,
            "active": active,
            "suspended": [*active, (self.coordinator, "suspend", WHY)],
            "terminated": [*active, *ended],
            "cancelled": [(self.coordinator, "cancel", WHY)],
        }
        if status in ("closing", "closed"):
            return await self._closed(grant, status)
        for who, move, body in steps[status]:
            grant = await self.make(who, grant, move, body)
        assert grant["status"] == status
        return grant

    async def _closed(self, grant: Json, status: str) -> Json:
        """Take a grant to its end, with each of its milestones accepted."""
        grant = await self.walk_grant(grant, "active")
        for milestone in await self.milestones(grant):
            await self.report("accepted", milestone)
        grant = await self.make(self.coordinator, grant, "begin_closing")
        if status == "closed":
            grant = await self.make(self.coordinator, grant, "close")
        return grant

    async def milestones(self, grant: Json) -> list[Json]:
        """The milestones of a grant, by due date."""
        page = await self.network.seen(self.coordinator, f"/grants/{grant['id']}/milestones")
        return page["items"]

    @remembered
    async def begun(self, milestone: Json) -> Json:
        """A report on a milestone that is a draft without answers."""
        return await self.done(self.member, "POST", f"/milestones/{milestone['id']}/reports", {})

    @remembered
    async def written(self, report: Json, **answer: Any) -> Json:
        """Answer each criterion of a report, with evidence where it is wanted."""
        path = f"/reports/{report['id']}"
        said = {"answer": "Signed by all four partners on 4 May.", "is_met": True} | answer
        for one in report["answers"]:
            address = f"{path}/answers/{one['criterion_id']}"
            await self.done(self.member, "PUT", address, said, if_match=as_read(one))
            if one["is_evidence_required"]:
                shown = {
                    "criterion_id": one["criterion_id"],
                    "url": "https://example.org/agreement",
                    "description": "The agreement",
                }
                await self.done(self.member, "POST", f"{path}/evidence", shown)
        return await self.network.seen(self.member, path)

    @remembered
    async def report(self, status: str = "draft", milestone: Json | None = None) -> Json:
        """A whole report on a milestone (the first of a new active grant), walked to `status`."""
        if milestone is None:
            milestone = (await self.milestones(await self.grant("active")))[0]
        return await self.walk_report(await self.written(await self.begun(milestone)), status)

    @remembered
    async def walk_report(self, report: Json, status: str) -> Json:
        """Take a report that is a whole draft along its life."""
        criterion_id = report["answers"][0]["criterion_id"]
        changes = {"requests": [{"criterion_id": criterion_id, "request": "The annex is missing."}]}
        submitted = [(self.lead, "submit", None)]
        in_review = [*submitted, (self.coordinator, "start_review", None)]
        steps: dict[str, list[tuple[Person, str, Json | None]]] = {
            "draft": [],
            "ready_for_certification": [(self.member, "request_certification", None)],
            "submitted": submitted,
            "in_review": in_review,
            "changes_requested": [*submitted, (self.coordinator, "request_changes", changes)],
            "accepted": [*submitted, (self.coordinator, "accept", None)],
            "rejected": [*in_review, (self.manager, "reject", WHY)],
            "excused": [(self.manager, "excuse", WHY)],
            "withdrawn": [(self.lead, "withdraw", WHY)],
        }
        report = await self.network.seen(self.lead, f"/reports/{report['id']}")
        for who, move, body in steps[status]:
            report = await self.make(who, report, move, body)
        assert report["status"] == status
        return report

    async def everyone(self) -> dict[Role, Person]:
        """Somebody of each role whose scope this grant lies below."""
        people, programme = self.network.people, self.network.programme_id
        found = {
            Role.PROGRAMME_MANAGER: self.manager,
            Role.COORDINATOR: self.coordinator,
            Role.COLLABORATION_LEAD: self.lead,
            Role.COLLABORATION_MEMBER: self.member,
        }
        for role in set(Role) - set(found) - {Role.SCHEDULER}:
            held = role if role is Role.ADMINISTRATOR else (role, programme)
            found[role] = await people.person(f"The {role}", held)
        return found
