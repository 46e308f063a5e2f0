"""Profiles, pages to print, and change over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.learning.trust.profiles import service
from app.learning.trust.profiles.access import TrustProfileNotFound
from app.learning.trust.profiles.schemas import RoundChangeOut, TrustProfileOut
from app.learning.trust.result_sets.access import ResultSetNotFound
from app.people.identity.deps import CurrentActor
from app.web.printing import DOCUMENTED, PageResponse
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Trust")

ResultSetId = Annotated[UUID, Path(description="The results of a round.")]
MembershipId = Annotated[UUID, Path(description="The member that they are of.")]
READ = "result.read"


@router.get(
    "/result-sets/{result_set_id}/profiles/{membership_id}",
    permission=READ,
    refuses=(TrustProfileNotFound,),
)
async def get_trust_profile(
    db: Db, actor: CurrentActor, result_set_id: ResultSetId, membership_id: MembershipId
) -> TrustProfileOut:
    """What was published of one member as a whole: each dimension by each perspective, how the
    member sees itself beside its peers, its level, and what the framework says of the next."""
    return await service.get_trust_profile(db, actor, result_set_id, membership_id)


@router.get(
    "/result-sets/{result_set_id}/profiles/{membership_id}/report",
    permission=READ,
    refuses=(TrustProfileNotFound,),
    responses=DOCUMENTED,
    response_class=PageResponse,
)
async def print_trust_profile(
    db: Db, actor: CurrentActor, result_set_id: ResultSetId, membership_id: MembershipId
) -> PageResponse:
    """The same as a page to print: HTML that stands alone, with a radar and a chart of levels, all
    of which stands in tables too."""
    return PageResponse(await service.print_trust_profile(db, actor, result_set_id, membership_id))


@router.get(
    "/result-sets/{result_set_id}/changes/{earlier_id}",
    permission=READ,
    refuses=(ResultSetNotFound, service.ResultsAreTheSame, service.ResultsNotComparable),
)
async def compare_result_sets(
    db: Db,
    actor: CurrentActor,
    result_set_id: ResultSetId,
    earlier_id: Annotated[UUID, Path(description="The results of the round before.")],
) -> RoundChangeOut:
    """What changed since an earlier round, from the numbers of members that you may read in both:
    paired by member, with its interval, the size of the effect, and its exact probability. Ties
    that came and went are told to who facilitates."""
    return await service.compare_result_sets(db, actor, result_set_id, earlier_id)
