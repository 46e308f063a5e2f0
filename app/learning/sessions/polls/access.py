"""Who may see a poll: whoever may see the sessions of its cohort."""

from typing import Final

from sqlalchemy.orm import joinedload, selectinload

from app.kernel.errors import NotFound
from app.learning.sessions.polls.models import SessionPoll
from app.network.cohorts.access import hold_cohort
from app.people.identity.access import Above, Loader


class SessionPollNotFound(NotFound):
    """There is no such poll, or none that you may see."""


session_poll: Final = Loader(
    SessionPoll,
    "learning_session.read",
    SessionPollNotFound,
    (joinedload(SessionPoll.cohort), selectinload(SessionPoll.options)),
    above=Above(SessionPoll.cohort_id, hold_cohort),
)

ballot: Final = Loader(
    SessionPoll, "learning_session.read", SessionPollNotFound, (selectinload(SessionPoll.options),)
)
"""The poll alone: whoever votes waits for nobody who does something else in the cohort."""
