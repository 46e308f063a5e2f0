"""Whoever polls is told: an ETag stands only while the answer is the same.

Every GET of the document is read, the world goes on, and it is asked for again with the ETag of the
first answer. What makes and changes the things that are read are the writes of the document, with
their own examples.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.models import RoleAssignment
from app.people.identity.roles import Role
from app.publishing.giving.publications.lifecycle import GrantPublicationStatus
from app.publishing.giving.publications.models import GrantPublication
from app.web import contract, preconditions
from tests.authorisation.furnishing import external_grant, kept_figures
from tests.contract.bodies import body_of
from tests.factories import organisation
from tests.funding.funds.ledgers import Ledgers
from tests.funding.grants.recovering import disbursed_at_once
from tests.funding.payments.bank_files import table
from tests.funding.payments.paying import Paying
from tests.grant_walks import Funding
from tests.keys import keyed
from tests.learning.trust.framing import ASKED
from tests.learning.trust.resulting import out_of_one, written_in
from tests.people.files.uploading import PDF, Uploader
from tests.people.identity.people import People, Person
from tests.transport import Transport

DOCUMENT: Final[dict[str, Any]] = json.loads(contract.FILE.read_text())

UNCHANGED: Final = {
    "list_alike_payee_accounts": "no two payees have one number",
    "get_milestone_extension_history": "it was asked for, and nobody decides here",
    "get_session_series": "a series is the rule by which its sessions were made",
    "list_session_series": "likewise",
    "list_cohort_session_series": "likewise",
    "get_default_framework": "it comes with the service",
    "get_framework": "it changes when two publish a version",
    "list_frameworks": "likewise",
    "list_roles": "the roles are the source's own",
    "list_problems": "so are the codes",
    "list_grant_payments": "no fund pays the grant",
    "list_signing_keys": "`pln keys rotate` turns them",
    "get_bank_statement_history": "a file is brought in once",
    "list_operations": "nothing here runs longer than a request",
    "list_my_reminders": "the worker writes them",
    "list_letters": "nothing is mailed here",
    "list_my_letters": "likewise",
    "list_merged_duties": "nobody turns out to be somebody else",
    "list_api_tokens": "a token is made with a secret, and then only revoked",
    "list_service_account_api_tokens": "likewise",
    "list_sign_ins": "nobody signs in anew",
    "get_report_evidence": "evidence is shown or taken out, and never edited",
    "get_cohort_metric_snapshot": "what was told when the cohort closed stays",
    "list_cohort_metric_snapshots": "the cohort does not close",
    "get_report_version": "what was submitted stays as it was",
    "get_report_changes": "likewise",
    "get_unmatched_attendance": "no report of a meeting was read",
    "list_metric_charts": "nobody makes or revokes one here",
    "list_calendar_feeds": "nobody makes or revokes one here",
    "list_grant_recoveries": "no fund pays the grant that is asked about",
    "get_learning_session": "what was held is changed only in words",
    "get_whereabouts": "likewise",
    "get_presenters": "nobody presents in what has no series",
    "list_agenda_templates": "the templates are the source's own",
    "list_metrics": "so are the definitions",
    "get_metric": "likewise",
    "get_session_feedback": "it is told of when feedback has closed",
    "get_seats": "nobody replies to what was held",
    "list_session_rsvps": "likewise",
    "get_session_poll_votes": "nobody votes here",
    "list_learning_session_guests": "nor is anybody invited to one",
    "get_verification": "whoever said it takes it back, and nobody does before the cohort ends",
    "get_verification_history": "whoever said it takes it back, and nobody does",
    "list_verifications": "whoever said it takes it back, and nobody does before the cohort ends",
    "get_external_grant": "only an import changes it",
    "list_external_grants": "only an import changes them",
    "list_comments_of_round": "the round is open, and nothing of it is told yet",
    "get_respondent_history": "the round ends with its cohort before anybody is excused",
}
"""The reads whose answer no edit and no move of this test changes, and why."""

LEFT_OUT: Final = {
    "get_upload": "it asks for the headers of tus",
    "download_file": "it is no JSON, and its tag is the file's own SHA-256",
    "get_programme_calendar": "no session here is public, so that it is not found",
    "read_metric_chart": "its address is a secret",
    "read_calendar_feed": "its address is a secret; its tag is looked at where feeds are shown",
    "get_giving_package": "nothing here is published; its tag is looked at where feeds are shown",
    "get_published_grant": "likewise",
    "get_external_giving_package": "it is sent as it is read, like an export",
    "get_api_token": "no service account here was granted what a token would carry",
    "get_api_token_history": "likewise",
    "get_operation": "nothing here runs longer than a request",
    "get_membership_last_known": "the membership goes on",
    "get_session_needs": "who reads all else leads no session",
    "compare_framework_versions": "there is one version here",
    "get_result_set_networks": "who reads all else facilitates nothing",
    "compare_result_sets": "there are the results of one round",
    "preview_cancel_grant": "the grant is in force",
    "preview_close_cohort": "the cohort is not in its last weeks",
    "preview_conclude_collaboration": "it is an idea",
    "get_problem": "the codes are the source's own, as `list_problems` has them",
}

WITHOUT_TAG: Final = {
    "get_collaboration_answer": "nothing was saved yet: that is said with `If-None-Match: *`",
    "get_report_expenditure": "likewise",
}

BY_THE_DAY: Final = {
    "get_agreement",
    "get_milestone",
    "get_target",
    "get_task",
    "list_my_work",
    "list_obligations",
}

BY_PERMISSION: Final = {
    "explain_cohort_actions",
    "get_cohort",
    "get_grant",
    "get_membership",
    "get_milestone",
    "list_grants",
    "list_my_work",
}

SIGNED: Final = {
    "kind": "signature",
    "title": "Signed",
    "amount_minor": 1_000_000,
    "due_on": "2026-03-31",
    "timezone": "Europe/London",
    "criteria": [],
}
"""A milestone that is met by signing."""

LEFT_ALONE: Final = ("/v1/auth/", "/v1/me/", "/v1/imports/")
"""Where a write would sign somebody out, or run longer than a request."""

SAME: Final = {
    "party_id": "organisation_id",
    "funder_id": "organisation_id",
    "owner_id": "account_id",
}
"""What an example names otherwise than a path does."""

SAID: Final[dict[str, dict[str, Any]]] = {
    "add_agreement": {"data_set_ids": [], "ends_on": "2026-03-31"},
    "create_invitation": {"role": "collaboration_member"},
    "create_target": {"counting_rule": "by_hand", "due_on": "2026-12-31"},
    "edit_target": {"due_on": "2026-11-30"},
    "refund_money": {"effective_on": "2021-02-01"},  # refused: what came is to be reversed
}
"""What an example says that would not do here."""


@dataclass(frozen=True)
class Call:
    """An operation of the document, with an example of its body."""

    name: str
    method: str
    path: str
    example: Any
    makes: bool
    parameters: frozenset[str] = frozenset()

    @property
    def places(self) -> set[str]:
        """The ids that stand in its path."""
        return set(re.findall(r"{(\w+)}", self.path))


def _name(parameter: dict[str, str]) -> str:
    """What a parameter is called, which may stand once for many operations."""
    shared = parameter.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["parameters"][shared]["name"] if shared else parameter["name"]


def calls(method: str) -> Iterator[Call]:
    """The operations of a method, in the order of the document."""
    for path, item in DOCUMENT["paths"].items():
        if method in item:
            operation = item[method]
            example = body_of(DOCUMENT, operation)
            makes = "201" in operation["responses"]
            named = frozenset(map(_name, operation.get("parameters", [])))
            yield Call(operation["operationId"], method.upper(), path, example, makes, named)


READS: Final = tuple(
    call for call in calls("get") if call.name not in LEFT_OUT and not call.path.endswith("/export")
)
"""Every read but those that are left out, and exports, which nobody keeps."""

CREATE_FRAMEWORK: Final = next(c.example for c in calls("post") if c.name == "create_framework")

Held = Mapping[str, httpx.Response]


@dataclass
class World:
    """One thing of each noun, somebody who may do everything, and somebody else who decides what
    takes a person that is independent."""

    client: httpx.AsyncClient
    ids: dict[str, str]
    ann: Person
    ida: Person
    reads: Sequence[Call] = READS

    async def answer(self, call: Call, who: Person | None = None, **headers: str) -> httpx.Response:
        said = self._fitted(call.example)
        body = {"json": said | SAID.get(call.name, {})} if isinstance(said, dict) else {}
        path = call.path.format(**self.ids)
        sent = {**keyed(call.method, path), **(who or self.ann).headers, **headers}
        return await self.client.request(call.method, path, headers=sent, **body)

    def _fitted(self, example: Any) -> Any:
        """An example that names what there is."""
        if isinstance(example, dict):
            return {key: self._named(key, value) for key, value in example.items()}
        return [self._fitted(one) for one in example] if isinstance(example, list) else example

    def _named(self, key: str, value: Any) -> Any:
        one = key.removesuffix("s")
        known = self.ids.get(SAME.get(one, one)) if one.endswith("_id") else None
        if known is None:
            return self._fitted(value)
        return [known] if key.endswith("_ids") else known

    async def make(self) -> None:
        """Make one of each thing that an example can make, and learn its id."""
        for call in calls("post"):
            if call.makes and call.places <= set(self.ids):
                await self.answer(call)
        for call in calls("get"):
            one = re.fullmatch(r"/v1([\w/-]+)/{(\w+)}", call.path)
            if one is not None and one[2] not in self.ids:
                await self._learn(one[1], one[2])

    async def _learn(self, ending: str, name: str) -> None:
        for call in READS:
            if call.path.endswith(ending) and call.places <= set(self.ids):
                items = (await self.answer(call)).json().get("items")
                if items:
                    self.ids[name] = items[0]["key" if name == "metric_key" else "id"]

    async def go_on(self) -> None:
        """Edit and move whatever an example can edit and move."""
        for call in [*calls("patch"), *calls("put"), *calls("post")]:
            if call.places <= set(self.ids) and not call.path.startswith(LEFT_ALONE):
                answer = await self.answer(call, **{"If-Match": "*"})
                if answer.status_code == 409:
                    await self.answer(call, self.ida, **{"If-Match": "*"})
                if call.method == "PUT":
                    await self.answer(call, **{"If-None-Match": "*"})

    async def read(self) -> Held:
        found = {call.name: await self.answer(call) for call in self.reads}
        assert [name for name, one in found.items() if one.status_code != 200] == []
        return found

    async def polled(self, held: Held) -> tuple[set[str], set[str]]:
        """Ask for everything again: which answers have changed, and which tags do not say so."""
        changed: set[str] = set()
        wrong: set[str] = set()
        for call in self.reads:
            first = held[call.name]
            now = await self.answer(call)
            tag = first.headers.get("etag")
            again = await self.answer(call, **({"If-None-Match": tag} if tag else {}))
            is_same = (now.status_code, now.content) == (200, first.content)
            if not is_same:
                changed.add(call.name)
            if (again.status_code == 304) is not (is_same and tag is not None):
                wrong.add(call.name)
        return changed, wrong


@pytest.fixture
async def world(funding: Funding, people: People) -> World:
    network, team = funding.network, funding.team
    ida = await people.person(
        "Ida Pendent", Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, Role.COORDINATOR
    )
    ann = await people.person(
        "Ann of All Roles",
        Role.ADMINISTRATOR,
        Role.PROGRAMME_MANAGER,
        Role.COORDINATOR,
        Role.FINANCE_APPROVER,
        (Role.COLLABORATION_LEAD, team.id),
    )
    ids = {
        "programme_id": str(network.programme_id),
        "cohort_id": funding.cohort["id"],
        "membership_id": funding.membership["id"],
        "collaboration_id": str(team.id),
        "scope_id": str(team.id),
        "account_id": str(funding.lead.account_id),
    }
    world = World(network.client, ids, ann, ida)
    await kept_figures(people.database, funding.cohort["id"], 1, 2)
    ids |= await _take_part(funding)
    ids |= await _meet(funding, ann)
    ids |= await _report(funding)
    ids |= await _pay(funding)
    ids |= await _assess(funding, ann, ida)
    ids |= await _come_of_it(funding)
    ids |= await _ask(funding, ann, ida)
    upload = await Uploader(network.client, ann).upload(PDF)
    ids |= {"upload_id": str(upload), "file_id": str(upload)}
    for _ in range(2):
        await world.make()
    ids["recovery_id"] = await _claim(funding, ann, ids)
    ids |= await _spend(funding, ann)
    return world


async def _spend(funding: Funding, ann: Person) -> dict[str, str]:
    """Something was spent, and is claimed back."""
    made = {call.name: call.example for call in calls("post")}
    path = f"/cohorts/{funding.cohort['id']}/expense-claims"
    claim = await funding.network.done(ann, path, made["create_expense_claim"])
    path = f"/expense-claims/{claim['id']}/items"
    item = made["add_expense_item"] | {"spent_on": "2026-03-01"}
    claim = await funding.done(ann, "POST", path, item, if_match=claim["version"])
    return {"expense_claim_id": claim["id"], "item_id": claim["items"][0]["id"]}


async def _claim(funding: Funding, ann: Person, ids: dict[str, str]) -> str:
    """Something is to come back of another grant, which a fund pays."""
    body = next(call for call in calls("post") if call.name == "create_grant").example
    path = f"/memberships/{funding.membership['id']}/grants"
    paid = await funding.network.done(ann, path, body | {"fund_id": ids["fund_id"]})
    body = next(call for call in calls("post") if call.name == "propose_recovery").example
    came_minor = body["amount"]["amount_minor"]
    database = funding.network.people.database
    await disbursed_at_once(database, ids["fund_id"], paid["id"], came_minor)
    recovery = await funding.network.done(ann, f"/grants/{paid['id']}/recoveries", body)
    return recovery["id"]


async def _pay(funding: Funding) -> dict[str, str]:
    """What a fund pays was earned by signing, and its payment requested."""
    ledgers = await Ledgers.of(funding)
    await ledgers.received(2_000_000)
    grant = await ledgers.grant("active", milestones=[SIGNED, SIGNED | {"title": "Again"}])
    payee = await organisation(funding.network.client, funding.coordinator, "The River Trust")
    paying = Paying(ledgers, funding.manager, payee, grant)
    await paying.account()
    [earned, _] = await funding.milestones(grant)
    answer = await paying.requests(earned)
    assert answer.is_success, answer.text
    path = f"{ledgers.path}/payment-runs"
    run = await paying.done(ledgers.approver, path, {"payment_ids": [answer.json()["id"]]})
    body = next(call for call in calls("post") if call.name == "propose_payment_limit").example
    limits = f"/programmes/{funding.network.programme_id}/payment-limits"
    limit = await paying.done(funding.manager, limits, body)
    fee = table("paid,,FEE,5.00,GBP,2026-03-02,,")
    file_id = await Uploader(funding.network.client, ledgers.approver).upload(fee, name="a.csv")
    path = f"{ledgers.path}/bank-statements"
    statement = await paying.done(ledgers.approver, path, {"file_id": str(file_id)})
    [line] = (await paying.seen(ledgers.approver, "/bank-lines"))["items"]
    return {
        "fund_id": ledgers.fund["id"],
        "bank_statement_id": statement["id"],
        "bank_line_id": line["id"],
        "payment_id": answer.json()["id"],
        "payment_run_id": run["id"],
        "payment_limit_id": limit["id"],
    }


async def _ask(funding: Funding, ann: Person, ida: Person) -> dict[str, str]:
    """Ann is asked in a round, has shown what her answer rests on, and somebody outside verified
    it."""
    network, survey = funding.network, CREATE_FRAMEWORK["document"] | {"slug": "asked-in-rounds"}
    framework = await network.done(ann, "/frameworks", {"document": survey})
    path = f"/framework-versions?framework_id={framework['id']}"
    [version] = (await network.seen(ann, path))["items"]
    for who in (ann, ida):
        path = f"/framework-versions/{version['id']}/publish"
        await funding.done(who, "POST", path, if_match=1)
    body = next(call for call in calls("post") if call.name == "create_round").example | {
        "framework_version_id": version["id"],
        "confidentiality": "attributed",
        "perspectives": ["self"],
    }
    path = f"/cohorts/{funding.cohort['id']}/rounds"
    made = await network.done(funding.coordinator, path, body)
    await network.done(funding.coordinator, f"/rounds/{made['id']}/open")
    path = f"/respondents?round_id={made['id']}&account_id={ann.account_id}"
    [asked] = (await network.seen(funding.coordinator, path))["items"]
    path = f"/assessments/{asked['assessment_id']}/sheets"
    sheet = await network.done(ann, path)
    path = f"/sheets/{sheet['id']}"
    said = {"points": [3]}
    await funding.done(ann, "PUT", f"{path}/answers/worth_it", said, if_match="*")
    shown = {"question": "worth_it", "statement": "So it is.", "collected_on": "2026-03-02"}
    shown = await network.done(ann, f"{path}/evidence", shown)
    await network.done(ann, f"{path}/submit")
    said = {"question": "worth_it", "verdict": "supports"}
    said = await network.done(funding.coordinator, f"{path}/verifications", said)
    return {
        "sheet_evidence_id": shown["id"],
        "verification_id": said["id"],
        "round_id": made["id"],
        "assessment_id": asked["assessment_id"],
        "respondent_id": asked["id"],
        "sheet_id": sheet["id"],
        "question": "worth_it",
    }


async def _take_part(funding: Funding) -> dict[str, str]:
    """The collaboration is of the programme, has a task and takes part."""
    network, path = funding.network, f"/cohorts/{funding.cohort['id']}"
    here = f"/collaborations/{funding.team.id}"
    steward = await network.done(
        network.coordinator, "/organisations", {"name": "Rivers", "kind": "company"}
    )
    part = {"organisation_id": steward["id"], "role": "steward"}
    participant = await network.done(network.coordinator, f"{here}/participants", part)
    of_programme = {"programme_id": str(network.programme_id)}
    await funding.done(funding.coordinator, "PATCH", here, of_programme, if_match=1)
    asked = {
        "stage": "onboarding",
        "key": "agreement",
        "title": "Sign the agreement",
        "is_required": False,
        "anchor": "accepted",
        "offset_days": 14,
    }
    await network.done(network.coordinator, f"{path}/requirements", asked)
    await network.walk_cohort(funding.cohort, "confirmed")
    for step in ("onboard", "activate"):
        await network.done(network.coordinator, f"/memberships/{funding.membership['id']}/{step}")
    return {"organisation_id": steward["id"], "participant_id": participant["id"]}


async def _meet(funding: Funding, ann: Person) -> dict[str, str]:
    """Ann comes to a session, and somebody from outside is invited."""
    coordinator, client = funding.coordinator, funding.network.client
    planned = {
        "kind": "workshop",
        "title": "Later",
        "local_start": "2026-06-12T10:00",
        "facilitator_ids": [str(coordinator.account_id)],
    }
    path = f"/cohorts/{funding.cohort['id']}/learning-sessions"
    session = await funding.network.done(coordinator, path, planned)
    path = f"/learning-sessions/{session['id']}"
    await funding.network.done(coordinator, f"{path}/schedule")
    guest = {"name": "Grace Hopper", "email": "grace@example.org"}
    invited = await funding.network.done(coordinator, f"{path}/guests", guest)
    sent = {"json": {"reply": "yes"}, "headers": ann.headers}
    rsvp = (await client.post(f"/v1{path}/reply", **sent)).json()
    held = await funding.network.done(
        coordinator,
        f"/cohorts/{funding.cohort['id']}/learning-sessions",
        planned | {"local_start": "2026-03-02T09:00", "title": "Now"},
    )
    path = f"/learning-sessions/{held['id']}"
    for step in ("schedule", "hold"):
        await funding.network.done(coordinator, f"{path}/{step}")
    minutes = await funding.network.done(coordinator, f"{path}/minutes", {"recap": "So."})
    asked = {
        "title": "Tides",
        "closes_at": "2026-05-08T17:00:00Z",
        "options": ["2026-05-12T10:00:00Z", "2026-05-13T10:00:00Z"],
    }
    path_of_polls = f"/cohorts/{funding.cohort['id']}/session-polls"
    poll = await funding.network.done(coordinator, path_of_polls, asked)
    agreed = {"title": "Ask", "owner_id": str(ann.account_id), "due_on": "2026-06-01"}
    item = await funding.network.done(coordinator, f"{path}/action-items", agreed)
    return {
        "rsvp_id": rsvp["id"],
        "session_guest_id": invited["id"],
        "session_minutes_id": minutes["id"],
        "action_item_id": item["id"],
        "session_poll_id": poll["id"],
        "learning_session_id": held["id"],
    }


async def _assess(funding: Funding, ann: Person, ida: Person) -> dict[str, str]:
    """The member spoke of itself, shows what was published of it, and sets out from there."""
    network, member_id = funding.network, funding.membership["id"]
    framework = await network.done(ann, "/frameworks", {"document": ASKED})
    versions = await network.seen(ann, f"/frameworks/{framework['id']}/versions")
    version_id = versions["items"][0]["id"]
    two = (network.coordinator.account_id, network.manager.account_id)
    asked = (UUID(version_id), ("A", "B"), (1, 2))
    found = await out_of_one(network.people.database, funding.cohort, member_id, asked, two)
    path = f"/result-sets/{found}/profiles/{member_id}/disclosures"
    shown = await network.done(funding.lead, path, {"shown_to": "cohort"})
    for person in (ann, ida):
        path = f"/framework-versions/{version_id}/publish"
        await funding.done(person, "POST", path, if_match="*")
    wanted = {"question": "A", "from_level": 1, "to_level": 2, "due_on": "2026-06-01"}
    wanted |= {"framework_version_id": version_id, "owner_id": str(ann.account_id)}
    target = await network.done(funding.lead, f"/memberships/{member_id}/trust-targets", wanted)
    return {
        "result_set_id": found,
        "earlier_id": found,
        "disclosure_id": shown["id"],
        "round_comment_id": await written_in(network.people.database, found),
        "trust_target_id": target["id"],
    }


async def _come_of_it(funding: Funding) -> dict[str, str]:
    """The programme asks what came of the work, and the member begins to say so."""
    network = funding.network
    wanted = {"key": "bays_opened", "name": "Bays", "definition": "Each bay.", "unit": "bays"}
    path = f"/programmes/{network.programme_id}/indicators"
    made = await network.done(network.manager, path, wanted | {"aggregation": "sum"})
    path = f"/indicators/{made['id']}/activate"
    await funding.done(network.manager, "POST", path, if_match="*")
    said = {"indicator_id": made["id"], "value": 3, "evidence": "The map shows them."}
    said |= {"period_start_on": "2026-01-01", "period_end_on": "2026-02-28"}
    path = f"/memberships/{funding.membership['id']}/indicator-results"
    result = await network.done(funding.lead, path, said)
    return {"indicator_id": made["id"], "indicator_result_id": result["id"]}


async def _report(funding: Funding) -> dict[str, str]:
    """A milestone is reported twice, and more time is asked for the other."""
    grant = await funding.grant("active")
    first, second = await funding.milestones(grant)
    draft = await funding.report("draft", first)
    path = f"/reports/{draft['id']}"
    summary = {"public_summary": "Four partners now share river data."}
    await funding.done(funding.member, "PATCH", path, summary, if_match=draft["version"])
    report = await funding.walk_report(
        await funding.network.seen(funding.lead, path), "changes_requested"
    )
    criterion_id = report["answers"][0]["criterion_id"]
    headers = {**funding.member.headers, "If-Match": "*"}
    said = {"answer": "The annex is there.", "is_met": True}
    client = funding.network.client
    await client.put(f"/v1{path}/answers/{criterion_id}", json=said, headers=headers)
    report = await funding.submitted(report)
    line_id = report["expenditures"][0]["line_id"]
    wanted = [
        {"criterion_id": criterion_id, "request": "Which annex?"},
        {"line_id": line_id, "request": "All of it?"},
    ]
    changes = {"requests": wanted}
    consents = f"{path}/publication-consents"
    consent = await funding.done(funding.lead, "POST", consents, if_match=report["version"])
    await funding.make(funding.coordinator, report, "request_changes", changes)
    asked = {"due_on": "2026-10-31", "reason": "One of the partners signs in October only."}
    extensions = f"/milestones/{second['id']}/extensions"
    extension = await funding.done(funding.member, "POST", extensions, asked)
    publication = GrantPublication(
        grant_id=UUID(grant["id"]),
        identifier=f"360G-pln-{grant['reference']}",
        status=GrantPublicationStatus.PROPOSED,
        title="Opening river data",
        summary="Gauges along three rivers are read.",
    )
    async with funding.network.people.database.transaction() as db:
        db.add(publication)
        external_id = await external_grant(db, "etags")
    return {
        "external_grant_id": external_id,
        "grant_publication_id": str(publication.id),
        "grant_id": grant["id"],
        "milestone_id": second["id"],
        "extension_id": extension["id"],
        "report_id": report["id"],
        "criterion_id": criterion_id,
        "evidence_id": report["evidence"][0]["id"],
        "line_id": line_id,
        "consent_id": consent["id"],
        "number": "2",
    }


async def test_whoever_polls_is_told_what_was_done(world: World) -> None:
    held = await world.read()

    await world.go_on()
    changed, wrong = await world.polled(held)

    assert wrong == set()
    assert {call.name for call in READS} - changed == set(UNCHANGED)


async def test_what_stands_still_is_sent_once(world: World) -> None:
    unlike: set[str] = set()
    cut: set[str] = set()
    for call in READS:
        for query in ("", "?limit=1") if "limit" in call.parameters else ("",):
            one = replace(call, path=call.path + query)
            first = await world.answer(one)
            tag = first.headers.get("ETag", "none")
            again = await world.answer(one, **{"If-None-Match": tag})
            asked = await world.answer(replace(one, method="HEAD"))
            if (again.status_code, again.content, asked.headers.get("ETag")) != (304, b"", tag):
                unlike.add(f"{call.name}{query}")
            if "next_cursor" in first.text and first.json()["next_cursor"] is not None:
                cut.add(call.name)

    assert unlike == set(WITHOUT_TAG)
    assert {"list_activity", "list_grants", "list_milestones", "get_grant_history"} <= cut


async def test_whoever_polls_is_told_of_another_day_and_of_what_they_may_do(
    world: World, people: People, database: Database, clock: FixedClock
) -> None:
    held = await world.read()

    await _later(world, people, clock)
    changed, wrong = await world.polled(held)
    assert wrong == set()
    assert changed >= BY_THE_DAY

    held = await world.read()
    of_ann = RoleAssignment.account_id == world.ann.account_id
    lost = RoleAssignment.role.in_((Role.PROGRAMME_MANAGER, Role.COORDINATOR))
    async with database.transaction() as db:
        await db.execute(update(RoleAssignment).where(of_ann, lost).values(valid_until=clock.now()))
    changed, wrong = await world.polled(held)
    assert wrong == set()
    assert changed >= BY_PERMISSION


async def test_a_tag_of_the_version_alone_is_seen(
    app: FastAPI,
    world: World,
    people: People,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unrecorded = Transport(app)
    world.client = httpx.AsyncClient(transport=unrecorded, base_url="http://testserver")
    monkeypatch.setattr(preconditions, "etag", lambda version, *_: f'"{version}"')
    world.reads = [call for call in READS if call.name in BY_THE_DAY]
    held = await world.read()

    await _later(world, people, clock)
    _, wrong = await world.polled(held)

    assert wrong == BY_THE_DAY


async def _later(world: World, people: People, clock: FixedClock) -> None:
    clock.advance(timedelta(days=200))
    world.ann = await people.renewed(world.ann)
