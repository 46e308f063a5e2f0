"""The kinds of what waits for somebody, as the packages say them, and how it stands."""

from enum import StrEnum
from typing import Final

from app.kernel.vocabularies import Vocabulary
from app.people.obligations.register import WORK

FIRST: Final = (
    "answer_offer",
    "begin_onboarding",
    "activate_membership",
    "meet_task",
    "decide_pause_request",
    "await_pause_decision",
    "resume_membership",
    "sign_grant",
    "renew_check",
    "report_milestone",
    "submit_report",
    "answer_change_requests",
    "review_report",
    "decide_extension",
    "close_grant",
)
"""The order in which the document and the statement have the kinds that were there first. It
follows the life of a member and of its grant, which the order of packages does not; what is new
comes after, and needs no line here."""

BRANCHES: Final = WORK.read(FIRST)
"""All that waits, in that order."""

PLACES: Final = tuple(WORK.places)
"""Where it may stand."""

KINDS: Final = {branch.kind.name: branch.kind for branch in BRANCHES}

PERSONAL: Final = sorted(name for name, kind in KINDS.items() if kind.is_personal)
"""What is no obligation of a member or a grant, and stands on the list of work alone."""

EVENTS: Final = sorted(name for name, kind in KINDS.items() if kind.is_an_event)
"""What people are reminded of since it begins."""

ANSWERS: Final = {
    (branch.kind.name, branch.answered_by.noun): branch.answered_by for branch in BRANCHES
}
"""What answers each kind, by the noun that it is about."""

TELLING: Final = {
    (branch.kind.name, branch.answered_by.noun): branch.in_the_way
    for branch in BRANCHES
    if branch.in_the_way is not None
}
"""Of which kinds and nouns it is said who might do it and may not."""

SIDES: Final = {branch.permission: branch.side for branch in BRANCHES}
"""The permissions by which somebody does what waits, and on which side they are."""


class WorkKind(Vocabulary):
    """What waits for somebody."""

    vars().update({name.upper(): name for name in KINDS})


class ObligationStanding(StrEnum):
    """How an obligation stands to its dates; without any it is due."""

    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"
