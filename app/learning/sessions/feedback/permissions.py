"""Who may do what with feedback."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADVISER, COLLABORATION, FACILITATOR, STAFF

permissions(
    Permission(
        "session_feedback.give", "give feedback on a learning session", ADVISER, *COLLABORATION
    ),
    Permission(
        "session_feedback.read", "see how learning sessions were found", *STAFF, FACILITATOR
    ),
)

AUDIENCES: Final = audiences(
    to_team=("learning_session.feedback_given", "learning_session.feedback_closed")
)
