"""What is done with reports of meetings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.errors import BatchRefused, FieldProblem, Unprocessable
from app.kernel.schemas import Ref
from app.learning.sessions import access
from app.learning.sessions.attendance.models import Evidence
from app.learning.sessions.attendance.queries import evidence_of, members_of
from app.learning.sessions.attendance.reports.models import UnmatchedAttendance
from app.learning.sessions.attendance.reports.queries import lines_of, people_at
from app.learning.sessions.attendance.reports.schemas import (
    ImportMeetingReport,
    MeetingReportOut,
    Settled,
    SettleLine,
    SettleUnmatchedAttendance,
    UnmatchedAttendanceOut,
    UnmatchedLineOut,
    UnreadLineOut,
)
from app.learning.sessions.attendance.service import AttendeeUnknown, evidence_by, recorded_of
from app.learning.sessions.meeting_reports import (
    Attendant,
    MeetingReport,
    ReportUnreadable,
    read_report,
)
from app.learning.sessions.models import LearningSession
from app.learning.sessions.presence import Stay
from app.people.identity.actors import Actor
from app.people.identity.emails import normalised

_plain: Final = replace(access.learning_session, options=())


class MeetingReportUnreadable(Unprocessable):
    """The text is no report of a meeting as Zoom, Teams and Meet give it: send the table of who was
    there, with the line that names its columns."""


class UnmatchedLineUnknown(Unprocessable):
    """The session has no line of this id that nobody was known by."""


async def import_meeting_report(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, body: ImportMeetingReport
) -> MeetingReportOut:
    """Add when people were there whom an address says; keep the other lines for somebody to say.

    Raises AttendanceNotOpen, CohortEnded (409), MeetingReportUnreadable (422).
    """
    session = await recorded_of(db, actor, learning_session_id)
    on = Stay(session.starts_at, session.ends_at)
    try:
        report = read_report(body.content, on, body.timezone or session.timezone)
    except ReportUnreadable as unreadable:
        raise MeetingReportUnreadable(str(unreadable) or None) from None
    told = await _bring_in(db, actor, session, report)
    await db.flush()
    return told


async def _bring_in(
    db: AsyncSession, actor: Actor, session: LearningSession, report: MeetingReport
) -> MeetingReportOut:
    addresses = {normalised(one.email) for one in report.attendants if one.email}
    whose = await people_at(db, addresses)
    members = await members_of(db, session, set(whose.values()))
    lines = {_key(one): one for one in await db.scalars(lines_of(session.id))}
    known = {(one.account_id, one.stay): one for one in await db.scalars(evidence_of([session.id]))}
    told = MeetingReportOut(
        learning_session_id=session.id,
        form=report.form,
        added=0,
        already_known=0,
        not_members=0,
        unmatched=0,
        unread=[UnreadLineOut(line=one.line, detail=one.detail) for one in report.unread],
    )
    for one in report.attendants:
        email = normalised(one.email) if one.email else None
        line = lines.get((one.name, email, one.stay))
        account_id = whose.get(email or "")
        if (line and (line.settled_at or account_id is None)) or (account_id, one.stay) in known:
            told.already_known += 1
        elif account_id is None:
            told.unmatched += 1
            line = _unmatched(db, session, report, one, email)
            lines[_key(line)] = line
        elif account_id not in members:
            told.not_members += 1
        else:
            told.added += 1
            evidence = _added(db, actor, session, account_id, one.stay, members)
            known[account_id, one.stay] = evidence
            if line is not None:
                _say(db, actor, line, account_id, evidence)
    if told.added or told.unmatched:
        detail = {"form": report.form, "added": told.added, "unmatched": told.unmatched}
        activity.record(db, actor, "learning_session.attendance_reported", session, detail=detail)
    return told


def _key(line: UnmatchedAttendance) -> tuple[str, str | None, Stay]:
    return line.name, line.email, Stay(line.joined_at, line.left_at)


def _unmatched(
    db: AsyncSession,
    session: LearningSession,
    report: MeetingReport,
    one: Attendant,
    email: str | None,
) -> UnmatchedAttendance:
    line = UnmatchedAttendance(
        session_id=session.id,
        form=report.form,
        name=one.name,
        email=email,
        joined_at=one.stay.joined_at,
        left_at=one.stay.left_at,
        reported_at=now(db),
    )
    db.add(line)
    return line


def _added(
    db: AsyncSession,
    actor: Actor,
    session: LearningSession,
    account_id: UUID,
    stay: Stay,
    members: Mapping[UUID, UUID],
) -> Evidence:
    evidence = evidence_by(db, actor, session, account_id, members)
    evidence.joined_at, evidence.left_at = stay.joined_at, stay.left_at
    db.add(evidence)
    return evidence


def _say(
    db: AsyncSession,
    actor: Actor,
    line: UnmatchedAttendance,
    account_id: UUID | None,
    evidence: Evidence | None,
) -> None:
    """Record who it was, or that it was nobody who takes part."""
    line.account_id, line.evidence = account_id, evidence
    line.settled_by_id, line.settled_at = actor.account_id, now(db)


async def get_unmatched_attendance(
    db: AsyncSession, actor: Actor, learning_session_id: UUID
) -> UnmatchedAttendanceOut:
    """The lines of a session's reports that nobody is known by, settled ones too."""
    session = await _plain.allowing(db, actor, learning_session_id, "attendance.read")
    return await _shown(db, session.id)


async def settle_unmatched_attendance(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, body: SettleUnmatchedAttendance
) -> UnmatchedAttendanceOut:
    """Match lines to whoever was there, or to nobody who takes part, or open them again.

    Raises AttendanceNotOpen, CohortEnded (409), BatchRefused (422).
    """
    session = await recorded_of(db, actor, learning_session_id)
    wanted = lines_of(session.id).options(joinedload(UnmatchedAttendance.evidence))
    lines = {one.id: one for one in await db.scalars(wanted)}
    named = {one.account_id for one in body.items if one.account_id}
    members = await members_of(db, session, named)
    if faults := [
        fault for n, one in enumerate(body.items) for fault in _faults(n, one, lines, members)
    ]:
        raise BatchRefused(errors=faults)
    known = {(one.account_id, one.stay) for one in await db.scalars(evidence_of([session.id]))}
    changed = [one for one in body.items if _differs(lines[one.id], one)]
    for one in changed:
        await _take_back(db, lines[one.id], known)
        _settle(db, actor, session, lines[one.id], one, members, known)
    if changed:
        detail = {"lines": [{"id": str(one.id), "settled": one.settled} for one in changed]}
        activity.record(db, actor, "learning_session.attendance_settled", session, detail=detail)
    await db.flush()
    return await _shown(db, session.id)


def _faults(
    place: int,
    said: SettleLine,
    lines: Mapping[UUID, UnmatchedAttendance],
    members: Mapping[UUID, UUID],
) -> Sequence[FieldProblem]:
    at = f"/items/{place}"
    if said.id not in lines:
        about = UnmatchedLineUnknown
        return [FieldProblem(pointer=f"{at}/id", code=about.code, detail=about.explanation())]
    if (said.settled == Settled.ASSIGNED) is (said.account_id is None):
        detail = "Is said where a line is `assigned`, and only then."
        return [FieldProblem(pointer=f"{at}/account_id", code="account_unfit", detail=detail)]
    if said.account_id is not None and said.account_id not in members:
        about = AttendeeUnknown
        pointer = f"{at}/account_id"
        return [FieldProblem(pointer=pointer, code=about.code, detail=about.explanation())]
    return []


def _differs(line: UnmatchedAttendance, said: SettleLine) -> bool:
    return (_standing(line), line.account_id) != (said.settled, said.account_id)


async def _take_back(
    db: AsyncSession, line: UnmatchedAttendance, known: set[tuple[UUID, Stay | None]]
) -> None:
    """Let nothing be said of a line, nor follow from what was."""
    evidence = line.evidence
    line.account_id = line.settled_by_id = line.settled_at = line.evidence = None
    if evidence is not None:
        await db.flush()
        known.discard((evidence.account_id, evidence.stay))
        await db.delete(evidence)
        await db.flush()


def _settle(
    db: AsyncSession,
    actor: Actor,
    session: LearningSession,
    line: UnmatchedAttendance,
    said: SettleLine,
    members: Mapping[UUID, UUID],
    known: set[tuple[UUID, Stay | None]],
) -> None:
    if said.settled == Settled.OPEN:
        return
    stay = Stay(line.joined_at, line.left_at)
    evidence = None
    if said.account_id is not None and (said.account_id, stay) not in known:
        evidence = _added(db, actor, session, said.account_id, stay, members)
        known.add((said.account_id, stay))
    _say(db, actor, line, said.account_id, evidence)


def _standing(line: UnmatchedAttendance) -> Settled:
    if line.settled_at is None:
        return Settled.OPEN
    return Settled.ASSIGNED if line.account_id else Settled.DISMISSED


async def _shown(db: AsyncSession, session_id: UUID) -> UnmatchedAttendanceOut:
    found = await db.scalars(lines_of(session_id).execution_options(populate_existing=True))
    return UnmatchedAttendanceOut(
        learning_session_id=session_id, items=[_line(one) for one in found]
    )


def _line(one: UnmatchedAttendance) -> UnmatchedLineOut:
    account = one.account
    return UnmatchedLineOut(
        id=one.id,
        form=one.form,
        called=one.name,
        email=one.email,
        joined_at=one.joined_at,
        left_at=one.left_at,
        settled=_standing(one),
        account=Ref(id=account.id, reference=None, name=account.name) if account else None,
    )
