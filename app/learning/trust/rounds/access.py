"""Who may see rounds: whoever takes part in what the cohort shares."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.trust.rounds.models import Round
from app.people.identity.access import Loader


class RoundNotFound(NotFound):
    """There is no such round, or none that you may see."""


round_: Final = Loader(
    Round,
    "round.read",
    RoundNotFound,
    (joinedload(Round.cohort), joinedload(Round.framework_version)),
)
