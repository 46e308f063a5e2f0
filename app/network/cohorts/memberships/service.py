"""What is done with memberships."""

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.errors import BatchRefused, Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import explain_actions, move, preview
from app.kernel.schemas import ActionsOut, PreviewOut
from app.kernel.written import Written, WrittenList
from app.network.cohorts import access
from app.network.cohorts.lifecycle import MEMBERSHIP, TAKING_PLACE
from app.network.cohorts.memberships.exports import MEMBERSHIPS as EXPORT
from app.network.cohorts.memberships.places import (
    end,
    enter,
    offer_place,
    open_commons,
    open_dossier,
    settle,
)
from app.network.cohorts.memberships.schemas import (
    CreateMembership,
    CreateMemberships,
    MembershipFilters,
    MembershipOut,
    MembershipQuery,
    MembershipsOut,
    OfferMembership,
    ReinstateMembership,
    WithdrawMembership,
)
from app.network.cohorts.memberships.telling import MEMBERSHIPS
from app.network.cohorts.models import Membership
from app.network.cohorts.queries import already_in, free_places
from app.network.collaborations.access import CollaborationNotFound, referred
from app.network.collaborations.lifecycle import ENDED as COLLABORATION_ENDED
from app.network.collaborations.models import Collaboration
from app.network.collaborations.queries import keep_as_it_is
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.web.exports import WholeList, whole_list


class AlreadyInCohort(Conflict):
    """The collaboration has a membership in this cohort, of whatever status: offer that one the
    place again."""


constraint("uq_memberships_cohort_id_collaboration_id", AlreadyInCohort)


async def create_membership(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CreateMembership
) -> Written[MembershipOut]:
    """Offer the collaboration a place, or the end of the waitlist where the cohort is full."""
    cohort = await access.cohort.allowing(db, actor, cohort_id, "membership.offer", lock=True)
    collaboration = await referred(db, actor, body.collaboration_id)
    _refuse_past(db, body.offer_expires_at)
    await settle(db, cohort)
    terms = body.model_dump(exclude={"collaboration_id"})
    made = await enter(db, actor, cohort, collaboration, **terms)
    return await MEMBERSHIPS.told_to(db, actor, made.id)


async def create_memberships(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CreateMemberships
) -> WrittenList[MembershipsOut]:
    """Offer up to a hundred places in the order given, all or none.

    Raises BatchRefused (422) with a pointer for each fault.
    """
    cohort = await access.cohort.allowing(db, actor, cohort_id, "membership.offer", lock=True)
    wanted = [one.collaboration_id for one in body.items]
    known = await _known(db, actor, wanted)
    faults = list(_faults(body.items, known, await already_in(db, cohort, wanted), now(db)))
    if faults:
        raise BatchRefused(errors=faults)
    await settle(db, cohort)
    made: list[UUID] = []
    for one in body.items:
        terms = one.model_dump(exclude={"collaboration_id"})
        collaboration = known[one.collaboration_id]
        made.append((await enter(db, actor, cohort, collaboration, **terms)).id)
    return await MEMBERSHIPS.all_told_to(db, actor, made, MembershipsOut)


async def _known(
    db: AsyncSession, actor: Actor, collaboration_ids: Sequence[UUID]
) -> dict[UUID, Collaboration]:
    found: dict[UUID, Collaboration] = {}
    for collaboration_id in set(collaboration_ids):
        with suppress(CollaborationNotFound):
            found[collaboration_id] = await referred(db, actor, collaboration_id)
    return found


def _faults(
    items: Sequence[CreateMembership],
    known: Mapping[UUID, Collaboration],
    members: Container[UUID],
    at: datetime,
) -> Iterator[FieldProblem]:
    """What stands in the way of each item: whom nobody knows, who is in already or named twice,
    deadlines that are over."""
    named: set[UUID] = set()
    for position, one in enumerate(items):
        collaboration_id, pointer = one.collaboration_id, f"/items/{position}/collaboration_id"
        for refusal, applies in (
            (CollaborationNotFound, collaboration_id not in known),
            (AlreadyInCohort, collaboration_id in members or collaboration_id in named),
        ):
            if applies:
                explained = refusal.explanation()
                yield FieldProblem(pointer=pointer, code=refusal.code, detail=explained)
        named.add(collaboration_id)
        if collaboration_id in known and known[collaboration_id].status in COLLABORATION_ENDED:
            detail = "The collaboration was concluded or abandoned."
            yield FieldProblem(pointer=pointer, code="collaboration_ended", detail=detail)
        if one.offer_expires_at is not None and one.offer_expires_at <= at:
            yield past(f"/items/{position}/offer_expires_at")


async def export_memberships(db: AsyncSession, actor: Actor, query: MembershipQuery) -> WholeList:
    """The same memberships as a table."""
    statement = visible(Membership, actor, "membership.read").where(*MEMBERSHIPS.wanted(query))
    return whole_list(db, EXPORT, statement, query, MEMBERSHIPS.sorts, default="created_at")


async def export_cohort_memberships(
    db: AsyncSession, actor: Actor, cohort_id: UUID, query: MembershipFilters
) -> WholeList:
    """The same memberships as a table."""
    cohort = await access.cohort(db, actor, cohort_id)
    statement = visible(Membership, actor, "membership.read").where(
        Membership.cohort_id == cohort.id, *MEMBERSHIPS.wanted(query)
    )
    return whole_list(db, EXPORT, statement, query, MEMBERSHIPS.sorts, default="created_at")


async def offer_membership(
    db: AsyncSession,
    actor: Actor,
    membership_id: UUID,
    body: OfferMembership,
    *,
    if_match: int | None,
) -> Written[MembershipOut]:
    """Offer the place out of turn, or again to a collaboration that let it go."""
    membership = await access.membership(db, actor, membership_id, lock=True)
    await keep_as_it_is(db, membership.collaboration)
    full = await free_places(db, membership.cohort) == 0
    membership.wanted_beyond = body.override_reason
    await move(db, actor, membership, MEMBERSHIP, "offer", reason=body.reason, if_match=if_match)
    _refuse_past(db, body.offer_expires_at)
    membership.override_reason = body.override_reason if full else None
    membership.timezone = body.timezone or membership.timezone
    offer_place(db, membership, membership.cohort, body.offer_expires_at)
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def accept_membership(
    db: AsyncSession, actor: Actor, membership_id: UUID, *, if_match: int | None
) -> Written[MembershipOut]:
    """Accept the place that is offered, by its deadline: this opens the dossier to the cohort."""
    membership = await access.membership(db, actor, membership_id, lock=True)
    await move(db, actor, membership, MEMBERSHIP, "accept", if_match=if_match)
    membership.accepted_at = now(db)
    await db.flush()
    await open_dossier(db, membership)
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def decline_membership(
    db: AsyncSession, actor: Actor, membership_id: UUID, *, if_match: int | None
) -> Written[MembershipOut]:
    """Decline the place that is offered; it goes to whoever waits first."""
    membership = await access.membership(db, actor, membership_id, lock=True)
    await move(db, actor, membership, MEMBERSHIP, "decline", if_match=if_match)
    await end(db, membership)
    await settle(db, membership.cohort, freed=True)
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def onboard_membership(
    db: AsyncSession, actor: Actor, membership_id: UUID, *, if_match: int | None
) -> Written[MembershipOut]:
    """Begin the onboarding of a collaboration that accepted its place."""
    membership = await access.membership(db, actor, membership_id, lock=True)
    await move(db, actor, membership, MEMBERSHIP, "onboard", if_match=if_match)
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def activate_membership(
    db: AsyncSession, actor: Actor, membership_id: UUID, *, if_match: int | None
) -> Written[MembershipOut]:
    """Let the member take part: from now its people see what the cohort shares."""
    membership = await access.membership(db, actor, membership_id, lock=True)
    writes = {"activated_at": now(db)}
    await move(db, actor, membership, MEMBERSHIP, "activate", if_match=if_match, writes=writes)
    await open_commons(db, membership)
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def complete_membership(
    db: AsyncSession, actor: Actor, membership_id: UUID, *, if_match: int | None
) -> Written[MembershipOut]:
    """Record that the member completed the cohort; it keeps its place and no longer takes part."""
    membership = await access.membership(db, actor, membership_id, lock=True)
    await move(db, actor, membership, MEMBERSHIP, "complete", if_match=if_match)
    await end(db, membership)
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def withdraw_membership(
    db: AsyncSession,
    actor: Actor,
    membership_id: UUID,
    body: WithdrawMembership,
    *,
    if_match: int | None,
) -> Written[MembershipOut]:
    """Take the collaboration out at its own wish; its place goes to whoever waits first."""
    membership = await access.membership(db, actor, membership_id, lock=True)
    await move(
        db,
        actor,
        membership,
        MEMBERSHIP,
        "withdraw",
        reason=body.reason,
        if_match=if_match,
        writes={"departure": body.departure, "waitlist_rank": None},
    )
    await end(db, membership)
    await settle(db, membership.cohort, freed=True)
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def remove_membership(
    db: AsyncSession, actor: Actor, membership_id: UUID, reason: str, *, if_match: int | None
) -> Written[MembershipOut]:
    """Remove the member: the first person's word is kept, the second's removes it."""
    membership = await access.membership(db, actor, membership_id, lock=True)
    outcome = await move(
        db, actor, membership, MEMBERSHIP, "remove", reason=reason, if_match=if_match
    )
    if outcome.made:
        await end(db, membership)
        await settle(db, membership.cohort, freed=True)
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def reinstate_membership(
    db: AsyncSession,
    actor: Actor,
    membership_id: UUID,
    body: ReinstateMembership,
    *,
    if_match: int | None,
) -> Written[MembershipOut]:
    """Undo a removal or a completion; whoever was removed needs a place again. What its dossier
    holds the cohort sees once the collaboration has said so."""
    membership = await access.membership(db, actor, membership_id, lock=True)
    await keep_as_it_is(db, membership.collaboration)
    keeps_place = membership.status in TAKING_PLACE
    full = await free_places(db, membership.cohort) == 0
    membership.wanted_beyond = body.override_reason
    writes: dict[str, Any] = {
        "ended_at": None,
        "activated_at": membership.activated_at or now(db),
    }
    if not keeps_place:
        writes["override_reason"] = body.override_reason if full else None
    await move(
        db,
        actor,
        membership,
        MEMBERSHIP,
        "reinstate",
        reason=body.reason,
        if_match=if_match,
        writes=writes,
    )
    await db.flush()
    await open_commons(db, membership)
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def explain_membership_actions(
    db: AsyncSession, actor: Actor, membership_id: UUID
) -> ActionsOut:
    """Every move of the membership now, with what stands in its way."""
    membership = await access.membership(db, actor, membership_id)
    return await explain_actions(db, actor, membership, MEMBERSHIP)


async def preview_membership_move(
    db: AsyncSession, actor: Actor, membership_id: UUID, name: str
) -> PreviewOut:
    """What would follow a move of the membership."""
    membership = await access.membership(db, actor, membership_id)
    return await preview(db, actor, membership, MEMBERSHIP, name)


def _refuse_past(db: AsyncSession, deadline: datetime | None) -> None:
    if deadline is not None and deadline <= now(db):
        raise Unprocessable(errors=[past("/offer_expires_at")])


def past(pointer: str) -> FieldProblem:
    """That what stands at the pointer is over."""
    return FieldProblem(pointer=pointer, code="in_the_past", detail="Must be still to come.")
