"""The sheet of one session: each person who was expected or came, with what is known of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.schemas import Ref
from app.learning.sessions.attendance.models import Evidence
from app.learning.sessions.attendance.queries import WITH_NAMES, evidence_of, expected_at
from app.learning.sessions.attendance.reckoning import state_of
from app.learning.sessions.attendance.schemas import AttendanceOut, PersonAttendanceOut
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.presence import Stay, within
from app.people.identity.models import Account


async def sheet(db: AsyncSession, session: LearningSession) -> AttendanceOut:
    """Who was expected at a session that the caller has obtained, then who came besides."""
    found: dict[UUID, list[Evidence]] = defaultdict(list)
    for one in await db.scalars(evidence_of([session.id]).options(*WITH_NAMES)):
        found[one.account_id].append(one)
    people = {
        (one.membership_id, one.account.id): (one.collaboration, one.account)
        for one in await expected_at(db, [session.id])
        if one.account
    }
    for one in (one for of_person in found.values() for one in of_person):
        beside = Ref.model_validate(one.membership.collaboration), _ref(one.account)
        if not any(account_id == one.account_id for _, account_id in people):
            people[one.membership_id, one.account_id] = beside
    return AttendanceOut(
        learning_session_id=session.id,
        people=[
            _line(session, membership_id, *refs, found[account_id])
            for (membership_id, account_id), refs in people.items()
        ],
    )


def _line(
    session: LearningSession,
    membership_id: UUID,
    collaboration: Ref,
    account: Ref,
    evidence: Sequence[Evidence],
) -> PersonAttendanceOut:
    on = Stay(session.starts_at, session.ends_at)
    stays = stays_of(evidence)
    there = within(stays, on)
    said = next((one for one in evidence if one.said), None)
    return PersonAttendanceOut(
        account=account,
        membership_id=membership_id,
        collaboration=collaboration,
        state=state_of(
            stays,
            on,
            said.said if said else None,
            is_over=session.status == LearningSessionStatus.HELD,
        ),
        minutes=sum((one.left_at - one.joined_at for one in there), timedelta())
        // timedelta(minutes=1),
        joined_at=min((one.joined_at for one in stays), default=None),
        left_at=max((one.left_at for one in stays), default=None),
        is_said=said is not None,
        reason=said.reason if said else None,
        recorded_by=_ref(said.recorded_by) if said else None,
        recorded_at=said.recorded_at if said else None,
    )


def stays_of(evidence: Sequence[Evidence]) -> list[Stay]:
    """From when until when somebody was there, by each source."""
    return [Stay(one.joined_at, one.left_at) for one in evidence if one.joined_at and one.left_at]


def _ref(account: Account) -> Ref:
    return Ref(id=account.id, reference=None, name=account.name)
