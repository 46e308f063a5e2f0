"""The contract of support."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.collaborations.access import CollaborationMerged
from app.network.collaborations.support import service
from app.network.collaborations.support.schemas import (
    EditSupport,
    LogSupport,
    SupportOfOneQuery,
    SupportOut,
    SupportPage,
    SupportQuery,
)
from app.network.collaborations.support.telling import OF_COLLABORATION, SUPPORT, SUPPORT_AS_CSV
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]
SupportId = Annotated[UUID, Path(description="The support.")]


@router.post(
    "/collaborations/{collaboration_id}/support",
    permission="collaboration.support",
    refuses=(
        CollaborationMerged,
        AccountUnknown,
    ),
    status=201,
    location="/v1/support/{id}",
    example={
        "given_on": "2026-03-02",
        "minutes": 90,
        "about": "Which licence fits positions of bikes",
    },
)
async def log_support(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, body: LogSupport
) -> Written[SupportOut]:
    """Log support that the collaboration was given: when, for how long, by whom (yourself unless
    said) and what about."""
    return await service.log_support(db, actor, collaboration_id, body)


@router.get("/collaborations/{collaboration_id}/support", permission="collaboration.read")
async def list_collaboration_support(
    read: Reading,
    collaboration_id: CollaborationId,
    query: Annotated[SupportOfOneQuery, Query()],
) -> WrittenList[SupportPage]:
    """The support of the collaboration, the earliest first."""
    return await SUPPORT.page(read, query, OF_COLLABORATION, collaboration_id)


@router.get("/support", permission="collaboration.read")
async def list_support(
    read: Reading, query: Annotated[SupportQuery, Query()]
) -> WrittenList[SupportPage]:
    """The support of all collaborations that you may see, the earliest first."""
    return await SUPPORT.page(read, query)


@router.get("/support/{support_id}", permission="collaboration.read")
async def get_support(read: Reading, support_id: SupportId) -> Written[SupportOut]:
    """One support."""
    return await SUPPORT.one(read, support_id)


@router.patch(
    "/support/{support_id}",
    permission="collaboration.support",
    if_match=True,
    example={"minutes": 120},
)
async def edit_support(
    db: Db, actor: CurrentActor, support_id: SupportId, body: EditSupport, if_match: IfMatch
) -> Written[SupportOut]:
    """Change what the body names and nothing else; `null` clears."""
    return await service.edit_support(db, actor, support_id, body, if_match=if_match)


@router.delete(
    "/support/{support_id}", permission="collaboration.support", if_match=True, status=204
)
async def delete_support(
    db: Db, actor: CurrentActor, support_id: SupportId, if_match: IfMatch
) -> None:
    """Delete support that was recorded by mistake; its history stays."""
    await service.delete_support(db, actor, support_id, if_match=if_match)


history_of(router, "support", "/support/{support_id}", SUPPORT, permission="collaboration.read")

export_of(router, "/support", SUPPORT_AS_CSV, SupportQuery, permission="collaboration.read")
