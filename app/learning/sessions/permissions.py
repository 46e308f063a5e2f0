"""Who may do what with learning sessions."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import (
    ADVISER,
    COLLABORATION,
    FACILITATOR,
    FUNDER,
    REVIEWER,
    RUNS,
    STAFF,
)

LEADS: Final = (*RUNS, FACILITATOR)

permissions(
    Permission(
        "learning_session.read",
        "see learning sessions",
        *STAFF,
        FACILITATOR,
        REVIEWER,
        ADVISER,
        FUNDER,
        *COLLABORATION,
    ),
    Permission(
        "learning_session.attend",
        "take part in learning sessions, and see where they are",
        *LEADS,
        ADVISER,
        *COLLABORATION,
    ),
    Permission("learning_session.create", "plan learning sessions", *LEADS),
    Permission("learning_session.edit", "change learning sessions", *LEADS),
    Permission("learning_session.delete", "throw away drafts of learning sessions", *LEADS),
    Permission("learning_session.schedule", "schedule a session", *LEADS),
    Permission("learning_session.postpone", "put a session off", *LEADS),
    Permission("learning_session.begin", "open a session", *LEADS),
    Permission("learning_session.hold", "mark a session as held", *LEADS),
    Permission("learning_session.resume", "mark a session as still going on", *RUNS),
    Permission("learning_session.cancel", "cancel a session", *LEADS),
    Permission("attendance.read", "see who attended learning sessions", *STAFF, FACILITATOR),
    Permission("attendance.record", "record who attended learning sessions", *LEADS),
)

AUDIENCES: Final = audiences(
    to_all=(
        "calendar_feed.created",
        "calendar_feed.revoked",
        "learning_session.edited",
        "learning_session.members_placed",
        "learning_session.shared",
        "session_series.created",
    ),
    to_team=(
        "cohort.learning_session_deleted",
        "learning_session.attendance_added",
        "learning_session.attendance_recorded",
        "learning_session.attendance_reported",
        "learning_session.attendance_settled",
        "learning_session.people_changed",
        "learning_session.reminded",
    ),
)
