"""Who may do what with RSVPs."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADVISER, CLOCK, COLLABORATION, FACILITATOR, STAFF

permissions(
    Permission("rsvp.read", "see who comes to learning sessions", *STAFF, FACILITATOR),
    Permission("rsvp.reply", "reply to learning sessions", ADVISER, *COLLABORATION),
    Permission("rsvp.settle", "pass seats of learning sessions on", CLOCK),
)

AUDIENCES: Final = audiences(to_team=("rsvp.confirmed", "rsvp.needs_said", "rsvp.reminded"))
