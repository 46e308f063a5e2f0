"""Strands: naming the kinds of work a programme is made of."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.errors import Conflict, constraint
from app.kernel.written import Written
from app.network.programmes.access import programme as obtain_programme
from app.network.programmes.strands import access
from app.network.programmes.strands.models import Strand
from app.network.programmes.strands.schemas import (
    CreateStrand,
    EditStrand,
    StrandOut,
)
from app.network.programmes.strands.telling import STRANDS
from app.people.identity.actors import Actor


class StrandKeyTaken(Conflict):
    """The programme has a strand of this key."""


class StrandInUse(Conflict):
    """Collaborations belong to this strand; move them to another one first."""


constraint("uq_strands_programme_id_key", StrandKeyTaken, "/key")
constraint("fk_collaborations_strand_id", StrandInUse)


async def create_strand(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateStrand
) -> Written[StrandOut]:
    """Name a kind of work. Raises StrandKeyTaken (409)."""
    programme = await obtain_programme.allowing(db, actor, programme_id, "programme.edit")
    strand = Strand(**body.model_dump(), programme_id=programme.id, programme=programme)
    db.add(strand)
    await db.flush()
    _record(db, actor, "strand_added", strand)
    return await STRANDS.told_to(db, actor, strand.id)


async def edit_strand(
    db: AsyncSession, actor: Actor, strand_id: UUID, body: EditStrand, *, if_match: int | None
) -> Written[StrandOut]:
    """Change what the body names."""
    strand = await access.strand.to_change(
        db, actor, strand_id, "programme.edit", if_match=if_match
    )
    if changed := amend(strand, body.model_dump()):
        _record(db, actor, "strand_edited", strand, **changed)
    return await STRANDS.told_to(db, actor, strand.id)


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
