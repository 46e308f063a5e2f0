"""Targets over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.trust.targets import access, service
from app.learning.trust.targets.lifecycle import TRUST_TARGET
from app.learning.trust.targets.schemas import (
    CreateTrustTarget,
    EditTrustTarget,
    MeetTrustTarget,
    TrustTargetFilters,
    TrustTargetOut,
    TrustTargetPage,
    TrustTargetQuery,
)
from app.learning.trust.targets.telling import (
    OF_MEMBERSHIP,
    TRUST_TARGETS,
    TRUST_TARGETS_AS_CSV,
)
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Trust")

MembershipId = Annotated[UUID, Path(description="The member.")]
TrustTargetId = Annotated[UUID, Path(description="The target.")]
READ = "trust_target.read"


@router.create(
    TRUST_TARGET,
    "/memberships/{membership_id}/trust-targets",
    refuses=(service.TargetPointless, service.TargetOwnerUnknown, service.TargetDueInPast),
    example={
        "framework_version_id": "0198c2a4-0000-7000-8000-000000000000",
        "question": "O1",
        "from_level": 1,
        "to_level": 2,
        "owner_id": "0198c2a4-0000-7000-8000-000000000000",
        "due_on": "2026-12-01",
    },
)
async def create_trust_target(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: CreateTrustTarget
) -> Written[TrustTargetOut]:
    """Set out from one level of a question to a higher one. What stands in the way of the next
    level, and what that is like, is among the `next_steps` of the member's profile."""
    return await service.create_trust_target(db, actor, membership_id, body)


@router.get("/memberships/{membership_id}/trust-targets", permission=READ)
async def list_membership_trust_targets(
    read: Reading, membership_id: MembershipId, query: Annotated[TrustTargetFilters, Query()]
) -> WrittenList[TrustTargetPage]:
    """What the member sets out to be, the first to be due first."""
    return await TRUST_TARGETS.page(read, query, OF_MEMBERSHIP, membership_id)


@router.get("/trust-targets", permission=READ)
async def list_trust_targets(
    read: Reading, query: Annotated[TrustTargetQuery, Query()]
) -> WrittenList[TrustTargetPage]:
    """The targets of the members that you may see, the first to be due first."""
    return await TRUST_TARGETS.page(read, query)


export_of(router, "/trust-targets", TRUST_TARGETS_AS_CSV, TrustTargetQuery, permission=READ)


@router.get("/trust-targets/{trust_target_id}", permission=READ)
async def get_trust_target(
    read: Reading, trust_target_id: TrustTargetId
) -> Written[TrustTargetOut]:
    """One target."""
    return await TRUST_TARGETS.one(read, trust_target_id)


@router.patch(
    "/trust-targets/{trust_target_id}",
    permission="trust_target.edit",
    if_match=True,
    refuses=(
        service.TargetSettled,
        service.TargetOwnerUnknown,
        service.TargetDueInPast,
        service.LearningOfOthers,
    ),
    example={"due_on": "2026-12-15"},
)
async def edit_trust_target(
    db: Db,
    actor: CurrentActor,
    trust_target_id: TrustTargetId,
    body: EditTrustTarget,
    if_match: IfMatch,
) -> Written[TrustTargetOut]:
    """Change by whom and by when it is met, while it is open; or which learning came of it."""
    return await service.edit_trust_target(db, actor, trust_target_id, body, if_match=if_match)


@router.move(
    TRUST_TARGET,
    "meet",
    refuses=(service.LearningOfOthers,),
    example={"evidence": "The register names a licence for each data set."},
)
async def meet_trust_target(
    db: Db,
    actor: CurrentActor,
    trust_target_id: TrustTargetId,
    body: MeetTrustTarget,
    if_match: IfMatch,
) -> Written[TrustTargetOut]:
    """Mark a trust target as met, with what shows it."""
    return await service.meet_trust_target(db, actor, trust_target_id, body, if_match=if_match)


@router.move(TRUST_TARGET, "drop", example={"reason": "The data set was given up."})
async def drop_trust_target(
    db: Db,
    actor: CurrentActor,
    trust_target_id: TrustTargetId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[TrustTargetOut]:
    """Give it up, and say why."""
    return await service.settle_trust_target(
        db, actor, trust_target_id, "drop", if_match=if_match, reason=body.reason
    )


@router.move(TRUST_TARGET, "reopen", example={"reason": "The register was of last year."})
async def reopen_trust_target(
    db: Db,
    actor: CurrentActor,
    trust_target_id: TrustTargetId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[TrustTargetOut]:
    """Take it up again."""
    return await service.settle_trust_target(
        db, actor, trust_target_id, "reopen", if_match=if_match, reason=body.reason
    )


@router.get("/trust-targets/{trust_target_id}/actions", permission=READ)
async def explain_trust_target_actions(
    db: Db, actor: CurrentActor, trust_target_id: TrustTargetId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_trust_target_actions(db, actor, trust_target_id)


history_of(
    router,
    "trust_target",
    "/trust-targets/{trust_target_id}",
    access.trust_target,
    permission=READ,
)
