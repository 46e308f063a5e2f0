"""One thing of every noun around each member of the world, by the verbs of its own people."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.db import Database
from app.learning.trust.targets.lifecycle import TrustTargetStatus
from app.learning.trust.targets.models import TrustTarget
from app.overview.metrics.snapshots.models import MetricSnapshot
from app.people.identity.roles import Role
from app.publishing.giving.external_grants.models import (
    ExternalFile,
    ExternalGrant,
    ExternalOrganisation,
)
from app.publishing.giving.publications.lifecycle import GrantPublicationStatus
from app.publishing.giving.publications.models import GrantPublication
from tests.contract.bodies import body_of
from tests.funding.grants.amending import as_asked
from tests.funding.grants.recovering import disbursed_at_once
from tests.funding.payments.bank_files import table
from tests.grant_walks import NEW, WHY, Funding, as_read, terms
from tests.journeys import Json, Network
from tests.learning.trust.resulting import out_of_one, written_in
from tests.people.files.uploading import PDF, Uploader
from tests.people.identity.people import PASSWORD, Person

PEOPLE_CSV: Final = b"name,email,role,where\n"
LATER: Final = {"due_on": "2026-09-15", "reason": "The annex comes late."}
LEAVE: Final = {"reason": "Their steward is on leave.", "returns_on": "2026-06-01"}


class Examples:
    """The bodies that the document gives as examples."""

    def __init__(self, document: Json) -> None:
        self._bodies = {
            operation["operationId"]: body_of(document, operation)
            for item in document["paths"].values()
            for method, operation in item.items()
            if method in ("post", "put", "patch")
        }

    def of(self, operation: str, **changes: Any) -> Json:
        return self._bodies[operation] | changes


async def of_programme(network: Network, administrator: Person, examples: Examples) -> Json:
    """What a programme asks, aims at and offers, by the names of ids in a path."""
    path, found = f"/programmes/{network.programme_id}", {}
    for name, address, operation in (
        ("expectation_id", "expectations", "create_expectation"),
        ("strand_id", "strands", "create_strand"),
        ("priority_area_id", "priority-areas", "create_priority_area"),
        ("target_id", "targets", "create_target"),
    ):
        body = examples.of(operation)
        if operation == "create_target":
            body |= {"due_on": "2026-12-31", "counting_rule": "by_hand"}
        made = await network.done(administrator, f"{path}/{address}", body)
        found[name] = made["id"]
    target = f"/targets/{found['target_id']}/count"
    await network.done(administrator, target, examples.of("count_target", counted_on="2026-03-01"))
    template = examples.of("create_grant_template")
    made = await network.done(network.manager, f"{path}/grant-templates", template)
    funder = await network.done(
        administrator, "/organisations", {"name": f"Funder of {path}", "kind": "company"}
    )
    fund = await network.done(
        network.manager,
        f"{path}/funds",
        examples.of("create_fund", reference=f"F-{path[-6:].upper()}", funder_id=funder["id"]),
    )
    approver = await network.people.person(
        f"Fay of {path}", (Role.FINANCE_APPROVER, network.programme_id)
    )
    receipt = f"/funds/{fund['id']}/receipts"
    entry = await network.done(approver, receipt, examples.of("receive_money"))
    period = f"/funds/{fund['id']}/accounting-periods"
    period = await network.done(approver, period, examples.of("open_accounting_period"))
    rate = f"/funds/{fund['id']}/exchange-rates"
    rate = await network.done(approver, rate, examples.of("record_exchange_rate"))
    limit = examples.of("propose_payment_limit", role="payment_releaser", act="release")
    limit = await network.done(approver, f"{path}/payment-limits", limit)
    asked = examples.of("create_framework", programme_id=str(network.programme_id))
    framework = await network.done(administrator, "/frameworks", asked)
    versions = await network.seen(administrator, f"/frameworks/{framework['id']}/versions")
    [version] = versions["items"]
    asked["document"] = asked["document"] | {"slug": "asked-in-rounds"}
    framework_asked = await network.done(administrator, "/frameworks", asked)
    path = f"/frameworks/{framework_asked['id']}/versions"
    [published] = (await network.seen(administrator, path))["items"]
    path = f"/v1/framework-versions/{published['id']}/publish"
    for who in (administrator, network.manager):
        headers = dict(await network.headers(who)) | {"If-Match": '"1"'}
        answer = await network.client.post(path, headers=headers)
        assert answer.is_success, answer.text
    key = f"opened_{network.programme_id.hex[-8:]}"
    path = f"/programmes/{network.programme_id}/indicators"
    opened = examples.of("create_indicator", key=key)
    indicator = await network.done(network.manager, path, opened)
    path = f"/v1/indicators/{indicator['id']}/activate"
    headers = dict(await network.headers(network.manager)) | {"If-Match": '"1"'}
    answer = await network.client.post(path, headers=headers)
    assert answer.is_success, answer.text
    return found | {
        "indicator_id": indicator["id"],
        "published_version_id": published["id"],
        "template_id": made["id"],
        "fund_id": fund["id"],
        "payment_limit_id": limit["id"],
        "accounting_period_id": period["id"],
        "exchange_rate_id": rate["id"],
        "journal_entry_id": entry["id"],
        "framework_id": framework["id"],
        "framework_version_id": version["id"],
        "other_version_id": version["id"],
    }


async def of_cohort(network: Network, cohort: Json, examples: Examples) -> Json:
    """What a cohort asks of its members, says to them, and does with them."""
    path = f"/cohorts/{cohort['id']}"
    asked = examples.of("create_requirement", is_required=False)
    requirement = await network.done(network.coordinator, f"{path}/requirements", asked)
    said = examples.of("create_announcement")
    announcement = await network.done(network.coordinator, f"{path}/announcements", said)
    planned = examples.of("create_learning_session")
    session = await network.done(network.coordinator, f"{path}/learning-sessions", planned)
    recurring = examples.of("create_session_series", rule="FREQ=WEEKLY;COUNT=1")
    series = await network.done(network.coordinator, f"{path}/session-series", recurring)
    await kept_figures(network.people.database, cohort["id"])
    wanted = examples.of("create_cohort_metric_target")
    wanted = await network.done(network.coordinator, f"{path}/metric-targets", wanted)
    voted_on = examples.of("create_session_poll")
    poll = await network.done(network.coordinator, f"{path}/session-polls", voted_on)
    leader = await network.people.person(
        f"Faye of {cohort['reference']}", (Role.FACILITATOR, UUID(cohort["id"]))
    )
    leads = [str(leader.account_id)]
    seated = await network.done(
        network.coordinator, f"{path}/learning-sessions", planned | {"facilitator_ids": leads}
    )
    await network.done(network.coordinator, f"/learning-sessions/{seated['id']}/schedule")
    held = await network.done(
        network.coordinator,
        f"{path}/learning-sessions",
        planned | {"facilitator_ids": leads, "local_start": "2026-03-02T09:00"},
    )
    for step in ("schedule", "hold"):
        await network.done(network.coordinator, f"/learning-sessions/{held['id']}/{step}")
    said = examples.of("create_session_minutes")
    minutes = await network.done(
        network.coordinator, f"/learning-sessions/{held['id']}/minutes", said
    )
    await network.done(network.manager, f"{path}/select")
    await network.done(network.manager, f"{path}/confirm")
    return {
        "requirement_id": requirement["id"],
        "announcement_id": announcement["id"],
        "metric_target_id": wanted["id"],
        "learning_session_id": session["id"],
        "session_series_id": series["id"],
        "session_poll_id": poll["id"],
        "seated_session_id": seated["id"],
        "held_session_id": held["id"],
        "held_minutes_id": minutes["id"],
    }


async def of_member(
    funding: Funding, administrator: Person, ids: Mapping[str, str], examples: Examples
) -> Json:
    """What is written down of a member, decided about it, and its people's own."""
    return {
        **await _of_collaboration(funding, ids, examples),
        **await _of_membership(funding),
        **await _of_outcome(funding, ids, examples),
        **await _of_results(funding, ids),
        **await _of_sessions(funding, ids, examples),
        **await _of_rounds(funding, ids, examples),
        **await _of_report(funding, ids),
        **await _of_money(funding, ids, examples),
        **await _claimed(funding, ids, examples),
        **await _of_payment(funding, ids, examples),
        **await _of_people(funding, administrator, ids, examples),
        **await _to_be_decided(funding, administrator, ids),
        **await _of_publication(funding, ids),
    }


async def _done(funding: Funding, who: Person, path: str, body: Json | None = None) -> Json:
    """What `who` gets by POST, whatever has been read."""
    return await funding.done(who, "POST", path, body, if_match="*")


async def _of_collaboration(funding: Funding, ids: Mapping[str, str], examples: Examples) -> Json:
    path = f"/collaborations/{funding.team.id}"
    agreement = examples.of("add_agreement", party_ids=[ids["organisation_id"]], data_set_ids=[])
    found: dict[str, str] = {}
    for name, address, body in (
        ("agreement_id", "agreements", agreement),
        ("data_set_id", "data-sets", examples.of("add_data_set")),
        ("impact_id", "impacts", examples.of("add_impact")),
        ("learning_id", "learnings", examples.of("share_learning")),
        ("risk_id", "risks", examples.of("raise_risk")),
        ("support_id", "support", examples.of("log_support")),
    ):
        made = await _done(funding, funding.coordinator, f"{path}/{address}", body)
        found[name] = made["id"]
    changed = examples.of("change_data_set_access")
    await _done(funding, funding.lead, f"/data-sets/{found['data_set_id']}/change-access", changed)
    placed = {"programme_id": ids["programme_id"]}
    await funding.done(funding.coordinator, "PATCH", path, placed, if_match="*")
    answer, said = f"{path}/answers/{ids['expectation_id']}", "save_collaboration_answer"
    await funding.done(funding.lead, "PUT", answer, examples.of(said), if_match=NEW)
    return found


async def _of_membership(funding: Funding) -> Json:
    path = f"/memberships/{funding.membership['id']}"
    await _done(funding, funding.coordinator, f"{path}/onboard")
    await _done(funding, funding.coordinator, f"{path}/activate")
    said = {"text": "Rang them on Tuesday."}
    note = await _done(funding, funding.coordinator, f"{path}/notes", said)
    [task] = (await funding.network.seen(funding.lead, f"{path}/tasks"))["items"]
    asked = await _done(funding, funding.lead, f"{path}/pause-requests", LEAVE)
    return {"note_id": note["id"], "task_id": task["id"], "pause_request_id": asked["id"]}


async def _of_outcome(funding: Funding, ids: Mapping[str, str], examples: Examples) -> Json:
    """What the member says came of its work."""
    path = f"/memberships/{funding.membership['id']}/indicator-results"
    said = examples.of("create_indicator_result", indicator_id=ids["indicator_id"])
    made = await _done(funding, funding.member, path, said)
    return {"indicator_result_id": made["id"]}


async def _of_results(funding: Funding, ids: Mapping[str, str]) -> Json:
    """What was published of one round, shown to others, and what the member set out to be then."""
    member_id, database = funding.membership["id"], funding.network.people.database
    asked = (UUID(ids["framework_version_id"]), ("worth_it",), (2,))
    two = (funding.coordinator.account_id, funding.manager.account_id)
    found = await out_of_one(database, funding.cohort, member_id, asked, two)
    target = TrustTarget(
        scope_id=UUID(member_id),
        membership_id=UUID(member_id),
        framework_version_id=asked[0],
        question="O1",
        aim="Decisions are written down.",
        status=TrustTargetStatus.OPEN,
        from_level=1,
        to_level=2,
        owner_id=funding.member.account_id,
        due_on=date(2026, 6, 1),
    )
    async with database.transaction() as db:
        db.add(target)
        await db.flush()
    path = f"/result-sets/{found}/profiles/{member_id}/disclosures"
    shown = await _done(funding, funding.lead, path, {"shown_to": "cohort"})
    await _done(funding, funding.lead, f"/disclosures/{shown['id']}/revoke")
    told = await funding.network.seen(funding.lead, f"/results?membership_id={member_id}")
    return {
        "result_set_id": found,
        "earlier_id": found,
        "result_id": told["items"][0]["id"],
        "disclosure_id": shown["id"],
        "trust_target_id": str(target.id),
        "round_comment_id": await written_in(database, found),
    }


async def _of_sessions(funding: Funding, ids: Mapping[str, str], examples: Examples) -> Json:
    path = f"/learning-sessions/{ids['seated_session_id']}/reply"
    rsvp = await _done(funding, funding.member, path, examples.of("reply_to_session"))
    path = f"/learning-sessions/{ids['seated_session_id']}/guests"
    email = f"{funding.team.ref['reference'].lower()}.outside@example.org"
    asked = examples.of("invite_session_guest", email=email)
    guest = await _done(funding, funding.coordinator, path, asked)
    path = f"/learning-sessions/{ids['held_session_id']}/action-items"
    agreed = examples.of("create_action_item", owner_id=str(funding.member.account_id))
    item = await _done(funding, funding.coordinator, path, agreed)
    return {
        "session_minutes_id": ids["held_minutes_id"],
        "rsvp_id": rsvp["id"],
        "session_guest_id": guest["id"],
        "action_item_id": item["id"],
    }


async def _of_rounds(funding: Funding, ids: Mapping[str, str], examples: Examples) -> Json:
    """A round of the cohort, and what the member's lead is asked and says in it."""
    network = funding.network
    body = examples.of(
        "create_round",
        framework_version_id=ids["published_version_id"],
        confidentiality="attributed",
        perspectives=["self"],
    )
    cohort = f"/cohorts/{funding.cohort['id']}/rounds"
    made = await _done(funding, funding.coordinator, cohort, body)
    await _done(funding, funding.coordinator, f"/rounds/{made['id']}/open")
    path = f"/rounds/{made['id']}/respondents?account_id={funding.lead.account_id}"
    [asked] = (await network.seen(funding.coordinator, path))["items"]
    path = f"/assessments/{asked['assessment_id']}/sheets"
    sheet = await _done(funding, funding.lead, path)
    path = f"/sheets/{sheet['id']}"
    await funding.done(
        funding.lead, "PUT", f"{path}/answers/worth_it", {"points": [2]}, if_match="*"
    )
    shown = examples.of("show_sheet_evidence", question="worth_it")
    shown = await _done(funding, funding.lead, f"{path}/evidence", shown)
    await _done(funding, funding.lead, f"{path}/submit")
    said = examples.of("give_verification", question="worth_it")
    said = await _done(funding, funding.coordinator, f"{path}/verifications", said)
    return {
        "round_id": made["id"],
        "assessment_id": asked["assessment_id"],
        "respondent_id": asked["id"],
        "sheet_id": sheet["id"],
        "sheet_evidence_id": shown["id"],
        "verification_id": said["id"],
        "question": "worth_it",
    }


async def _of_report(funding: Funding, ids: Mapping[str, str]) -> Json:
    later = f"/milestones/{ids['milestone_id']}/extensions"
    asked = await _done(funding, funding.member, later, LATER)
    path = f"/reports/{ids['report_id']}"
    file_id = str(await Uploader(funding.network.client, funding.member).upload(PDF))
    shown = {"file_id": file_id, "description": "The agreement"}
    await funding.done(funding.member, "POST", f"{path}/evidence", shown)
    read = await funding.network.seen(funding.member, path)
    summary = {"public_summary": "The agreement is signed."}
    await funding.done(funding.member, "PATCH", path, summary, if_match=read["version"])
    spending = (await funding.network.seen(funding.lead, path))["expenditures"]
    read = await funding.network.seen(funding.lead, path)
    await funding.done(funding.lead, "POST", f"{path}/submit", if_match=as_read(read))
    given = await funding.done(funding.lead, "POST", f"{path}/publication-consents", if_match="*")
    return {
        "extension_id": asked["id"],
        "file_id": file_id,
        "line_id": spending[0]["line_id"],
        "number": "1",
        "consent_id": given["id"],
    }


async def _of_payment(funding: Funding, ids: Mapping[str, str], examples: Examples) -> Json:
    """A grant that the fund pays, a milestone of it that was met by signing, and its payment."""
    signed = {"kind": "signature", "title": "Signed", "amount_minor": 1000, "criteria": []}
    signed |= {"due_on": "2026-03-31", "timezone": "Europe/London"}
    agreed = terms(
        award={"amount_minor": 1000, "currency": "GBP"}, budget_lines=[], milestones=[signed]
    )
    path = f"/memberships/{funding.membership['id']}/grants"
    body = {"title": "Paid by the fund", "fund_id": ids["fund_id"], "terms": agreed}
    drawn_up = await _done(funding, funding.coordinator, path, body)
    grant = await funding.walk_grant(drawn_up, "active")
    [milestone] = await funding.milestones(grant)
    said = examples.of("propose_payee_account", organisation_id=ids["organisation_id"])
    path = f"/grants/{grant['id']}/payee-accounts"
    account = await _done(funding, funding.lead, path, said)
    approver = await funding.network.people.person(
        f"Fin of {funding.team.id}", (Role.FINANCE_APPROVER, funding.network.programme_id)
    )
    path = f"/payee-accounts/{account['id']}/verify"
    await _done(funding, approver, path, examples.of("verify_payee_account"))
    path = f"/milestones/{milestone['id']}/payments"
    asked = {"amount": milestone["amount"], "invoice_number": f"INV-{milestone['reference']}"}
    payment = await _done(funding, funding.lead, path, asked)
    path, chosen = f"/funds/{ids['fund_id']}/payment-runs", {"payment_ids": [payment["id"]]}
    run = await _done(funding, approver, path, chosen)
    said = table(f"paid,,FEE {milestone['reference']},5.00,GBP,2026-03-02,,")
    uploader = Uploader(funding.network.client, approver)
    file_id = await uploader.upload(said, name="bank.csv", media_type="text/csv")
    path, named = f"/funds/{ids['fund_id']}/bank-statements", {"file_id": str(file_id)}
    statement = await _done(funding, approver, path, named)
    asked = f"/bank-lines?statement_id={statement['id']}"
    [line] = (await funding.network.seen(approver, asked))["items"]
    return {
        "bank_statement_id": statement["id"],
        "bank_line_id": line["id"],
        "payee_account_id": account["id"],
        "payment_id": payment["id"],
        "payment_run_id": run["id"],
    }


async def _of_people(
    funding: Funding, administrator: Person, ids: Mapping[str, str], examples: Examples
) -> Json:
    network, client, member = funding.network, funding.network.client, funding.member
    name = funding.team.ref["reference"].lower()
    works_for = f"/organisations/{ids['organisation_id']}/affiliations"
    affiliation = await _done(funding, member, works_for, examples.of("create_affiliation"))
    about = {"organisation_id": ids["organisation_id"], "reason": "They sit on its board."}
    conflict = await _done(funding, member, "/conflicts-of-interest", about)
    invited = {"name": "A Guest", "role": "collaboration_member", "scope_id": str(funding.team.id)}
    letter = await _done(
        funding, funding.lead, "/invitations", invited | {"email": f"{name}.late@example.org"}
    )
    guest = invited | {"email": f"{name}@example.org"}
    made = await _done(funding, funding.lead, "/invitations", guest)
    joining = {"token": made["link"].partition("#")[2], "password": PASSWORD, "name": "A Guest"}
    tokens = (await client.post("/v1/invitations/accept", json=joining)).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = (await client.get("/v1/me", headers=headers)).json()
    [sign_in] = (await client.get("/v1/me/sign-ins", headers=headers)).json()["items"]
    feed = (
        await client.post("/v1/me/calendar-feeds", headers=funding.lead.headers, json={})
    ).json()
    drawn = {"cohort_id": funding.cohort["id"]}
    chart = await _done(funding, network.manager, "/me/metric-charts", drawn)
    held = await network.seen(administrator, f"/role-assignments?account_id={me['id']}")
    reset = await _done(funding, administrator, f"/accounts/{me['id']}/password-resets")
    service = await network.people.service(
        f"Dashboard of {name}",
        funding.coordinator,
        (Role.OBSERVER, funding.network.programme_id),
    )
    token = {
        "name": "Wallboard",
        "permissions": ["metrics.read"],
        "expires_at": "2026-06-01T09:00:00Z",
    }
    path = f"/service-accounts/{service.account_id}/api-tokens"
    api_token = await _done(funding, funding.coordinator, path, token)
    uploading = Uploader(client, funding.lead)
    table = await uploading.upload(PEOPLE_CSV, name="people.csv", media_type="text/csv")
    wanted = {"file_id": str(table), "dry_run": True}
    operation = await _done(funding, funding.lead, "/imports/people", wanted)
    return {
        "account_id": me["id"],
        "affiliation_id": affiliation["id"],
        "conflict_of_interest_id": conflict["id"],
        "invitation_id": letter["id"],
        "sign_in_id": sign_in["id"],
        "calendar_feed_id": feed["id"],
        "metric_chart_id": chart["id"],
        "chart_secret": chart["url"].split("/")[-2],
        "secret": feed["url"].split("/")[-2],
        "role_assignment_id": held["items"][0]["id"],
        "password_reset_id": reset["id"],
        "service_account_id": str(service.account_id),
        "api_token_id": api_token["id"],
        "upload_id": str(await uploading.begin(PDF)),
        "operation_id": operation["id"],
    }


async def _of_money(funding: Funding, ids: Mapping[str, str], examples: Examples) -> Json:
    """What is to change of its grant, and what would come back of another one that a fund pays."""
    grant = f"/grants/{ids['grant_id']}"
    agreed = as_asked(await funding.network.seen(funding.lead, f"{grant}/terms"))
    proposed = WHY | {"terms": agreed | {"ends_on": "2026-10-31"}}
    amendment = await _done(funding, funding.lead, f"{grant}/amendments", proposed)
    path = f"/memberships/{funding.membership['id']}/grants"
    paid = examples.of("create_grant", fund_id=ids["fund_id"])
    paid = await _done(funding, funding.coordinator, path, paid)
    path, asked = f"/grants/{paid['id']}/recoveries", examples.of("propose_recovery")
    came_minor = asked["amount"]["amount_minor"]
    database = funding.network.people.database
    await disbursed_at_once(database, ids["fund_id"], paid["id"], came_minor)
    recovery = await _done(funding, funding.coordinator, path, asked)
    return {"amendment_id": amendment["id"], "recovery_id": recovery["id"]}


async def _claimed(funding: Funding, ids: Mapping[str, str], examples: Examples) -> Json:
    """What its lead has spent and claims back, which the coordinator drew up."""
    lead = str(funding.lead.account_id)
    said = examples.of("create_expense_claim", claimant_id=lead, fund_id=ids["fund_id"])
    path = f"/cohorts/{funding.cohort['id']}/expense-claims"
    claim = await _done(funding, funding.coordinator, path, said)
    path = f"/expense-claims/{claim['id']}/items"
    item = examples.of("add_expense_item", spent_on="2026-03-01")
    claim = await _done(funding, funding.coordinator, path, item)
    return {"expense_claim_id": claim["id"], "item_id": claim["items"][0]["id"]}


async def _to_be_decided(funding: Funding, administrator: Person, ids: Mapping[str, str]) -> Json:
    """The first of two words, a dispensation, and what its grantee was checked for."""
    grant = f"/grants/{ids['grant_id']}"
    removal = f"/memberships/{funding.membership['id']}/remove"
    said = await _done(funding, funding.coordinator, removal, WHY)
    dispensed = {
        "account_id": str(funding.manager.account_id),
        "reason": "Nobody else runs this programme.",
        "until_on": "2026-06-30",
    }
    given = await _done(funding, administrator, f"{grant}/dispensations", dispensed)
    checks = await funding.network.seen(funding.coordinator, f"{grant}/due-diligence-checks")
    return {
        "endorsement_id": said["endorsements"][0]["id"],
        "dispensation_id": given["id"],
        "check_id": checks["items"][0]["id"],
    }


async def _of_publication(funding: Funding, ids: Mapping[str, str]) -> Json:
    """What of the grant is to be published; no fund pays it here, so that no verb proposes it."""
    publication = GrantPublication(
        grant_id=UUID(ids["grant_id"]),
        identifier=f"360G-pln-{ids['grant_id']}",
        status=GrantPublicationStatus.PROPOSED,
        title="Opening river data",
        summary="Gauges along three rivers are read.",
    )
    async with funding.network.people.database.transaction() as db:
        db.add(publication)
        external_id = await external_grant(db, ids["grant_id"])
    return {
        "grant_publication_id": str(publication.id),
        "identifier": publication.identifier,
        "external_grant_id": external_id,
    }


async def kept_figures(database: Database, cohort_id: str, *numbers: int) -> None:
    """That a cohort closed, and was opened again."""
    async with database.transaction() as db:
        db.add_all(
            MetricSnapshot(cohort_id=UUID(cohort_id), number=number, taken_at=now(db), figures="[]")
            for number in numbers or (1,)
        )


async def external_grant(db: AsyncSession, name: str) -> str:
    """A grant of another funder, which lies nowhere near anybody."""
    file = ExternalFile(name="grants.json", publisher=None, licence=None)
    funder = ExternalOrganisation(org_id=f"360G-{name}", name="Another funder")
    db.add_all([file, funder])
    await db.flush()
    made = ExternalGrant(
        identifier=f"360G-other-{name}",
        title="Theirs",
        description="Not ours.",
        currency="GBP",
        awarded_minor=1,
        awarded_on=date(2026, 1, 2),
        funder_id=funder.id,
        file_id=file.id,
        record={},
        sha256=b"",
    )
    db.add(made)
    await db.flush()
    return str(made.id)
