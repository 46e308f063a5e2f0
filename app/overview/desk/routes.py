"""The endpoints of the desk."""

from typing import Annotated

from fastapi import Query

from app.kernel.activity import ActivityPage
from app.kernel.written import WrittenList
from app.overview.desk import service
from app.overview.desk.exports import OBLIGATIONS
from app.overview.desk.schemas import (
    ListActivity,
    ListObligations,
    ListWork,
    ObligationPage,
    WorkPage,
)
from app.overview.desk.telling import RECORD
from app.people.reads.deps import Reading
from app.web.export_answers import Exported
from app.web.routing import Router
from app.web.terms import SIGNED_IN

router = Router("Desk")


@router.get("/me/work", permission=SIGNED_IN)
async def list_my_work(read: Reading, query: Annotated[ListWork, Query()]) -> WorkPage:
    """What waits for me, across cohorts: offers to answer, onboarding to finish, leave to give,
    grants to sign, milestones to report, changes to make, reports to review, extensions to decide.
    Each item has its deadline and the endpoint that does it; what is due first comes first."""
    return await service.list_my_work(read, query)


@router.get(
    "/obligations",
    permission=SIGNED_IN,
    export=Exported(OBLIGATIONS, service.export_obligations),
)
async def list_obligations(
    read: Reading, query: Annotated[ListObligations, Query()]
) -> ObligationPage:
    """The calendar of obligations: what is due when, across the grants and members that you may
    see, whomever it waits for. What is due first comes first, and what has no date last."""
    return await service.list_obligations(read, query)


@router.get("/activity", permission="activity.read")
async def list_activity(
    read: Reading, query: Annotated[ListActivity, Query()]
) -> WrittenList[ActivityPage]:
    """What was done to everything whose record I may read, oldest first. `next_cursor` is always
    given: send it as `after`, later too, and nothing is missed or told twice. With
    `sort=-recorded_at` it is told from the newest back, and `next_cursor` is null at the end."""
    return await RECORD[query.marked].page(read, query)
