"""Guests of learning sessions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.lifecycle import GuardsUnmet
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written, WrittenList
from app.learning.sessions.guests import access, service
from app.learning.sessions.guests.lifecycle import SESSION_GUEST
from app.learning.sessions.guests.schemas import (
    AnswerAsGuest,
    GuestAnswerOut,
    InviteGuest,
    NewSessionGuestOut,
    SessionGuestFilters,
    SessionGuestOut,
    SessionGuestPage,
    SessionGuestQuery,
)
from app.learning.sessions.guests.telling import (
    OF_SESSION,
    SESSION_GUESTS,
    SESSION_GUESTS_AS_CSV,
)
from app.people.identity.deps import CurrentActor, FrontEnd
from app.people.identity.invitations.quota import TooManyInvitations
from app.people.reads.deps import Reading, export_of, history_of
from app.web.moves import told, told_new
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import PUBLIC
from app.web.transaction import Db

router = Router("Learning sessions")

LearningSessionId = Annotated[UUID, Path(description="The learning session.")]
SessionGuestId = Annotated[UUID, Path(description="The guest.")]


@router.post(
    "/learning-sessions/{learning_session_id}/guests",
    permission="session_guest.invite",
    moves=told_new(SESSION_GUEST, "invite"),
    status=201,
    location="/v1/session-guests/{id}",
    secret=True,
    idempotent=True,
    refuses=(
        service.SessionFull,
        service.GuestAlreadyInvited,
        TooManyInvitations,
        GuardsUnmet,
    ),
    example={"name": "Grace Hopper", "email": "grace@example.org"},
)
async def invite_session_guest(
    db: Db,
    actor: CurrentActor,
    links: FrontEnd,
    learning_session_id: LearningSessionId,
    body: InviteGuest,
) -> NewSessionGuestOut:
    """Invite somebody from outside to this session alone. A seat is kept for them, and the link
    that they get works once, until the session begins."""
    return await service.invite_session_guest(db, actor, learning_session_id, body, links=links)


@router.post(
    "/session-guests/answer",
    permission=PUBLIC,
    moves=(*told(SESSION_GUEST, "accept"), *told(SESSION_GUEST, "decline")),
    secret=True,
    refuses=(access.SessionGuestNotFound, service.GuestLinkUsed, GuardsUnmet),
)
async def answer_as_guest(db: Db, body: AnswerAsGuest) -> GuestAnswerOut:
    """Reply as a guest whether you come, with the token of your link. It works once, and shows
    whoever comes where the session is."""
    return await service.answer_as_guest(db, body)


@router.get("/learning-sessions/{learning_session_id}/guests", permission="session_guest.read")
async def list_learning_session_guests(
    read: Reading,
    learning_session_id: LearningSessionId,
    query: Annotated[SessionGuestFilters, Query()],
) -> WrittenList[SessionGuestPage]:
    """The guests of the session, the first to be invited first."""
    return await SESSION_GUESTS.page(read, query, OF_SESSION, learning_session_id)


@router.get("/session-guests", permission="session_guest.read")
async def list_session_guests(
    read: Reading, query: Annotated[SessionGuestQuery, Query()]
) -> WrittenList[SessionGuestPage]:
    """The guests of the sessions that you run."""
    return await SESSION_GUESTS.page(read, query)


@router.get("/session-guests/{session_guest_id}", permission="session_guest.read")
async def get_session_guest(
    read: Reading, session_guest_id: SessionGuestId
) -> Written[SessionGuestOut]:
    """One guest."""
    return await SESSION_GUESTS.one(read, session_guest_id)


@router.move(SESSION_GUEST, "withdraw")
async def withdraw_session_guest(
    db: Db, actor: CurrentActor, session_guest_id: SessionGuestId, if_match: IfMatch
) -> Written[SessionGuestOut]:
    """Take the invitation back: the link lets nobody in any more, and the seat is passed on."""
    return await service.withdraw_session_guest(db, actor, session_guest_id, if_match=if_match)


@router.get("/session-guests/{session_guest_id}/actions", permission="session_guest.read")
async def explain_session_guest_actions(
    db: Db, actor: CurrentActor, session_guest_id: SessionGuestId
) -> ActionsOut:
    """Every move of the guest now, with what stands in its way."""
    return await service.explain_session_guest_actions(db, actor, session_guest_id)


history_of(
    router,
    "session_guest",
    "/session-guests/{session_guest_id}",
    SESSION_GUESTS,
    permission="session_guest.read",
)

export_of(
    router,
    "/session-guests",
    SESSION_GUESTS_AS_CSV,
    SessionGuestQuery,
    permission="session_guest.read",
)
