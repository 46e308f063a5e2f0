"""Memberships over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.errors import BatchRefused
from app.kernel.schemas import ActionsOut, PreviewOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.memberships import service
from app.network.cohorts.memberships.exports import MEMBERSHIPS as EXPORT
from app.network.cohorts.memberships.schemas import (
    CreateMembership,
    CreateMemberships,
    MembershipFilters,
    MembershipOut,
    MembershipPage,
    MembershipQuery,
    MembershipsOut,
    OfferMembership,
    PauseMembership,
    ReinstateMembership,
    WithdrawMembership,
)
from app.network.cohorts.memberships.telling import MEMBERSHIPS, OF_COHORT
from app.network.cohorts.pauses import service as pauses
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.people.reads.histories import read_history
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Memberships")

CohortId = Annotated[UUID, Path(description="The cohort.")]
MembershipId = Annotated[UUID, Path(description="The membership.")]

SOME_ID = "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"


@router.create(
    MEMBERSHIP,
    "/cohorts/{cohort_id}/memberships",
    by=("offer", "waitlist"),
    refuses=(service.AlreadyInCohort,),
    example={"collaboration_id": SOME_ID, "timezone": "America/Argentina/Buenos_Aires"},
)
async def create_membership(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CreateMembership
) -> Written[MembershipOut]:
    """Offer a collaboration a place in the cohort, or the end of its waitlist where it is full.

    With `override_reason` the place is offered beyond the announced capacity too.
    """
    return await service.create_membership(db, actor, cohort_id, body)


@router.create(
    MEMBERSHIP,
    "/cohorts/{cohort_id}/memberships/batch",
    by=("offer", "waitlist"),
    several=True,
    refuses=(BatchRefused,),
    example={"items": [{"collaboration_id": SOME_ID}]},
)
async def create_memberships(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CreateMemberships
) -> WrittenList[MembershipsOut]:
    """Offer up to a hundred places in the order given: all of them, or none and a pointer for each
    fault. Where the places run out, the others wait."""
    return await service.create_memberships(db, actor, cohort_id, body)


@router.get(
    "/memberships",
    permission="membership.read",
    export=Exported(EXPORT, service.export_memberships),
)
async def list_memberships(
    read: Reading, query: Annotated[MembershipQuery, Query()]
) -> WrittenList[MembershipPage]:
    """The memberships that you may see."""
    return await MEMBERSHIPS.page(read, query)


@router.get(
    "/cohorts/{cohort_id}/memberships",
    permission="membership.read",
    export=Exported(EXPORT, service.export_cohort_memberships),
)
async def list_cohort_memberships(
    read: Reading,
    cohort_id: CohortId,
    query: Annotated[MembershipFilters, Query()],
) -> WrittenList[MembershipPage]:
    """The memberships of a cohort that you may see."""
    return await MEMBERSHIPS.page(read, query, OF_COHORT, cohort_id)


@router.get("/memberships/{membership_id}", permission="membership.read")
async def get_membership(read: Reading, membership_id: MembershipId) -> Written[MembershipOut]:
    """The membership as it stands."""
    return await MEMBERSHIPS.one(read, membership_id)


@router.move(
    MEMBERSHIP,
    "offer",
    example={"reason": "They found a second partner after all."},
)
async def offer_membership(
    db: Db,
    actor: CurrentActor,
    membership_id: MembershipId,
    body: OfferMembership,
    if_match: IfMatch,
) -> Written[MembershipOut]:
    """Offer the place out of turn, or again to a collaboration that let it go."""
    return await service.offer_membership(db, actor, membership_id, body, if_match=if_match)


@router.move(MEMBERSHIP, "accept")
async def accept_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId, if_match: IfMatch
) -> Written[MembershipOut]:
    """Accept the place that is offered, by `offer_expires_at`."""
    return await service.accept_membership(db, actor, membership_id, if_match=if_match)


@router.move(MEMBERSHIP, "decline")
async def decline_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId, if_match: IfMatch
) -> Written[MembershipOut]:
    """Decline the place that is offered. It goes to whoever waits first."""
    return await service.decline_membership(db, actor, membership_id, if_match=if_match)


@router.move(MEMBERSHIP, "onboard")
async def onboard_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId, if_match: IfMatch
) -> Written[MembershipOut]:
    """Begin the onboarding of a collaboration that accepted its place."""
    return await service.onboard_membership(db, actor, membership_id, if_match=if_match)


@router.move(MEMBERSHIP, "activate")
async def activate_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId, if_match: IfMatch
) -> Written[MembershipOut]:
    """Let the member take part: from now on its people see what the cohort shares."""
    return await service.activate_membership(db, actor, membership_id, if_match=if_match)


@router.move(
    MEMBERSHIP,
    "pause",
    example={"reason": "Their data steward is on leave.", "returns_on": "2026-04-13"},
)
async def pause_membership(
    db: Db,
    actor: CurrentActor,
    membership_id: MembershipId,
    body: PauseMembership,
    if_match: IfMatch,
) -> Written[MembershipOut]:
    """Pause a membership: give it leave of absence until a day. It keeps its place and what it
    sees."""
    return await pauses.pause_membership(db, actor, membership_id, body, if_match=if_match)


@router.move(MEMBERSHIP, "resume")
async def resume_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId, if_match: IfMatch
) -> Written[MembershipOut]:
    """Resume a membership that is on leave of absence."""
    return await pauses.resume_membership(db, actor, membership_id, if_match=if_match)


@router.move(MEMBERSHIP, "complete")
async def complete_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId, if_match: IfMatch
) -> Written[MembershipOut]:
    """Record that the member completed the cohort. It no longer sees what the cohort shares."""
    return await service.complete_membership(db, actor, membership_id, if_match=if_match)


@router.move(
    MEMBERSHIP,
    "withdraw",
    example={"departure": "capacity", "reason": "Two of the three people left the project."},
)
async def withdraw_membership(
    db: Db,
    actor: CurrentActor,
    membership_id: MembershipId,
    body: WithdrawMembership,
    if_match: IfMatch,
) -> Written[MembershipOut]:
    """Take the collaboration out at its own wish. Its place goes to whoever waits first."""
    return await service.withdraw_membership(db, actor, membership_id, body, if_match=if_match)


@router.move(
    MEMBERSHIP,
    "remove",
    example={"reason": "No sign of life for eight weeks, in spite of three letters."},
)
async def remove_membership(
    db: Db,
    actor: CurrentActor,
    membership_id: MembershipId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[MembershipOut]:
    """Remove the member. It takes two persons: the first call is kept, the second's removes it."""
    return await service.remove_membership(db, actor, membership_id, body.reason, if_match=if_match)


@router.move(
    MEMBERSHIP,
    "reinstate",
    example={"reason": "The letters had gone to an old address."},
)
async def reinstate_membership(
    db: Db,
    actor: CurrentActor,
    membership_id: MembershipId,
    body: ReinstateMembership,
    if_match: IfMatch,
) -> Written[MembershipOut]:
    """Undo a removal or a completion. Whoever was removed needs a place again. What the cohort sees
    of the collaboration is what it sees of a candidate, until a lead opens the dossier."""
    return await service.reinstate_membership(db, actor, membership_id, body, if_match=if_match)


@router.get("/memberships/{membership_id}/actions", permission="membership.read")
async def explain_membership_actions(
    db: Db, actor: CurrentActor, membership_id: MembershipId
) -> ActionsOut:
    """Every move of the membership now, with what stands in its way."""
    return await service.explain_membership_actions(db, actor, membership_id)


@router.get("/memberships/{membership_id}/history", permission="membership.read")
async def get_membership_history(
    read: Reading,
    membership_id: MembershipId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the membership, oldest first."""
    return await read_history(MEMBERSHIPS, read, membership_id, query)


@router.preview(MEMBERSHIP, "complete")
async def preview_complete_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId
) -> PreviewOut:
    """What would follow if the member completed the cohort now."""
    return await service.preview_membership_move(db, actor, membership_id, "complete")


@router.preview(MEMBERSHIP, "withdraw")
async def preview_withdraw_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId
) -> PreviewOut:
    """What would follow if the member withdrew now: which grants would be held, who would get the
    place."""
    return await service.preview_membership_move(db, actor, membership_id, "withdraw")


@router.preview(MEMBERSHIP, "remove")
async def preview_remove_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId
) -> PreviewOut:
    """What would follow if the member were removed now."""
    return await service.preview_membership_move(db, actor, membership_id, "remove")
