"""Who may see an action item: whoever takes part in the session in which it was agreed."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.sessions.action_items.models import ActionItem
from app.learning.sessions.models import LearningSession
from app.people.identity.access import Loader


class ActionItemNotFound(NotFound):
    """There is no such action item, or none that you may see."""


action_item: Final = Loader(
    ActionItem,
    "action_item.read",
    ActionItemNotFound,
    (joinedload(ActionItem.session).joinedload(LearningSession.cohort),),
)
