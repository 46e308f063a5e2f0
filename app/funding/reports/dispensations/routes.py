"""The contract of dispensations about reports."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.reports.access import ReportNotFound
from app.funding.reports.dispensations import service
from app.funding.reports.dispensations.telling import ABOUT_REPORT
from app.kernel.written import Written, WrittenList
from app.network.conflicts.dispensations.exports import DISPENSATIONS
from app.network.conflicts.dispensations.lifecycle import DISPENSATION
from app.network.conflicts.dispensations.schemas import (
    PROPOSED,
    DispensationOut,
    DispensationPage,
    DispensationsOfOneQuery,
    ProposeDispensation,
)
from app.network.conflicts.dispensations.service import AlreadyDispensed, DispensationPast
from app.network.conflicts.dispensations.telling import DISPENSATIONS as TOLD
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.web.export_answers import Exported
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Conflicts")

ReportId = Annotated[UUID, Path(description="The report.")]


@router.create(
    DISPENSATION,
    "/reports/{report_id}/dispensations",
    by=("propose",),
    refuses=(ReportNotFound, AlreadyDispensed, AccountUnknown, DispensationPast),
    example=PROPOSED,
)
async def propose_report_dispensation(
    db: Db, actor: CurrentActor, report_id: ReportId, body: ProposeDispensation
) -> Written[DispensationOut]:
    """Propose that somebody may review the report and decide about it,
    although a role, an affiliation or a conflict of interest stands in their way. It counts once
    another person has confirmed it, and never for what they had a hand in."""
    return await service.propose_report_dispensation(db, actor, report_id, body)


@router.get(
    "/reports/{report_id}/dispensations",
    permission="dispensation.read",
    refuses=(ReportNotFound,),
    export=Exported(DISPENSATIONS, service.export_report_dispensations),
)
async def list_report_dispensations(
    read: Reading,
    report_id: ReportId,
    query: Annotated[DispensationsOfOneQuery, Query()],
) -> WrittenList[DispensationPage]:
    """The dispensations about one report, the latest first, for the team alone."""
    return await TOLD.page(read, query, ABOUT_REPORT, report_id)
