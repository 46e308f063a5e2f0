"""What is done with attendance."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.editing import was_and_is
from app.kernel.errors import BatchRefused, Conflict, FieldProblem, Unprocessable
from app.kernel.schemas import Ref
from app.learning.sessions import access
from app.learning.sessions.attendance.models import Evidence
from app.learning.sessions.attendance.queries import (
    WITH_NAMES,
    evidence_of,
    expected_at,
    members_of,
)
from app.learning.sessions.attendance.reckoning import Said, state_of
from app.learning.sessions.attendance.schemas import (
    AddAttendance,
    AttendanceOut,
    PersonAttendanceOut,
    RecordAttendance,
    StayIn,
)
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.presence import Stay, within
from app.network.cohorts.lifecycle import ENDED
from app.network.cohorts.service import CohortEnded
from app.people.identity.actors import Actor
from app.people.identity.models import Account

TAKES_PLACE: Final = frozenset({LearningSessionStatus.LIVE, LearningSessionStatus.HELD})


class AttendanceNotOpen(Conflict):
    """Attendance is recorded of a session that is live or was held: begin it, or hold it, first."""


class AttendeeUnknown(Unprocessable):
    """Nobody of that account acted for a member of the cohort while the session was on."""


class ExcuseWithoutReason(Unprocessable):
    """Whoever is excused is so for a reason: say it in `reason`."""


async def get_attendance(
    db: AsyncSession, actor: Actor, learning_session_id: UUID
) -> AttendanceOut:
    """Who came, for whoever may read attendance; themselves for anybody else."""
    session = await access.learning_session(db, actor, learning_session_id)
    told = await _sheet(db, session)
    if not actor.demand("attendance.read", session.id):
        told.people = [one for one in told.people if one.account.id in actor.persons]
    return told


async def record_attendance(
    db: AsyncSession,
    actor: Actor,
    learning_session_id: UUID,
    account_id: UUID,
    body: RecordAttendance,
) -> AttendanceOut:
    """Say of somebody whether they were there, whatever the evidence says.

    Raises AttendanceNotOpen, CohortEnded (409), AttendeeUnknown, ExcuseWithoutReason (422).
    """
    session = await _recorded_of(db, actor, learning_session_id)
    members = await members_of(db, session, [account_id])
    if account_id not in members:
        raise AttendeeUnknown
    if body.verdict == Said.EXCUSED and body.reason is None:
        raise ExcuseWithoutReason
    of_them = evidence_of([session.id]).where(
        Evidence.account_id == account_id, Evidence.said.is_not(None)
    )
    before = await db.scalar(of_them)
    said, reason = (before.said, before.reason) if before else (None, None)
    wanted = body.reason if body.verdict else None
    if (said, reason) != (body.verdict, wanted):
        if before is not None:
            await db.delete(before)
            await db.flush()
        if body.verdict is not None:
            evidence = _evidence(db, actor, session, account_id, members)
            evidence.said, evidence.reason = body.verdict, body.reason
            db.add(evidence)
        detail = {"account_id": str(account_id), "verdict": was_and_is(said, body.verdict)}
        activity.record(db, actor, "learning_session.attendance_recorded", session, detail=detail)
        await db.flush()
    return await _sheet(db, session)


async def add_attendance(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, body: AddAttendance
) -> AttendanceOut:
    """Add from when until when people were there: what is known already is not added again.

    Raises AttendanceNotOpen, CohortEnded (409), BatchRefused (422).
    """
    session = await _recorded_of(db, actor, learning_session_id)
    members = await members_of(db, session, {one.account_id for one in body.items})
    if faults := [fault for n, one in enumerate(body.items) for fault in _faults(n, one, members)]:
        raise BatchRefused(errors=faults)
    known = {
        (one.account_id, one.joined_at, one.left_at)
        for one in await db.scalars(evidence_of([session.id]))
    }
    stays = dict.fromkeys((one.account_id, one.joined_at, one.left_at) for one in body.items)
    fresh = [stay for stay in stays if stay not in known]
    for account_id, joined_at, left_at in fresh:
        evidence = _evidence(db, actor, session, account_id, members)
        evidence.joined_at, evidence.left_at = joined_at, left_at
        db.add(evidence)
    if fresh:
        detail = {"stays": len(fresh)}
        activity.record(db, actor, "learning_session.attendance_added", session, detail=detail)
        await db.flush()
    return await _sheet(db, session)


async def _recorded_of(
    db: AsyncSession, actor: Actor, learning_session_id: UUID
) -> LearningSession:
    """The session, held, of which attendance is recorded now."""
    session = await access.learning_session.allowing(
        db, actor, learning_session_id, "attendance.record", lock=True
    )
    if session.status not in TAKES_PLACE:
        raise AttendanceNotOpen
    if session.cohort.status in ENDED:
        raise CohortEnded
    return session


def _evidence(
    db: AsyncSession,
    actor: Actor,
    session: LearningSession,
    account_id: UUID,
    members: Mapping[UUID, UUID],
) -> Evidence:
    written: dict[str, Any] = {"recorded_by_id": actor.account_id, "recorded_at": now(db)}
    return Evidence(
        session_id=session.id,
        account_id=account_id,
        membership_id=members[account_id],
        **written,
    )


def _faults(place: int, stay: StayIn, members: Mapping[UUID, UUID]) -> Sequence[FieldProblem]:
    """What is wrong with one line of the report."""
    found: list[FieldProblem] = []
    if stay.account_id not in members:
        pointer, detail = f"/items/{place}/account_id", AttendeeUnknown.explanation()
        found.append(FieldProblem(pointer=pointer, code=AttendeeUnknown.code, detail=detail))
    if stay.left_at <= stay.joined_at:
        pointer, detail = f"/items/{place}/left_at", "Must be later than `joined_at`."
        found.append(FieldProblem(pointer=pointer, code="left_before_joining", detail=detail))
    return found


async def _sheet(db: AsyncSession, session: LearningSession) -> AttendanceOut:
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
    stays = [one.stay for one in evidence if one.stay]
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


def _ref(account: Account) -> Ref:
    return Ref(id=account.id, reference=None, name=account.name)
