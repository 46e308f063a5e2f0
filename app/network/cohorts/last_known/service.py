"""Keeping what was known when a membership ends, and reading it afterwards."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.network.cohorts import access
from app.network.cohorts.last_known import queries
from app.network.cohorts.last_known.models import LastKnown, LastKnownPerson
from app.network.cohorts.last_known.schemas import LastKnownOut
from app.network.cohorts.models import Membership
from app.people.identity.actors import Actor


class NothingKept(NotFound):
    """Nothing is kept of this membership: it has never ended after its place was accepted."""


async def keep(db: AsyncSession, membership: Membership) -> None:
    """Keep what the cohort knows of a member that is about to leave, in place of what was kept when
    it left before."""
    collaboration = membership.collaboration
    of_this = LastKnownPerson.membership_id == membership.id
    await db.execute(delete(LastKnownPerson).where(of_this))
    await db.execute(delete(LastKnown).where(LastKnown.membership_id == membership.id))
    db.add(
        LastKnown(
            membership_id=membership.id,
            known_at=now(db),
            participants=await queries.participants(db, membership),
            learnings=await queries.learnings(db, membership),
            **_named(collaboration, "name", "status"),
        )
    )
    await db.flush()
    for held in await queries.leads_and_members(db, membership):
        db.add(
            LastKnownPerson(
                membership_id=membership.id,
                role=held.role,
                **_named(held, "account_id"),
                **_named(held.account, "name", "email"),
            )
        )
    await db.flush()


def _named(thing: object, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


async def get_membership_last_known(
    db: AsyncSession, actor: Actor, membership_id: UUID
) -> LastKnownOut:
    """What the cohort knew when the membership ended. Raises NothingKept (404)."""
    membership = await access.membership(db, actor, membership_id)
    kept = await queries.kept(db, membership.id)
    if kept is None:
        raise NothingKept
    return LastKnownOut.model_validate(kept)
