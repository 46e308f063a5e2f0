"""How times are looked for; nothing is stored."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.schemas import Ref
from app.learning.sessions.inconvenience import OFFICE_HOURS, Curve, inconvenience, working
from app.learning.sessions.models import LearningSession
from app.learning.sessions.times.explaining import reason
from app.learning.sessions.times.finding import ABSENT, Party, Timetable, find_times
from app.learning.sessions.times.queries import attended_elsewhere, held_in, members_of
from app.learning.sessions.times.schemas import (
    FindSessionTimes,
    FoundSessionOut,
    HoursIn,
    MeetingTeam,
    SearchStatus,
    SessionTimesOut,
    SittingOut,
    Solver,
    StartCandidateOut,
    TeamBurdenOut,
    TeamTimeOut,
    TimetableOut,
)
from app.learning.sessions.wall_clocks import instant_of, on_the_wall
from app.network.cohorts.access import cohort as obtain_cohort
from app.network.cohorts.lifecycle import ENDED, MembershipStatus
from app.network.cohorts.models import Membership
from app.network.cohorts.service import CohortEnded
from app.people.identity.actors import Actor

MOST_TIMES: Final = 30_000
"""How many times are looked at, each for each team, so that nobody waits for the answer."""

_CODE: Final = "session_times_unsound"


class SessionTimesUnsound(Unprocessable):
    """No times can be looked for as the request says: `errors` names what to change."""


class NobodyToMeet(Conflict):
    """No member takes part in the cohort yet: times are found once a place has been accepted."""


@dataclass(frozen=True)
class Team:
    """A member that is to come, and what its time costs it."""

    membership: Membership
    party: Party


async def find_session_times(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: FindSessionTimes
) -> SessionTimesOut:
    """When the sessions of a cohort would be best. Nothing is changed.

    Raises CohortEnded, NobodyToMeet (409), SessionTimesUnsound (422).
    """
    cohort = await obtain_cohort.allowing(db, actor, cohort_id, "learning_session.schedule")
    if cohort.status in ENDED:
        raise CohortEnded
    zone = body.timezone or cohort.timezone
    members = list(await db.scalars(members_of(cohort)))
    held, apart = list(await db.scalars(held_in(cohort))), await attended_elsewhere(db, cohort)
    teams = _teams(body, members, held, apart)
    sessions = _starts(body, zone)
    if sum(map(len, sessions)) * len(teams) > MOST_TIMES:
        detail = (
            f"Ask for fewer days, hours, sessions or teams: at most {MOST_TIMES} times are looked "
            "at, each team's counted."
        )
        raise _unsound("/first_on", detail)
    length = timedelta(minutes=body.duration_minutes)
    parties = [one.party for one in teams]
    found = await asyncio.to_thread(find_times, parties, sessions, length)
    two = found.in_two_sittings
    return SessionTimesOut(
        timezone=zone,
        duration_minutes=body.duration_minutes,
        times=_shown(found.times, teams, zone),
        status=SearchStatus.PROVED if found.is_proved else SearchStatus.BOUNDED,
        bound=found.bound,
        solver=Solver.HIGHS if found.by_highs else Solver.SEARCH,
        in_two_sittings=_shown(two, teams, zone) if two else None,
        candidates=[_candidate(one, zone) for one in found.candidates],
        reason=reason(found),
    )


def _unsound(pointer: str, detail: str) -> SessionTimesUnsound:
    return SessionTimesUnsound(errors=[FieldProblem(pointer=pointer, code=_CODE, detail=detail)])


def _teams(
    body: FindSessionTimes,
    members: Sequence[Membership],
    held: Sequence[LearningSession],
    apart: Collection[tuple[UUID, UUID]],
) -> list[Team]:
    """Who is to come; `apart` says of which sessions a member attended another sitting.

    Raises NobodyToMeet (409), SessionTimesUnsound (422).
    """
    if not members:
        raise NobodyToMeet
    known = {one.id: one for one in members}
    present = [one for one in members if one.status != MembershipStatus.PAUSED]
    asked = body.teams or [_unsaid(one) for one in present or members]
    if faults := list(_faults(asked, known.keys())):
        raise SessionTimesUnsound(errors=faults)
    return [
        _team(
            one,
            known[one.membership_id],
            [session for session in held if (session.id, one.membership_id) not in apart],
        )
        for one in asked
    ]


def _unsaid(member: Membership) -> MeetingTeam:
    """A team of which nothing is said but who it is."""
    return MeetingTeam(membership_id=member.id, timezone=None, working_hours=None)


def _faults(asked: Sequence[MeetingTeam], known: Collection[UUID]) -> Iterator[FieldProblem]:
    ids = [one.membership_id for one in asked]
    for place, team in enumerate(asked):
        pointer = f"/teams/{place}/membership_id"
        if team.membership_id not in known:
            detail = "Takes no part in this cohort."
            yield FieldProblem(pointer=pointer, code="membership_unknown", detail=detail)
        elif team.membership_id in ids[:place]:
            yield FieldProblem(pointer=pointer, code=_CODE, detail="Is named twice.")
        for number, busy in enumerate(team.busy):
            if busy.ends_at <= busy.starts_at:
                pointer = f"/teams/{place}/busy/{number}/ends_at"
                detail = "Must lie after `starts_at`."
                yield FieldProblem(pointer=pointer, code=_CODE, detail=detail)


def _team(asked: MeetingTeam, member: Membership, held: Sequence[LearningSession]) -> Team:
    zone, hours = asked.timezone or member.timezone, asked.working_hours
    curve = working(_clock(hours.begins), _clock(hours.ends)) if hours else OFFICE_HOURS
    busy = [(one.starts_at, one.ends_at) for one in asked.busy]
    return Team(member, Party(zone, curve, busy, _carried(member, held, zone, curve)))


def _clock(said: str) -> time:
    return time.fromisoformat(said)


def _carried(member: Membership, held: Sequence[LearningSession], zone: str, curve: Curve) -> int:
    """What the sessions cost it that were held while it took part."""
    return sum(
        inconvenience(one.starts_at, one.ends_at - one.starts_at, zone, curve)
        for one in held
        if _took_part(member, one.starts_at)
    )


def _took_part(member: Membership, at: datetime) -> bool:
    if member.activated_at is None or at < member.activated_at:
        return False
    return not any(
        one.paused_at <= at and (one.resumed_at is None or at < one.resumed_at)
        for one in member.pauses
    )


def _starts(body: FindSessionTimes, zone: str) -> list[list[datetime]]:
    """The instants at which each session may begin. Raises SessionTimesUnsound (422)."""
    days = ((body.last_on or body.first_on) - body.first_on).days
    if not 0 <= days < 7:
        raise _unsound("/last_on", "Must lie within six days after `first_on`.")
    midnight = datetime.combine(body.first_on, time())
    walls = [
        midnight + timedelta(days=day, minutes=minute)
        for day in range(days + 1)
        for minute in range(0, 24 * 60, body.step_minutes)
        if body.hours is None or _fits(minute, body.duration_minutes, body.hours)
    ]
    if not walls:
        raise _unsound("/hours", "Must leave room for a session of this length.")
    weeks = [timedelta(weeks=number * body.every_weeks) for number in range(body.session_count)]
    return [sorted({instant_of(one + later, zone) for one in walls}) for later in weeks]


def _fits(minute: int, duration: int, hours: HoursIn) -> bool:
    begins, ends = (one.hour * 60 + one.minute for one in map(_clock, (hours.begins, hours.ends)))
    return begins <= minute and minute + duration <= ends


def _shown(table: Timetable, teams: Sequence[Team], zone: str) -> TimetableOut:
    burdens = [
        TeamBurdenOut(
            membership_id=one.membership.id,
            collaboration=Ref.model_validate(one.membership.collaboration),
            timezone=one.party.zone,
            carried_over=one.party.carried,
            burden=burden,
        )
        for one, burden in zip(teams, table.burdens, strict=True)
    ]
    return TimetableOut(
        sessions=[_session(table, at, teams, zone) for at in range(len(table.starts))],
        burdens=burdens,
        worst=table.worst,
        total=table.total,
        absence_count=table.absences,
    )


def _candidate(table: Timetable, zone: str) -> StartCandidateOut:
    [(start,)] = table.starts
    return StartCandidateOut(
        starts_at=start,
        local_start=_written(on_the_wall(start, zone)),
        worst=table.worst,
        total=table.total,
        absence_count=table.absences,
    )


def _session(table: Timetable, at: int, teams: Sequence[Team], zone: str) -> FoundSessionOut:
    sittings = [
        SittingOut(
            starts_at=start,
            local_start=_written(on_the_wall(start, zone)),
            teams=[
                TeamTimeOut(
                    membership_id=team.membership.id,
                    local_start=_written(on_the_wall(start, team.party.zone)),
                    inconvenience=cost,
                )
                for team, cost, chosen in zip(
                    teams, table.costs[at], table.sittings[at], strict=True
                )
                if cost != ABSENT and chosen == number
            ],
        )
        for number, start in enumerate(table.starts[at])
    ]
    both = zip(teams, table.costs[at], strict=True)
    return FoundSessionOut(
        sittings=sittings, absent=[team.membership.id for team, cost in both if cost == ABSENT]
    )


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"
