"""What must hold before a membership moves on."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.transitions import Marked, Unmet
from app.network.cohorts.lifecycle import MEMBERSHIP, OFFERING, TAKING_PLACE, CohortStatus
from app.network.cohorts.models import Cohort, Membership
from app.network.cohorts.queries import MEMBERSHIPS, free_places
from app.network.conflicts.guards import independence


def _in_status(cohort: Cohort, *wanted: CohortStatus) -> Unmet | None:
    if cohort.status in wanted:
        return None
    names = " or ".join(wanted).replace("_", " ")
    return Unmet("cohort_status", f"The cohort is {cohort.status}; it has to be {names}.")


@MEMBERSHIP.guard("waitlist")
@MEMBERSHIP.guard("offer")
@MEMBERSHIP.guard("accept")
async def cohort_takes_members(
    _db: AsyncSession, _actor: Actor, membership: Membership
) -> Unmet | None:
    """Places are given from recruitment until the last weeks."""
    return _in_status(membership.cohort, *(status for status in CohortStatus if status in OFFERING))


@MEMBERSHIP.guard("offer")
@MEMBERSHIP.guard("reinstate")
async def place_is_free(db: AsyncSession, _actor: Actor, membership: Membership) -> Unmet | None:
    """No place is given twice, unless somebody says why it is given beyond those announced."""
    if membership.status in TAKING_PLACE or membership.wanted_beyond is not None:
        return None
    if await free_places(db, membership.cohort) != 0:
        return None
    return Unmet(
        "cohort_full",
        "Every announced place is taken: give an `override_reason` to go beyond.",
        pointer="/override_reason",
    )


@MEMBERSHIP.guard("accept")
async def offer_stands(db: AsyncSession, _actor: Actor, membership: Membership) -> Unmet | None:
    """An offer is accepted by its deadline, whether or not the clock has let it lapse yet."""
    deadline = membership.offer_expires_at
    if deadline is None or now(db) <= deadline:
        return None
    return Unmet("offer_expired", "The offer has expired. Ask for it to be made again.")


@MEMBERSHIP.guard("activate")
async def cohort_is_confirmed(
    _db: AsyncSession, _actor: Actor, membership: Membership
) -> Unmet | None:
    """Members take part once it is certain that the cohort takes place."""
    return _in_status(membership.cohort, CohortStatus.CONFIRMED, CohortStatus.RUNNING)


@MEMBERSHIP.guard("complete")
async def cohort_has_run(_db: AsyncSession, _actor: Actor, membership: Membership) -> Unmet | None:
    """Nobody completes a cohort that has not started."""
    return _in_status(membership.cohort, CohortStatus.RUNNING, CohortStatus.WRAPPING_UP)


@MEMBERSHIP.guard("reinstate")
async def cohort_goes_on(_db: AsyncSession, _actor: Actor, membership: Membership) -> Unmet | None:
    """Members come back while there is something to come back to."""
    return _in_status(
        membership.cohort,
        CohortStatus.CONFIRMED,
        CohortStatus.RUNNING,
        CohortStatus.WRAPPING_UP,
    )


@MEMBERSHIP.guard("remove")
async def remover_is_independent(
    db: AsyncSession, actor: Actor, membership: Membership
) -> Unmet | Marked | None:
    """Whoever puts a member out has nothing of their own to gain or to lose by it."""
    return await independence(db, actor, MEMBERSHIPS, membership.id)
