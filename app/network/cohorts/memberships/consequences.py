"""What becomes of members when their cohort moves, and of others when a member leaves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.transitions import Touched
from app.network.cohorts.lifecycle import COHORT, MEMBERSHIP
from app.network.cohorts.memberships.places import end_all, next_in_line
from app.network.cohorts.models import Cohort, Membership
from app.network.cohorts.queries import open_members
from app.people.identity.actors import Actor
from app.people.identity.invitations.queries import open_into


def _touched(membership: Membership) -> Touched:
    collaboration = membership.collaboration
    noun = membership.__noun__
    return Touched(noun, membership.id, collaboration.reference, collaboration.name)


async def _left(db: AsyncSession, _actor: Actor, cohort: Cohort) -> list[Touched]:
    return [_touched(one) for one in await open_members(db, cohort)]


@COHORT.consequence("cancel", touches=_left)
async def members_are_withdrawn(
    db: AsyncSession, actor: Actor, cohort: Cohort, reason: str | None
) -> None:
    """Everyone who waits, was offered a place or has joined is withdrawn, for the same reason."""
    await end_all(db, actor, cohort, reason)


@COHORT.derives("cancel")
@COHORT.derives("close")
async def invitations_into_it_are_void(
    db: AsyncSession, actor: Actor, cohort: Cohort
) -> list[Touched]:
    """Open invitations into the cohort, and into its members there, can be accepted no more."""
    scopes = [cohort.id, cohort.commons_id]
    scopes += [one.id for one in await open_members(db, cohort)]
    return await open_into(db, actor, scopes)


@MEMBERSHIP.derives("withdraw")
@MEMBERSHIP.derives("remove")
async def invitations_are_void(
    db: AsyncSession, actor: Actor, membership: Membership
) -> list[Touched]:
    """Open invitations into the membership can be accepted no more."""
    return await open_into(db, actor, [membership.id])


@MEMBERSHIP.derives("decline")
@MEMBERSHIP.derives("withdraw")
@MEMBERSHIP.derives("remove")
async def the_place_is_passed_on(
    db: AsyncSession, actor: Actor, membership: Membership
) -> list[Touched]:
    """The place that becomes free is offered to whoever waits first, while places are passed on."""
    heir = await next_in_line(db, membership)
    return [_touched(heir)] if heir and actor.holds("membership.offer", membership.id) else []
