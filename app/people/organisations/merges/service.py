"""Keeping what a merge did, and undoing it."""

from collections.abc import Container, Mapping
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.clock import now
from app.kernel.editing import touch
from app.kernel.errors import Conflict
from app.kernel.written import Written
from app.people.identity.access import require
from app.people.identity.actors import Actor
from app.people.identity.scopes import NETWORK_ID
from app.people.organisations import access
from app.people.organisations.merges import queries
from app.people.organisations.merges.models import OrganisationMerge
from app.people.organisations.merges.queries import Moved, Values
from app.people.organisations.merges.schemas import UndoMergeOrganisation
from app.people.organisations.models import FormerOrganisationName, Organisation
from app.people.organisations.schemas import OrganisationOut
from app.people.organisations.telling import ORGANISATIONS as TOLD

Referring = Mapping[str, tuple[str, str, Values]]


class NotMergedHere(Conflict):
    """No merge of that organisation into this one is on record that could be undone."""


class MergeDependedOn(Conflict):
    """Since the merge something new refers to the organisation, or what moved was changed:
    `dependants` names it. Whose it is, nobody can tell any more."""


async def keep(
    db: AsyncSession,
    survivor: Organisation,
    duplicate: Organisation,
    before: Referring,
    own: Container[str],
    former_name_id: UUID,
) -> None:
    """Keep what a merge that was just made has moved.

    `before` is what referred to the duplicate, `own` names what referred to the survivor then.
    """
    after = await queries.referring(db, survivor.id)
    moved: list[Moved] = []
    for table, column, values in before.values():
        key = queries.moved_to(survivor.id, table, column, values)
        stays = key in after and key not in own
        moved.append(Moved(table, column, values, after[key][2] if stays else None))
    db.add(
        OrganisationMerge(
            survivor_id=survivor.id,
            duplicate_id=duplicate.id,
            former_name_id=former_name_id,
            merged_at=now(db),
            moved=[vars(one) for one in moved],
            stood=sorted(after),
        )
    )
    await db.flush()


async def undo_merge_organisation(
    db: AsyncSession,
    actor: Actor,
    organisation_id: UUID,
    body: UndoMergeOrganisation,
    *,
    if_match: int | None,
) -> Written[OrganisationOut]:
    """Let a duplicate be an organisation of its own again, with all that was its own.

    Raises OrganisationUnknown (422), NotMergedHere, MergeDependedOn (409).
    """
    require(actor, "organisation.merge", NETWORK_ID)
    survivor, duplicate = await access.pair(db, actor, organisation_id, body.duplicate_id)
    versions.expect(survivor, if_match)
    merge = await _standing(db, survivor, duplicate)
    moved = [Moved(**one) for one in merge.moved]
    await _refuse_depended_on(db, survivor, merge, moved)
    for one in moved:
        await queries.restore(db, one, at=now(db))
    former = FormerOrganisationName.id == merge.former_name_id
    await db.execute(delete(FormerOrganisationName).where(former))
    duplicate.merged_into_id = None
    merge.undone_at = now(db)
    touch(survivor)
    detail = {"duplicate_id": str(duplicate.id)}
    activity.record(
        db, actor, "organisation.merge_undone", survivor, reason=body.reason, detail=detail
    )
    await db.flush()
    return await TOLD.told_to(db, actor, survivor.id)


async def _standing(
    db: AsyncSession, survivor: Organisation, duplicate: Organisation
) -> OrganisationMerge:
    if survivor.merged_into_id is not None or duplicate.merged_into_id != survivor.id:
        raise NotMergedHere
    latest = (
        select(OrganisationMerge)
        .where(
            OrganisationMerge.survivor_id == survivor.id,
            OrganisationMerge.duplicate_id == duplicate.id,
            OrganisationMerge.undone_at.is_(None),
        )
        .order_by(OrganisationMerge.merged_at.desc())
    )
    found = await db.scalar(latest.limit(1))
    if found is None:
        raise NotMergedHere
    return found


async def _refuse_depended_on(
    db: AsyncSession, survivor: Organisation, merge: OrganisationMerge, moved: list[Moved]
) -> None:
    stands = await queries.referring(db, survivor.id)
    new = [(table, values) for key, (table, _, values) in stands.items() if key not in merge.stood]
    for one in moved:
        if one.after is None:
            continue
        found = stands.get(queries.key_of(one.table, one.column, one.after))
        if found is None or found[2] != one.after:
            new.append((one.table, one.after))
    if new:
        dependants = [{"kind": table, "id": values.get("id")} for table, values in new[:20]]
        raise MergeDependedOn(extra={"dependants": dependants})
