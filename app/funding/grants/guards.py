"""What else must hold before a grant moves."""

from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.lifecycle import GRANT, MILESTONE, SETTLED
from app.funding.grants.models import Grant, GrantVersion, Milestone, MilestoneTerms, is_current
from app.funding.grants.queries import GRANTS, MILESTONES, is_funded_elsewhere, why_held
from app.kernel.activity import Actor
from app.kernel.clock import today
from app.kernel.schemas import Ref
from app.kernel.transitions import Marked, Unmet
from app.network.cohorts.lifecycle import LIVE
from app.network.cohorts.models import Membership
from app.network.conflicts.guards import independence

FUNDED_ELSEWHERE: Final = "funded_elsewhere"


@GRANT.guard("create")
@GRANT.guard("offer")
async def membership_is_live(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """Only a collaboration that took its place in the cohort is funded."""
    status = await db.scalar(select(Membership.status).where(Membership.id == grant.membership_id))
    if status in LIVE:
        return None
    return Unmet("membership_not_live", f"The membership is {status}: it must be accepted first.")


@GRANT.guard("offer")
async def milestones_lie_within_its_period(
    db: AsyncSession, _actor: Actor, grant: Grant
) -> Unmet | None:
    """What is agreed is due while the grant runs."""
    outside = (
        select(Milestone.id, Milestone.title)
        .join(MilestoneTerms, MilestoneTerms.milestone_id == Milestone.id)
        .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
        .where(
            GrantVersion.grant_id == grant.id,
            is_current(),
            ~MilestoneTerms.due_on.between(GrantVersion.starts_on, GrantVersion.ends_on),
        )
        .order_by(MilestoneTerms.position)
    )
    found = (await db.execute(outside)).all()
    if not found:
        return None
    return Unmet(
        "milestones_outside",
        f"Due outside of the grant's period: {'; '.join(title for _, title in found)}.",
        subjects=tuple(Ref(id=id_, reference=None, name=title) for id_, title in found),
    )


@GRANT.guard("activate")
async def signatory_is_independent(
    db: AsyncSession, actor: Actor, grant: Grant
) -> Unmet | Marked | None:
    """Whoever signs for the convenor is independent of the grantee."""
    if not actor.holds("grant.sign_as_convenor", grant.scope_id):
        return None
    return await independence(db, actor, GRANTS, grant.id)


@GRANT.guard("offer")
@GRANT.guard("activate")
async def is_not_funded_twice_unseen(
    db: AsyncSession, _actor: Actor, grant: Grant
) -> Marked | None:
    """What another cohort funds as well is funded all the same, and seen by whoever audits."""
    funded = exists().where(Grant.id == grant.id, is_funded_elsewhere())
    return Marked((FUNDED_ELSEWHERE,)) if await db.scalar(funded.select()) else None


@GRANT.guard("terminate")
async def terminator_is_independent(
    db: AsyncSession, actor: Actor, grant: Grant
) -> Unmet | Marked | None:
    """Whoever ends a grant against the grantee has nothing of their own to gain or lose by it."""
    return await independence(db, actor, GRANTS, grant.id)


@GRANT.guard("begin_closing")
async def nothing_more_is_due(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """A grant closes when its period is over, or earlier when nothing more is expected or it is
    held."""
    end = select(GrantVersion.ends_on).where(GrantVersion.grant_id == grant.id, is_current())
    ends_on = (await db.scalars(end)).one()
    if today(db, grant.cohort.timezone) > ends_on or why_held(db, grant):
        return None
    return await _open(db, grant, "It has open milestones, and its period is not over.")


@GRANT.guard("close")
async def milestones_are_settled(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """Each milestone was accepted, rejected, waived or cancelled."""
    return await _open(db, grant, "Accept, reject or waive each milestone first.")


async def _open(db: AsyncSession, grant: Grant, said: str) -> Unmet | None:
    """The condition that no milestone is open, with those that are."""
    still_open = select(Milestone.id, Milestone.reference, Milestone.title).where(
        Milestone.grant_id == grant.id, Milestone.status.not_in(SETTLED)
    )
    found = (await db.execute(still_open.order_by(Milestone.id))).all()
    if not found:
        return None
    subjects = tuple(Ref(id=id_, reference=said_as, name=title) for id_, said_as, title in found)
    return Unmet("milestones_open", said, subjects=subjects)


@MILESTONE.guard("waive")
async def no_money_hangs_on_it(
    db: AsyncSession, _actor: Actor, milestone: Milestone
) -> Unmet | None:
    """Money that was agreed is decided about by a report, or ends with its grant."""
    terms = (
        select(MilestoneTerms.amount_minor)
        .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
        .where(MilestoneTerms.milestone_id == milestone.id, is_current())
    )
    if not await db.scalar(terms):
        return None
    return Unmet("milestone_pays", "Money hangs on it: accept a report on it, or a part.")


@MILESTONE.guard("waive")
async def waiver_is_independent(
    db: AsyncSession, actor: Actor, milestone: Milestone
) -> Unmet | Marked | None:
    """Nobody does without what they owe themselves."""
    return await independence(db, actor, MILESTONES, milestone.id)
