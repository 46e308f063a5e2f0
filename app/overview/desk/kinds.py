"""The kinds of what waits for somebody, and on which side it waits."""

from enum import StrEnum
from typing import Final


class WorkKind(StrEnum):
    ANSWER_OFFER = "answer_offer"
    BEGIN_ONBOARDING = "begin_onboarding"
    ACTIVATE_MEMBERSHIP = "activate_membership"
    MEET_TASK = "meet_task"
    DECIDE_PAUSE_REQUEST = "decide_pause_request"
    AWAIT_PAUSE_DECISION = "await_pause_decision"
    RESUME_MEMBERSHIP = "resume_membership"
    SIGN_GRANT = "sign_grant"
    RENEW_CHECK = "renew_check"
    REPORT_MILESTONE = "report_milestone"
    SUBMIT_REPORT = "submit_report"
    ANSWER_CHANGE_REQUESTS = "answer_change_requests"
    REVIEW_REPORT = "review_report"
    DECIDE_EXTENSION = "decide_extension"
    CLOSE_GRANT = "close_grant"


class Side(StrEnum):
    """Whom something waits for."""

    GRANTEE = "grantee"
    CONVENOR = "convenor"


class ObligationStanding(StrEnum):
    """How an obligation stands to its dates; without any it is due."""

    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"


OF_THE_GRANTEE: Final = frozenset(
    {
        "membership.accept",
        "task.answer",
        "pause_request.create",
        "grant.sign_as_grantee",
        "report.create",
        "report.submit",
    }
)
"""The permissions that the side of the grantee answers by."""

OF_THE_CONVENOR: Final = frozenset(
    {
        "membership.onboard",
        "membership.activate",
        "membership.resume",
        "pause_request.decide",
        "due_diligence.check",
        "grant.sign_as_convenor",
        "report.accept",
        "milestone.extend",
        "grant.close",
    }
)
"""Those that the convenor's does."""


def side_of(permission: str) -> Side:
    """The side that may do what waits for this permission."""
    return Side.GRANTEE if permission in OF_THE_GRANTEE else Side.CONVENOR
