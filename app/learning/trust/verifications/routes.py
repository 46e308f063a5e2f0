"""Verifications over HTTP."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.trust.verifications import access, service
from app.learning.trust.verifications.lifecycle import VERIFICATION
from app.learning.trust.verifications.schemas import (
    GiveVerification,
    VerificationOut,
    VerificationPage,
    VerificationQuery,
)
from app.learning.trust.verifications.telling import VERIFICATIONS, VERIFICATIONS_AS_CSV
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Trust")

SheetId = Annotated[UUID, Path(description="The sheet.")]
VerificationId = Annotated[UUID, Path(description="The verification.")]
READ: Final = SIGNED_IN


@router.create(
    VERIFICATION,
    "/sheets/{sheet_id}/verifications",
    by=("give",),
    refuses=(service.VerificationGiven,),
    example={"question": "O1", "verdict": "supports", "note": "The register names each data set."},
)
async def give_verification(
    db: Db, actor: CurrentActor, sheet_id: SheetId, body: GiveVerification
) -> Written[VerificationOut]:
    """Verify an answer of a sheet that was sent: whether what is shown supports it. Whoever is of
    the member that it is about, or has another tie to it, does not (`conflict_of_interest`)."""
    return await service.give_verification(db, actor, sheet_id, body)


@router.get("/verifications", permission=READ)
async def list_verifications(
    read: Reading, query: Annotated[VerificationQuery, Query()]
) -> WrittenList[VerificationPage]:
    """What was said of the answers of the sheets that you may see."""
    return await VERIFICATIONS.page(read, query)


export_of(router, "/verifications", VERIFICATIONS_AS_CSV, VerificationQuery, permission=READ)


@router.get("/verifications/{verification_id}", permission=READ)
async def get_verification(
    read: Reading, verification_id: VerificationId
) -> Written[VerificationOut]:
    """One verification."""
    return await VERIFICATIONS.one(read, verification_id)


@router.move(VERIFICATION, "withdraw", example={"reason": "The register was of last year."})
async def withdraw_verification(
    db: Db,
    actor: CurrentActor,
    verification_id: VerificationId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[VerificationOut]:
    """Take back what you said: it counts no more."""
    return await service.withdraw_verification(
        db, actor, verification_id, if_match=if_match, reason=body.reason
    )


@router.get("/verifications/{verification_id}/actions", permission=READ)
async def explain_verification_actions(
    db: Db, actor: CurrentActor, verification_id: VerificationId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_verification_actions(db, actor, verification_id)


history_of(
    router,
    "verification",
    "/verifications/{verification_id}",
    access.verification,
    permission=READ,
)
