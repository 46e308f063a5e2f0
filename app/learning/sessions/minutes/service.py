"""What is done with minutes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import MISSING
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.editing import amend, touch
from app.kernel.errors import Conflict, NotFound, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.sessions import access as sessions
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.minutes import access
from app.learning.sessions.minutes.lifecycle import SESSION_MINUTES
from app.learning.sessions.minutes.models import Recording, SessionMinutes, Voice
from app.learning.sessions.minutes.schemas import (
    CreateSessionMinutes,
    EditSessionMinutes,
    RecordingIn,
    SessionMinutesOut,
)
from app.learning.sessions.minutes.telling import MINUTES
from app.learning.sessions.models import LearningSession
from app.learning.sessions.recording_consents.service import refuse_unknown_segment
from app.network.collaborations.learnings.access import learning as obtain_learning
from app.people.identity.actors import Actor
from app.people.identity.queries import actor_of


class SessionNotHeld(Conflict):
    """Minutes are written of a session that goes on or was held."""


class MinutesAlreadyWritten(Conflict):
    """The session has minutes already: edit those."""


class LearningUnknown(Unprocessable):
    """The request names a learning that there is not, or that you may not see."""


class VoiceUnknown(Unprocessable):
    """Somebody is named who takes no part in the session, or is named twice."""


constraint("uq_session_minutes_session_id", MinutesAlreadyWritten)


async def create_session_minutes(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, body: CreateSessionMinutes
) -> Written[SessionMinutesOut]:
    """Create the minutes of a session, as a draft.

    Raises SessionNotHeld, MinutesAlreadyWritten (409), SegmentUnknown, LearningUnknown,
    VoiceUnknown (422).
    """
    session = await sessions.whole_session.allowing(
        db, actor, learning_session_id, "session_minutes.write", lock=True
    )
    if session.status not in (LearningSessionStatus.LIVE, LearningSessionStatus.HELD):
        raise SessionNotHeld
    await _refuse_unknown(db, actor, session, body.learning_ids, body.recordings)
    minutes = SessionMinutes(
        session_id=session.id,
        recap=body.recap,
        links=[one.model_dump() for one in body.links],
        learning_ids=[str(one) for one in body.learning_ids],
        recordings=_recordings(body.recordings),
    )
    await create(db, actor, minutes, SESSION_MINUTES, under=session.id)
    return await MINUTES.told_to(db, actor, minutes.id)


async def edit_session_minutes(
    db: AsyncSession,
    actor: Actor,
    session_minutes_id: UUID,
    body: EditSessionMinutes,
    *,
    if_match: int | None,
) -> Written[SessionMinutesOut]:
    """Change what the body names, published or not: no recording is told of in which somebody has
    not agreed to be heard. Raises SegmentUnknown, LearningUnknown, VoiceUnknown (422)."""
    minutes = await access.session_minutes.to_change(
        db, actor, session_minutes_id, "session_minutes.write", if_match=if_match
    )
    learnings = [] if body.learning_ids is MISSING else body.learning_ids
    recordings = [] if body.recordings is MISSING else body.recordings
    await _refuse_unknown(db, actor, minutes.session, learnings, recordings)
    said = body.model_dump(mode="json", exclude={"recordings"})
    changed: dict[str, Any] = amend(minutes, said)
    if body.recordings is not MISSING:
        minutes.recordings = _recordings(body.recordings)
        touch(minutes)
        changed["recordings"] = {"count": len(body.recordings)}
    if changed:
        activity.record(db, actor, "session_minutes.edited", minutes, detail=changed)
    return await MINUTES.told_to(db, actor, minutes.id)


def _recordings(wanted: Sequence[RecordingIn]) -> list[Recording]:
    return [
        Recording(
            position=place,
            title=one.title,
            url=one.url,
            segment=one.segment,
            voices=[Voice(account_id=account_id) for account_id in one.account_ids],
        )
        for place, one in enumerate(wanted)
    ]


async def _refuse_unknown(
    db: AsyncSession,
    actor: Actor,
    session: LearningSession,
    learning_ids: Sequence[UUID],
    recordings: Sequence[RecordingIn],
) -> None:
    """Raises SegmentUnknown, LearningUnknown, VoiceUnknown (422)."""
    for place, learning_id in enumerate(learning_ids):
        try:
            await obtain_learning(db, actor, learning_id)
        except NotFound:
            raise LearningUnknown.at(f"/learning_ids/{place}") from None
    known: set[UUID] = set()
    for place, one in enumerate(recordings):
        refuse_unknown_segment(session, one.segment, f"/recordings/{place}/segment")
        for number, account_id in enumerate(one.account_ids):
            is_twice = account_id in one.account_ids[:number]
            if is_twice or not (account_id in known or await _takes_part(db, session, account_id)):
                raise VoiceUnknown.at(f"/recordings/{place}/account_ids/{number}")
            known.add(account_id)


async def _takes_part(db: AsyncSession, session: LearningSession, account_id: UUID) -> bool:
    who = await actor_of(db, account_id)
    if who is None:
        return False
    await who.reach(db, [session.id])
    return who.holds("learning_session.attend", session.id)


async def publish_session_minutes(
    db: AsyncSession, actor: Actor, session_minutes_id: UUID, *, if_match: int | None
) -> Written[SessionMinutesOut]:
    """Let those who take part read them."""
    minutes = await access.session_minutes(db, actor, session_minutes_id, lock=True)
    written = {"published_at": now(db)}
    await move(db, actor, minutes, SESSION_MINUTES, "publish", if_match=if_match, writes=written)
    return await MINUTES.told_to(db, actor, minutes.id)


async def retract_session_minutes(
    db: AsyncSession, actor: Actor, session_minutes_id: UUID, reason: str, *, if_match: int | None
) -> Written[SessionMinutesOut]:
    """Make a draft of them again."""
    minutes = await access.session_minutes(db, actor, session_minutes_id, lock=True)
    await move(
        db,
        actor,
        minutes,
        SESSION_MINUTES,
        "retract",
        if_match=if_match,
        reason=reason,
        writes={"published_at": None},
    )
    return await MINUTES.told_to(db, actor, minutes.id)


async def explain_session_minutes_actions(
    db: AsyncSession, actor: Actor, session_minutes_id: UUID
) -> ActionsOut:
    """Every move of the minutes now, with what stands in its way."""
    minutes = await access.session_minutes(db, actor, session_minutes_id)
    return await explain_actions(db, actor, minutes, SESSION_MINUTES)
