"""What must be known of a grantee before it is offered money, and at each signature."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.due_diligence.access import READ
from app.funding.grants.due_diligence.queries import standings
from app.funding.grants.due_diligence.standing import SUFFICIENT
from app.funding.grants.lifecycle import GRANT
from app.funding.grants.models import Grant
from app.kernel.activity import Actor
from app.kernel.transitions import Unmet


@GRANT.guard("offer")
@GRANT.guard("activate")
async def due_diligence_is_complete(db: AsyncSession, actor: Actor, grant: Grant) -> Unmet | None:
    """Each check that the programme requires was passed or waived, and holds today.

    Only those who may read the checks are told which do not.
    """
    found = await standings(db, grant)
    lacking = [f"{kind} ({how})" for kind, how in found.items() if how not in SUFFICIENT]
    if not lacking:
        return None
    detail = "The checks of the grantee are not complete."
    if actor.holds(READ, grant.scope_id):
        detail = f"Not passed or waived: {', '.join(lacking)}."
    return Unmet("due_diligence_incomplete", detail)
