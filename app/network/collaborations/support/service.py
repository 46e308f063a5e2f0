"""Support: writing down the help that a collaboration was given."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.written import Written
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.support import access
from app.network.collaborations.support.models import Support
from app.network.collaborations.support.schemas import (
    EditSupport,
    LogSupport,
    SupportOut,
)
from app.network.collaborations.support.telling import SUPPORT
from app.people.identity.accounts.access import account_named
from app.people.identity.actors import SignedIn


async def log_support(
    db: AsyncSession, actor: SignedIn, collaboration_id: UUID, body: LogSupport
) -> Written[SupportOut]:
    """Log help that was given. Raises AccountUnknown (422)."""
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.support"
    )
    giver_id = body.given_by_id or actor.person_id
    giver = await account_named(db, actor, giver_id, pointer="/given_by_id")
    support = Support(
        **body.model_dump(exclude={"given_by_id"}),
        given_by_id=giver.id,
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
    )
    db.add(support)
    await db.flush()
    _record(db, actor, "support_logged", support)
    return await SUPPORT.told_to(db, actor, support.id)


async def edit_support(
    db: AsyncSession, actor: SignedIn, support_id: UUID, body: EditSupport, *, if_match: int | None
) -> Written[SupportOut]:
    """Change what the body names."""
    support = await access.support.to_change(
        db, actor, support_id, "collaboration.support", if_match=if_match
    )
    if changed := amend(support, body.model_dump()):
        _record(db, actor, "support_edited", support, **changed)
    return await SUPPORT.told_to(db, actor, support.id)


async def delete_support(
    db: AsyncSession, actor: SignedIn, support_id: UUID, *, if_match: int | None
) -> None:
    """Delete support that was recorded by mistake; its history stays."""
    support = await access.support.to_change(
        db, actor, support_id, "collaboration.support", if_match=if_match
    )
    _record(db, actor, "support_removed", support)
    await db.delete(support)
    await db.flush()


def _record(db: AsyncSession, actor: SignedIn, verb: str, support: Support, **detail: Any) -> None:
    """It belongs to the history of the collaboration."""
    whole = {"support_id": str(support.id), **detail}
    activity.record(db, actor, f"collaboration.{verb}", support.collaboration, detail=whole)
