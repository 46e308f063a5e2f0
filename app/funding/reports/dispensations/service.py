"""Dispensations about reports."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.reports import access
from app.network.conflicts.dispensations.schemas import (
    DispensationOut,
    DispensationPage,
    DispensationsOfOneQuery,
    ProposeDispensation,
)
from app.network.conflicts.dispensations.service import (
    export_dispensations_about,
    list_dispensations_about,
    propose_dispensation,
)
from app.people.identity.actors import SignedIn
from app.web.exports import WholeList


async def propose_report_dispensation(
    db: AsyncSession, actor: SignedIn, report_id: UUID, body: ProposeDispensation
) -> DispensationOut:
    """Propose that somebody may decide about a report. Raises as `propose_dispensation`."""
    report = await access.report(db, actor, report_id)
    return await propose_dispensation(db, actor, report, body, zone=report.grant.cohort.timezone)


async def list_report_dispensations(
    db: AsyncSession, actor: SignedIn, report_id: UUID, query: DispensationsOfOneQuery
) -> DispensationPage:
    """The dispensations about one report."""
    report = await access.report(db, actor, report_id)
    return await list_dispensations_about(db, actor, report, query)


async def export_report_dispensations(
    db: AsyncSession, actor: SignedIn, report_id: UUID, query: DispensationsOfOneQuery
) -> WholeList:
    """The same as a table."""
    report = await access.report(db, actor, report_id)
    return await export_dispensations_about(db, actor, report, query)
