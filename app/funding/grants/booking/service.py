"""Which fund pays a grant."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.models import Fund
from app.kernel.errors import FieldProblem, Unprocessable
from app.network.cohorts.models import Cohort
from app.people.identity.access import seen
from app.people.identity.actors import Actor


class FundUnknown(Unprocessable):
    """The request names a fund that there is not in the programme, or that you may not see."""


async def refuse_foreign_fund(
    db: AsyncSession, actor: Actor, fund_id: UUID, cohort_id: UUID
) -> None:
    """Raises FundUnknown (422) for a fund that is not of the cohort's programme, or is not seen."""
    programme_id = select(Cohort.programme_id).where(Cohort.id == cohort_id)
    mine = seen(Fund, actor, "fund.read").where(
        Fund.id == fund_id, Fund.programme_id == programme_id.scalar_subquery()
    )
    if await db.scalar(mine.with_only_columns(Fund.id)) is None:
        detail = "Name a fund of the programme that you may see."
        raise FundUnknown(
            errors=[FieldProblem(pointer="/fund_id", code=FundUnknown.code, detail=detail)]
        )
