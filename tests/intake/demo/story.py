"""What the demonstration tells on the day it is made, of everybody who can sign in to it."""

from typing import Final

SCOPED: Final = "The data collaboration is scoped"
SPLIT: Final = "Draft of: Final report"
THE_GRANT: Final = "Grant for participants' time"

_OF_THE_TEAM: Final = (
    ("activate_membership", "Night bus demand"),
    ("review_report", SCOPED),
    ("settle_grant", THE_GRANT),
)
SHOWCASE: Final = ("reply_to_session", "What our cohorts have learned")
VOTE: Final = ("vote_in_session_poll", "Showcase")
_LATER: Final = (("report_milestone", "Final report"), SHOWCASE)

WAITS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "Ada Okafor": (),
    "Helen Marsh": (
        ("activate_membership", "Night bus demand"),
        ("reschedule_session", "Meet the others"),
        *_OF_THE_TEAM[1:],
        ("sign_grant", THE_GRANT),
    ),
    "Grant Ellery": (("receive_recovery", THE_GRANT),),
    "Petra Lang": (),
    "Marcus Webb": (),
    "Yasmin Rahman": (),
    "Rosa Adeyemi": (
        ("activate_membership", "Night bus demand"),
        ("reschedule_session", "Meet the others"),
        ("resend_invitation", "Beatriz Sousa"),
        ("review_report", SCOPED),
        ("settle_grant", THE_GRANT),
    ),
    "Kwame Boateng": (
        ("activate_membership", "Night bus demand"),
        ("reschedule_session", "Meet the others"),
        ("settle_grant", THE_GRANT),
    ),
    "Leila Haddad": (("reschedule_session", "Meet the others"),),
    "Owen Price": (),
    "Sofia Marino": (
        ("reply_to_session", "Peer circle"),
        ("reply_to_session", "Which licence fits"),
        ("reply_to_session", "Which licence fits"),
        VOTE,
        SHOWCASE,
    ),
    "Dev Kapoor": (),
    "Amara Nwosu": (("submit_report", SCOPED), ("report_milestone", SPLIT), *_LATER),
    "Zoe Ashdown": (
        ("reply_to_session", "Which licence fits"),
        ("report_milestone", SPLIT),
        VOTE,
        *_LATER,
    ),
    "Eoin Brady": _LATER,
    "Pilar Ortega": (
        ("answer_change_requests", SCOPED),
        VOTE,
        *_LATER,
    ),
    "Femke de Boer": (),
    "Katrin Vogel": (),
    "Mathieu Roux": (("answer_offer", "Soil carbon exchange"),),
}
"""What waits for each, as (kind, name of what it is about); for the leads of past cohorts the
showcase for the whole programme alone.

Femke de Boer, whose collaboration left, is asked nothing for the grant that it left with."""

OVERDUE: Final = {"River levels together": 3, "Shared shade map": 2}
"""Whose milestones are late, and by how many days."""
