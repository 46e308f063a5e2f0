"""Where an action item is carried on to, and who does it no more."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.kernel.permissions import PERMISSIONS
from app.learning.sessions.action_items.lifecycle import ActionItemStatus
from app.learning.sessions.action_items.models import ActionItem
from app.learning.sessions.lifecycle import OPEN
from app.learning.sessions.models import LearningSession
from app.people.identity.access import held
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import held_at
from app.people.identity.scopes import ScopeClosure


async def next_of_series(db: AsyncSession, session: LearningSession) -> UUID | None:
    """The session of its series that comes after this one and has not come to its end; of another
    sitting, of the series of the first."""
    if session.series_id is None and session.sitting_of_id is None:
        return None
    first_id = session.sitting_of_id or session.id
    series = aliased(LearningSession)
    later = select(LearningSession.id).where(
        LearningSession.series_id
        == select(series.series_id).where(series.id == first_id).scalar_subquery(),
        LearningSession.id != first_id,
        LearningSession.starts_at > session.starts_at,
        LearningSession.status.in_(OPEN),
    )
    return await db.scalar(later.order_by(LearningSession.starts_at, LearningSession.id).limit(1))


async def open_in(db: AsyncSession, session: LearningSession) -> Sequence[ActionItem]:
    """The action items that are open in a session, held."""
    statement = select(ActionItem).where(
        ActionItem.session_id == session.id, ActionItem.status == ActionItemStatus.OPEN
    )
    return list(await db.scalars(held(statement.order_by(ActionItem.id), ActionItem)))


def does_it_still(at: Any) -> ColumnElement[bool]:
    """Whether whoever is to do it takes part still, and has an account that may act."""
    owner, person = aliased(Account), aliased(Account)
    role = (
        select(RoleAssignment.id)
        .join(ScopeClosure, ScopeClosure.ancestor_id == RoleAssignment.scope_id)
        .join(person, person.id == RoleAssignment.account_id)
        .join(owner, func.coalesce(owner.merged_into_id, owner.id) == person.id)
        .where(
            owner.id == ActionItem.owner_id,
            person.disabled_at.is_(None),
            RoleAssignment.role.in_(PERMISSIONS["action_item.settle"].held_by),
            held_at(RoleAssignment, at),
            ScopeClosure.descendant_id == ActionItem.scope_id,
        )
        .correlate(ActionItem)
    )
    return role.exists()
