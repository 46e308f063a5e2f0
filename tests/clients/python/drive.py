"""The main path, walked by the Python client that was generated from the document.

A coordinator sets up a cohort and brings a collaboration in, its lead reports a milestone with
evidence, the coordinator asks for a change and then accepts it, and a dashboard reads what became
of it. Runs in the generator's environment, which knows nothing of the service.
"""

import base64
import hashlib
import io
import os
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from pln_client import AuthenticatedClient, Client
from pln_client.api.accounts import create_service_account
from pln_client.api.cohorts import confirm_cohort, create_cohort, recruit_cohort, select_cohort
from pln_client.api.collaborations import create_collaboration
from pln_client.api.desk import list_my_work
from pln_client.api.due_diligence import record_due_diligence_checks
from pln_client.api.files import append_to_upload, create_upload
from pln_client.api.grants import (
    activate_grant,
    create_grant,
    get_grant,
    offer_grant,
    start_due_diligence_grant,
)
from pln_client.api.invitations import accept_invitation, create_invitation
from pln_client.api.me import get_me
from pln_client.api.memberships import (
    accept_membership,
    activate_membership,
    create_membership,
    onboard_membership,
)
from pln_client.api.metrics import get_cohort_metrics
from pln_client.api.milestones import list_grant_milestones
from pln_client.api.organisations import create_organisation
from pln_client.api.programmes import create_programme
from pln_client.api.reports import (
    accept_report,
    add_report_evidence,
    create_report,
    get_report,
    request_changes_report,
    save_report_answer,
    start_review_report,
    submit_report,
)
from pln_client.api.roles import create_role_assignment
from pln_client.api.signing_in import issue_client_token, log_in
from pln_client.models import (
    AcceptInvitation,
    AddReportEvidence,
    BudgetLineIn,
    ChangeRequestIn,
    CheckOutcome,
    ConflictProblem,
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
    LogIn,
    MembershipStatus,
    MilestoneIn,
    MilestoneKind,
    MoneyIn,
    NotAllowedProblem,
    OrganisationKind,
    Origin,
    PayloadTooLargeProblem,
    PreconditionFailedProblem,
    Problem,
    RecordDueDiligenceCheck,
    RecordDueDiligenceChecks,
    ReportStatus,
    RequestReportChanges,
    SaveReportAnswer,
    TaxTreatment,
    UnsupportedMediaTypeProblem,
)
from pln_client.types import File, Response

T = TypeVar("T")

ADDRESS = os.environ["PLN_ADDRESS"]
RUN = f"{time.time_ns() // 1_000_000:x}"
TODAY = datetime.now(UTC).date()


PROBLEMS = (
    Problem,
    ConflictProblem,
    NotAllowedProblem,
    PayloadTooLargeProblem,
    PreconditionFailedProblem,
    UnsupportedMediaTypeProblem,
)
"""A refusal of any status, whatever it tells besides."""


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def got(response: Response[T]) -> Any:
    """The answer, which must be a success."""
    assert response.status_code < 300, response.content
    return response.parsed


def refused(response: Response[T], code: str) -> None:
    """The answer must be the problem with this code."""
    assert isinstance(response.parsed, PROBLEMS), response.content
    assert response.parsed.code == code, response.content


def signed_in(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=ADDRESS, token=token)


def anyone() -> Client:
    return Client(base_url=ADDRESS)


def join(inviter: AuthenticatedClient, name: str, role: str, scope: UUID) -> AuthenticatedClient:
    """Invite somebody into a role, and accept the invitation as they would."""
    email = f"{name.lower().replace(' ', '.')}.{RUN}@example.org"
    invitation = CreateInvitation(email=email, name=name, role=role, scope_id=scope)
    link = got(create_invitation.sync_detailed(client=inviter, body=invitation)).link
    assert isinstance(link, str), "nothing is mailed here"
    accepted = AcceptInvitation(
        token=link.partition("#")[2], password=f"{name} rides a slow bicycle", name=name
    )
    tokens = got(accept_invitation.sync_detailed(client=anyone(), body=accepted))
    return signed_in(tokens.access_token)


def upload(client: AuthenticatedClient, name: str, content: bytes) -> UUID:
    """Upload a file in two parts, as over a connection that broke between them."""
    said = {
        "filename": name,
        "type": "text/plain",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    metadata = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items()
    )
    announced = got(
        create_upload.sync_detailed(
            client=client,
            tus_resumable="1.0.0",
            upload_length=len(content),
            upload_metadata=metadata,
        )
    )
    half = len(content) // 2
    for offset, part in ((0, content[:half]), (half, content[half:])):
        sent = append_to_upload.sync_detailed(
            announced.id,
            client=client,
            tus_resumable="1.0.0",
            upload_offset=offset,
            body=File(payload=io.BytesIO(part)),
        )
        assert sent.status_code == 204, sent.content
    return announced.id


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
    credentials = LogIn(email="adam@example.org", password=os.environ["PLN_PASSWORD"])
    adam = signed_in(got(log_in.sync_detailed(client=anyone(), body=credentials)).access_token)

    # Set-up: the organisations, the programme, and who runs it.
    organisation = CreateOrganisation(name=f"Convenor {RUN}", kind=OrganisationKind.NON_PROFIT)
    convenor = got(create_organisation.sync_detailed(client=adam, body=organisation))
    reference = f"PY-{RUN[-6:].upper()}"
    plan = CreateProgramme(
        reference=reference,
        name=f"Peer learning network {RUN}",
        convenor_ids=[convenor.id],
        funder_ids=[convenor.id],
        planned_start_on=day(-90),
        planned_end_on=day(900),
    )
    programme = got(create_programme.sync_detailed(client=adam, body=plan))
    mary = join(adam, "Mary Manager", "programme_manager", programme.id)
    cora = join(mary, "Cora Coordinator", "coordinator", programme.id)

    # A cohort, and a collaboration with its people.
    wanted = CreateCohort(
        reference=f"{reference}-C1",
        name="Cohort 1",
        timezone="Europe/London",
        announced_capacity=5,
        planned_start_on=day(-30),
        planned_end_on=day(150),
    )
    key = f"cohort-{RUN}"
    created = [
        create_cohort.sync_detailed(programme.id, client=cora, body=wanted, idempotency_key=key)
        for _ in range(2)
    ]
    cohort = got(created[0])
    assert got(created[1]) == cohort
    assert created[1].headers["idempotency-replayed"] == "true"
    got(recruit_cohort.sync_detailed(cohort.id, client=cora))
    got(select_cohort.sync_detailed(cohort.id, client=cora))
    refused(recruit_cohort.sync_detailed(cohort.id, client=cora), "invalid_transition")

    idea = CreateCollaboration(
        name=f"Data Cargo {RUN}",
        challenge="City planners do not know where cargo bikes go, nor couriers what they need.",
        topic="urban freight",
        country="GB",
        origin=Origin.NETWORK_MEMBER,
    )
    collaboration = got(create_collaboration.sync_detailed(client=cora, body=idea))
    offer = CreateMembership(collaboration_id=collaboration.id)
    membership = got(create_membership.sync_detailed(cohort.id, client=cora, body=offer))
    assert membership.status is MembershipStatus.OFFERED
    lea = join(cora, "Lea Lead", "collaboration_lead", collaboration.id)
    got(accept_membership.sync_detailed(membership.id, client=lea))
    refused(onboard_membership.sync_detailed(membership.id, client=lea), "not_allowed")
    got(confirm_cohort.sync_detailed(cohort.id, client=mary))
    got(onboard_membership.sync_detailed(membership.id, client=cora))
    member = got(activate_membership.sync_detailed(membership.id, client=cora))
    assert member.status is MembershipStatus.ACTIVE

    # A grant, signed by both sides.
    proposal = CreateGrant(title="Opening cargo bike data", terms=terms())
    grant = got(create_grant.sync_detailed(membership.id, client=cora, body=proposal))
    got(start_due_diligence_grant.sync_detailed(grant.id, client=cora))
    refused(offer_grant.sync_detailed(grant.id, client=mary), "guards_unmet")
    got(record_due_diligence_checks.sync_detailed(grant.id, client=cora, body=checks()))
    got(offer_grant.sync_detailed(grant.id, client=mary))
    for signatory, status in ((lea, GrantStatus.OFFERED), (mary, GrantStatus.ACTIVE)):
        tag = get_grant.sync_detailed(grant.id, client=signatory).headers["etag"]
        signed = activate_grant.sync_detailed(grant.id, client=signatory, if_match=tag)
        assert got(signed).status is status

    # A milestone, reported with evidence.
    (milestone,) = got(list_grant_milestones.sync_detailed(grant.id, client=lea)).items
    (criterion,) = milestone.criteria
    period = CreateReport(period_starts_on=day(-30), period_ends_on=day(0))
    report = got(create_report.sync_detailed(milestone.id, client=lea, body=period))
    evidence = AddReportEvidence(
        criterion_id=criterion.id,
        file_id=upload(lea, "agreement.txt", b"Signed by all four partners.\n"),
        description="The agreement",
    )
    got(add_report_evidence.sync_detailed(report.id, client=lea, body=evidence))
    answer = SaveReportAnswer(answer="Signed by all four partners.", is_met=True)
    first = save_report_answer.sync_detailed(
        report.id, criterion.id, client=lea, body=answer, if_none_match="*"
    )
    got(first)
    written = get_report.sync_detailed(report.id, client=lea)
    tag = written.headers["etag"]
    submitted = submit_report.sync_detailed(report.id, client=lea, if_match=tag)
    got(submitted)

    # The coordinator finds it on her desk, asks for a change, and accepts what comes back.
    work = got(list_my_work.sync_detailed(client=cora))
    assert report.id in [item.subject.id for item in work.items]
    got(start_review_report.sync_detailed(report.id, client=cora))
    change = ChangeRequestIn(criterion_id=criterion.id, request="The date of the last signature.")
    changes = RequestReportChanges(requests=[change])
    tag = submitted.headers["etag"]
    got(request_changes_report.sync_detailed(report.id, client=cora, body=changes, if_match=tag))
    answer.answer = "Signed by all four partners; the last on 4 May."
    tag = first.headers["etag"]
    got(
        save_report_answer.sync_detailed(
            report.id, criterion.id, client=lea, body=answer, if_match=tag
        )
    )
    tag = get_report.sync_detailed(report.id, client=lea).headers["etag"]
    resubmitted = submit_report.sync_detailed(report.id, client=lea, if_match=tag)
    assert got(resubmitted).submissions == 2
    stale = accept_report.sync_detailed(report.id, client=cora, if_match='"1.1"')
    refused(stale, "precondition_failed")
    tag = resubmitted.headers["etag"]
    accepted = got(accept_report.sync_detailed(report.id, client=cora, if_match=tag))
    assert accepted.status is ReportStatus.ACCEPTED

    # A dashboard, signed in as a machine, reads what became of it; a second look costs a 304.
    me = got(get_me.sync_detailed(client=mary))
    machine = CreateServiceAccount(name=f"Dashboard {RUN}", owner_id=me.id)
    dashboard = got(create_service_account.sync_detailed(client=mary, body=machine))
    observing = CreateRoleAssignment(account_id=dashboard.id, role="observer", scope_id=cohort.id)
    got(create_role_assignment.sync_detailed(client=mary, body=observing))
    asked = IssueToken(
        grant_type="client_credentials",
        client_id=dashboard.client_id,
        client_secret=dashboard.client_secret,
    )
    token = got(issue_client_token.sync_detailed(client=anyone(), body=asked)).access_token
    board = signed_in(token)
    metrics = get_cohort_metrics.sync_detailed(cohort.id, client=board)
    values = {metric.key: metric.numerator for metric in got(metrics).metrics}
    assert values["milestones_accepted"] == 1
    unchanged = get_cohort_metrics.sync_detailed(
        cohort.id, client=board, if_none_match=metrics.headers["etag"]
    )
    assert unchanged.status_code == 304
    refused(get_grant.sync_detailed(grant.id, client=board), "grant_not_found")

    sys.stdout.write(f"Python: the path is walked, report {report.id} accepted\n")


if __name__ == "__main__":
    main()
