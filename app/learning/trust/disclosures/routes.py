"""Disclosures over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut
from app.kernel.written import Written, WrittenList
from app.learning.trust.disclosures import access, service
from app.learning.trust.disclosures.lifecycle import DISCLOSURE
from app.learning.trust.disclosures.schemas import (
    DisclosureOut,
    DisclosurePage,
    DisclosureQuery,
    GrantDisclosure,
)
from app.learning.trust.disclosures.telling import DISCLOSURES, DISCLOSURES_AS_CSV
from app.learning.trust.profiles.access import TrustProfileNotFound
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Trust")

DisclosureId = Annotated[UUID, Path(description="The disclosure.")]
READ = "disclosure.read"


@router.create(
    DISCLOSURE,
    "/result-sets/{result_set_id}/profiles/{membership_id}/disclosures",
    by=("grant",),
    refuses=(
        TrustProfileNotFound,
        service.ResultsNotPublished,
        service.DisclosureStands,
        service.DisclosedToUnknown,
        service.DisclosureOver,
    ),
    example={"shown_to": "cohort", "ends_at": "2026-12-01T00:00:00Z"},
)
async def grant_disclosure(
    db: Db,
    actor: CurrentActor,
    result_set_id: Annotated[UUID, Path(description="The results of a round.")],
    membership_id: Annotated[UUID, Path(description="The member that they are of.")],
    body: GrantDisclosure,
) -> Written[DisclosureOut]:
    """Show what was published of your collaboration to all who take part in the cohort, or to one
    other member, until a time or until it is taken back. How far others trust you is not shown."""
    return await service.grant_disclosure(db, actor, result_set_id, membership_id, body)


@router.get("/disclosures", permission=READ)
async def list_disclosures(
    read: Reading, query: Annotated[DisclosureQuery, Query()]
) -> WrittenList[DisclosurePage]:
    """To whom members show their results: those of your collaboration, and of the cohorts that you
    run."""
    return await DISCLOSURES.page(read, query)


export_of(router, "/disclosures", DISCLOSURES_AS_CSV, DisclosureQuery, permission=READ)


@router.get("/disclosures/{disclosure_id}", permission=READ)
async def get_disclosure(read: Reading, disclosure_id: DisclosureId) -> Written[DisclosureOut]:
    """One disclosure."""
    return await DISCLOSURES.one(read, disclosure_id)


@router.move(DISCLOSURE, "revoke")
async def revoke_disclosure(
    db: Db, actor: CurrentActor, disclosure_id: DisclosureId, if_match: IfMatch
) -> Written[DisclosureOut]:
    """Take it back: from now on nobody else reads the results by it."""
    return await service.revoke_disclosure(db, actor, disclosure_id, if_match=if_match)


@router.get("/disclosures/{disclosure_id}/actions", permission=READ)
async def explain_disclosure_actions(
    db: Db, actor: CurrentActor, disclosure_id: DisclosureId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_disclosure_actions(db, actor, disclosure_id)


history_of(router, "disclosure", "/disclosures/{disclosure_id}", access.disclosure, permission=READ)
