"""Who may do what with minutes."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADVISER, COLLABORATION, FACILITATOR, RUNS, STAFF

permissions(
    Permission(
        "session_minutes.read",
        "see the published recaps of learning sessions",
        *STAFF,
        FACILITATOR,
        ADVISER,
        *COLLABORATION,
    ),
    Permission(
        "session_minutes.write",
        "write minutes of learning sessions, and publish them",
        *RUNS,
        FACILITATOR,
    ),
)

AUDIENCES: Final = audiences(to_team=("session_minutes.edited",))
