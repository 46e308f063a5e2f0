"""Whether there is room for more bytes.

What is stored is summed each time from the files and uploads themselves, an upload with all that it
announced: a tally beside them could stand wrong. Whoever adds to the same sum waits for a lock, so
that no two find the same room.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import Conflict, PayloadTooLarge
from app.kernel.limits import limits_of
from app.people.files.models import File, Upload
from app.people.identity.models import Account
from app.people.identity.scopes import Scope, ScopeClosure, ScopeKind
from app.web.rate_limits import BYTES, Quota, tell

_NETWORK_LOCK: Final = 0x706C6E05


class StorageFull(PayloadTooLarge):
    """There is no room for a file of this size. `quota` says whose room it is (`person`,
    `network`), `limit` and `stored` how many bytes it has and holds."""


class CollaborationStorageFull(Conflict):
    """The collaboration has no room for a file of this size. `limit` and `stored` say how many
    bytes it has and holds."""


async def hold_room(db: AsyncSession, person_id: UUID) -> None:
    """Let nobody else begin an upload for this person until the transaction ends."""
    await _lock(db, func.hashtextextended(str(person_id), 1))


async def reserve(db: AsyncSession, person_id: UUID, size: int) -> None:
    """Refuse a file of `size` bytes for which its person or the network has no room.

    The person's room is held, and the file is to be entered in the same transaction. Raises
    StorageFull (413).
    """
    limits = limits_of(db)
    theirs = select(Account.id).where(
        or_(
            Account.id == person_id,
            Account.owner_id == person_id,
            Account.merged_into_id == person_id,
        )
    )
    stored = await _stored(db, Upload.uploader_id.in_(theirs), File.uploader_id.in_(theirs))
    room = limits.stored_by_person - stored
    tell(Quota("stored-bytes", limits.stored_by_person, max(room, 0), unit=BYTES))
    if size > room:
        raise _full("person", limits.stored_by_person, stored)
    tell(Quota("stored-bytes", limits.stored_by_person, room - size, unit=BYTES))
    await _lock(db, _NETWORK_LOCK)
    stored = await _stored(db)
    if size > limits.stored_in_network - stored:
        raise _full("network", limits.stored_in_network, stored)


async def make_room(db: AsyncSession, scope_id: UUID, size: int) -> None:
    """Refuse to attach a file of `size` bytes below a collaboration that has no room for it.

    The file is to be attached in the same transaction. Raises CollaborationStorageFull (409).
    """
    most = limits_of(db).stored_by_collaboration
    for collaboration_id in await db.scalars(_collaborations_above(scope_id)):
        await _lock(db, func.hashtextextended(str(collaboration_id), 4))
        below = select(ScopeClosure.descendant_id).where(
            ScopeClosure.ancestor_id == collaboration_id
        )
        attached = select(func.sum(File.size)).where(File.scope_id.in_(below))
        stored = int(await db.scalar(attached) or 0)
        room = most - stored
        tell(Quota("collaboration-bytes", most, room, unit=BYTES))
        if size > room:
            raise CollaborationStorageFull(extra={"limit": most, "stored": stored})
        tell(Quota("collaboration-bytes", most, room - size, unit=BYTES))


def _collaborations_above(scope_id: UUID) -> Select[UUID]:
    return (
        select(Scope.id)
        .join(ScopeClosure, ScopeClosure.ancestor_id == Scope.id)
        .where(ScopeClosure.descendant_id == scope_id, Scope.kind == ScopeKind.COLLABORATION)
        .order_by(Scope.id)
    )


async def _stored(
    db: AsyncSession,
    of_uploads: ColumnElement[bool] | None = None,
    of_files: ColumnElement[bool] | None = None,
) -> int:
    """The bytes of files and of uploads that are still coming in."""
    coming = select(func.coalesce(func.sum(Upload.size), 0)).where(Upload.completed_at.is_(None))
    here = select(func.coalesce(func.sum(File.size), 0))
    if of_uploads is not None and of_files is not None:
        coming, here = coming.where(of_uploads), here.where(of_files)
    return int(await db.scalar(select(coming.scalar_subquery() + here.scalar_subquery())) or 0)


async def _lock(db: AsyncSession, key: ColumnElement[int] | int) -> None:
    await db.execute(select(func.pg_advisory_xact_lock(key)))


def _full(quota: str, limit: int, stored: int) -> StorageFull:
    return StorageFull(extra={"quota": quota, "limit": limit, "stored": stored})
