"""Grants and milestones, for those who may see them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.funding.funds.models import LedgerAccount
from app.funding.grants.due_diligence.models import DueDiligenceCheck
from app.funding.grants.lifecycle import MILESTONE, MilestoneStatus
from app.funding.grants.models import (
    Grant,
    GrantSignature,
    GrantVersion,
    Milestone,
    MilestoneExtension,
    MilestoneKind,
    MilestoneTerms,
    is_current,
)
from app.kernel.errors import NotFound
from app.network.cohorts.models import Note
from app.people.identity.access import Loader
from app.people.identity.models import Invitation, RoleAssignment

GRANT_REFS: Final = (
    joinedload(Grant.membership),
    joinedload(Grant.cohort),
    joinedload(Grant.collaboration),
)
MILESTONE_REFS: Final = (
    joinedload(Milestone.grant).joinedload(Grant.membership),
    joinedload(Milestone.grant).joinedload(Grant.cohort),
    joinedload(Milestone.grant).joinedload(Grant.collaboration),
)


class GrantNotFound(NotFound):
    """There is no such grant, or none that you may see."""


class MilestoneNotFound(NotFound):
    """There is no such milestone, or none that you may see."""


class ExtensionNotFound(NotFound):
    """There is no such extension, or none that you may see."""


grant: Final = Loader(Grant, "grant.read", GrantNotFound, GRANT_REFS)
"""For what does not look at what is agreed."""
agreed_grant: Final = Loader(
    Grant,
    "grant.read",
    GrantNotFound,
    (
        *GRANT_REFS,
        selectinload(Grant.current)
        .selectinload(GrantVersion.signatures)
        .joinedload(GrantSignature.person),
    ),
)
milestone: Final = Loader(Milestone, "grant.read", MilestoneNotFound, MILESTONE_REFS)
"""For what does not look at what is agreed of it."""
agreed_milestone: Final = Loader(
    Milestone,
    "grant.read",
    MilestoneNotFound,
    (
        *MILESTONE_REFS,
        selectinload(Milestone.terms).joinedload(MilestoneTerms.grant_version),
    ),
)
extension: Final = Loader(MilestoneExtension, "grant.read", ExtensionNotFound)


def cancellable(grant: Grant) -> Select[Milestone]:
    """The milestones that end with a grant that the caller has obtained, in their order."""
    return _of(grant, MILESTONE.any_named("cancel").origins)


def unreported(grant: Grant) -> Select[Milestone]:
    """Those of which a report is awaited, or changes to one."""
    return _of(grant, (MilestoneStatus.PLANNED, MilestoneStatus.CHANGES_REQUESTED))


def every(grant_id: UUID) -> Select[Milestone]:
    """All milestones of a grant that the caller has obtained, in their order."""
    return select(Milestone).where(Milestone.grant_id == grant_id).order_by(Milestone.number)


def _of(grant: Grant, statuses: Sequence[StrEnum]) -> Select[Milestone]:
    statement = select(Milestone).where(
        Milestone.grant_id == grant.id, Milestone.status.in_(statuses)
    )
    return statement.order_by(Milestone.number)


async def hold(db: AsyncSession, milestones: Select[Milestone]) -> Sequence[Milestone]:
    """Lock these milestones of a grant that the caller holds, in their order."""
    return (await db.scalars(milestones.with_for_update(key_share=True))).all()


async def met_by_signing(db: AsyncSession, grant: Grant) -> Sequence[Milestone]:
    """The signature milestones of a grant that the caller holds, which ask for nothing but the
    signatures: they have no criteria."""
    statement = (
        select(Milestone)
        .join(MilestoneTerms, MilestoneTerms.milestone_id == Milestone.id)
        .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
        .where(
            GrantVersion.grant_id == grant.id,
            is_current(),
            Milestone.kind == MilestoneKind.SIGNATURE,
            ~MilestoneTerms.criteria.any(),
        )
        .order_by(MilestoneTerms.position)
        .with_for_update(key_share=True, of=Milestone)
    )
    return (await db.scalars(statement)).all()


async def is_depended_on(db: AsyncSession, grant: Grant) -> bool:
    """Whether anything was kept about a grant that is a draft, beside what it says."""
    kept = (
        exists().where(
            GrantSignature.grant_version_id == GrantVersion.id, GrantVersion.grant_id == grant.id
        ),
        exists().where(DueDiligenceCheck.grant_id == grant.id),
        exists().where(LedgerAccount.grant_id == grant.id),
        exists().where(Note.scope_id == grant.scope_id),
        exists().where(RoleAssignment.scope_id == grant.scope_id),
        exists().where(Invitation.scope_id == grant.scope_id),
    )
    return bool(await db.scalar(select(or_(*kept))))
