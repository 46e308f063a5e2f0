"""Who may do what with guests of sessions."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import CLOCK, FACILITATOR, RUNS, STAFF

permissions(
    Permission("session_guest.read", "see who comes from outside", *STAFF, FACILITATOR),
    Permission("session_guest.invite", "invite people from outside", *RUNS, FACILITATOR),
    Permission("session_guest.answer", "record what a guest has answered", CLOCK),
)
