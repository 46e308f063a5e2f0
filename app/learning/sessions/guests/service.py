"""What is done with guests."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.kernel.clock import now
from app.kernel.errors import Conflict, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.sessions.guests import access
from app.learning.sessions.guests.lifecycle import SESSION_GUEST, SessionGuestStatus
from app.learning.sessions.guests.models import SessionGuest
from app.learning.sessions.guests.schemas import (
    AnswerAsGuest,
    GuestAnswerOut,
    GuestReply,
    InviteGuest,
    NewSessionGuestOut,
    SessionGuestOut,
)
from app.learning.sessions.guests.telling import SESSION_GUESTS
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps.access import seated_session
from app.learning.sessions.seats.queries import seats_of
from app.learning.sessions.seats.service import settle
from app.people.identity.actors import Actor, SignedIn, scheduler
from app.people.identity.emails import normalised
from app.people.identity.invitations.quota import spend
from app.people.identity.links import Links
from app.people.identity.tokens import SecretKind, new_secret, secret_digest

_LETTER: Final = """\
Dear {name},

you are invited to the session "{title}". Open this link to say whether you come, once, before it
begins; you are then told where it is:

{link}

If you did not expect this, you need do nothing.
"""


class SessionFull(Conflict):
    """Every seat of the session is taken: raise its `capacity`, or withdraw another guest."""


class GuestAlreadyInvited(Conflict):
    """Somebody of this address is invited to the session already."""


class GuestLinkUsed(Conflict):
    """The link was used, or taken back. Write to whoever invited you."""


constraint("uq_session_guests_email", GuestAlreadyInvited, "/email")


async def invite_session_guest(
    db: AsyncSession, actor: SignedIn, learning_session_id: UUID, body: InviteGuest, *, links: Links
) -> NewSessionGuestOut:
    """Keep a seat for somebody from outside, and give them a link that works once.

    Raises SessionFull, GuestAlreadyInvited (409), TooManyInvitations (429).
    """
    session = await seated_session.allowing(
        db, actor, learning_session_id, "session_guest.invite", lock=True
    )
    await settle(db, session)
    if (await seats_of(db, session)).free == 0:
        raise SessionFull
    await spend(db, actor)
    token = new_secret(SecretKind.SESSION_GUEST)
    digest = secret_digest(SecretKind.SESSION_GUEST, token)
    assert digest is not None, "our own secrets are well formed"
    guest = SessionGuest(
        session_id=session.id,
        session=session,
        name=body.name,
        email=normalised(body.email),
        digest=digest,
        invited_by_id=actor.account_id,
    )
    await create(db, actor, guest, SESSION_GUEST, "invite", under=session.id)
    link = links.session_guest(token)
    was_mailed = await _mailed(db, actor, guest, link)
    return NewSessionGuestOut(id=guest.id, status=guest.status, link=None if was_mailed else link)


async def _mailed(db: AsyncSession, actor: Actor, guest: SessionGuest, link: str) -> bool:
    letter = _LETTER.format(
        name=mail.said(guest.name), title=mail.said(guest.session.title), link=link
    )
    sent = await mail.send(
        db,
        to=guest.email,
        subject="An invitation to a session",
        text=letter,
        key=f"session_guest:{guest.id}",
        about=guest,
        sender_id=actor.account_id,
    )
    return sent is not None


async def answer_as_guest(db: AsyncSession, body: AnswerAsGuest) -> GuestAnswerOut:
    """Reply whether one comes, by the link that was given. Raises SessionGuestNotFound (404),
    GuestLinkUsed, GuardsUnmet (409)."""
    digest = secret_digest(SecretKind.SESSION_GUEST, body.token)
    if digest is None:
        raise access.SessionGuestNotFound
    guest, session = await access.opened_by(db, digest)
    if guest.status != SessionGuestStatus.INVITED:
        raise GuestLinkUsed
    name = "accept" if body.reply == GuestReply.YES else "decline"
    await move(db, scheduler(), guest, SESSION_GUEST, name, writes={"answered_at": now(db)})
    await settle(db, session)
    return _told(guest, session)


def _told(guest: SessionGuest, session: LearningSession) -> GuestAnswerOut:
    """Where it is, for who comes alone."""
    comes = guest.status == SessionGuestStatus.ACCEPTED
    return GuestAnswerOut(
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        timezone=session.timezone,
        status=guest.status,
        place=session.place if comes else None,
        link=session.link if comes else None,
    )


async def withdraw_session_guest(
    db: AsyncSession, actor: Actor, session_guest_id: UUID, *, if_match: int | None
) -> Written[SessionGuestOut]:
    """Take the invitation back; the seat is passed on."""
    guest = await access.session_guest(db, actor, session_guest_id, lock=True)
    await move(db, actor, guest, SESSION_GUEST, "withdraw", if_match=if_match)
    await settle(db, guest.session)
    return await SESSION_GUESTS.told_to(db, actor, guest.id)


async def explain_session_guest_actions(
    db: AsyncSession, actor: Actor, session_guest_id: UUID
) -> ActionsOut:
    """Every move of the guest now, with what stands in its way."""
    guest = await access.session_guest(db, actor, session_guest_id)
    return await explain_actions(db, actor, guest, SESSION_GUEST)
