"""Who may see a strand: those who see its programme."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import FieldProblem, NotFound, Unprocessable
from app.network.programmes.strands.models import Strand
from app.people.identity.access import Loader


class StrandNotFound(NotFound):
    """There is no such strand, or you may not see its programme."""


class StrandUnknown(Unprocessable):
    """The request names a strand that the collaboration's programme does not have."""


strand: Final = Loader(Strand, "programme.read", StrandNotFound, (joinedload(Strand.programme),))


async def known(db: AsyncSession, strand_id: UUID, programme_id: UUID | None) -> Strand:
    """The strand that a body names as `/strand_id`, of a programme that the caller has found.

    Raises StrandUnknown (422) where the programme has none of this id.
    """
    statement = select(Strand).where(Strand.id == strand_id, Strand.programme_id == programme_id)
    found = await db.scalar(statement)
    if found is None:
        pointer = FieldProblem(
            pointer="/strand_id",
            code="strand_unknown",
            detail="The collaboration's programme has none of this id.",
        )
        raise StrandUnknown(errors=[pointer])
    return found
