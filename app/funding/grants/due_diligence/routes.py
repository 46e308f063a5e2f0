"""The contract of due diligence."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.grants.access import GrantNotFound
from app.funding.grants.due_diligence import service
from app.funding.grants.due_diligence.access import CheckNotFound
from app.funding.grants.due_diligence.schemas import (
    DueDiligenceCheckOut,
    DueDiligenceCheckPage,
    DueDiligenceCheckQuery,
    DueDiligenceChecksOut,
    DueDiligenceOut,
    DueDiligencePolicyOut,
    EditDueDiligencePolicy,
    GrantDueDiligenceQuery,
    RecordDueDiligenceCheck,
    RecordDueDiligenceChecks,
)
from app.funding.grants.due_diligence.service import (
    CheckNotDoneYet,
    GrantNotChecked,
)
from app.funding.grants.due_diligence.telling import CHECKS, CHECKS_AS_CSV, OF_GRANT
from app.kernel.lifecycle import GuardsUnmet
from app.kernel.written import Written, WrittenList
from app.network.programmes.access import ProgrammeNotFound
from app.people.files.access import FileNotFound
from app.people.files.attachments.service import FileAlreadyAttached
from app.people.files.quotas.service import CollaborationStorageFull
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Due diligence")

GrantId = Annotated[UUID, Path(description="The grant.")]
CheckId = Annotated[UUID, Path(description="The check.")]
ProgrammeId = Annotated[UUID, Path(description="The programme.")]

PASSED = {
    "kind": "sanctions",
    "outcome": "passed",
    "done_on": "2026-03-02",
    "expires_on": "2027-03-01",
    "note": "No entry of the four partners in the consolidated list.",
}
RECORDING = (
    GrantNotFound,
    GuardsUnmet,
    GrantNotChecked,
    FileNotFound,
    FileAlreadyAttached,
    CollaborationStorageFull,
    CheckNotDoneYet,
)


@router.post(
    "/grants/{grant_id}/due-diligence-checks",
    permission="due_diligence.check",
    refuses=RECORDING,
    status=201,
    location="/v1/due-diligence-checks/{id}",
    example=PASSED,
)
async def record_due_diligence_check(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: RecordDueDiligenceCheck
) -> Written[DueDiligenceCheckOut]:
    """Record a check of the grantee. It takes the place of an earlier one of its kind, which stays
    on the record. To waive one takes `due_diligence.waive`."""
    return await service.record_due_diligence_check(db, actor, grant_id, body)


@router.post(
    "/grants/{grant_id}/due-diligence-checks/batch",
    permission="due_diligence.check",
    refuses=RECORDING,
    status=201,
    example={"items": [PASSED]},
)
async def record_due_diligence_checks(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: RecordDueDiligenceChecks
) -> WrittenList[DueDiligenceChecksOut]:
    """Record several checks of the grantee: all of them, or none and a pointer for each fault."""
    return await service.record_due_diligence_checks(db, actor, grant_id, body)


@router.get(
    "/grants/{grant_id}/due-diligence-checks",
    permission="due_diligence.read",
    refuses=(GrantNotFound,),
)
async def list_grant_due_diligence_checks(
    read: Reading,
    grant_id: GrantId,
    query: Annotated[GrantDueDiligenceQuery, Query()],
) -> WrittenList[DueDiligenceCheckPage]:
    """The checks of a grantee, newest first. The grantee does not see them."""
    return await CHECKS.page(read, query, OF_GRANT, grant_id)


@router.get(
    "/grants/{grant_id}/due-diligence",
    permission="due_diligence.read",
    refuses=(GrantNotFound,),
)
async def get_grant_due_diligence(
    db: Db, actor: CurrentActor, grant_id: GrantId
) -> DueDiligenceOut:
    """How each kind of check stands today, of those that are required or were looked at."""
    return await service.get_grant_due_diligence(db, actor, grant_id)


@router.get("/due-diligence-checks", permission="due_diligence.read")
async def list_due_diligence_checks(
    read: Reading, query: Annotated[DueDiligenceCheckQuery, Query()]
) -> WrittenList[DueDiligenceCheckPage]:
    """The checks that you may read, newest first: with `is_current=true&is_expired=true` those
    that are to be done again."""
    return await CHECKS.page(read, query)


@router.get(
    "/due-diligence-checks/{check_id}", permission="due_diligence.read", refuses=(CheckNotFound,)
)
async def get_due_diligence_check(
    read: Reading, check_id: CheckId
) -> Written[DueDiligenceCheckOut]:
    """One check."""
    return await CHECKS.one(read, check_id)


@router.get(
    "/programmes/{programme_id}/due-diligence-policy",
    permission="programme.read",
    refuses=(ProgrammeNotFound,),
)
async def get_due_diligence_policy(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId
) -> DueDiligencePolicyOut:
    """The checks that the programme asks for before it offers a grant."""
    return await service.get_due_diligence_policy(db, actor, programme_id)


@router.put(
    "/programmes/{programme_id}/due-diligence-policy",
    permission="due_diligence.require",
    refuses=(ProgrammeNotFound,),
    if_match=True,
    example={"required_kinds": ["identity", "sanctions", "conflicts_of_interest"]},
)
async def edit_due_diligence_policy(
    db: Db,
    actor: CurrentActor,
    programme_id: ProgrammeId,
    body: EditDueDiligencePolicy,
    if_match: IfMatch,
) -> DueDiligencePolicyOut:
    """Set which due diligence checks the programme asks for from now on. `If-Match` is the ETag of
    the policy, also while it is the one that holds by default."""
    return await service.edit_due_diligence_policy(db, actor, programme_id, body, if_match=if_match)


history_of(
    router,
    "due_diligence_check",
    "/due-diligence-checks/{check_id}",
    CHECKS,
    permission="due_diligence.read",
    refuses=(CheckNotFound,),
)
export_of(
    router,
    "/due-diligence-checks",
    CHECKS_AS_CSV,
    DueDiligenceCheckQuery,
    permission="due_diligence.read",
)
