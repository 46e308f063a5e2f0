"""Strands: naming the kinds of work a programme is made of."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.errors import Conflict, constraint
from app.kernel.paging import paginate
from app.network.programmes.access import programme as obtain_programme
from app.network.programmes.strands import access
from app.network.programmes.strands.models import Strand
from app.network.programmes.strands.schemas import (
    CreateStrand,
    EditStrand,
    StrandOut,
    StrandPage,
    StrandQuery,
)
from app.people.identity.access import visible
from app.people.identity.actors import Actor

SORTS: Final = {"key": (Strand.key, Strand.id)}


class StrandKeyTaken(Conflict):
    """The programme has a strand of this key."""


class StrandInUse(Conflict):
    """Collaborations belong to this strand; move them to another one first."""


constraint("uq_strands_programme_id_key", StrandKeyTaken)
constraint("fk_collaborations_strand_id", StrandInUse)


async def create_strand(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateStrand
) -> StrandOut:
    """Name a kind of work. Raises StrandKeyTaken (409)."""
    programme = await obtain_programme.allowing(db, actor, programme_id, "programme.edit")
    strand = Strand(**body.model_dump(), programme_id=programme.id, programme=programme)
    db.add(strand)
    await db.flush()
    _record(db, actor, "strand_added", strand)
    await db.flush()
    return StrandOut.model_validate(strand)


async def list_strands(
    db: AsyncSession, actor: Actor, programme_id: UUID, query: StrandQuery
) -> StrandPage:
    """The strands of a programme, by key."""
    programme = await obtain_programme(db, actor, programme_id)
    statement = (
        visible(Strand, actor, "programme.read")
        .where(Strand.programme_id == programme.id)
        .options(joinedload(Strand.programme))
    )
    page = await paginate(db, statement, query, SORTS, default="key", bound=programme.id)
    return StrandPage(
        items=[StrandOut.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_strand(db: AsyncSession, actor: Actor, strand_id: UUID) -> StrandOut:
    """One strand."""
    return StrandOut.model_validate(await access.strand(db, actor, strand_id))


async def edit_strand(
    db: AsyncSession, actor: Actor, strand_id: UUID, body: EditStrand, *, if_match: int | None
) -> StrandOut:
    """Change what the body names."""
    strand = await access.strand.to_change(
        db, actor, strand_id, "programme.edit", if_match=if_match
    )
    if changed := amend(strand, body.model_dump()):
        _record(db, actor, "strand_edited", strand, **changed)
    await db.flush()
    return StrandOut.model_validate(strand)


async def delete_strand(
    db: AsyncSession, actor: Actor, strand_id: UUID, *, if_match: int | None
) -> None:
    """Take back a strand to which no collaboration belongs. Raises StrandInUse (409)."""
    strand = await access.strand.to_change(
        db, actor, strand_id, "programme.edit", if_match=if_match
    )
    _record(db, actor, "strand_removed", strand)
    await db.delete(strand)
    await db.flush()


def _record(db: AsyncSession, actor: Actor, verb: str, strand: Strand, **detail: Any) -> None:
    """It belongs to the history of the programme."""
    whole = {"strand_id": str(strand.id), "key": strand.key, **detail}
    activity.record(db, actor, f"programme.{verb}", strand.programme, detail=whole)
