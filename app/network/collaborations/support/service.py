"""Support: writing down the help that a collaboration was given."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.paging import paginate
from app.kernel.schemas import Ref
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.support import access
from app.network.collaborations.support.models import Support
from app.network.collaborations.support.schemas import (
    EditSupport,
    LogSupport,
    SupportOfOneQuery,
    SupportOut,
    SupportPage,
    SupportQuery,
)
from app.people.identity.access import visible
from app.people.identity.accounts.access import account_named
from app.people.identity.actors import SignedIn

SORTS: Final = {"given_on": (Support.given_on, Support.id)}


async def log_support(
    db: AsyncSession, actor: SignedIn, collaboration_id: UUID, body: LogSupport
) -> SupportOut:
    """Write down help that was given. Raises AccountUnknown (422)."""
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.support"
    )
    giver_id = body.given_by_id or actor.person_id
    giver = await account_named(db, actor, giver_id, pointer="/given_by_id")
    support = Support(
        **body.model_dump(exclude={"given_by_id"}),
        given_by_id=giver.id,
        given_by=giver,
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
    )
    db.add(support)
    await db.flush()
    _record(db, actor, "support_logged", support)
    await db.flush()
    return _shown(support)


def _shown(support: Support) -> SupportOut:
    giver = Ref(id=support.given_by.id, reference=None, name=support.given_by.name)
    columns = SupportOut.model_fields.keys() - {"given_by"}
    return SupportOut.model_validate(
        {name: getattr(support, name) for name in columns} | {"given_by": giver}
    )


async def list_support(db: AsyncSession, actor: SignedIn, query: SupportQuery) -> SupportPage:
    """The support of all collaborations that the actor may see."""
    exact = query.model_dump(include={"collaboration_id", "given_by_id"}, exclude_none=True)
    statement = visible(Support, actor, "collaboration.read").filter_by(**exact)
    return await _page(db, statement, query)


async def list_collaboration_support(
    db: AsyncSession, actor: SignedIn, collaboration_id: UUID, query: SupportOfOneQuery
) -> SupportPage:
    """The support of one collaboration."""
    collaboration = await obtain_collaboration(db, actor, collaboration_id)
    statement = visible(Support, actor, "collaboration.read").where(
        Support.collaboration_id == collaboration.id
    )
    return await _page(db, statement, query, bound=collaboration.id)


async def _page(
    db: AsyncSession,
    statement: Select[Support],
    query: SupportOfOneQuery,
    *,
    bound: UUID | None = None,
) -> SupportPage:
    if query.since_on is not None:
        statement = statement.where(Support.given_on >= query.since_on)
    if query.until_on is not None:
        statement = statement.where(Support.given_on <= query.until_on)
    statement = statement.options(*access.WITH_NAMES)
    page = await paginate(db, statement, query, SORTS, default="given_on", bound=bound)
    return SupportPage(
        items=[_shown(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_support(db: AsyncSession, actor: SignedIn, support_id: UUID) -> SupportOut:
    """One support."""
    return _shown(await access.support(db, actor, support_id))


async def edit_support(
    db: AsyncSession, actor: SignedIn, support_id: UUID, body: EditSupport, *, if_match: int | None
) -> SupportOut:
    """Change what the body names."""
    support = await access.support.to_change(
        db, actor, support_id, "collaboration.support", if_match=if_match
    )
    if changed := amend(support, body.model_dump()):
        _record(db, actor, "support_edited", support, **changed)
    await db.flush()
    return _shown(support)


async def delete_support(
    db: AsyncSession, actor: SignedIn, support_id: UUID, *, if_match: int | None
) -> None:
    """Take back what was written down by mistake; the history keeps that it was there."""
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
