"""What a version of a grant says, whole."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.funding.grants.lifecycle import MilestoneStatus
from app.funding.grants.models import Grant, GrantVersion, MilestoneTerms, is_current
from app.funding.grants.terms.schemas import (
    BudgetLineOut,
    CriterionOut,
    GrantTermsOut,
    MilestoneTermsOut,
    VarianceToleranceOut,
)
from app.kernel.money import Money
from app.kernel.schemas import Ref

WHOLE: Final = (
    selectinload(GrantVersion.budget_lines),
    selectinload(GrantVersion.milestone_terms).options(
        joinedload(MilestoneTerms.milestone), selectinload(MilestoneTerms.criteria)
    ),
)


async def whole(db: AsyncSession, grant_id: UUID) -> GrantVersion:
    """The version of a grant that holds now, with all that it says."""
    statement = select(GrantVersion).where(GrantVersion.grant_id == grant_id, is_current())
    statement = statement.options(*WHOLE).execution_options(populate_existing=True)
    return (await db.scalars(statement)).one()


def grant_ref(grant: Grant) -> Ref:
    return Ref(id=grant.id, reference=grant.reference, name=grant.title)


def is_agreed(terms: MilestoneTerms) -> bool:
    """Whether a version says anything of a milestone: one that an amendment took away stays in the
    versions after it with nothing, since it keeps its history."""
    return bool(terms.amount_minor) or terms.milestone.status is not MilestoneStatus.CANCELLED


def shown(grant: Grant, version: GrantVersion) -> GrantTermsOut:
    return GrantTermsOut(
        id=version.id,
        grant=grant_ref(grant),
        number=version.number,
        award=Money(amount_minor=version.award_minor, currency=version.currency),
        tax_treatment=version.tax_treatment,
        starts_on=version.starts_on,
        ends_on=version.ends_on,
        budget_lines=[
            BudgetLineOut(
                id=line.line_id,
                label=line.label,
                amount=Money(amount_minor=line.amount_minor, currency=version.currency),
            )
            for line in version.budget_lines
        ],
        variance_tolerance=VarianceToleranceOut(
            per_cent=version.tolerance_per_cent,
            amount=Money(amount_minor=version.tolerance_minor, currency=version.currency),
        ),
        milestones=[
            _terms_shown(terms, version.currency)
            for terms in version.milestone_terms
            if is_agreed(terms)
        ],
        effective_at=version.effective_at,
        superseded_at=version.superseded_at,
        version=version.version,
        created_at=version.created_at,
        updated_at=version.updated_at,
    )


def _terms_shown(terms: MilestoneTerms, currency: str) -> MilestoneTermsOut:
    milestone = terms.milestone
    return MilestoneTermsOut(
        id=milestone.id,
        reference=milestone.reference,
        kind=milestone.kind,
        title=milestone.title,
        is_parallel=milestone.is_parallel,
        needs_certification=milestone.needs_certification,
        amount=Money(amount_minor=terms.amount_minor, currency=currency),
        opens_on=terms.opens_on,
        due_on=terms.due_on,
        timezone=terms.timezone,
        criteria=criteria_of(terms),
    )


def criteria_of(terms: MilestoneTerms) -> list[CriterionOut]:
    return [
        CriterionOut(
            id=criterion.criterion_id,
            statement=criterion.statement,
            is_evidence_required=criterion.is_evidence_required,
        )
        for criterion in terms.criteria
    ]
