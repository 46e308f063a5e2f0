"""Who may see programmes: every person with an account."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.errors import FieldProblem, NotFound, Unprocessable
from app.network.programmes.models import Programme, Target
from app.people.identity.access import Loader, seen
from app.people.identity.actors import Actor


class ProgrammeNotFound(NotFound):
    """There is no such programme, or you may not see it."""


class ProgrammeUnknown(Unprocessable):
    """The request names a programme that there is not."""


class TargetNotFound(NotFound):
    """There is no such target, or you may not see its programme."""


programme: Final = Loader(Programme, "programme.read", ProgrammeNotFound)
with_parties: Final = Loader(
    Programme, "programme.read", ProgrammeNotFound, (selectinload(Programme.parties),)
)
target: Final = Loader(Target, "programme.read", TargetNotFound, (joinedload(Target.programme),))


async def known(db: AsyncSession, actor: Actor, programme_id: UUID) -> Programme:
    """The programme that a body names as `/programme_id`. Raises ProgrammeUnknown (422)."""
    statement = seen(Programme, actor, "programme.read").where(Programme.id == programme_id)
    found = await db.scalar(statement)
    if found is None:
        pointer = FieldProblem(
            pointer="/programme_id", code="programme_unknown", detail="There is none of this id."
        )
        raise ProgrammeUnknown(errors=[pointer])
    return found
