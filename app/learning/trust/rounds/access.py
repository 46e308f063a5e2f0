"""Who may see rounds: who runs their cohort, and who takes part in what it shares.

The round's row is the lock of what is answered in it: whoever answers holds it as many at once do,
whoever closes it alone, and in an anonymous round whoever answers does alone too.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.trust.rounds.models import Round
from app.network.cohorts.access import hold_cohort
from app.people.identity.access import Above, Loader, held

WHOLE: Final = (joinedload(Round.cohort), joinedload(Round.framework_version))


class RoundNotFound(NotFound):
    """There is no such round, or none that you may see."""


round_: Final = Loader(
    Round,
    "round.read",
    RoundNotFound,
    WHOLE,
    above=Above(Round.cohort_id, hold_cohort),
)


async def hold_round(
    db: AsyncSession, round_id: UUID, *, skip_locked: bool = False
) -> Round | None:
    """Lock a round's row until the transaction ends, whoever asks, and read it afresh; with
    `skip_locked` None where another holds it."""
    statement = select(Round).where(Round.id == round_id).options(*WHOLE)
    return await db.scalar(held(statement, Round, skip_locked=skip_locked))


async def share_round(db: AsyncSession, round_id: UUID) -> Round:
    """The same beside others who do so: nobody closes it meanwhile."""
    statement = select(Round).where(Round.id == round_id).options(*WHOLE)
    statement = statement.with_for_update(read=True, of=Round)
    return (await db.scalars(statement.execution_options(populate_existing=True))).one()
