"""Giving leave and ending it, and what is done with requests for it."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now, today
from app.kernel.db import new_id
from app.kernel.errors import Conflict, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.network.cohorts.access import membership as obtain_membership
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.memberships.schemas import MembershipOut, PauseMembership
from app.network.cohorts.memberships.service import past
from app.network.cohorts.memberships.telling import MEMBERSHIPS
from app.network.cohorts.models import Membership, Pause
from app.network.cohorts.pauses import access
from app.network.cohorts.pauses.lifecycle import PAUSE_REQUEST
from app.network.cohorts.pauses.models import PauseRequest
from app.network.cohorts.pauses.schemas import PauseRequestOut
from app.network.cohorts.pauses.telling import PAUSE_REQUESTS
from app.people.identity.actors import Actor


class PauseAlreadyAsked(Conflict):
    """Leave was asked for already and is not answered yet; withdraw that request to ask anew."""


constraint("uq_pause_requests_open", PauseAlreadyAsked)


async def pause_membership(
    db: AsyncSession,
    actor: Actor,
    membership_id: UUID,
    body: PauseMembership,
    *,
    if_match: int | None,
) -> Written[MembershipOut]:
    """Give the member leave until a day; it keeps its place and what it sees."""
    membership = await obtain_membership(db, actor, membership_id, lock=True)
    pause = _pause(db, body.returns_on, moves_due_dates=body.moves_due_dates)
    await _begin(db, actor, membership, body.reason, pause, if_match=if_match)
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def _begin(
    db: AsyncSession,
    actor: Actor,
    membership: Membership,
    reason: str,
    pause: Pause,
    *,
    if_match: int | None = None,
) -> None:
    """Move a locked membership to `paused` from now until a day that is still to come."""
    writes = {"pauses": [*membership.pauses, pause]}
    await move(
        db, actor, membership, MEMBERSHIP, "pause", reason=reason, if_match=if_match, writes=writes
    )
    _refuse_past(db, membership, pause.returns_on)
    await db.flush()


def _pause(db: AsyncSession, returns_on: date, *, moves_due_dates: bool) -> Pause:
    return Pause(
        id=new_id(),
        paused_at=now(db),
        returns_on=returns_on,
        moves_due_dates=moves_due_dates,
        resumed_at=None,
    )


def _refuse_past(db: AsyncSession, membership: Membership, returns_on: date) -> None:
    """Raises Unprocessable (422) unless the day is still to come where the member is."""
    if returns_on <= today(db, membership.timezone):
        raise Unprocessable(errors=[past("/returns_on")])


async def resume_membership(
    db: AsyncSession, actor: Actor, membership_id: UUID, *, if_match: int | None
) -> Written[MembershipOut]:
    """Bring the member back from leave; due dates are what the leave that was had makes of them."""
    membership = await obtain_membership(db, actor, membership_id, lock=True)
    await move(db, actor, membership, MEMBERSHIP, "resume", if_match=if_match)
    membership.pauses[-1].resumed_at = now(db)
    await db.flush()
    return await MEMBERSHIPS.told_to(db, actor, membership.id)


async def create_pause_request(
    db: AsyncSession, actor: Actor, membership_id: UUID, body: PauseMembership
) -> Written[PauseRequestOut]:
    """Ask for leave until a day that is still to come. Raises PauseAlreadyAsked (409)."""
    membership = await obtain_membership(db, actor, membership_id, lock=True)
    request = PauseRequest(
        membership_id=membership.id,
        membership=membership,
        asked_by_id=actor.account_id,
        **body.model_dump(),
    )
    await create(db, actor, request, PAUSE_REQUEST, under=membership.id)
    _refuse_past(db, membership, body.returns_on)
    return await PAUSE_REQUESTS.told_to(db, actor, request.id)


async def agree_pause_request(
    db: AsyncSession, actor: Actor, pause_request_id: UUID, *, if_match: int | None
) -> Written[PauseRequestOut]:
    """Give the leave that was asked for; it begins now."""
    request = await _settled(db, actor, pause_request_id, "agree", if_match=if_match)
    membership = await obtain_membership(db, actor, request.membership_id, lock=True)
    pause = _pause(db, request.returns_on, moves_due_dates=request.moves_due_dates)
    await _begin(db, actor, membership, request.reason, pause)
    return await PAUSE_REQUESTS.told_to(db, actor, request.id)


async def decline_pause_request(
    db: AsyncSession, actor: Actor, pause_request_id: UUID, reason: str, *, if_match: int | None
) -> Written[PauseRequestOut]:
    """Decline a pause request, with the reason."""
    request = await _settled(
        db, actor, pause_request_id, "decline", reason=reason, if_match=if_match
    )
    return await PAUSE_REQUESTS.told_to(db, actor, request.id)


async def withdraw_pause_request(
    db: AsyncSession, actor: Actor, pause_request_id: UUID, *, if_match: int | None
) -> Written[PauseRequestOut]:
    """Take the request back."""
    request = await _settled(db, actor, pause_request_id, "withdraw", if_match=if_match)
    return await PAUSE_REQUESTS.told_to(db, actor, request.id)


async def _settled(
    db: AsyncSession,
    actor: Actor,
    pause_request_id: UUID,
    name: str,
    *,
    reason: str | None = None,
    if_match: int | None,
) -> PauseRequest:
    """The request, moved to one of its ends by this actor."""
    request = await access.pause_request(db, actor, pause_request_id, lock=True)
    await move(db, actor, request, PAUSE_REQUEST, name, reason=reason, if_match=if_match)
    request.answer = reason
    request.settled_by_id, request.settled_at = actor.account_id, now(db)
    return request


async def explain_pause_request_actions(
    db: AsyncSession, actor: Actor, pause_request_id: UUID
) -> ActionsOut:
    """Every move of the request now, with what stands in its way."""
    request = await access.pause_request(db, actor, pause_request_id)
    return await explain_actions(db, actor, request, PAUSE_REQUEST)
