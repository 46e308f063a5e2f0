"""The contract of collaborations."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.schemas import ActionsOut, PreviewOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.collaborations import service
from app.network.collaborations.access import CollaborationMerged
from app.network.collaborations.exports import COLLABORATIONS as EXPORT
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.schemas import (
    CollaborationOut,
    CollaborationPage,
    CollaborationQuery,
    CollaborationRefPage,
    CollaboratorPage,
    CollaboratorQuery,
    CreateCollaboration,
    EditCollaboration,
    HoldCollaboration,
    RegisterQuery,
)
from app.network.collaborations.service import CollaborationReferenceTaken, PriorityAreaMisplaced
from app.network.collaborations.telling import COLLABORATIONS
from app.network.programmes.access import ProgrammeUnknown
from app.network.programmes.priority_areas.access import PriorityAreaUnknown
from app.network.programmes.strands.access import StrandUnknown
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.people.reads.histories import read_history
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

MISPLACED = (ProgrammeUnknown, StrandUnknown, PriorityAreaUnknown, PriorityAreaMisplaced)

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]


@router.create(
    COLLABORATION,
    "/collaborations",
    refuses=(CollaborationReferenceTaken, *MISPLACED),
    example={
        "name": "Data Cargo",
        "challenge": "City planners do not know where cargo bikes go, nor couriers what they need.",
        "topic": "urban freight",
        "country": "GB",
        "origin": "network_member",
    },
)
async def create_collaboration(
    db: Db, actor: CurrentActor, body: CreateCollaboration
) -> Written[CollaborationOut]:
    """Set up a collaboration. Those who run cohorts see it from then on in the register; the whole
    of it once they have offered it a place. Its people come by `POST /v1/invitations` with the
    collaboration as the scope."""
    return await service.create_collaboration(db, actor, body)


@router.get(
    "/collaborations",
    permission="collaboration.read",
    export=Exported(EXPORT, service.export_collaborations),
)
async def list_collaborations(
    read: Reading, query: Annotated[CollaborationQuery, Query()]
) -> WrittenList[CollaborationPage]:
    """The collaborations that you may see whole, by name."""
    return await COLLABORATIONS.page(read, query)


@router.get("/collaborations/register", permission="collaboration.refer")
async def list_collaboration_register(
    db: Db, actor: CurrentActor, query: Annotated[RegisterQuery, Query()]
) -> CollaborationRefPage:
    """Every collaboration of the network by reference and name: where to look before a place is
    offered or a new one set up."""
    return await service.list_collaboration_register(db, actor, query)


@router.get("/collaborations/{collaboration_id}", permission="collaboration.read")
async def get_collaboration(
    read: Reading, collaboration_id: CollaborationId
) -> Written[CollaborationOut]:
    """One collaboration."""
    return await COLLABORATIONS.one(read, collaboration_id)


@router.patch(
    "/collaborations/{collaboration_id}",
    permission="collaboration.edit",
    refuses=(CollaborationMerged, *MISPLACED),
    if_match=True,
    example={"topic": "urban freight"},
)
async def edit_collaboration(
    db: Db,
    actor: CurrentActor,
    collaboration_id: CollaborationId,
    body: EditCollaboration,
    if_match: IfMatch,
) -> Written[CollaborationOut]:
    """Change what the body names and nothing else; `null` clears. The reference never changes."""
    return await service.edit_collaboration(db, actor, collaboration_id, body, if_match=if_match)


@router.move(COLLABORATION, "scope")
async def scope_collaboration(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, if_match: IfMatch
) -> Written[CollaborationOut]:
    """Begin scoping. Its challenge must be stated (`challenge_missing`) and somebody must lead it
    (`lead_missing`)."""
    return await service.scope_collaboration(db, actor, collaboration_id, if_match=if_match)


@router.move(COLLABORATION, "form")
async def form_collaboration(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, if_match: IfMatch
) -> Written[CollaborationOut]:
    """Let it form. Organisations of at least two kinds must take part (`partners_too_few`), it must
    have answered each criterion and principle of its programme (`criteria_unanswered`), and one
    whose origin is a priority area must name it (`priority_area_missing`)."""
    return await service.form_collaboration(db, actor, collaboration_id, if_match=if_match)


@router.move(COLLABORATION, "launch")
async def launch_collaboration(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, if_match: IfMatch
) -> Written[CollaborationOut]:
    """Launch it; `launched_at` is set for good. An organisation must take part as steward of the
    data (`steward_missing`), its data must be named (`data_sets_missing`), an agreement in force
    for each data set that is not open (`agreement_missing`), and each red risk looked after
    (`red_risk_unowned`)."""
    return await service.launch_collaboration(db, actor, collaboration_id, if_match=if_match)


@router.move(COLLABORATION, "operate")
async def operate_collaboration(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, if_match: IfMatch
) -> Written[CollaborationOut]:
    """Mark a collaboration as operating: its data is used or published for the first time. The
    first use of a data set, or an impact, must be recorded (`use_missing`)."""
    return await service.operate_collaboration(db, actor, collaboration_id, if_match=if_match)


@router.move(COLLABORATION, "conclude")
async def conclude_collaboration(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, if_match: IfMatch
) -> Written[CollaborationOut]:
    """Conclude it. There is no way back. It must have shared a learning, or been let off
    (`learning_missing`), and said what becomes of each data set (`disposition_missing`)."""
    return await service.conclude_collaboration(db, actor, collaboration_id, if_match=if_match)


@router.move(
    COLLABORATION,
    "hold",
    example={
        "reason": "The city's contract ends; a new one is being let.",
        "review_on": "2026-06-01",
    },
)
async def hold_collaboration(
    db: Db,
    actor: CurrentActor,
    collaboration_id: CollaborationId,
    body: HoldCollaboration,
    if_match: IfMatch,
) -> Written[CollaborationOut]:
    """Let it rest until it is resumed, and say when to look at it again."""
    return await service.hold_collaboration(db, actor, collaboration_id, body, if_match=if_match)


@router.move(COLLABORATION, "resume")
async def resume_collaboration(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, if_match: IfMatch
) -> Written[CollaborationOut]:
    """Go on from the status in `held_from`. What the team put on hold (`is_held_by_team`) the team
    resumes (`held_by_team`)."""
    return await service.resume_collaboration(db, actor, collaboration_id, if_match=if_match)


@router.move(
    COLLABORATION,
    "abandon",
    example={"reason": "The data turned out to be owned by nobody who could share it."},
)
async def abandon_collaboration(
    db: Db,
    actor: CurrentActor,
    collaboration_id: CollaborationId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[CollaborationOut]:
    """Give it up. It stays in the counts of those that were launched."""
    return await service.abandon_collaboration(db, actor, collaboration_id, body, if_match=if_match)


@router.get("/collaborations/{collaboration_id}/actions", permission="collaboration.read")
async def explain_collaboration_actions(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_collaboration_actions(db, actor, collaboration_id)


@router.get("/collaborations/{collaboration_id}/people", permission="collaboration.read")
async def list_collaborators(
    db: Db,
    actor: CurrentActor,
    collaboration_id: CollaborationId,
    query: Annotated[CollaboratorQuery, Query()],
) -> CollaboratorPage:
    """The people of the collaboration and their roles, those who came first at the top."""
    return await service.list_collaborators(db, actor, collaboration_id, query)


@router.get("/collaborations/{collaboration_id}/history", permission="collaboration.read")
async def get_collaboration_history(
    read: Reading,
    collaboration_id: CollaborationId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the collaboration, oldest first."""
    return await read_history(COLLABORATIONS, read, collaboration_id, query)


@router.preview(COLLABORATION, "conclude")
async def preview_conclude_collaboration(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId
) -> PreviewOut:
    """What would follow if it were concluded now, and what stands in the way by name."""
    return await service.preview_collaboration_move(db, actor, collaboration_id, "conclude")


@router.preview(COLLABORATION, "abandon")
async def preview_abandon_collaboration(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId
) -> PreviewOut:
    """What would follow if it were abandoned now, and what stands in the way by name."""
    return await service.preview_collaboration_move(db, actor, collaboration_id, "abandon")
