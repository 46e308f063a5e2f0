"""How well the members of a cohort take part, over the sessions that were held."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.sessions.access import is_for
from app.learning.sessions.attendance.models import Evidence
from app.learning.sessions.attendance.queries import Expected, evidence_of, expected_at
from app.learning.sessions.attendance.rates.schemas import (
    CohortAttendanceOut,
    MemberAttendanceOut,
    RateOut,
    RatesOut,
)
from app.learning.sessions.attendance.reckoning import COUNTED, state_of
from app.learning.sessions.attendance_rates import Rate, Verdict, attendance, of_member
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.presence import Stay
from app.network.cohorts.access import cohort as obtain_cohort
from app.people.identity.actors import Actor

Verdicts = Mapping[tuple[UUID, UUID], Verdict]
"""Of somebody at a session: by session and account."""

_NOBODY_CAME: Final = Verdict.ABSENT


async def get_cohort_attendance(
    db: AsyncSession, actor: Actor, cohort_id: UUID
) -> CohortAttendanceOut:
    """The rates of a cohort and of each of its members."""
    cohort = await obtain_cohort.allowing(db, actor, cohort_id, "attendance.read")
    held = select(LearningSession.id, LearningSession.starts_at, LearningSession.ends_at).where(
        is_for(cohort.id),
        LearningSession.status == LearningSessionStatus.HELD,
    )
    times = {one.id: Stay(one.starts_at, one.ends_at) for one in await db.execute(held)}
    known = list(await db.scalars(evidence_of(times)))
    recorded = {one.session_id for one in known}
    expected = await expected_at(db, recorded, cohort)
    verdicts = _verdicts(times, expected, known)
    of_each = _by_member(expected)
    return CohortAttendanceOut(
        cohort_id=cohort.id,
        held=len(times),
        not_recorded=len(times) - len(recorded),
        organisation=_rates(v for lines in of_each.values() for v in _of_member(lines, verdicts)),
        person=_rates(verdicts.values()),
        members=[
            MemberAttendanceOut(
                membership_id=membership_id,
                collaboration=lines[0].collaboration,
                organisation=_rates(_of_member(lines, verdicts)),
                person=_rates(verdicts[key] for line in lines if (key := _key(line))),
            )
            for membership_id, lines in of_each.items()
        ],
    )


def _verdicts(
    times: Mapping[UUID, Stay], expected: Iterable[Expected], evidence: Iterable[Evidence]
) -> Verdicts:
    """What is counted of each who was expected, once for each session."""
    known: dict[tuple[UUID, UUID], list[Evidence]] = defaultdict(list)
    for one in evidence:
        known[one.session_id, one.account_id].append(one)
    found: dict[tuple[UUID, UUID], Verdict] = {}
    for key in filter(None, map(_key, expected)):
        said = next((one.said for one in known[key] if one.said), None)
        stays = [one.stay for one in known[key] if one.stay]
        state = state_of(stays, times[key[0]], said, is_over=True)
        found[key] = COUNTED[state]
    return found


def _key(line: Expected) -> tuple[UUID, UUID] | None:
    return (line.session_id, line.account.id) if line.account else None


def _by_member(expected: Iterable[Expected]) -> Mapping[UUID, list[Expected]]:
    found: dict[UUID, list[Expected]] = defaultdict(list)
    for line in expected:
        found[line.membership_id].append(line)
    return found


def _of_member(lines: Iterable[Expected], verdicts: Verdicts) -> Iterable[Verdict]:
    """What is counted of a member at each session: one without people was expected too."""
    at: dict[UUID, list[Verdict]] = defaultdict(list)
    for line in lines:
        key = _key(line)
        at[line.session_id].append(verdicts[key] if key else _NOBODY_CAME)
    return [of_member(one) for one in at.values()]


def _rates(verdicts: Iterable[Verdict]) -> RatesOut:
    found = attendance(verdicts)
    return RatesOut(
        strict=_rate(found.strict),
        adjusted=_rate(found.adjusted),
        participation=_rate(found.participation),
    )


def _rate(rate: Rate) -> RateOut:
    value = None if rate.value is None else float(round(rate.value, 6))
    return RateOut(value=value, numerator=rate.numerator, denominator=rate.denominator)
