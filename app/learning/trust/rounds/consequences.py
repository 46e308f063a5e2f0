"""What becomes of rounds when their cohort is cancelled, and what closing one under its threshold
comes to."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.transitions import Touched
from app.learning.trust.rounds.lifecycle import ROUND
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.rounds.queries import rounds_of
from app.learning.trust.rounds.service import make_move
from app.learning.trust.sheets.queries import counted
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.people.identity.access import held
from app.people.identity.actors import Actor, scheduler


async def _standing(db: AsyncSession, _actor: Actor, cohort: Cohort) -> list[Touched]:
    found = await db.scalars(rounds_of(cohort.id))
    return [Touched("round", one.id, None, one.title) for one in found]


@COHORT.consequence("cancel", touches=_standing)
async def its_rounds_are_cancelled(
    db: AsyncSession, _actor: Actor, cohort: Cohort, reason: str | None
) -> None:
    """Every round that was still to be answered is cancelled, for the same reason: by the clock,
    since whoever cancels the cohort may be somebody who is asked."""
    for one in list(await db.scalars(held(rounds_of(cohort.id), Round))):
        await make_move(db, scheduler(), one, "cancel", reason=reason)


@ROUND.derives("close")
async def nothing_will_be_told(db: AsyncSession, _actor: Actor, a_round: Round) -> list[Touched]:
    """Nothing of it is published where fewer have answered than the round promised. Of an anonymous
    round that is told once nobody answers any more: before, it would say which answer came."""
    is_answered = now(db) < a_round.closes_at
    if a_round.confidentiality == Confidentiality.ATTRIBUTED or (
        a_round.is_anonymous and is_answered
    ):
        return []
    _asked, answered = await counted(db, a_round)
    if answered >= a_round.gate.least_people:
        return []
    return [Touched("round", a_round.id, None, a_round.title)]
