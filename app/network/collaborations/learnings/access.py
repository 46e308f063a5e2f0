"""Who may see a learning: those who see its collaboration."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.network.collaborations.learnings.models import Learning
from app.people.identity.access import Loader


class LearningNotFound(NotFound):
    """There is no such learning, or you may not see the collaboration it belongs to."""


learning: Final = Loader(
    Learning, "collaboration.read", LearningNotFound, (joinedload(Learning.collaboration),)
)
