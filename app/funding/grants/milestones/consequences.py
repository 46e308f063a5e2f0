"""What becomes of milestones when their grant moves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.access import cancellable, hold, met_by_signing, unreported
from app.funding.grants.lifecycle import GRANT, MILESTONE
from app.funding.grants.models import Grant
from app.funding.grants.queries import touched, why_held
from app.kernel.lifecycle import move
from app.kernel.transitions import Touched
from app.people.identity.actors import Actor


async def _to_be_cancelled(db: AsyncSession, _actor: Actor, grant: Grant) -> list[Touched]:
    return await touched(db, cancellable(grant))


async def _out_of_reach(db: AsyncSession, _actor: Actor, grant: Grant) -> list[Touched]:
    return await touched(db, unreported(grant)) if why_held(db, grant) else []


@GRANT.consequence("activate")
async def signature_milestones_are_met(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """A signature milestone without criteria, which asks for nothing but the signatures, is met."""
    for milestone in await met_by_signing(db, grant):
        await move(db, actor, milestone, MILESTONE, "sign")


@GRANT.consequence("decline", touches=_to_be_cancelled)
@GRANT.consequence("cancel", touches=_to_be_cancelled)
@GRANT.consequence("terminate", touches=_to_be_cancelled)
async def open_milestones_are_cancelled(
    db: AsyncSession, actor: Actor, grant: Grant, reason: str | None
) -> None:
    """Every milestone that is neither accepted nor waived is cancelled, for the same reason."""
    for milestone in await hold(db, cancellable(grant)):
        await move(db, actor, milestone, MILESTONE, "cancel", reason=reason)


@GRANT.consequence("begin_closing", touches=_out_of_reach)
async def what_cannot_be_reported_is_cancelled(
    db: AsyncSession, actor: Actor, grant: Grant, reason: str | None
) -> None:
    """Of a grant that is held, every milestone that waits for a report is cancelled: nobody can
    report it. What was reported stays, to be decided."""
    if why_held(db, grant) is None:
        return
    for milestone in await hold(db, unreported(grant)):
        await move(db, actor, milestone, MILESTONE, "cancel", reason=reason)
