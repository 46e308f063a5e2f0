"""What is done with consents to be recorded."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.errors import FieldProblem, Unprocessable
from app.kernel.schemas import Ref
from app.learning.sessions import access
from app.learning.sessions.models import LearningSession
from app.learning.sessions.recording_consents.models import RecordingConsent
from app.learning.sessions.recording_consents.queries import consent_of, consents_to
from app.learning.sessions.recording_consents.schemas import (
    RecordingConsentOut,
    RecordingConsentsOut,
    SayRecordingConsent,
)
from app.people.identity.actors import Actor


class SegmentUnknown(Unprocessable):
    """The agenda of the session has no part of this title."""


async def say_recording_consent(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, body: SayRecordingConsent
) -> RecordingConsentsOut:
    """Give or refuse consent to being heard in a recording. Raises SegmentUnknown (422)."""
    session = await access.whole_session.allowing(
        db, actor, learning_session_id, "learning_session.attend", lock=True
    )
    refuse_unknown_segment(session, body.segment, "/segment")
    assert actor.person_id is not None, "somebody speaks"
    found = await consent_of(db, session, actor.person_id, body.segment)
    if found is None or found.is_given != body.is_given:
        consent = found or RecordingConsent(
            session_id=session.id, account_id=actor.person_id, segment=body.segment
        )
        consent.is_given, consent.said_at = body.is_given, now(db)
        db.add(consent)
        detail = {"segment": body.segment, "is_given": body.is_given}
        verb = "learning_session.recording_consent_changed"
        activity.record(db, actor, verb, session, detail=detail)
        await db.flush()
    return await _told(db, actor, session)


def refuse_unknown_segment(session: LearningSession, segment: str | None, pointer: str) -> None:
    """Raises SegmentUnknown (422) for a part that the agenda does not have."""
    if segment is None or segment in {part.title for part in session.agenda}:
        return
    detail = SegmentUnknown.explanation()
    fault = FieldProblem(pointer=pointer, code=SegmentUnknown.code, detail=detail)
    raise SegmentUnknown(errors=[fault])


async def get_recording_consents(
    db: AsyncSession, actor: Actor, learning_session_id: UUID
) -> RecordingConsentsOut:
    """Who may be heard."""
    session = await access.learning_session.allowing(
        db, actor, learning_session_id, "learning_session.attend"
    )
    return await _told(db, actor, session)


async def _told(db: AsyncSession, actor: Actor, session: LearningSession) -> RecordingConsentsOut:
    sees_all = actor.demand("session_minutes.write", session.id)
    return RecordingConsentsOut(
        learning_session_id=session.id,
        consents=[
            RecordingConsentOut(
                account=Ref(id=one.account.id, reference=None, name=one.account.name),
                segment=one.segment,
                is_given=one.is_given,
                said_at=one.said_at,
            )
            for one in await consents_to(db, session)
            if sees_all or one.account_id in actor.persons
        ],
    )
