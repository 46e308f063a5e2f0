"""What is done with action items."""

from uuid import UUID

from pydantic import MISSING
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, NotAllowed, Unprocessable
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.sessions import access as sessions
from app.learning.sessions.action_items import access
from app.learning.sessions.action_items.lifecycle import ACTION_ITEM, ActionItemStatus
from app.learning.sessions.action_items.models import ActionItem
from app.learning.sessions.action_items.queries import next_of_series, open_in
from app.learning.sessions.action_items.schemas import (
    ActionItemOut,
    CreateActionItem,
    EditActionItem,
)
from app.learning.sessions.action_items.telling import ACTION_ITEMS
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.network.cohorts.lifecycle import ENDED
from app.network.cohorts.service import CohortEnded
from app.people.identity.actors import Actor
from app.people.identity.queries import actor_of


class SessionNotBegun(Conflict):
    """Nothing was agreed yet in a session that has not begun, or does not take place."""


class ActionItemSettled(Conflict):
    """It is done or dropped; reopen it to change it."""


class DoerUnknown(Unprocessable):
    """The request names somebody who takes no part in this session."""


class OnlyForOneself(NotAllowed):
    """Whoever takes part writes down what they will do themselves. Who leads the session says what
    others do."""


async def create_action_item(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, body: CreateActionItem
) -> Written[ActionItemOut]:
    """Record what somebody will do.

    Raises OnlyForOneself (403), SessionNotBegun, CohortEnded (409), DoerUnknown (422).
    """
    session = await sessions.learning_session.allowing(
        db, actor, learning_session_id, "action_item.create", lock=True
    )
    if body.owner_id not in actor.persons and not actor.holds("action_item.assign", session.id):
        raise OnlyForOneself
    if session.status not in (LearningSessionStatus.LIVE, LearningSessionStatus.HELD):
        raise SessionNotBegun
    if session.cohort.status in ENDED and not await db.scalar(select(sessions.goes_on(session.id))):
        raise CohortEnded
    await _refuse_stranger(db, session.id, body.owner_id)
    item = ActionItem(
        scope_id=session.id,
        session_id=session.id,
        raised_in_id=session.id,
        **body.model_dump(),
    )
    await create(db, actor, item, ACTION_ITEM, under=session.id)
    if session.status == LearningSessionStatus.HELD:
        await carry_on(db, actor, session)
    return await ACTION_ITEMS.told_to(db, actor, item.id)


async def _refuse_stranger(db: AsyncSession, session_id: UUID, owner_id: UUID) -> None:
    """Raises DoerUnknown (422) for whoever takes no part in the session."""
    who = await actor_of(db, owner_id)
    if who is not None:
        await who.reach(db, [session_id])
    if who is None or not who.holds("action_item.settle", session_id):
        fault = FieldProblem(
            pointer="/owner_id", code=DoerUnknown.code, detail=DoerUnknown.explanation()
        )
        raise DoerUnknown(errors=[fault])


async def carry_on(db: AsyncSession, actor: Actor, session: LearningSession) -> None:
    """Take what is open in a session on to the next of its series, if there is one."""
    later_id = await next_of_series(db, session)
    if later_id is None:
        return
    for item in await open_in(db, session):
        amend(item, {"session_id": later_id})
        detail = {"learning_session_id": str(later_id)}
        activity.record(db, actor, "action_item.carried", item, detail=detail)
    await db.flush()


async def edit_action_item(
    db: AsyncSession,
    actor: Actor,
    action_item_id: UUID,
    body: EditActionItem,
    *,
    if_match: int | None,
) -> Written[ActionItemOut]:
    """Change what is to be done, by whom or by when. Raises ActionItemSettled (409), DoerUnknown
    (422)."""
    item = await access.action_item.to_change(
        db, actor, action_item_id, "action_item.assign", if_match=if_match
    )
    if item.status != ActionItemStatus.OPEN:
        raise ActionItemSettled
    if body.owner_id is not MISSING:
        await _refuse_stranger(db, item.scope_id, body.owner_id)
    if changed := amend(item, body.model_dump()):
        activity.record(db, actor, "action_item.edited", item, detail=changed)
    return await ACTION_ITEMS.told_to(db, actor, item.id)


async def settle_action_item(
    db: AsyncSession,
    actor: Actor,
    action_item_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str | None = None,
) -> Written[ActionItemOut]:
    """Mark an action item as done, drop it, or reopen it."""
    item = await access.action_item(db, actor, action_item_id, lock=True)
    written = {"settled_at": None if name == "reopen" else now(db)}
    await move(db, actor, item, ACTION_ITEM, name, if_match=if_match, reason=reason, writes=written)
    return await ACTION_ITEMS.told_to(db, actor, item.id)


async def explain_action_item_actions(
    db: AsyncSession, actor: Actor, action_item_id: UUID
) -> ActionsOut:
    """Every move of the action item now, with what stands in its way."""
    item = await access.action_item(db, actor, action_item_id)
    return await explain_actions(db, actor, item, ACTION_ITEM)
