"""What is told of learnings."""

from typing import Final

from app.network.collaborations.learnings.access import LearningNotFound
from app.network.collaborations.learnings.models import Learning
from app.network.collaborations.learnings.schemas import LearningOut, LearningPage
from app.network.collaborations.telling import by_collaboration, of_collaboration
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

LEARNINGS: Final = Telling(
    LearningOut,
    Learning,
    "collaboration.read",
    missing=LearningNotFound,
    filters=by_collaboration(Learning.collaboration_id),
    sorts={"shared_on": (Learning.shared_on, Learning.id)},
    page_of=LearningPage,
)
OF_COLLABORATION: Final = of_collaboration(Learning.collaboration_id)
LEARNINGS_AS_CSV: Final = exported("learnings", LEARNINGS)
