"""The contract of merges."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.written import Written
from app.people.identity.deps import CurrentActor
from app.people.organisations.access import OrganisationUnknown
from app.people.organisations.merges import service
from app.people.organisations.merges.schemas import UndoMergeOrganisation
from app.people.organisations.merges.service import MergeDependedOn, NotMergedHere
from app.people.organisations.schemas import OrganisationOut
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Organisations")

OrganisationId = Annotated[UUID, Path(description="The organisation.")]


@router.post(
    "/organisations/{organisation_id}/undo-merge",
    permission="organisation.merge",
    refuses=(OrganisationUnknown, NotMergedHere, MergeDependedOn),
    if_match=True,
    example={
        "duplicate_id": "019cae40-0000-7000-8000-000000000002",
        "reason": "Two charities of one name.",
    },
)
async def undo_merge_organisation(
    db: Db,
    actor: CurrentActor,
    organisation_id: OrganisationId,
    body: UndoMergeOrganisation,
    if_match: IfMatch,
) -> Written[OrganisationOut]:
    """Let `duplicate_id` be an organisation of its own again: what moved here when it was merged
    goes back as it was. Possible while nothing new refers to this one and nothing that moved has
    changed."""
    return await service.undo_merge_organisation(
        db, actor, organisation_id, body, if_match=if_match
    )
