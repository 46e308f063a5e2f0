"""Who may see an expectation: those who see its programme."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.network.programmes.expectations.models import Expectation
from app.people.identity.access import obtain
from app.people.identity.actors import Actor


class ExpectationNotFound(NotFound):
    """There is no such expectation, or you may not see its programme."""


async def expectation(
    db: AsyncSession, actor: Actor, expectation_id: UUID, *, lock: bool = False
) -> Expectation:
    """The expectation with its programme. Raises ExpectationNotFound (404)."""
    return await obtain(
        db,
        actor,
        Expectation,
        expectation_id,
        "programme.read",
        lock=lock,
        missing=ExpectationNotFound,
        options=[joinedload(Expectation.programme)],
    )
