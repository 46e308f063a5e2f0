"""What must hold before a cohort moves on."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.listing import listed
from app.kernel.transitions import Unmet, subject
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.network.cohorts.queries import moved_since_the_start, open_members, places


@COHORT.guard("recruit")
async def has_planned_dates(_db: AsyncSession, _actor: Actor, cohort: Cohort) -> Unmet | None:
    """What is announced says when the cohort is to run."""
    if cohort.planned_start_on and cohort.planned_end_on:
        return None
    missing = "planned_end_on" if cohort.planned_start_on else "planned_start_on"
    return Unmet(
        "dates_missing",
        "Set `planned_start_on` and `planned_end_on` first.",
        pointer=f"/{missing}",
    )


@COHORT.guard("confirm")
async def is_large_enough(db: AsyncSession, _actor: Actor, cohort: Cohort) -> Unmet | None:
    """A cohort below its minimum size does not take place."""
    joined = (await places(db, cohort)).joined
    if joined >= cohort.minimum_size:
        return None
    return Unmet(
        "too_few_members", f"{joined} of at least {cohort.minimum_size} have accepted a place."
    )


@COHORT.guard("undo_start")
async def nothing_rests_on_the_start(
    db: AsyncSession, _actor: Actor, cohort: Cohort
) -> Unmet | None:
    """What its members have done since it started is measured from there."""
    found = await moved_since_the_start(db, cohort)
    if not found:
        return None
    named = "; ".join(f"{one.reference} ({one.name}) is {status}" for one, status in found)
    return Unmet("start_depended_on", f"Measured since the start: {named}.")


@COHORT.guard("close")
async def memberships_have_ended(db: AsyncSession, _actor: Actor, cohort: Cohort) -> Unmet | None:
    """Nobody is left in a cohort that is closed."""
    remaining = await open_members(db, cohort)
    if not remaining:
        return None
    names = [f"{one.collaboration.reference} ({one.status})" for one in remaining]
    return Unmet(
        "memberships_open",
        f"Complete or end first: {listed(names)}.",
        subjects=tuple(subject(one.id, one.collaboration) for one in remaining),
    )
