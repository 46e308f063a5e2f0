"""What else must hold before results are published."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.learning.trust.fingerprints import input_hash
from app.learning.trust.result_sets.lifecycle import RESULT_SET
from app.learning.trust.result_sets.models import ResultSet
from app.learning.trust.result_sets.queries import what_is_scored
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.queries import acts_for


@RESULT_SET.guard("publish")
async def something_is_told(_db: AsyncSession, _actor: Actor, found: ResultSet) -> Unmet | None:
    """Of a round under k nothing is published."""
    if found.told:
        return None
    return Unmet(
        "nothing_to_tell",
        "Too few answered: nothing of this round may be told, and nothing is published.",
    )


@RESULT_SET.guard("publish")
async def answers_are_the_same(db: AsyncSession, _actor: Actor, found: ResultSet) -> Unmet | None:
    """Which sheets count, and what they say, has not changed since."""
    of = await what_is_scored(db, found.round)
    if input_hash(one for one in of.sheets if one.id not in of.exclusions) == found.input_hash:
        return None
    return Unmet(
        "answers_changed", "Other sheets count than when this was computed: compute it anew."
    )


@RESULT_SET.guard("publish")
async def round_is_not_laid_down(
    _db: AsyncSession, _actor: Actor, found: ResultSet
) -> Unmet | None:
    """Nothing more is told of a round that was archived."""
    if found.round.status != RoundStatus.ARCHIVED:
        return None
    return Unmet("round_archived", "The round is archived: nothing more is told of it.")


@RESULT_SET.guard("publish")
async def it_is_published_from_outside(
    db: AsyncSession, actor: Actor, found: ResultSet
) -> Unmet | None:
    """Whoever says that results be published is not of those whom they are about."""
    if not actor.persons or not await acts_for(db, actor.persons, found.cohort_id):
        return None
    return Unmet(
        "party_to_results", "You act for a member of the cohort. Another person must publish this."
    )
