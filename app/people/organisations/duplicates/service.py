"""Finding organisations that are in the register twice, and making one of two."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.editing import touch
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.written import Written
from app.people.identity.access import require
from app.people.identity.actors import Actor
from app.people.identity.scopes import NETWORK_ID
from app.people.organisations import access, queries
from app.people.organisations.duplicates.schemas import (
    DuplicateOut,
    DuplicatesOut,
    MergeOrganisation,
)
from app.people.organisations.merges.queries import referring
from app.people.organisations.merges.service import keep
from app.people.organisations.models import FormerOrganisationName, Organisation
from app.people.organisations.schemas import OrganisationOut
from app.people.organisations.service import refuse_merged
from app.people.organisations.telling import ORGANISATIONS as TOLD


class MergedWithItself(Unprocessable):
    """An organisation cannot take the place of itself."""


class DuplicateMerged(Conflict):
    """The duplicate was merged already; `merged_into_id` names what it turned out to be."""


async def list_duplicates(db: AsyncSession, actor: Actor, organisation_id: UUID) -> DuplicatesOut:
    """Which others may be the same as this one."""
    organisation = await access.organisation(db, actor, organisation_id)
    found = await queries.alike(db, actor, organisation)
    return DuplicatesOut(items=[_shown(*row) for row in found])


def _shown(organisation: Organisation, likeness: float, has_same_website: bool) -> DuplicateOut:
    return DuplicateOut(
        id=organisation.id,
        name=organisation.name,
        kind=organisation.kind,
        country=organisation.country,
        website=organisation.website,
        likeness=round(likeness, 3),
        has_same_website=has_same_website,
    )


async def merge_organisation(
    db: AsyncSession,
    actor: Actor,
    organisation_id: UUID,
    body: MergeOrganisation,
    *,
    if_match: int | None,
) -> Written[OrganisationOut]:
    """Let this organisation take the place of a duplicate wherever that one is referred to.

    The duplicate stays readable by its id, and leaves the register; its identifiers come over.
    Raises MergedWithItself and OrganisationUnknown (422), OrganisationMerged, DuplicateMerged and
    NamedByBoth (409).
    """
    require(actor, "organisation.merge", NETWORK_ID)
    survivor, duplicate = await access.pair(db, actor, organisation_id, body.duplicate_id)
    versions.expect(survivor, if_match)
    await _refuse_impossible(db, survivor, duplicate)
    before, own = [await referring(db, one.id) for one in (duplicate, survivor)]
    once = FormerOrganisationName(id=new_id(), name=duplicate.name, until=now(db))
    survivor.former_names.append(once)
    duplicate.merged_into_id = survivor.id
    touch(survivor)
    await db.flush()
    moved = await queries.repoint(db, duplicate.id, survivor.id, at=now(db))
    await keep(db, survivor, duplicate, before, own, once.id)
    detail = {"duplicate_id": str(duplicate.id), "moved": moved}
    activity.record(db, actor, "organisation.merged", survivor, reason=body.reason, detail=detail)
    await db.flush()
    return await TOLD.told_to(db, actor, survivor.id)


async def _refuse_impossible(
    db: AsyncSession, survivor: Organisation, duplicate: Organisation
) -> None:
    if survivor is duplicate:
        pointer = FieldProblem(
            pointer="/duplicate_id", code="merged_with_itself", detail="Name the other one."
        )
        raise MergedWithItself(errors=[pointer])
    await refuse_merged(db, survivor)
    if duplicate.merged_into_id is not None:
        raise DuplicateMerged(extra={"merged_into_id": str(duplicate.merged_into_id)})
