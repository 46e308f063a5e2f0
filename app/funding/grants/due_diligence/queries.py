"""Which checks hold, and which are required."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.due_diligence.access import is_current
from app.funding.grants.due_diligence.models import (
    DEFAULT_KINDS,
    CheckKind,
    DueDiligenceCheck,
    DueDiligencePolicy,
)
from app.funding.grants.due_diligence.standing import CheckStanding, standing
from app.funding.grants.models import Grant
from app.kernel.clock import today


async def policy_of(db: AsyncSession, programme_id: UUID) -> DueDiligencePolicy:
    """What the programme asks for: its own policy, or one of version 0 that is not stored."""
    stored = select(DueDiligencePolicy).where(DueDiligencePolicy.programme_id == programme_id)
    found = await db.scalar(stored)
    return found or DueDiligencePolicy(
        programme_id=programme_id, required_kinds=list(DEFAULT_KINDS), version=0
    )


async def latest_checks(db: AsyncSession, grant_id: UUID) -> Mapping[CheckKind, DueDiligenceCheck]:
    """The check that holds of each kind that was looked at."""
    latest = select(DueDiligenceCheck).where(DueDiligenceCheck.grant_id == grant_id, is_current())
    return {check.kind: check for check in await db.scalars(latest)}


async def standings(db: AsyncSession, grant: Grant) -> Mapping[CheckKind, CheckStanding]:
    """How each kind that the programme requires stands today; the grant comes with its cohort."""
    policy = await policy_of(db, grant.cohort.programme_id)
    latest = await latest_checks(db, grant.id)
    on = today(db, grant.cohort.timezone)
    return {
        kind: standing_of(latest.get(kind), on) for kind in map(CheckKind, policy.required_kinds)
    }


def standing_of(check: DueDiligenceCheck | None, on: date) -> CheckStanding:
    """What a check, if there is one, comes to on a day."""
    if check is None:
        return standing(None, None, on)
    return standing(check.outcome, check.expires_on, on)
