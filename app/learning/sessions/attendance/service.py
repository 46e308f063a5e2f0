"""What is done with attendance."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.editing import was_and_is
from app.kernel.errors import BatchRefused, Conflict, FieldProblem, Unprocessable
from app.learning.sessions import access
from app.learning.sessions.attendance.models import Evidence
from app.learning.sessions.attendance.queries import evidence_of, members_of
from app.learning.sessions.attendance.reckoning import Said, state_of
from app.learning.sessions.attendance.schemas import (
    AddAttendance,
    AttendanceOut,
    PersonAttendanceOut,
    RecordAttendance,
    StayIn,
)
from app.learning.sessions.attendance.sheets.queries import (
    Known,
    Sheet,
    Somebody,
    read_sheet,
    sheet_within,
)
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.presence import within
from app.learning.sessions.queries import status_of_ended
from app.network.cohorts.service import CohortEnded
from app.people.identity.actors import Actor
from app.people.reads.reader import Reader

TAKES_PLACE: Final = frozenset({LearningSessionStatus.LIVE, LearningSessionStatus.HELD})


class AttendanceNotOpen(Conflict):
    """Attendance is recorded of a session that is live or was held: begin it, or hold it, first."""


class AttendeeUnknown(Unprocessable):
    """Nobody of that account acted for a member of the cohort while the session was on."""


class ExcuseWithoutReason(Unprocessable):
    """Whoever is excused is so for a reason: say it in `reason`."""


async def get_attendance(read: Reader, learning_session_id: UUID) -> AttendanceOut:
    """Who came, for whoever may read attendance; themselves for anybody else."""
    sheet = await read_sheet(read, learning_session_id)
    if sheet is None:
        raise access.LearningSessionNotFound
    return _told(sheet, themselves_alone=not sheet.is_whole)


async def record_attendance(
    db: AsyncSession,
    actor: Actor,
    learning_session_id: UUID,
    account_id: UUID,
    body: RecordAttendance,
) -> AttendanceOut:
    """Record whether somebody was there, whatever the evidence says.

    Raises AttendanceNotOpen, CohortEnded (409), AttendeeUnknown, ExcuseWithoutReason (422).
    """
    session = await recorded_of(db, actor, learning_session_id)
    members = await members_of(db, session, [account_id])
    if account_id not in members:
        raise AttendeeUnknown
    if body.verdict == Said.EXCUSED and body.reason is None:
        raise ExcuseWithoutReason.at("/reason")
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
            evidence = evidence_by(db, actor, session, account_id, members)
            evidence.said, evidence.reason = body.verdict, body.reason
            db.add(evidence)
        detail = {"account_id": str(account_id), "verdict": was_and_is(said, body.verdict)}
        activity.record(db, actor, "learning_session.attendance_recorded", session, detail=detail)
        await db.flush()
    return _told(await sheet_within(db, actor, session.id))


async def add_attendance(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, body: AddAttendance
) -> AttendanceOut:
    """Add from when until when people were there: what is known already is not added again.

    Raises AttendanceNotOpen, CohortEnded (409), BatchRefused (422).
    """
    session = await recorded_of(db, actor, learning_session_id)
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
        evidence = evidence_by(db, actor, session, account_id, members)
        evidence.joined_at, evidence.left_at = joined_at, left_at
        db.add(evidence)
    if fresh:
        detail = {"stays": len(fresh)}
        activity.record(db, actor, "learning_session.attendance_added", session, detail=detail)
        await db.flush()
    return _told(await sheet_within(db, actor, session.id))


async def recorded_of(db: AsyncSession, actor: Actor, learning_session_id: UUID) -> LearningSession:
    """The session, held, of which attendance is recorded now."""
    session = await access.learning_session.allowing(
        db, actor, learning_session_id, "attendance.record", lock=True
    )
    if session.status not in TAKES_PLACE:
        raise AttendanceNotOpen
    if await status_of_ended(db, session) is not None:
        raise CohortEnded
    return session


def evidence_by(
    db: AsyncSession,
    actor: Actor,
    session: LearningSession,
    account_id: UUID,
    members: Mapping[UUID, UUID],
) -> Evidence:
    """A row about an account, for the member of `members`, as the actor records it now."""
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


def _told(sheet: Sheet, *, themselves_alone: bool = False) -> AttendanceOut:
    """Who was expected at a session, then who came besides."""
    return AttendanceOut(
        learning_session_id=sheet.session_id,
        is_recorded=sheet.is_recorded,
        people=[
            _line(sheet, one, sheet.known.get(one.account.id, ()))
            for one in sheet.people
            if one.is_me or not themselves_alone
        ],
    )


def _line(sheet: Sheet, somebody: Somebody, known: Sequence[Known]) -> PersonAttendanceOut:
    stays = [one.stay for one in known if one.stay]
    there = within(stays, sheet.on)
    said = next((one for one in known if one.said), None)
    return PersonAttendanceOut(
        account=somebody.account,
        membership_id=somebody.membership_id,
        collaboration=somebody.collaboration,
        state=state_of(
            stays, sheet.on, said.said if said else None, is_over=sheet.is_over_and_recorded
        ),
        minutes=sum((one.left_at - one.joined_at for one in there), timedelta())
        // timedelta(minutes=1),
        joined_at=min((one.joined_at for one in stays), default=None),
        left_at=max((one.left_at for one in stays), default=None),
        is_said=said is not None,
        reason=said.reason if said else None,
        recorded_by=said.recorded_by if said else None,
        recorded_at=said.recorded_at if said else None,
    )
