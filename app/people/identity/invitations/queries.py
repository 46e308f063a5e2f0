"""Invitations that are open into roles on given scopes, for previews of what ends there; and the
list of invitations: what it can be asked, what it tells, and the same as a table."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import case, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.filters import Filters
from app.kernel.transitions import Touched
from app.people.identity.access import reached
from app.people.identity.actors import Actor
from app.people.identity.emails import normalised
from app.people.identity.endings import has_ended
from app.people.identity.invitations.access import has_status, status_of
from app.people.identity.invitations.exports import INVITATIONS_AS_CSV
from app.people.identity.invitations.schemas import (
    InvitationOut,
    InvitationQuery,
    InvitationStatus,
)
from app.people.identity.models import Invitation
from app.people.identity.scopes import Scope
from app.web.exports import AT, Export


async def open_into(db: AsyncSession, actor: Actor, scope_ids: Iterable[UUID]) -> list[Touched]:
    """Those of them that the actor may read, the oldest first."""
    statement = (
        select(Invitation.id, Invitation.name)
        .join(Scope, Scope.id == Invitation.scope_id)
        .where(
            Invitation.scope_id.in_(list(scope_ids)),
            has_status(InvitationStatus.PENDING, now(db)),
            reached(Scope.granted_at_id, actor, "invitation.read"),
        )
        .order_by(Invitation.created_at, Invitation.id)
    )
    return [Touched("invitation", row.id, None, row.name) for row in await db.execute(statement)]


async def ended_among(db: AsyncSession, scope_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the scopes that stand for what has ended."""
    asked = select(Scope.id).where(Scope.id.in_(list(scope_ids)), has_ended(Scope.id))
    return frozenset(await db.scalars(asked))


def filters_of(db: AsyncSession, query: InvitationQuery) -> Filters:
    """What the list can be asked for that no column says."""
    has = [has_status(one, now(db)) for one in query.status or ()]
    return {
        "email": lambda asked: Invitation.email == normalised(asked),
        "status": lambda _asked: or_(*has),
    }


def described(db: AsyncSession, invitation: Invitation) -> InvitationOut:
    """What is told of an invitation, without its link."""
    values = {
        name: getattr(invitation, name) for name in InvitationOut.model_fields if name != "status"
    }
    return InvitationOut.model_validate(
        values | {"status": status_of(invitation, now(db))}, from_attributes=True
    )


@cache
def as_csv() -> Export:
    """The table, with what packages above have a part in: how each scope is called, and whether
    what it stands for has ended."""
    node: Any = Scope
    stands = case(*((has_status(one, AT), literal(one.value)) for one in InvitationStatus))
    late = {"scope_reference": node.reference, "scope_name": node.name, "status": stands}
    columns = (
        replace(one, sources=(late[one.name],)) if one.name in late else one
        for one in INVITATIONS_AS_CSV.columns
    )
    return replace(INVITATIONS_AS_CSV, columns=tuple(columns))
