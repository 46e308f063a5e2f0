"""Who may do what with polls."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.learning.sessions.permissions import LEADS
from app.people.identity.roles import ADVISER, CLOCK, COLLABORATION, FACILITATOR, STAFF

permissions(
    Permission("session_poll.create", "ask people when a session is to be", *LEADS),
    Permission("session_poll.close", "end the voting of a poll", *LEADS, CLOCK),
    Permission("session_poll.choose", "choose the time of a session after a poll", *LEADS),
    Permission("session_poll.cancel", "cancel a poll", *LEADS),
    Permission("session_poll.vote", "vote on the times of sessions", ADVISER, *COLLABORATION),
    Permission("session_poll.read_votes", "see who voted what in a poll", *STAFF, FACILITATOR),
)

AUDIENCES: Final = audiences(to_team=("session_poll.voted",))
