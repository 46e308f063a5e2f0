"""What must become of grants before a cohort is closed or a collaboration ends, and what no longer
becomes of them once their membership has."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.holding import is_over
from app.funding.grants.lifecycle import ENDED, GRANT, MILESTONE
from app.funding.grants.models import Grant, Milestone
from app.funding.grants.queries import circumstances, is_settled, why_held
from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.listing import listed
from app.kernel.schemas import Ref
from app.kernel.transitions import Unmet
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import Collaboration


@GRANT.guard("activate")
async def membership_has_not_ended(_db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """At each signature the collaboration goes on, and is a member of a cohort that does."""
    given = circumstances(grant)
    if not is_over(given.membership, given.cohort, given.collaboration):
        return None
    return Unmet(
        "membership_ended",
        f"The membership is {given.membership}, the cohort {given.cohort}, the collaboration "
        f"{given.collaboration}: cancel the grant.",
    )


@GRANT.guard("continue")
async def something_has_ended(_db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """A grant is continued once its membership, its cohort or its collaboration has ended."""
    given = circumstances(grant)
    if is_over(given.membership, given.cohort, given.collaboration):
        return None
    return Unmet("membership_goes_on", "Its membership goes on, and the grant with it.")


@MILESTONE.guard("accept_partially")
async def grant_is_not_held(db: AsyncSession, _actor: Actor, milestone: Milestone) -> Unmet | None:
    """While its grant is held nothing is accepted."""
    return held(db, milestone.grant)


def held(db: AsyncSession, grant: Grant) -> Unmet | None:
    """That a grant is held, where it is."""
    because = why_held(db, grant)
    if because is None:
        return None
    said = because.replace("_", " ")
    return Unmet("grant_held", f"The grant is held ({said}) until the convenor settles it.")


@COHORT.guard("close")
async def grants_are_settled(db: AsyncSession, actor: Actor, cohort: Cohort) -> Unmet | None:
    """Each grant of a cohort that is closed was closed, terminated, cancelled or continued."""
    left = await _grants(db, Grant.cohort_id == cohort.id, ~is_settled(now(db)))
    if not left:
        return None
    said, seen = await _named(db, actor, left)
    return Unmet(
        "grants_open", f"Close, terminate, cancel or continue first: {said}.", subjects=seen
    )


@COLLABORATION.guard("conclude")
@COLLABORATION.guard("abandon")
async def grants_have_ended(
    db: AsyncSession, actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """What still has a grant does not end, continued or not."""
    left = await _grants(db, Grant.collaboration_id == collaboration.id, Grant.status.not_in(ENDED))
    if not left:
        return None
    said, seen = await _named(db, actor, left)
    return Unmet(
        "grants_open", f"Close, terminate or cancel its grants first: {said}.", subjects=seen
    )


async def _grants(db: AsyncSession, *which: ColumnElement[bool]) -> Sequence[Grant]:
    return (await db.scalars(select(Grant).where(*which).order_by(Grant.reference))).all()


async def _named(
    db: AsyncSession, actor: Actor, grants: Sequence[Grant]
) -> tuple[str, tuple[Ref, ...]]:
    """Those that the actor may see by name, the others by number."""
    await actor.reach(db, [one.id for one in grants])
    seen = [one for one in grants if actor.holds("grant.read", one.id)]
    names = [f"{one.reference} ({one.status})" for one in seen]
    refs = tuple(Ref(id=one.id, reference=one.reference, name=one.title) for one in seen)
    return listed(names, len(grants) - len(names)), refs
