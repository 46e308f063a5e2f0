"""Cohorts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.schemas import ActionsOut, PreviewOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.cohorts import service
from app.network.cohorts.announcements.lifecycle import ANNOUNCEMENT
from app.network.cohorts.lifecycle import COHORT, MEMBERSHIP
from app.network.cohorts.schemas import (
    CohortFilters,
    CohortOut,
    CohortPage,
    CohortQuery,
    CopyCohort,
    CreateCohort,
    EditCohort,
)
from app.network.cohorts.starts import service as starts
from app.network.cohorts.telling import COHORTS, COHORTS_AS_CSV, OF_PROGRAMME
from app.people.identity.deps import CurrentActor
from app.people.identity.drafts.service import DraftDependedOn
from app.people.reads.deps import Reading, export_of
from app.people.reads.histories import read_history
from app.web.moves import told
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Cohorts")

CohortId = Annotated[UUID, Path(description="The cohort.")]
ProgrammeId = Annotated[UUID, Path(description="The programme.")]

EXAMPLE = {
    "reference": "PLN-C1",
    "name": "Peer learning network, cohort 1",
    "focus": "Trust between those who share data and those who use it.",
    "timezone": "Europe/London",
    "announced_capacity": 5,
    "minimum_size": 3,
    "planned_start_on": "2020-12-01",
    "planned_end_on": "2021-05-31",
}


@router.create(
    COHORT,
    "/programmes/{programme_id}/cohorts",
    refuses=(service.CohortReferenceTaken,),
    example=EXAMPLE,
)
async def create_cohort(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, body: CreateCohort
) -> Written[CohortOut]:
    """Prepare a cohort of the programme. Capacity and dates may follow until recruitment opens."""
    return await service.create_cohort(db, actor, programme_id, body)


@router.create(
    COHORT,
    "/cohorts/{cohort_id}/copy",
    refuses=(service.CohortReferenceTaken,),
    example={
        "reference": "PLN-C2",
        "name": "Peer learning network, cohort 2",
        "planned_start_on": "2021-10-01",
    },
)
async def copy_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CopyCohort
) -> Written[CohortOut]:
    """Prepare another cohort of the programme like this one: its terms, what it asks of its members
    with relative dates, and none of its people."""
    return await service.copy_cohort(db, actor, cohort_id, body)


@router.get("/cohorts", permission="cohort.read")
async def list_cohorts(
    read: Reading, query: Annotated[CohortQuery, Query()]
) -> WrittenList[CohortPage]:
    """The cohorts that you may see."""
    return await COHORTS.page(read, query)


@router.get("/programmes/{programme_id}/cohorts", permission="cohort.read")
async def list_programme_cohorts(
    read: Reading,
    programme_id: ProgrammeId,
    query: Annotated[CohortFilters, Query()],
) -> WrittenList[CohortPage]:
    """The cohorts of a programme that you may see."""
    return await COHORTS.page(read, query, OF_PROGRAMME, programme_id)


@router.get("/cohorts/{cohort_id}", permission="cohort.read")
async def get_cohort(read: Reading, cohort_id: CohortId) -> Written[CohortOut]:
    """The cohort: what was planned, what came of it, and how its places stand."""
    return await COHORTS.one(read, cohort_id)


@router.patch(
    "/cohorts/{cohort_id}",
    permission="cohort.edit",
    if_match=True,
    refuses=(service.CapacityAnnounced, service.CohortEnded),
    example={"focus": "Climate resilience.", "planned_end_on": None},
)
async def edit_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: EditCohort, if_match: IfMatch
) -> Written[CohortOut]:
    """Change what is planned. The announced capacity stands once recruitment has opened."""
    return await service.edit_cohort(db, actor, cohort_id, body, if_match=if_match)


@router.delete(
    "/cohorts/{cohort_id}",
    permission="cohort.delete",
    if_match=True,
    refuses=(service.CohortNotDraft, DraftDependedOn),
    status=204,
)
async def delete_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, if_match: IfMatch
) -> None:
    """Delete a draft on which nothing depends, with what it would have asked of its members and the
    roles that people have on it."""
    await service.delete_cohort(db, actor, cohort_id, if_match=if_match)


@router.move(COHORT, "recruit")
async def recruit_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, if_match: IfMatch
) -> Written[CohortOut]:
    """Open recruitment. From here on the announced capacity stands, and places may be offered."""
    return await service.move_cohort(db, actor, cohort_id, "recruit", if_match=if_match)


@router.move(COHORT, "select")
async def select_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, if_match: IfMatch
) -> Written[CohortOut]:
    """End recruitment and begin to select."""
    return await service.move_cohort(db, actor, cohort_id, "select", if_match=if_match)


@router.move(COHORT, "confirm")
async def confirm_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, if_match: IfMatch
) -> Written[CohortOut]:
    """Confirm that the cohort takes place, once enough collaborations have accepted."""
    return await service.move_cohort(db, actor, cohort_id, "confirm", if_match=if_match)


@router.move(COHORT, "start")
async def start_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, if_match: IfMatch
) -> Written[CohortOut]:
    """Start the cohort; with `starts_automatically` the clock does. Who is active now is who
    retention is measured by from here on."""
    return await starts.start_cohort(db, actor, cohort_id, if_match=if_match)


@router.move(COHORT, "undo_start", example={"reason": "The first session was put off."})
async def undo_start_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: WithReason, if_match: IfMatch
) -> Written[CohortOut]:
    """Take the start back while nothing depends on it: nobody by whom retention is measured has
    left, is on leave or has completed since. From then on the clock does not start it."""
    return await starts.undo_start_cohort(db, actor, cohort_id, body.reason, if_match=if_match)


@router.move(COHORT, "wrap_up")
async def wrap_up_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, if_match: IfMatch
) -> Written[CohortOut]:
    """Begin the last weeks. No place is offered any more."""
    return await service.wrap_up_cohort(db, actor, cohort_id, if_match=if_match)


@router.move(COHORT, "close")
async def close_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, if_match: IfMatch
) -> Written[CohortOut]:
    """Close the cohort once every membership has come to its end."""
    return await service.close_cohort(db, actor, cohort_id, if_match=if_match)


@router.move(
    COHORT,
    "cancel",
    also=(*told(MEMBERSHIP, "withdraw"), *told(ANNOUNCEMENT, "cancel")),
    example={"reason": "The funding was withdrawn."},
)
async def cancel_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: WithReason, if_match: IfMatch
) -> Written[CohortOut]:
    """Cancel the cohort. Everyone who waits, was offered a place or has joined is withdrawn and
    written to, what was scheduled is not sent, and grants are held until they are settled."""
    return await service.cancel_cohort(db, actor, cohort_id, body.reason, if_match=if_match)


@router.move(COHORT, "reopen")
async def reopen_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: WithReason, if_match: IfMatch
) -> Written[CohortOut]:
    """Take a closed cohort back into its last weeks."""
    return await service.reopen_cohort(db, actor, cohort_id, body.reason, if_match=if_match)


@router.get("/cohorts/{cohort_id}/actions", permission="cohort.read")
async def explain_cohort_actions(db: Db, actor: CurrentActor, cohort_id: CohortId) -> ActionsOut:
    """Every move of the cohort now, with what stands in its way."""
    return await service.explain_cohort_actions(db, actor, cohort_id)


@router.get("/cohorts/{cohort_id}/history", permission="cohort.read")
async def get_cohort_history(
    read: Reading, cohort_id: CohortId, query: Annotated[HistoryQuery, Query()]
) -> WrittenList[ActivityPage]:
    """What was done to the cohort, oldest first."""
    return await read_history(COHORTS, read, cohort_id, query)


@router.preview(COHORT, "cancel")
async def preview_cancel_cohort(db: Db, actor: CurrentActor, cohort_id: CohortId) -> PreviewOut:
    """What would follow if the cohort were cancelled now: who would be withdrawn and written to,
    what would not be sent, which grants would be held."""
    return await service.preview_cohort_move(db, actor, cohort_id, "cancel")


@router.preview(COHORT, "close")
async def preview_close_cohort(db: Db, actor: CurrentActor, cohort_id: CohortId) -> PreviewOut:
    """What would follow if the cohort were closed now, and what stands in the way by name."""
    return await service.preview_cohort_move(db, actor, cohort_id, "close")


export_of(router, "/cohorts", COHORTS_AS_CSV, CohortQuery, permission="cohort.read")
