"""The main path, walked by the Python client.

A coordinator sets up a cohort and brings a collaboration in, its lead reports a milestone with
evidence, the coordinator asks for a change and then accepts it, and a dashboard reads what became
of it. Answers and parts of a file are lost on the way. Runs in an environment of its own,
which knows nothing of the service.
"""

import io
import os
import sys
import time
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
from pln_client import Connection, Refused, Stale, connect, held, iterate, taken, upload
from pln_client.contract.api.accounts import create_service_account
from pln_client.contract.api.cohorts import (
    confirm_cohort,
    create_cohort,
    recruit_cohort,
    select_cohort,
)
from pln_client.contract.api.collaborations import create_collaboration
from pln_client.contract.api.desk import list_my_work
from pln_client.contract.api.due_diligence import record_due_diligence_checks
from pln_client.contract.api.grants import (
    activate_grant,
    create_grant,
    get_grant,
    offer_grant,
    start_due_diligence_grant,
)
from pln_client.contract.api.invitations import accept_invitation, create_invitation
from pln_client.contract.api.me import get_me
from pln_client.contract.api.memberships import (
    accept_membership,
    activate_membership,
    create_membership,
    onboard_membership,
)
from pln_client.contract.api.metrics import get_cohort_metrics
from pln_client.contract.api.milestones import list_grant_milestones
from pln_client.contract.api.organisations import create_organisation
from pln_client.contract.api.programmes import create_programme
from pln_client.contract.api.reports import (
    accept_report,
    add_report_evidence,
    create_report,
    get_report,
    request_changes_report,
    save_report_answer,
    start_review_report,
    submit_report,
)
from pln_client.contract.api.roles import create_role_assignment
from pln_client.contract.api.signing_in import issue_client_token
from pln_client.contract.models import (
    AcceptInvitation,
    AddReportEvidence,
    BudgetLineIn,
    ChangeRequestIn,
    CheckOutcome,
    CreateCohort,
    CreateCollaboration,
    CreateGrant,
    CreateInvitation,
    CreateMembership,
    CreateOrganisation,
    CreateProgramme,
    CreateReport,
    CreateRoleAssignment,
    CreateServiceAccount,
    CriterionIn,
    EditGrantTerms,
    GrantStatus,
    IssueToken,
    MembershipStatus,
    MilestoneIn,
    MilestoneKind,
    MoneyIn,
    OrganisationKind,
    Origin,
    RecordDueDiligenceCheck,
    RecordDueDiligenceChecks,
    ReportStatus,
    RequestReportChanges,
    SaveReportAnswer,
    TaxTreatment,
)
from pln_client.problems import Answer

ADDRESS = os.environ["PLN_ADDRESS"]
RUN = f"{time.time_ns() // 1_000_000:x}"
TODAY = datetime.now(UTC).date()


class Losing(httpx.HTTPTransport):
    """A network that loses one answer to a kind of request: the request arrives."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__()
        self.method, self.path, self.is_lost = method, path, False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if self.is_lost or request.method != self.method or self.path not in request.url.path:
            return response
        self.is_lost = True
        response.read()
        raise httpx.ReadError("The connection broke.")


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def refused(answer: Answer, code: str) -> Refused:
    """The answer must be the problem with this code."""
    refusal = refusal_of(answer)
    assert refusal.code == code, refusal.problem
    return refusal


def refusal_of(answer: Answer) -> Refused:
    try:
        taken(answer)
    except Refused as refusal:
        return refusal
    raise AssertionError("It was not refused.")


def join(
    inviter: Connection,
    name: str,
    role: str,
    scope: UUID,
    over: httpx.BaseTransport | None = None,
) -> Connection:
    """Invite somebody into a role, and accept the invitation as they would."""
    email = f"{name.lower().replace(' ', '.')}.{RUN}@example.org"
    invitation = CreateInvitation(email=email, name=name, role=role, scope_id=scope)
    link = taken(create_invitation.sync_detailed(client=inviter.client, body=invitation)).link
    assert isinstance(link, str), "nothing is mailed here"
    accepted = AcceptInvitation(
        token=link.partition("#")[2], password=f"{name} rides a slow bicycle", name=name
    )
    joined = connect(ADDRESS, transport=over)
    answer = accept_invitation.sync_detailed(client=joined.client, body=accepted)
    joined.continue_with(taken(answer))
    return joined


def terms() -> EditGrantTerms:
    milestone = MilestoneIn(
        kind=MilestoneKind.DELIVERY,
        title="Data sharing agreement signed by all partners",
        amount_minor=2_000_000,
        due_on=day(14),
        timezone="Europe/London",
        criteria=[CriterionIn(statement="The signed agreement", is_evidence_required=True)],
    )
    return EditGrantTerms(
        award=MoneyIn(amount_minor=2_000_000, currency="GBP"),
        tax_treatment=TaxTreatment.INCLUDING,
        starts_on=day(-30),
        ends_on=day(150),
        budget_lines=[BudgetLineIn(label="Data engineering", amount_minor=2_000_000)],
        milestones=[milestone],
    )


def checks() -> RecordDueDiligenceChecks:
    """What a programme requires by default, passed yesterday."""
    kinds = (
        "identity",
        "sanctions",
        "governance",
        "data_protection",
    )
    passed = CheckOutcome.PASSED
    return RecordDueDiligenceChecks(
        items=[
            RecordDueDiligenceCheck(kind=kind, outcome=passed, done_on=day(-1)) for kind in kinds
        ]
    )


def main() -> None:
    signed_in = connect(ADDRESS)
    signed_in.log_in("adam@example.org", os.environ["PLN_PASSWORD"])
    adam = signed_in.client

    # Set-up: the organisations, the programme, and who runs it.
    organisation = CreateOrganisation(name=f"Convenor {RUN}", kind=OrganisationKind.NON_PROFIT)
    convenor = taken(create_organisation.sync_detailed(client=adam, body=organisation))
    reference = f"PY-{RUN[-6:].upper()}"
    plan = CreateProgramme(
        reference=reference,
        name=f"Peer learning network {RUN}",
        convenor_ids=[convenor.id],
        funder_ids=[convenor.id],
        planned_start_on=day(-90),
        planned_end_on=day(900),
    )
    programme = taken(create_programme.sync_detailed(client=adam, body=plan))
    manager = join(signed_in, "Mary Manager", "programme_manager", programme.id)
    lossy = Losing("POST", "/cohorts")
    coordinator = join(manager, "Cora Coordinator", "coordinator", programme.id, lossy)
    mary, cora = manager.client, coordinator.client

    # A cohort, and a collaboration with its people.
    wanted = CreateCohort(
        reference=f"{reference}-C1",
        name="Cohort 1",
        timezone="Europe/London",
        announced_capacity=5,
        planned_start_on=day(-30),
        planned_end_on=day(150),
    )
    # The answer is lost, and asked for again: there is one cohort.
    created = create_cohort.sync_detailed(programme.id, client=cora, body=wanted)
    cohort = taken(created)
    assert created.headers["idempotency-replayed"] == "true"
    taken(recruit_cohort.sync_detailed(cohort.id, client=cora))
    taken(select_cohort.sync_detailed(cohort.id, client=cora))
    early = refused(recruit_cohort.sync_detailed(cohort.id, client=cora), "invalid_transition")
    assert early.problem["current_status"] == "selecting"

    idea = CreateCollaboration(
        name=f"Data Cargo {RUN}",
        challenge="City planners do not know where cargo bikes go, nor couriers what they need.",
        topic="urban freight",
        country="GB",
        origin=Origin.NETWORK_MEMBER,
    )
    collaboration = taken(create_collaboration.sync_detailed(client=cora, body=idea))
    offer = CreateMembership(collaboration_id=collaboration.id)
    membership = taken(create_membership.sync_detailed(cohort.id, client=cora, body=offer))
    assert membership.status is MembershipStatus.OFFERED
    breaking = Losing("PATCH", "/uploads/")
    lead = join(coordinator, "Lea Lead", "collaboration_lead", collaboration.id, breaking)
    lea = lead.client
    taken(accept_membership.sync_detailed(membership.id, client=lea))
    refused(onboard_membership.sync_detailed(membership.id, client=lea), "not_allowed")
    taken(confirm_cohort.sync_detailed(cohort.id, client=mary))
    taken(onboard_membership.sync_detailed(membership.id, client=cora))
    member = taken(activate_membership.sync_detailed(membership.id, client=cora))
    assert member.status is MembershipStatus.ACTIVE

    # A grant, signed by both sides.
    proposal = CreateGrant(title="Opening cargo bike data", terms=terms())
    grant = taken(create_grant.sync_detailed(membership.id, client=cora, body=proposal))
    taken(start_due_diligence_grant.sync_detailed(grant.id, client=cora))
    unchecked = refused(offer_grant.sync_detailed(grant.id, client=mary), "guards_unmet")
    assert [one["code"] for one in unchecked.unmet] == ["due_diligence_incomplete"]
    taken(record_due_diligence_checks.sync_detailed(grant.id, client=cora, body=checks()))
    taken(offer_grant.sync_detailed(grant.id, client=mary))
    for signatory, status in ((lea, GrantStatus.OFFERED), (mary, GrantStatus.ACTIVE)):
        read = held(get_grant.sync_detailed(grant.id, client=signatory))
        signed = activate_grant.sync_detailed(grant.id, client=signatory, if_match=read.etag)
        assert taken(signed).status is status

    # A milestone, reported with evidence.
    (milestone,) = iterate(list_grant_milestones.sync_detailed, grant.id, connection=lead, limit=1)
    (criterion,) = milestone.criteria
    period = CreateReport(period_starts_on=day(-30), period_ends_on=day(0))
    report = taken(create_report.sync_detailed(milestone.id, client=lea, body=period))
    evidence = AddReportEvidence(
        criterion_id=criterion.id,
        file_id=upload(lead, io.BytesIO(b"Signed by all four partners.\n"), "agreement.txt"),
        description="The agreement",
    )
    taken(add_report_evidence.sync_detailed(report.id, client=lea, body=evidence))
    answer = SaveReportAnswer(answer="Signed by all four partners.", is_met=True)
    first = save_report_answer.sync_detailed(
        report.id, criterion.id, client=lea, body=answer, if_none_match="*"
    )
    taken(first)
    written = get_report.sync_detailed(report.id, client=lea)
    tag = held(written).etag
    submitted = submit_report.sync_detailed(report.id, client=lea, if_match=tag)
    taken(submitted)

    # The coordinator finds it on her desk, asks for a change, and accepts what comes back.
    work = taken(list_my_work.sync_detailed(client=cora))
    assert report.id in [item.subject.id for item in work.items]
    taken(start_review_report.sync_detailed(report.id, client=cora))
    change = ChangeRequestIn(criterion_id=criterion.id, request="The date of the last signature.")
    changes = RequestReportChanges(requests=[change])
    tag = held(submitted).etag
    taken(request_changes_report.sync_detailed(report.id, client=cora, body=changes, if_match=tag))
    answer.answer = "Signed by all four partners; the last on 4 May."
    tag = held(first).etag
    taken(
        save_report_answer.sync_detailed(
            report.id, criterion.id, client=lea, body=answer, if_match=tag
        )
    )
    tag = held(get_report.sync_detailed(report.id, client=lea)).etag
    resubmitted = submit_report.sync_detailed(report.id, client=lea, if_match=tag)
    assert taken(resubmitted).submissions == 2
    stale = accept_report.sync_detailed(report.id, client=cora, if_match='"1.1"')
    assert isinstance(refused(stale, "precondition_failed"), Stale)
    tag = held(resubmitted).etag
    accepted = taken(accept_report.sync_detailed(report.id, client=cora, if_match=tag))
    assert accepted.status is ReportStatus.ACCEPTED

    # A dashboard, signed in as a machine, reads what became of it; a second look costs a 304.
    me = taken(get_me.sync_detailed(client=mary))
    machine = CreateServiceAccount(name=f"Dashboard {RUN}", owner_id=me.id)
    dashboard = taken(create_service_account.sync_detailed(client=mary, body=machine))
    observing = CreateRoleAssignment(account_id=dashboard.id, role="observer", scope_id=cohort.id)
    taken(create_role_assignment.sync_detailed(client=mary, body=observing))
    asked = IssueToken(
        grant_type="client_credentials",
        client_id=dashboard.client_id,
        client_secret=dashboard.client_secret,
    )
    issued = issue_client_token.sync_detailed(client=connect(ADDRESS).client, body=asked)
    board = connect(ADDRESS, token=taken(issued).access_token).client
    metrics = get_cohort_metrics.sync_detailed(cohort.id, client=board)
    values = {metric.key: metric.numerator for metric in taken(metrics).metrics}
    assert values["milestones_accepted"] == 1
    unchanged = get_cohort_metrics.sync_detailed(
        cohort.id, client=board, if_none_match=metrics.headers["etag"]
    )
    assert unchanged.status_code == 304
    refused(get_grant.sync_detailed(grant.id, client=board), "grant_not_found")

    # An access token that is worth nothing any more is renewed on the way.
    kept = lead.tokens
    assert kept
    kept.access_token = "worn.out.token"
    taken(get_me.sync_detailed(client=lea))
    lead.log_out()
    refused(get_me.sync_detailed(client=lea), "unauthenticated")

    sys.stdout.write(f"Python: the path is walked, report {report.id} accepted\n")


if __name__ == "__main__":
    main()
