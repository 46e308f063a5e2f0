"""Who may see organisations: every person with an account."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import FieldProblem, NotFound, Unprocessable
from app.people.identity.access import held, one, require
from app.people.identity.actors import Actor
from app.people.identity.scopes import NETWORK_ID
from app.people.organisations.models import Organisation


class OrganisationNotFound(NotFound):
    """There is no such organisation, or you may not see it."""


class OrganisationUnknown(Unprocessable):
    """The request names an organisation that is not in the register, or that turned out to be
    another one. `errors` says where."""


WHOLE: Final[tuple[ORMOption, ...]] = (
    selectinload(Organisation.identifiers),
    selectinload(Organisation.former_names),
)


def register(actor: Actor) -> Select[Organisation]:
    """The organisations there are, without those merged into another. Raises NotAllowed (403)."""
    require(actor, "organisation.read", NETWORK_ID)
    return select(Organisation).where(Organisation.merged_into_id.is_(None))


async def organisation(
    db: AsyncSession,
    actor: Actor,
    organisation_id: UUID,
    permission: str = "organisation.read",
    *,
    lock: bool = False,
) -> Organisation:
    """The organisation with its identifiers. Raises OrganisationNotFound (404)."""
    if not actor.demand(permission, NETWORK_ID):
        raise OrganisationNotFound
    statement = select(Organisation).where(Organisation.id == organisation_id).options(*WHOLE)
    return await one(db, statement, Organisation, lock=lock, missing=OrganisationNotFound)


async def pair(
    db: AsyncSession, actor: Actor, survivor_id: UUID, duplicate_id: UUID
) -> tuple[Organisation, Organisation]:
    """Two organisations that are to become one, both locked.

    Raises OrganisationNotFound (404) without the first, OrganisationUnknown (422) without the
    second, which a request names as `/duplicate_id`.
    """
    if not actor.demand("organisation.read", NETWORK_ID):
        raise OrganisationNotFound
    statement = (
        select(Organisation)
        .where(Organisation.id.in_((survivor_id, duplicate_id)))
        .options(*WHOLE)
        .order_by(Organisation.id)
    )
    rows = await db.scalars(held(statement, Organisation))
    found = {organisation.id: organisation for organisation in rows}
    if survivor_id not in found:
        raise OrganisationNotFound
    if duplicate_id not in found:
        raise OrganisationUnknown(errors=[_unknown("/duplicate_id")])
    return found[survivor_id], found[duplicate_id]


async def known(db: AsyncSession, named: Mapping[str, UUID]) -> dict[UUID, Organisation]:
    """The organisations that a request names, by id.

    `named` gives the JSON Pointer at which each id stands in the body. Raises OrganisationUnknown
    (422) with every pointer at which there is none, or one that was merged into another. They
    are held until the transaction ends, so that none is merged away meanwhile.
    """
    wanted = Organisation.id.in_(set(named.values()))
    statement = select(Organisation).where(wanted, Organisation.merged_into_id.is_(None))
    statement = statement.order_by(Organisation.id).with_for_update(read=True)
    found = {organisation.id: organisation for organisation in await db.scalars(statement)}
    faults = [
        _unknown(pointer)
        for pointer, organisation_id in named.items()
        if organisation_id not in found
    ]
    if faults:
        raise OrganisationUnknown(errors=faults)
    return found


def _unknown(pointer: str) -> FieldProblem:
    return FieldProblem(pointer=pointer, code="organisation_unknown", detail="Not in the register.")
