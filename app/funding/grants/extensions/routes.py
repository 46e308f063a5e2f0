"""The contract of later due dates."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.grants.access import ExtensionNotFound, MilestoneNotFound
from app.funding.grants.extensions import service
from app.funding.grants.extensions.schemas import (
    AllMilestoneExtensionsQuery,
    ExtendMilestone,
    MilestoneExtensionOut,
    MilestoneExtensionPage,
    MilestoneExtensionQuery,
)
from app.funding.grants.extensions.service import (
    DueDateNotLater,
    ExtensionAlreadyAsked,
    ExtensionAlreadyDecided,
    GrantHeld,
    MilestoneNotExtendable,
)
from app.funding.grants.extensions.telling import EXTENSIONS, EXTENSIONS_AS_CSV, OF_MILESTONE
from app.funding.grants.milestones.schemas import MilestoneOut
from app.kernel.errors import AddressNotProved
from app.kernel.lifecycle import GuardsUnmet
from app.kernel.schemas import WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Milestones")

MilestoneId = Annotated[UUID, Path(description="The milestone.")]
ExtensionId = Annotated[UUID, Path(description="The extension.")]

LATER = {"due_on": "2026-06-30", "reason": "One of the partners signs in June only."}


@router.post(
    "/milestones/{milestone_id}/extensions",
    permission="milestone.ask_extension",
    refuses=(
        MilestoneNotFound,
        GrantHeld,
        MilestoneNotExtendable,
        ExtensionAlreadyAsked,
        DueDateNotLater,
    ),
    status=201,
    location="/v1/milestone-extensions/{id}",
    example=LATER,
)
async def ask_milestone_extension(
    db: Db, actor: CurrentActor, milestone_id: MilestoneId, body: ExtendMilestone
) -> Written[MilestoneExtensionOut]:
    """Ask for a later due date, before it has passed or after."""
    return await service.ask_milestone_extension(db, actor, milestone_id, body)


@router.get(
    "/milestones/{milestone_id}/extensions",
    permission="grant.read",
    refuses=(MilestoneNotFound,),
)
async def list_milestone_extensions(
    read: Reading,
    milestone_id: MilestoneId,
    query: Annotated[MilestoneExtensionQuery, Query()],
) -> WrittenList[MilestoneExtensionPage]:
    """The extensions of a milestone, the first asked first; each keeps the date before it."""
    return await EXTENSIONS.page(read, query, OF_MILESTONE, milestone_id)


@router.post(
    "/milestones/{milestone_id}/extend",
    permission="milestone.extend",
    refuses=(
        MilestoneNotFound,
        GrantHeld,
        GuardsUnmet,
        MilestoneNotExtendable,
        ExtensionAlreadyAsked,
        DueDateNotLater,
    ),
    if_match=True,
    example=LATER,
)
async def extend_milestone(
    db: Db, actor: CurrentActor, milestone_id: MilestoneId, body: ExtendMilestone, if_match: IfMatch
) -> Written[MilestoneOut]:
    """Move the due date without having been asked; the old one is kept as an extension."""
    return await service.extend_milestone(db, actor, milestone_id, body, if_match=if_match)


@router.get("/milestone-extensions", permission="grant.read")
async def list_all_milestone_extensions(
    read: Reading, query: Annotated[AllMilestoneExtensionsQuery, Query()]
) -> WrittenList[MilestoneExtensionPage]:
    """The extensions of all milestones that you may see, the first asked first."""
    return await EXTENSIONS.page(read, query)


@router.get(
    "/milestone-extensions/{extension_id}",
    permission="grant.read",
    refuses=(ExtensionNotFound,),
)
async def get_milestone_extension(
    read: Reading, extension_id: ExtensionId
) -> Written[MilestoneExtensionOut]:
    """One extension, and what became of it."""
    return await EXTENSIONS.one(read, extension_id)


@router.post(
    "/milestone-extensions/{extension_id}/grant",
    permission="milestone.extend",
    refuses=(
        ExtensionNotFound,
        GuardsUnmet,
        ExtensionAlreadyDecided,
        GrantHeld,
        MilestoneNotExtendable,
        DueDateNotLater,
        AddressNotProved,
    ),
    if_match=True,
)
async def grant_milestone_extension(
    db: Db, actor: CurrentActor, extension_id: ExtensionId, if_match: IfMatch
) -> Written[MilestoneExtensionOut]:
    """Move the due date to the one that was asked for."""
    return await service.grant_milestone_extension(db, actor, extension_id, if_match=if_match)


@router.post(
    "/milestone-extensions/{extension_id}/decline",
    permission="milestone.extend",
    refuses=(ExtensionNotFound, GuardsUnmet, ExtensionAlreadyDecided, AddressNotProved),
    if_match=True,
    example={"reason": "The programme ends in August."},
)
async def decline_milestone_extension(
    db: Db, actor: CurrentActor, extension_id: ExtensionId, body: WithReason, if_match: IfMatch
) -> Written[MilestoneExtensionOut]:
    """Leave the due date as it is."""
    return await service.decline_milestone_extension(
        db, actor, extension_id, reason=body.reason, if_match=if_match
    )


history_of(
    router,
    "milestone_extension",
    "/milestone-extensions/{extension_id}",
    EXTENSIONS,
    permission="grant.read",
    refuses=(ExtensionNotFound,),
)

export_of(
    router,
    "/milestone-extensions",
    EXTENSIONS_AS_CSV,
    AllMilestoneExtensionsQuery,
    permission="grant.read",
)
