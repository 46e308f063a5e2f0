"""Dispensations about reports."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.reports import access
from app.kernel.written import Written
from app.network.conflicts.dispensations.schemas import (
    DispensationOut,
    DispensationsOfOneQuery,
    ProposeDispensation,
)
from app.network.conflicts.dispensations.service import (
    export_dispensations_about,
    propose_dispensation,
)
from app.people.identity.actors import SignedIn
from app.web.exports import WholeList


async def propose_report_dispensation(
    db: AsyncSession, actor: SignedIn, report_id: UUID, body: ProposeDispensation
) -> Written[DispensationOut]:
    """Propose that somebody may decide about a report. Raises as `propose_dispensation`."""
    report = await access.report(db, actor, report_id)
    return await propose_dispensation(db, actor, report, body, zone=report.grant.cohort.timezone)


async def export_report_dispensations(
    db: AsyncSession, actor: SignedIn, report_id: UUID, query: DispensationsOfOneQuery
) -> WholeList:
    """The dispensations about one report, as a table."""
    report = await access.report(db, actor, report_id)
    return await export_dispensations_about(db, actor, report, query)
