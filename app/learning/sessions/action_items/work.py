"""What waits among action items: to be done, and to be given to somebody else."""

from typing import Any

from sqlalchemy import ColumnElement, and_, any_, false, null

from app.kernel.clock import beginning_in_sql
from app.learning.sessions.access import goes_on
from app.learning.sessions.action_items.lifecycle import ACTION_ITEM, ActionItemStatus
from app.learning.sessions.action_items.models import ActionItem
from app.learning.sessions.action_items.queries import does_it_still
from app.learning.sessions.models import LearningSession
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _row(reach: Reach, mine: ColumnElement[bool], **more: Any) -> Row:
    row = reach.row(
        (ActionItem.id, null(), ActionItem.title),
        {"cohort_id": LearningSession.cohort_id},
        When(
            LearningSession.timezone,
            beginning_in_sql(ActionItem.due_on + 1, LearningSession.timezone),
            made_at=ActionItem.created_at,
        ),
        (ActionItem.scope_id, mine),
        **more,
    )
    return (
        row.select_from(ActionItem)
        .join(LearningSession, LearningSession.id == ActionItem.session_id)
        .where(ActionItem.status == ActionItemStatus.OPEN, goes_on())
    )


def _to_be_done(reach: Reach, waits: Branch) -> Row:
    """What was agreed, for whoever does it."""
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        own = ActionItem.owner_id == any_(reach.actor.persons)
        mine = and_(own, reach.is_mine(ActionItem.scope_id, waits.permission))
    row = _row(reach, mine, person_id=ActionItem.owner_id)
    shown = reach.concerns(mine, ActionItem.scope_id, waits.permission, "action_item.read")
    return row.where(does_it_still(reach.at), shown)


def _left_behind(reach: Reach, waits: Branch) -> Row:
    """What somebody was to do who takes part no more, for whoever may give it to another."""
    mine = reach.is_mine(ActionItem.scope_id, waits.permission)
    shown = reach.concerns(mine, ActionItem.scope_id, waits.permission, "action_item.read")
    return _row(reach, mine).where(~does_it_still(reach.at), shown)


work(
    Branch(
        Kind("finish_action_item", Moving(ACTION_ITEM, "finish"), "Do what was agreed:"),
        "action_item.settle",
        Side.GRANTEE,
        _to_be_done,
    ),
    Branch(
        Kind(
            "drop_action_item",
            Moving(ACTION_ITEM, "drop"),
            "Give what was agreed to somebody who still takes part, or drop it:",
        ),
        "action_item.assign",
        Side.CONVENOR,
        _left_behind,
    ),
)
