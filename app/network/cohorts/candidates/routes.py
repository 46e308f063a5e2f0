"""Candidates over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.network.cohorts.candidates import service
from app.network.cohorts.candidates.schemas import CandidateOut, LetterOut, WriteToCandidate
from app.network.cohorts.candidates.service import CandidateNotFound, NobodyLeads
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Memberships")

MembershipId = Annotated[UUID, Path(description="The membership.")]


@router.get(
    "/memberships/{membership_id}/candidate",
    permission="membership.read",
    refuses=(CandidateNotFound,),
)
async def get_candidate(db: Db, actor: CurrentActor, membership_id: MembershipId) -> CandidateOut:
    """A collaboration that waits for a place or was offered one, and as long as it is a member.

    Its dossier opens to the cohort's team when it accepts; until then this is what they see of it.
    """
    return await service.get_candidate(db, actor, membership_id)


@router.post(
    "/memberships/{membership_id}/candidate/letters",
    permission="membership.offer",
    status=201,
    refuses=(CandidateNotFound, NobodyLeads),
)
async def write_to_candidate(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: WriteToCandidate
) -> LetterOut:
    """Write to those who lead it. Their addresses are not told; mine is, for them to answer to."""
    return await service.write_to_candidate(db, actor, membership_id, body)
