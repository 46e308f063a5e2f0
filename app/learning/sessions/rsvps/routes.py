"""RSVPs over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.lifecycle import GuardsUnmet
from app.kernel.paging import ViewedFrom
from app.kernel.schemas import ActionsOut, OptionalReason
from app.kernel.written import Written, WrittenList
from app.learning.sessions.rsvps import service
from app.learning.sessions.rsvps.lifecycle import RSVP
from app.learning.sessions.rsvps.schemas import (
    DelegateRsvp,
    NeedsOut,
    ReplyToSession,
    RsvpFilters,
    RsvpOut,
    RsvpPage,
    RsvpQuery,
    SayNeeds,
    SeatsOut,
    SessionNeedsOut,
)
from app.learning.sessions.rsvps.telling import OF_SESSION, RSVPS, RSVPS_AS_CSV
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.moves import told, told_new
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Learning sessions")

REPLIES = ("accept", "hesitate", "decline", "wait")

LearningSessionId = Annotated[UUID, Path(description="The learning session.")]
RsvpId = Annotated[UUID, Path(description="The RSVP.")]


@router.post(
    "/learning-sessions/{learning_session_id}/reply",
    permission="rsvp.reply",
    moves=(*told_new(RSVP, *REPLIES), *(one for name in REPLIES for one in told(RSVP, name))),
    refuses=(service.LeadsSession, GuardsUnmet),
    example={"reply": "yes"},
)
async def reply_to_session(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, body: ReplyToSession
) -> Written[RsvpOut]:
    """Reply whether you come to a session; a later reply replaces the earlier until replies close,
    and a no is taken until it begins. A yes to a session that is full waits, and a seat that is
    freed is offered to whoever waited longest. When the session was moved by more than half an
    hour, reply again."""
    return await service.reply_to_session(db, actor, learning_session_id, body)


@router.get("/learning-sessions/{learning_session_id}/seats", permission="learning_session.read")
async def get_seats(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId
) -> SeatsOut:
    """How many come to the session, how many wait, and how many seats are left."""
    return await service.get_seats(db, actor, learning_session_id)


@router.get("/learning-sessions/{learning_session_id}/rsvps", permission=SIGNED_IN)
async def list_session_rsvps(
    read: Reading,
    learning_session_id: LearningSessionId,
    query: Annotated[RsvpFilters, Query()],
) -> WrittenList[RsvpPage]:
    """Who comes to the session, the first to reply first; your own alone, unless you hold
    `rsvp.read`."""
    return await RSVPS.page(read, query, OF_SESSION, learning_session_id)


@router.get("/rsvps", permission=SIGNED_IN)
async def list_rsvps(read: Reading, query: Annotated[RsvpQuery, Query()]) -> WrittenList[RsvpPage]:
    """Your own RSVPs, and those to sessions of which you may see who comes."""
    return await RSVPS.page(read, query)


@router.get("/rsvps/{rsvp_id}", permission=SIGNED_IN)
async def get_rsvp(
    read: Reading, rsvp_id: RsvpId, query: Annotated[ViewedFrom, Query()]
) -> Written[RsvpOut]:
    """One RSVP."""
    return await RSVPS.one(read, rsvp_id, query)


@router.move(RSVP, "accept")
async def accept_rsvp(
    db: Db, actor: CurrentActor, rsvp_id: RsvpId, if_match: IfMatch
) -> Written[RsvpOut]:
    """Take the seat that is offered to you, by `offer_expires_at` (`offer_expired`)."""
    return await service.accept_rsvp(db, actor, rsvp_id, if_match=if_match)


@router.move(RSVP, "decline", example={"reason": "Our launch is on that day."})
async def decline_rsvp(
    db: Db, actor: CurrentActor, rsvp_id: RsvpId, body: OptionalReason, if_match: IfMatch
) -> Written[RsvpOut]:
    """Decline a session that you had replied to, until it begins. Your seat is offered to whoever
    waits."""
    return await service.decline_rsvp(db, actor, rsvp_id, body.reason, if_match=if_match)


@router.move(
    RSVP,
    "delegate",
    also=(*told_new(RSVP, "stand_in"), *told(RSVP, "stand_in")),
    refuses=(service.DelegateUnknown, service.DelegateComes),
    example={"account_id": "0198c2a4-0000-7000-8000-000000000000"},
)
async def delegate_rsvp(
    db: Db, actor: CurrentActor, rsvp_id: RsvpId, body: DelegateRsvp, if_match: IfMatch
) -> Written[RsvpOut]:
    """Let somebody of your collaboration have your seat. They are asked whether they come."""
    return await service.delegate_rsvp(db, actor, rsvp_id, body, if_match=if_match)


@router.put(
    "/rsvps/{rsvp_id}/needs",
    permission="rsvp.reply",
    refuses=(service.NotTheLeader,),
    example={"access": "Captions, please.", "dietary": "No nuts."},
    summary="Set needs",
)
async def say_needs(db: Db, actor: CurrentActor, rsvp_id: RsvpId, body: SayNeeds) -> NeedsOut:
    """Set what you need in order to take part. It is shown to you and to whoever leads the session,
    and to nobody else."""
    return await service.say_needs(db, actor, rsvp_id, body)


@router.get("/rsvps/{rsvp_id}/needs", permission=SIGNED_IN, refuses=(service.NotTheLeader,))
async def get_needs(db: Db, actor: CurrentActor, rsvp_id: RsvpId) -> NeedsOut:
    """What somebody needs, for them and for whoever leads the session."""
    return await service.get_needs(db, actor, rsvp_id)


@router.get(
    "/learning-sessions/{learning_session_id}/needs",
    permission="learning_session.attend",
    refuses=(service.NotTheLeader,),
)
async def get_session_needs(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId
) -> SessionNeedsOut:
    """What those who may come need, for whoever leads the session."""
    return await service.get_session_needs(db, actor, learning_session_id)


@router.get("/rsvps/{rsvp_id}/actions", permission=SIGNED_IN)
async def explain_rsvp_actions(db: Db, actor: CurrentActor, rsvp_id: RsvpId) -> ActionsOut:
    """Every move of the RSVP now, with what stands in its way."""
    return await service.explain_rsvp_actions(db, actor, rsvp_id)


history_of(router, "rsvp", "/rsvps/{rsvp_id}", RSVPS, permission=SIGNED_IN)

export_of(router, "/rsvps", RSVPS_AS_CSV, RsvpQuery, permission=SIGNED_IN)
