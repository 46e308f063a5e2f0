"""What becomes of grants when what they rest on ends: nothing is changed, they are held."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.lifecycle import ENDED, UNSIGNED
from app.funding.grants.models import Grant
from app.funding.grants.queries import is_continued, touched
from app.kernel.clock import now
from app.kernel.transitions import Touched
from app.network.cohorts.lifecycle import COHORT, MEMBERSHIP
from app.network.cohorts.models import Cohort, Membership
from app.people.identity.access import reached
from app.people.identity.actors import Actor


@COHORT.derives("cancel")
async def grants_of_the_cohort_are_held(
    db: AsyncSession, actor: Actor, cohort: Cohort
) -> list[Touched]:
    """Grants that were not continued are held: nothing is asked of the grantees, nothing is
    accepted, and they wait to be settled."""
    return await _held(db, actor, Grant.cohort_id == cohort.id, ~is_continued(now(db)))


@MEMBERSHIP.derives("withdraw")
@MEMBERSHIP.derives("remove")
async def grants_are_held(db: AsyncSession, actor: Actor, membership: Membership) -> list[Touched]:
    """Its grants are held: nothing is asked of the grantee, nothing is accepted, and they wait to
    be settled."""
    return await _held(db, actor, Grant.membership_id == membership.id)


@MEMBERSHIP.derives("complete")
async def unsigned_grants_are_held(
    db: AsyncSession, actor: Actor, membership: Membership
) -> list[Touched]:
    """Grants that were signed go on until the cohort closes; those that were not can only be
    cancelled."""
    of_this = Grant.membership_id == membership.id
    return await _held(db, actor, of_this, Grant.status.in_(UNSIGNED))


async def _held(db: AsyncSession, actor: Actor, *which: ColumnElement[bool]) -> list[Touched]:
    mine = reached(Grant.id, actor, "grant.read")
    statement = select(Grant).where(*which, Grant.status.not_in(ENDED), mine)
    return await touched(db, statement.order_by(Grant.reference))
