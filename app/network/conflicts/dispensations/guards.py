"""A dispensation takes two persons, and neither is the one it is for."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.network.conflicts.dispensations.lifecycle import DISPENSATION
from app.network.conflicts.dispensations.models import Dispensation


@DISPENSATION.guard("propose")
@DISPENSATION.guard("confirm")
async def is_for_another(
    _db: AsyncSession, actor: Actor, dispensation: Dispensation
) -> Unmet | None:
    """Nobody gives it to themselves."""
    if dispensation.account_id not in actor.persons:
        return None
    return Unmet("own_dispensation", "It is for you: two others must give it.")


@DISPENSATION.guard("confirm")
async def another_confirms(
    _db: AsyncSession, actor: Actor, dispensation: Dispensation
) -> Unmet | None:
    """Who proposed it does not confirm it."""
    if dispensation.proposed_by_id not in actor.persons:
        return None
    return Unmet("second_person_required", "You have proposed it: another person must confirm it.")
