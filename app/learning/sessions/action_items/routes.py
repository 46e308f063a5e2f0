"""Action items over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.sessions.action_items import service
from app.learning.sessions.action_items.lifecycle import ACTION_ITEM
from app.learning.sessions.action_items.schemas import (
    ActionItemFilters,
    ActionItemOut,
    ActionItemPage,
    ActionItemQuery,
    CreateActionItem,
    EditActionItem,
)
from app.learning.sessions.action_items.telling import (
    ACTION_ITEMS,
    ACTION_ITEMS_AS_CSV,
    OF_SESSION,
)
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

LearningSessionId = Annotated[UUID, Path(description="The learning session.")]
ActionItemId = Annotated[UUID, Path(description="The action item.")]


@router.create(
    ACTION_ITEM,
    "/learning-sessions/{learning_session_id}/action-items",
    refuses=(
        service.OnlyForOneself,
        service.SessionNotBegun,
        CohortEnded,
        service.DoerUnknown,
    ),
    example={
        "title": "Ask the port for its tide tables",
        "owner_id": "0198c2a4-0000-7000-8000-000000000000",
        "due_on": "2026-06-01",
    },
)
async def create_action_item(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, body: CreateActionItem
) -> Written[ActionItemOut]:
    """Record what somebody will do by a day, in a session that goes on or was held. Whoever takes
    part records their own, whoever leads it anybody's. While it is open it is asked about in the
    next session of the series."""
    return await service.create_action_item(db, actor, learning_session_id, body)


@router.get("/learning-sessions/{learning_session_id}/action-items", permission="action_item.read")
async def list_learning_session_action_items(
    read: Reading,
    learning_session_id: LearningSessionId,
    query: Annotated[ActionItemFilters, Query()],
) -> WrittenList[ActionItemPage]:
    """What is asked about in the session: what was agreed in it, and what was carried on to it."""
    return await ACTION_ITEMS.page(read, query, OF_SESSION, learning_session_id)


@router.get("/action-items", permission="action_item.read")
async def list_action_items(
    read: Reading, query: Annotated[ActionItemQuery, Query()]
) -> WrittenList[ActionItemPage]:
    """The action items of the sessions in which you take part, the first to be due first."""
    return await ACTION_ITEMS.page(read, query)


@router.get("/action-items/{action_item_id}", permission="action_item.read")
async def get_action_item(read: Reading, action_item_id: ActionItemId) -> Written[ActionItemOut]:
    """One action item."""
    return await ACTION_ITEMS.one(read, action_item_id)


@router.patch(
    "/action-items/{action_item_id}",
    permission="action_item.assign",
    if_match=True,
    refuses=(service.ActionItemSettled, service.DoerUnknown),
    example={"due_on": "2026-06-15"},
)
async def edit_action_item(
    db: Db,
    actor: CurrentActor,
    action_item_id: ActionItemId,
    body: EditActionItem,
    if_match: IfMatch,
) -> Written[ActionItemOut]:
    """Change what the body names and nothing else."""
    return await service.edit_action_item(db, actor, action_item_id, body, if_match=if_match)


@router.move(ACTION_ITEM, "finish")
async def finish_action_item(
    db: Db, actor: CurrentActor, action_item_id: ActionItemId, if_match: IfMatch
) -> Written[ActionItemOut]:
    """Mark an action item as done: your own, or one of a session that you lead (`not_theirs`)."""
    return await service.settle_action_item(db, actor, action_item_id, "finish", if_match=if_match)


@router.move(ACTION_ITEM, "drop", example={"reason": "The port has closed."})
async def drop_action_item(
    db: Db, actor: CurrentActor, action_item_id: ActionItemId, body: WithReason, if_match: IfMatch
) -> Written[ActionItemOut]:
    """Drop an action item that will not be done, with the reason."""
    return await service.settle_action_item(
        db, actor, action_item_id, "drop", if_match=if_match, reason=body.reason
    )


@router.move(ACTION_ITEM, "reopen", example={"reason": "The tables were last year's."})
async def reopen_action_item(
    db: Db, actor: CurrentActor, action_item_id: ActionItemId, body: WithReason, if_match: IfMatch
) -> Written[ActionItemOut]:
    """Reopen an action item that is to be done after all."""
    return await service.settle_action_item(
        db, actor, action_item_id, "reopen", if_match=if_match, reason=body.reason
    )


@router.get("/action-items/{action_item_id}/actions", permission="action_item.read")
async def explain_action_item_actions(
    db: Db, actor: CurrentActor, action_item_id: ActionItemId
) -> ActionsOut:
    """Every move of the action item now, with what stands in its way."""
    return await service.explain_action_item_actions(db, actor, action_item_id)


history_of(
    router,
    "action_item",
    "/action-items/{action_item_id}",
    ACTION_ITEMS,
    permission="action_item.read",
)

export_of(
    router,
    "/action-items",
    ACTION_ITEMS_AS_CSV,
    ActionItemQuery,
    permission="action_item.read",
)
