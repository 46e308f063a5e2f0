"""The register of organisations: adding, finding and editing them."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.clock import now
from app.kernel.editing import Changes, amend, touch, was_and_is
from app.kernel.errors import Conflict, constraint
from app.kernel.naming import keep_name
from app.kernel.written import Written
from app.people.identity.access import require
from app.people.identity.actors import Actor
from app.people.identity.scopes import NETWORK_ID
from app.people.organisations import access
from app.people.organisations.exports import ORGANISATIONS
from app.people.organisations.models import (
    FormerOrganisationName,
    Organisation,
    OrganisationIdentifier,
)
from app.people.organisations.schemas import (
    CreateOrganisation,
    EditOrganisation,
    IdentifierIn,
    OrganisationOut,
    OrganisationQuery,
)
from app.people.organisations.telling import ORGANISATIONS as TOLD
from app.web.exports import WholeList, whole_list


class IdentifierTaken(Conflict):
    """Another organisation of the register has this identifier; `organisation_id` names it where
    it is known. The two may be one."""


class OrganisationMerged(Conflict):
    """This organisation was merged into the one that `merged_into_id` names: change that one."""


async def refuse_merged(db: AsyncSession, organisation: Organisation) -> None:
    """Raises OrganisationMerged (409), which names the one that took its place."""
    if organisation.merged_into_id is None:
        return
    survivor = await db.get_one(Organisation, organisation.merged_into_id)
    given = {"merged_into_id": str(survivor.id)}
    raise OrganisationMerged(f"It was merged into {survivor.name}: change that one.", extra=given)


constraint("uq_organisation_identifiers_list_code_number", IdentifierTaken)


async def create_organisation(
    db: AsyncSession, actor: Actor, body: CreateOrganisation
) -> Written[OrganisationOut]:
    """Add an organisation to the register. Raises IdentifierTaken (409)."""
    (organisation,) = await create_organisations(db, actor, [body])
    return await TOLD.told_to(db, actor, organisation.id)


async def create_organisations(
    db: AsyncSession, actor: Actor, bodies: Sequence[CreateOrganisation]
) -> list[Organisation]:
    """Add some hundred organisations at once, all or none. Raises IdentifierTaken (409)."""
    require(actor, "organisation.create", NETWORK_ID)
    await _refuse_taken(db, [one for body in bodies for one in body.identifiers])
    made = [
        Organisation(
            **body.model_dump(exclude={"identifiers"}),
            identifiers=[OrganisationIdentifier(**one.model_dump()) for one in body.identifiers],
            former_names=[],
        )
        for body in bodies
    ]
    db.add_all(made)
    await db.flush()
    for organisation in made:
        activity.record(db, actor, "organisation.created", organisation)
    await db.flush()
    return made


async def export_organisations(
    db: AsyncSession, actor: Actor, query: OrganisationQuery
) -> WholeList:
    """The organisations of the register, without those merged into another, as a table."""
    statement = access.register(actor).where(*TOLD.wanted(query))
    return whole_list(db, ORGANISATIONS, statement, query, TOLD.sorts, default="name")


async def edit_organisation(
    db: AsyncSession,
    actor: Actor,
    organisation_id: UUID,
    body: EditOrganisation,
    *,
    if_match: int | None,
) -> Written[OrganisationOut]:
    """Change what the body names. Raises IdentifierTaken and OrganisationMerged (409)."""
    organisation = await access.organisation(db, actor, organisation_id, lock=True)
    require(actor, "organisation.edit", NETWORK_ID)
    versions.expect(organisation, if_match)
    await refuse_merged(db, organisation)
    replaced: Changes = {}
    if body.identifiers is not MISSING:
        replaced = await _replace_identifiers(db, organisation, body.identifiers)
    changed = amend(organisation, body.model_dump(exclude={"identifiers"})) | replaced
    keep_name(organisation, FormerOrganisationName, changed, at=now(db))
    if changed:
        activity.record(db, actor, "organisation.edited", organisation, detail=changed)
    await db.flush()
    return await TOLD.told_to(db, actor, organisation.id)


async def _replace_identifiers(
    db: AsyncSession, organisation: Organisation, wanted: Sequence[IdentifierIn]
) -> Changes:
    """Let it have these, and say what that changed."""
    had = {(one.list_code, one.number): one for one in organisation.identifiers}
    keys = sorted((one.list_code, one.number) for one in wanted)
    if keys == sorted(had):
        return {}
    before = [one.org_id for one in organisation.identifiers]
    await _refuse_taken(db, wanted, besides=organisation.id)
    organisation.identifiers = [
        had.get(key) or OrganisationIdentifier(list_code=key[0], number=key[1]) for key in keys
    ]
    touch(organisation)
    return {"identifiers": was_and_is(before, [one.org_id for one in organisation.identifiers])}


async def _refuse_taken(
    db: AsyncSession, identifiers: Sequence[IdentifierIn], *, besides: UUID | None = None
) -> None:
    keys = [(one.list_code, one.number) for one in identifiers]
    place = tuple_(OrganisationIdentifier.list_code, OrganisationIdentifier.number)
    statement = select(OrganisationIdentifier).where(place.in_(keys))
    if besides is not None:
        statement = statement.where(OrganisationIdentifier.organisation_id != besides)
    for taken in await db.scalars(statement.limit(1)):
        raise IdentifierTaken(
            f"Another organisation has the identifier {taken.org_id}.",
            extra={"organisation_id": str(taken.organisation_id)},
        )
