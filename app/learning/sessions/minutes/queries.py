"""Who is heard in recordings without having said yes to it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Row, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.sessions.minutes.models import Recording, SessionMinutes, Voice
from app.learning.sessions.recording_consents.queries import may_be_heard
from app.people.identity.models import Account


def is_consented() -> ColumnElement[bool]:
    """Whether everybody who is heard in a recording, which lies in minutes, may be."""
    lacking = exists().where(
        Voice.recording_id == Recording.id,
        ~may_be_heard(SessionMinutes.session_id, Voice.account_id, Recording.segment),
    )
    return ~lacking.correlate_except(Voice)


async def heard_without_consent(
    db: AsyncSession, minutes: SessionMinutes
) -> Sequence[Row[str, str | None]]:
    """The names of those who are heard and have not said yes, each with the part; null: all."""
    statement = (
        select(Account.name, Recording.segment)
        .select_from(SessionMinutes)
        .join(Recording, Recording.minutes_id == SessionMinutes.id)
        .join(Voice, Voice.recording_id == Recording.id)
        .join(Account, Account.id == Voice.account_id)
        .where(
            SessionMinutes.id == minutes.id,
            ~may_be_heard(SessionMinutes.session_id, Voice.account_id, Recording.segment),
        )
        .order_by(Recording.position, Account.name_folded, Account.id)
    )
    return (await db.execute(statement)).all()
