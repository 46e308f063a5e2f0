"""What is forgotten of guests."""

from sqlalchemy import func, literal

from app.learning.sessions.guests.models import SessionGuest
from app.people.erasures.personal import NAME, Personal, forgets

forgets(
    Personal(
        "session_guests",
        SessionGuest,
        lambda who: SessionGuest.email.in_(who.addresses),
        lambda _who: {
            "name": NAME,
            "email": func.concat(SessionGuest.id, literal("@erased.invalid")),
            "version": SessionGuest.version + 1,
        },
    )
)
