"""Making one of two collaborations, by two persons."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.canonical import canonical, sha256
from app.kernel.clock import now
from app.kernel.editing import touch
from app.kernel.endorsements import Word, Yes, both_endorse, told, words
from app.kernel.errors import Conflict, FieldProblem
from app.kernel.schemas import Ref
from app.kernel.transitions import first_word
from app.network.collaborations import access
from app.network.collaborations.access import (
    CollaborationMerged,
    CollaborationNotFound,
    merged_into,
)
from app.network.collaborations.models import Collaboration, FormerCollaborationName
from app.network.collaborations.queries import today_at
from app.overview.planning.collaboration_merges import queries
from app.overview.planning.collaboration_merges.schemas import (
    CollaborationMergeOut,
    Collision,
    MergeCollaboration,
)
from app.people.identity.access import require
from app.people.identity.actors import Actor
from app.people.identity.scopes import ScopeEdge, link, unlink

MERGE = "collaboration.merge"


class DuplicateUnknown(Conflict):
    """`duplicate_id` names a collaboration that is not there, that you may not see, or this one."""


class CollaborationsCollide(Conflict):
    """Both have what there can be one of: `collisions` names it. Settle that first."""


async def merge_collaboration(
    db: AsyncSession,
    actor: Actor,
    collaboration_id: UUID,
    body: MergeCollaboration,
    *,
    if_match: int | None,
) -> CollaborationMergeOut:
    """Let this collaboration take the place of a duplicate; two persons who run both say so.

    Raises DuplicateUnknown, CollaborationMerged, CollaborationsCollide and
    SecondPersonRequired (409).
    """
    survivor, duplicate = await _pair(db, actor, collaboration_id, body.duplicate_id)
    versions.expect(survivor, if_match)
    await _refuse_merged(db, survivor, duplicate)
    moved = await queries.counts(db, survivor, duplicate)
    collisions = await _collisions(db, survivor, duplicate)
    if collisions and not body.dry_run:
        named = "; ".join(f"{one.kind}: {one.of.reference or one.of.name}" for one in collisions)
        shown = [one.model_dump(mode="json") for one in collisions]
        raise CollaborationsCollide(f"Both have {named}.", extra={"collisions": shown})
    is_merged = False
    if not body.dry_run:
        is_merged = await _decide(db, actor, survivor, duplicate, body.reason, moved)
    await db.flush()
    standing = await words(db, actor, survivor, move="merge")
    return CollaborationMergeOut(
        collaboration=Ref.model_validate(survivor),
        duplicate=Ref.model_validate(duplicate),
        is_dry_run=body.dry_run,
        is_merged=is_merged,
        moved=moved,
        collisions=collisions,
        endorsements=told(standing[survivor.id]),
        version=survivor.version,
    )


async def _pair(
    db: AsyncSession, actor: Actor, survivor_id: UUID, duplicate_id: UUID
) -> tuple[Collaboration, Collaboration]:
    """Both, locked in the order of their ids, for who may merge them."""
    await access.collaboration.allowing(db, actor, survivor_id, MERGE)
    if survivor_id == duplicate_id:
        raise DuplicateUnknown(errors=[_unknown("Name the other one.")])
    found: dict[UUID, Collaboration] = {}
    for one in sorted((survivor_id, duplicate_id)):
        try:
            found[one] = await access.collaboration(db, actor, one, lock=True)
        except CollaborationNotFound:
            if one == survivor_id:
                raise
            raise DuplicateUnknown(
                errors=[_unknown("Name a collaboration that you may see.")]
            ) from None
    for collaboration in found.values():
        require(actor, MERGE, collaboration.scope_id)
    return found[survivor_id], found[duplicate_id]


def _unknown(detail: str) -> FieldProblem:
    return FieldProblem(pointer="/duplicate_id", code="duplicate_unknown", detail=detail)


async def _refuse_merged(db: AsyncSession, *both: Collaboration) -> None:
    for one in both:
        if one.merged_into_id is not None:
            given = {"merged_into_id": str(one.merged_into_id)}
            raise CollaborationMerged(await merged_into(db, one), extra=given)


async def _collisions(
    db: AsyncSession, survivor: Collaboration, duplicate: Collaboration
) -> list[Collision]:
    both = (survivor.id, duplicate.id)
    found = [
        Collision(kind="memberships", of=Ref.model_validate(cohort))
        for cohort in await queries.cohorts_of_both(db, *both)
    ]
    doubled = {
        "answers": await queries.answered_by_both(db, *both),
        "indicator_results": await queries.reported_by_both(db, *both),
    }
    return found + [
        Collision(kind=kind, of=Ref(id=one.id, reference=None, name=one.key))
        for kind, each in doubled.items()
        for one in each
    ]


async def _decide(
    db: AsyncSession,
    actor: Actor,
    survivor: Collaboration,
    duplicate: Collaboration,
    reason: str,
    moved: dict[str, int],
) -> bool:
    """Whether this is the second person's word, upon which the two are one."""
    read = {one.reference: one.version for one in (survivor, duplicate)}
    content = sha256(canonical({"survivor": survivor.reference, **read})).hex()
    detail = {"duplicate_id": str(duplicate.id)}
    yes = Yes(
        move="merge",
        verb=first_word("collaboration", "merge"),
        permissions=(MERGE, MERGE),
        held=[MERGE],
        is_signature=False,
        digest=content,
        detail=detail,
        reason=reason,
    )
    if not await both_endorse(db, actor, survivor, yes, _is_still_meant):
        activity.record(db, actor, yes.verb, survivor, reason=reason, detail=detail)
        return False
    await _merge(db, actor, survivor, duplicate, reason)
    detail = {**detail, "moved": moved}
    activity.record(db, actor, "collaboration.merged", survivor, reason=reason, detail=detail)
    return True


async def _is_still_meant(_word: Word) -> bool:
    """No guard stands in the way of one person and not of the other."""
    return True


async def _merge(
    db: AsyncSession, actor: Actor, survivor: Collaboration, duplicate: Collaboration, reason: str
) -> None:
    """Bring all over; the dossier of the duplicate, with its files and history, comes to lie below
    the survivor's."""
    await _settle(db, actor, survivor, duplicate, reason)
    memberships = await queries.memberships_of(db, duplicate.id)
    await db.flush()
    await queries.repoint(db, survivor, duplicate, at=now(db))
    for membership in memberships:
        await link(db, survivor.id, membership)
        await unlink(db, duplicate.id, membership)
        if await _reaches(db, membership, duplicate.dossier_id):
            await unlink(db, membership, duplicate.dossier_id)
            await link(db, membership, survivor.dossier_id)
    await link(db, survivor.dossier_id, duplicate.dossier_id)
    once = FormerCollaborationName(of_id=survivor.id, name=duplicate.name, until=now(db))
    db.add(once)
    launched = [one.launched_at for one in (survivor, duplicate) if one.launched_at is not None]
    survivor.launched_at = min(launched, default=None)
    duplicate.merged_into_id = survivor.id
    touch(survivor)


async def _settle(
    db: AsyncSession, actor: Actor, survivor: Collaboration, duplicate: Collaboration, reason: str
) -> None:
    """Of what both have now there is one: the duplicate's ends, each on record."""
    both = (survivor.id, duplicate.id)
    today = await today_at(db, survivor.id)
    for participant in await queries.doubled_participants(db, *both):
        participant.ended_on = max(participant.since_on, today)
    for role in await queries.doubled_roles(db, *both):
        detail = {"account_id": str(role.account_id), "role": role.role}
        activity.record(db, actor, "role_assignment.ended", role, reason=reason, detail=detail)
        await db.delete(role)
    for invitation in await queries.open_invitations(db, duplicate.id):
        activity.record(db, actor, "invitation.revoked", invitation, reason=reason)
        invitation.revoked_at = now(db)


async def _reaches(db: AsyncSession, parent: UUID, child: UUID) -> bool:
    edge = exists().where(ScopeEdge.parent_id == parent, ScopeEdge.child_id == child)
    return bool(await db.scalar(select(edge)))
