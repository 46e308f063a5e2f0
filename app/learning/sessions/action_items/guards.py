"""What must hold before an action item is settled."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.learning.sessions.access import goes_on
from app.learning.sessions.action_items.lifecycle import ACTION_ITEM
from app.learning.sessions.action_items.models import ActionItem
from app.network.cohorts.lifecycle import ENDED


@ACTION_ITEM.guard("finish")
@ACTION_ITEM.guard("drop")
@ACTION_ITEM.guard("reopen")
async def it_is_theirs(_db: AsyncSession, actor: Actor, item: ActionItem) -> Unmet | None:
    """Whoever does it says so, or who leads the session."""
    if item.owner_id in actor.persons or actor.holds("action_item.assign", item.scope_id):
        return None
    return Unmet("not_theirs", "Somebody else does this: they say so, or who leads the session.")


@ACTION_ITEM.guard("reopen")
async def cohort_goes_on(db: AsyncSession, _actor: Actor, item: ActionItem) -> Unmet | None:
    """Nothing more is asked in what has ended."""
    status = item.session.cohort.status
    if status not in ENDED or await db.scalar(select(goes_on(item.session_id))):
        return None
    return Unmet("cohort_ended", f"The cohort is {status}: nothing more is asked in it.")
