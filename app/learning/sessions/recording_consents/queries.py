"""Who may be heard in a recording of what."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from app.learning.sessions.models import LearningSession
from app.learning.sessions.recording_consents.models import RecordingConsent
from app.people.identity.models import Account


async def consents_to(db: AsyncSession, session: LearningSession) -> Sequence[RecordingConsent]:
    """What was said of recordings of a session, by name and part."""
    statement = (
        select(RecordingConsent)
        .join(RecordingConsent.account)
        .where(RecordingConsent.session_id == session.id)
        .order_by(Account.name_folded, Account.id, RecordingConsent.segment.nulls_first())
        .options(joinedload(RecordingConsent.account))
    )
    return list(await db.scalars(statement))


async def consent_of(
    db: AsyncSession, session: LearningSession, account_id: UUID, segment: str | None
) -> RecordingConsent | None:
    """What somebody said of recordings of a part."""
    return await db.scalar(
        select(RecordingConsent).where(
            RecordingConsent.session_id == session.id,
            RecordingConsent.account_id == account_id,
            RecordingConsent.segment.is_not_distinct_from(segment),
        )
    )


def may_be_heard(session_id: Any, account_id: Any, segment: Any) -> ColumnElement[bool]:
    """Whether somebody has said yes to a part, or to all and not no to that part."""
    said, of_part = aliased(RecordingConsent), aliased(RecordingConsent)

    def theirs(consent: Any) -> ColumnElement[bool]:
        return and_(consent.session_id == session_id, consent.account_id == account_id)

    refused = exists().where(theirs(of_part), of_part.segment == segment, ~of_part.is_given)
    agreed = exists().where(
        theirs(said), said.is_given, or_(said.segment.is_(None), said.segment == segment)
    )
    return and_(
        agreed.correlate_except(said),
        ~refused.correlate_except(of_part),
    )
