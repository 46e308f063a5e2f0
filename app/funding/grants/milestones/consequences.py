"""What becomes of milestones when their grant moves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.access import cancellable_milestones, met_by_signing
from app.funding.grants.lifecycle import GRANT, MILESTONE
from app.funding.grants.models import Grant
from app.kernel.lifecycle import move
from app.people.identity.actors import Actor


@GRANT.consequence("activate")
async def signature_milestones_are_met(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """A signature milestone without criteria, which asks for nothing but the signatures, is met."""
    for milestone in await met_by_signing(db, grant):
        await move(db, actor, milestone, MILESTONE, "sign")


@GRANT.consequence("decline")
@GRANT.consequence("cancel")
@GRANT.consequence("terminate")
async def open_milestones_are_cancelled(
    db: AsyncSession, actor: Actor, grant: Grant, reason: str | None
) -> None:
    """Every milestone that is neither accepted nor waived is cancelled, for the same reason."""
    for milestone in await cancellable_milestones(db, grant):
        await move(db, actor, milestone, MILESTONE, "cancel", reason=reason)
