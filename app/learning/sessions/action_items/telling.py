"""What is told of action items."""

from typing import Final

from sqlalchemy import and_

from app.kernel.clock import day_in_sql
from app.kernel.written import NULL
from app.learning.sessions.access import LearningSessionNotFound
from app.learning.sessions.action_items.access import ActionItemNotFound
from app.learning.sessions.action_items.lifecycle import ACTION_ITEM, ActionItemStatus
from app.learning.sessions.action_items.models import ActionItem
from app.learning.sessions.action_items.schemas import ActionItemOut, ActionItemPage
from app.learning.sessions.models import LearningSession
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported
from app.web.exports import AT

ACTION_ITEMS: Final = Telling(
    ActionItemOut,
    ActionItem,
    "action_item.read",
    missing=ActionItemNotFound,
    lifecycle=ACTION_ITEM,
    joins=[ActionItem.session],
    told={
        "learning_session": {
            "id": LearningSession.id,
            "reference": NULL,
            "name": LearningSession.title,
        },
        "is_overdue": and_(
            ActionItem.status == ActionItemStatus.OPEN,
            ActionItem.due_on < day_in_sql(AT, LearningSession.timezone),
        ),
    },
    filters={"learning_session_id": lambda asked: ActionItem.session_id == asked},
    sorts={
        "due_on": (ActionItem.due_on, ActionItem.id),
        "created_at": (ActionItem.created_at, ActionItem.id),
    },
    page_of=ActionItemPage,
)
OF_SESSION: Final = Within(
    ActionItem.session_id, LearningSession, "learning_session.read", LearningSessionNotFound
)
ACTION_ITEMS_AS_CSV: Final = exported("action-items", ACTION_ITEMS)
