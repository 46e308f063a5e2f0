"""Who may see programmes: every person with an account."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import FieldProblem, NotFound, Unprocessable
from app.network.programmes.models import Programme, ProgrammeParty, Target
from app.people.identity.access import obtain, visible
from app.people.identity.actors import Actor

WITH_PARTIES: Final[ORMOption] = selectinload(Programme.parties).joinedload(
    ProgrammeParty.organisation
)


class ProgrammeNotFound(NotFound):
    """There is no such programme, or you may not see it."""


class ProgrammeUnknown(Unprocessable):
    """The request names a programme that there is not."""


class TargetNotFound(NotFound):
    """There is no such target, or you may not see its programme."""


async def programme(
    db: AsyncSession,
    actor: Actor,
    programme_id: UUID,
    permission: str = "programme.read",
    *,
    lock: bool = False,
) -> Programme:
    """The programme with its convenors and funders. Raises ProgrammeNotFound (404)."""
    return await obtain(
        db,
        actor,
        Programme,
        programme_id,
        permission,
        lock=lock,
        missing=ProgrammeNotFound,
        options=[WITH_PARTIES],
    )


async def known(db: AsyncSession, actor: Actor, programme_id: UUID) -> Programme:
    """The programme that a body names as `/programme_id`. Raises ProgrammeUnknown (422)."""
    statement = visible(Programme, actor, "programme.read").where(Programme.id == programme_id)
    found = await db.scalar(statement)
    if found is None:
        pointer = FieldProblem(
            pointer="/programme_id", code="programme_unknown", detail="There is none of this id."
        )
        raise ProgrammeUnknown(errors=[pointer])
    return found


async def target(db: AsyncSession, actor: Actor, target_id: UUID, *, lock: bool = False) -> Target:
    """The target with its programme. Raises TargetNotFound (404)."""
    return await obtain(
        db,
        actor,
        Target,
        target_id,
        "programme.read",
        lock=lock,
        missing=TargetNotFound,
        options=[joinedload(Target.programme)],
    )
