"""The life of an RSVP. Those of the calendar are accepted, tentative, declined and delegated."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class RsvpStatus(StrEnum):
    YES = "yes"
    TENTATIVE = "tentative"
    NO = "no"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    LAPSED = "lapsed"
    DELEGATED = "delegated"


_S = RsvpStatus

TAKES_SEAT: Final = frozenset({_S.YES, _S.OFFERED})
"""Whoever is one of these has a seat kept for them."""

MAY_COME: Final = (_S.YES, _S.TENTATIVE, _S.WAITLISTED, _S.OFFERED)
"""Whoever is one of these may still come."""

_OUT: Final = (_S.NO, _S.LAPSED, _S.DELEGATED)


def _reply(name: str, from_: tuple[RsvpStatus, ...] | None, to: RsvpStatus) -> Move:
    """A move that `reply_to_session` makes, by what is replied and by whether there is a seat."""
    return Move(name, from_, to, "rsvp.reply", operation=False, audience=Audience.TEAM)


def _clock(name: str, from_: tuple[RsvpStatus, ...], to: RsvpStatus) -> Move:
    return Move(name, from_, to, "rsvp.settle", operation=False, audience=Audience.TEAM)


RSVP: Final = Lifecycle(
    noun="rsvp",
    collection="rsvps",
    statuses=RsvpStatus,
    moves=(
        _reply("accept", None, _S.YES),
        _reply("hesitate", None, _S.TENTATIVE),
        _reply("decline", None, _S.NO),
        _reply("wait", None, _S.WAITLISTED),
        _reply("stand_in", None, _S.YES),
        Move("accept", _S.OFFERED, _S.YES, "rsvp.reply", audience=Audience.TEAM),
        Move("decline", MAY_COME, _S.NO, "rsvp.reply", audience=Audience.TEAM),
        Move("delegate", _S.YES, _S.DELEGATED, "rsvp.reply", audience=Audience.TEAM),
        _reply("accept", (_S.TENTATIVE, *_OUT), _S.YES),
        _reply("wait", (_S.TENTATIVE, *_OUT), _S.WAITLISTED),
        _reply("hesitate", (_S.YES, _S.WAITLISTED, _S.OFFERED, *_OUT), _S.TENTATIVE),
        _reply("decline", (_S.LAPSED, _S.DELEGATED), _S.NO),
        _reply("stand_in", (_S.TENTATIVE, _S.WAITLISTED, _S.OFFERED, *_OUT), _S.YES),
        _clock("offer", (_S.WAITLISTED,), _S.OFFERED),
        _clock("lapse", (_S.OFFERED,), _S.LAPSED),
        _clock("release", MAY_COME, _S.NO),
    ),
    past={"hesitate": "hesitated", "stand_in": "stood_in"},
)
