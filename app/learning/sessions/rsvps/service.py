"""What is done with RSVPs."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, NotAllowed, Unprocessable
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut, Ref
from app.kernel.written import Written
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps import access
from app.learning.sessions.rsvps.lifecycle import RSVP, RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.rsvps.queries import ActsFor, acting_for, of_person, with_needs
from app.learning.sessions.rsvps.schemas import (
    DelegateRsvp,
    NeedsOut,
    Reply,
    ReplyToSession,
    RsvpOut,
    SayNeeds,
    SeatsOut,
    SessionNeedsOut,
)
from app.learning.sessions.rsvps.telling import RSVPS
from app.learning.sessions.seats.queries import seats_of
from app.learning.sessions.seats.service import NO_SEAT, pass_on, settle
from app.people.identity.actors import Actor

_BY_REPLY: Final = {
    Reply.YES: ("accept", RsvpStatus.YES),
    Reply.TENTATIVE: ("hesitate", RsvpStatus.TENTATIVE),
    Reply.NO: ("decline", RsvpStatus.NO),
}


class LeadsSession(Conflict):
    """Whoever leads a session is there: they take no seat and send no reply."""


class DelegateUnknown(Unprocessable):
    """Only somebody who acts for the same collaboration, and does not lead the session, goes in
    one's place."""


class DelegateComes(Conflict):
    """They come already. Decline instead, so that your seat is free for another."""


class NotTheLeader(NotAllowed):
    """What somebody needs is shown to them, and to whoever leads the session."""


async def reply_to_session(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, body: ReplyToSession
) -> Written[RsvpOut]:
    """Reply whether one comes. To a session that is full a yes waits for a seat.

    Raises LeadsSession, GuardsUnmet (409).
    """
    session = await access.seated_session.allowing(
        db, actor, learning_session_id, "rsvp.reply", lock=True
    )
    if _leads(session, actor.persons):
        raise LeadsSession
    await settle(db, session)
    rsvp = await of_person(db, session, actor.persons)
    name, wanted = _BY_REPLY[body.reply]
    if rsvp is None or not _stands(rsvp, wanted):
        if name == "accept" and (rsvp is None or rsvp.status != RsvpStatus.OFFERED):
            name = "wait" if (await seats_of(db, session)).free == 0 else name
        said = _said(db, session, body.reason, waits=name == "wait")
        rsvp = await _replied(db, actor, session, rsvp, name, said)
        await pass_on(db, session)
    elif (rsvp.replied_for, rsvp.reason) != (session.starts_at, body.reason):
        _confirm(db, actor, rsvp, session, body.reason)
    return await RSVPS.told_to(db, actor, rsvp.id)


def _leads(session: LearningSession, account_ids: frozenset[UUID]) -> bool:
    return any(one.account_id in account_ids for one in session.facilitators)


def _stands(rsvp: Rsvp, wanted: RsvpStatus) -> bool:
    """Whether that was the reply already: whoever waits has said yes."""
    waits = rsvp.status == RsvpStatus.WAITLISTED and wanted == RsvpStatus.YES
    return waits or rsvp.status == wanted


def _said(
    db: AsyncSession, session: LearningSession, reason: str | None, *, waits: bool = False
) -> dict[str, Any]:
    """What is written on an RSVP when somebody replies."""
    return {
        **NO_SEAT,
        "reason": reason,
        "replied_at": now(db),
        "replied_for": session.starts_at,
        "delegated_to_id": None,
        "waiting_since": now(db) if waits else None,
    }


async def _replied(
    db: AsyncSession,
    actor: Actor,
    session: LearningSession,
    rsvp: Rsvp | None,
    name: str,
    said: dict[str, Any],
) -> Rsvp:
    """The actor's RSVP, made or moved by this move."""
    if rsvp is not None:
        if rsvp.status == RsvpStatus.NO and rsvp.replied_at is None:
            said |= _for_whom(await _first(db, session, rsvp.account_id))
        await move(db, actor, rsvp, RSVP, name, writes=said)
        await db.flush()
        return rsvp
    assert actor.person_id is not None, "somebody replies"
    acts_for = await _first(db, session, actor.person_id)
    made = _made(session, actor.person_id, acts_for, said)
    await create(db, actor, made, RSVP, name, under=session.id)
    return made


async def _first(db: AsyncSession, session: LearningSession, account_id: UUID) -> ActsFor | None:
    """For whom somebody comes: the first member for which they act, if they act for any."""
    found = await acting_for(db, session, [account_id])
    return found[0] if found else None


def _for_whom(acts_for: ActsFor | None) -> dict[str, Any]:
    return {
        "membership_id": acts_for.membership_id if acts_for else None,
        "collaboration_id": acts_for.collaboration_id if acts_for else None,
    }


def _made(
    session: LearningSession, account_id: UUID, acts_for: ActsFor | None, said: dict[str, Any]
) -> Rsvp:
    return Rsvp(
        session_id=session.id,
        session=session,
        account_id=account_id,
        **_for_whom(acts_for),
        **said,
    )


def _confirm(
    db: AsyncSession, actor: Actor, rsvp: Rsvp, session: LearningSession, reason: str | None
) -> None:
    """Repeat the reply, for the time that the session has now."""
    amend(rsvp, {"reason": reason, "replied_at": now(db), "replied_for": session.starts_at})
    activity.record(db, actor, "rsvp.confirmed", rsvp)


async def accept_rsvp(
    db: AsyncSession, actor: Actor, rsvp_id: UUID, *, if_match: int | None
) -> Written[RsvpOut]:
    """Take the seat that is offered."""
    rsvp = await access.rsvp(db, actor, rsvp_id, lock=True)
    said = _said(db, rsvp.session, rsvp.reason)
    await move(db, actor, rsvp, RSVP, "accept", if_match=if_match, writes=said)
    return await RSVPS.told_to(db, actor, rsvp.id)


async def decline_rsvp(
    db: AsyncSession, actor: Actor, rsvp_id: UUID, reason: str | None, *, if_match: int | None
) -> Written[RsvpOut]:
    """Decline a session; the seat is passed on."""
    rsvp = await access.rsvp(db, actor, rsvp_id, lock=True)
    said = _said(db, rsvp.session, reason)
    await move(db, actor, rsvp, RSVP, "decline", if_match=if_match, writes=said)
    await db.flush()
    await settle(db, rsvp.session)
    return await RSVPS.told_to(db, actor, rsvp.id)


async def delegate_rsvp(
    db: AsyncSession, actor: Actor, rsvp_id: UUID, body: DelegateRsvp, *, if_match: int | None
) -> Written[RsvpOut]:
    """Let somebody of the same collaboration have one's seat.

    Raises DelegateComes (409), DelegateUnknown (422).
    """
    rsvp = await access.rsvp(db, actor, rsvp_id, lock=True)
    session = rsvp.session
    said = {**_said(db, session, rsvp.reason), "delegated_to_id": body.account_id}
    await move(db, actor, rsvp, RSVP, "delegate", if_match=if_match, writes=said)
    acts_for = await _shared(db, session, rsvp.account_id, body.account_id)
    if acts_for is None or _leads(session, frozenset({body.account_id})):
        detail = DelegateUnknown.explanation()
        fault = FieldProblem(pointer="/account_id", code=DelegateUnknown.code, detail=detail)
        raise DelegateUnknown(errors=[fault])
    await db.flush()
    await _stand_in(db, actor, session, acts_for)
    await settle(db, session)
    return await RSVPS.told_to(db, actor, rsvp.id)


async def _shared(
    db: AsyncSession, session: LearningSession, own_id: UUID, other_id: UUID
) -> ActsFor | None:
    """That somebody acts for a member for which another person does too."""
    found = await acting_for(db, session, [own_id, other_id])
    own = {one.membership_id for one in found if one.account_id == own_id}
    theirs = (one for one in found if one.account_id == other_id != own_id)
    return next((one for one in theirs if one.membership_id in own), None)


async def _stand_in(
    db: AsyncSession, actor: Actor, session: LearningSession, acts_for: ActsFor
) -> None:
    """Give somebody the seat of another; whether they come, they have yet to say."""
    rsvp = await of_person(db, session, [acts_for.account_id])
    said = {**_said(db, session, None), "replied_at": None, "replied_for": None}
    if rsvp is None:
        made = _made(session, acts_for.account_id, acts_for, said)
        await create(db, actor, made, RSVP, "stand_in", under=session.id)
        return
    if rsvp.status == RsvpStatus.YES:
        raise DelegateComes
    await move(db, actor, rsvp, RSVP, "stand_in", writes=said)


async def get_seats(db: AsyncSession, actor: Actor, learning_session_id: UUID) -> SeatsOut:
    """How many come."""
    session = await access.seated_session(db, actor, learning_session_id)
    seats = await seats_of(db, session)
    return SeatsOut(
        learning_session_id=session.id,
        capacity=seats.capacity,
        taken=seats.taken,
        guests=seats.guests,
        free=seats.free,
        tentative=seats.tentative,
        waiting=seats.waiting,
    )


async def say_needs(db: AsyncSession, actor: Actor, rsvp_id: UUID, body: SayNeeds) -> NeedsOut:
    """Set what one needs in order to take part. Raises NotTheLeader (403)."""
    rsvp = await access.rsvp(db, actor, rsvp_id, lock=True)
    if rsvp.account_id not in actor.persons:
        raise NotTheLeader
    needs = {"access_needs": body.access, "dietary_needs": body.dietary}
    if amend(rsvp, needs):
        activity.record(db, actor, "rsvp.needs_said", rsvp)
    return _needs(rsvp)


async def get_needs(db: AsyncSession, actor: Actor, rsvp_id: UUID) -> NeedsOut:
    """What somebody needs. Raises NotTheLeader (403)."""
    rsvp = await access.rsvp(db, actor, rsvp_id)
    if rsvp.account_id not in actor.persons and not _leads(rsvp.session, actor.persons):
        raise NotTheLeader
    return _needs(rsvp)


async def get_session_needs(
    db: AsyncSession, actor: Actor, learning_session_id: UUID
) -> SessionNeedsOut:
    """What those who may come need, for whoever leads the session. Raises NotTheLeader (403)."""
    session = await access.seated_session.allowing(
        db, actor, learning_session_id, "learning_session.attend"
    )
    if not _leads(session, actor.persons):
        raise NotTheLeader
    people = [_needs(rsvp) for rsvp in await with_needs(db, session)]
    return SessionNeedsOut(learning_session_id=session.id, people=people)


def _needs(rsvp: Rsvp) -> NeedsOut:
    account = Ref(id=rsvp.account.id, reference=None, name=rsvp.account.name)
    return NeedsOut(
        id=rsvp.id, account=account, access=rsvp.access_needs, dietary=rsvp.dietary_needs
    )


async def explain_rsvp_actions(db: AsyncSession, actor: Actor, rsvp_id: UUID) -> ActionsOut:
    """Every move of the RSVP now, with what stands in its way."""
    rsvp = await access.rsvp(db, actor, rsvp_id)
    return await explain_actions(db, actor, rsvp, RSVP)
