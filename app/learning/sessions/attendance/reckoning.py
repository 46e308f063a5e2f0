"""What somebody's evidence comes to at one session. What a person says wins over when they came."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from app.learning.sessions.attendance_rates import Verdict
from app.learning.sessions.presence import Presence, Stay, presence


class Said(StrEnum):
    """What whoever runs a session says of somebody."""

    ATTENDED = "attended"
    EXCUSED = "excused"
    ABSENT = "absent"
    CONTRIBUTED_LATER = "contributed_later"


class AttendanceState(StrEnum):
    EXPECTED = "expected"
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    EXCUSED = "excused"
    CONTRIBUTED_LATER = "contributed_later"


_S = AttendanceState

_SAID: Final[Mapping[Said, AttendanceState]] = {
    Said.ATTENDED: _S.PRESENT,
    Said.EXCUSED: _S.EXCUSED,
    Said.ABSENT: _S.ABSENT,
    Said.CONTRIBUTED_LATER: _S.CONTRIBUTED_LATER,
}
COUNTED: Final[Mapping[AttendanceState, Verdict]] = {
    _S.EXPECTED: Verdict.NOT_EXPECTED,
    _S.PRESENT: Verdict.THERE,
    _S.LATE: Verdict.THERE,
    _S.LEFT_EARLY: Verdict.THERE,
    _S.ABSENT: Verdict.ABSENT,
    _S.EXCUSED: Verdict.EXCUSED,
    _S.CONTRIBUTED_LATER: Verdict.AFTERWARDS,
}


def state_of(
    stays: Iterable[Stay], session: Stay, said: Said | None, *, is_over: bool
) -> AttendanceState:
    """What is known of somebody; while a session goes on nobody is absent from it yet."""
    if said is not None:
        return _SAID[said]
    found = presence(stays, session)
    if found == Presence.ABSENT and not is_over:
        return AttendanceState.EXPECTED
    return AttendanceState(found)
