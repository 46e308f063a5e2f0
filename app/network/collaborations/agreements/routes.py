"""The contract of agreements."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.collaborations.access import CollaborationMerged
from app.network.collaborations.agreements import service
from app.network.collaborations.agreements.access import CollaborationAgreementNotFound
from app.network.collaborations.agreements.schemas import (
    AddAgreement,
    AgreementQuery,
    AgreementsOfOneQuery,
    CollaborationAgreementOut,
    CollaborationAgreementPage,
    EditAgreement,
    EndAgreement,
)
from app.network.collaborations.agreements.service import (
    AgreementDatesReversed,
    AgreementNotBinding,
    AgreementSigned,
    AgreementSuperseded,
    DataSetUnknown,
    PartyUnknown,
    PredecessorUnknown,
)
from app.network.collaborations.agreements.telling import (
    AGREEMENTS,
    AGREEMENTS_AS_CSV,
    OF_COLLABORATION,
)
from app.people.files.access import FileNotFound
from app.people.files.attachments.service import FileAlreadyAttached
from app.people.files.quotas.service import CollaborationStorageFull
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]
AgreementId = Annotated[UUID, Path(description="The agreement.")]


@router.post(
    "/collaborations/{collaboration_id}/agreements",
    permission="collaboration.edit",
    refuses=(
        CollaborationMerged,
        PartyUnknown,
        DataSetUnknown,
        PredecessorUnknown,
        AgreementDatesReversed,
        AgreementSuperseded,
        FileNotFound,
        FileAlreadyAttached,
        CollaborationStorageFull,
    ),
    status=201,
    location="/v1/agreements/{id}",
    example={
        "kind": "data_sharing",
        "title": "Sharing of cargo bike positions",
        "party_ids": ["019cae40-0000-7000-8000-000000000001"],
        "data_set_ids": ["019cae40-0000-7000-8000-000000000002"],
        "signed_on": "2026-03-02",
        "ends_on": "2027-03-01",
        "url": "https://example.org/agreement.pdf",
    },
)
async def add_agreement(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, body: AddAgreement
) -> Written[CollaborationAgreementOut]:
    """Record an agreement between organisations of the collaboration about its data. It is in force
    from `starts_on` once it is signed. Before the launch each data set that is `closed` or `shared`
    needs an agreement in force that covers it (`agreement_missing`). With `supersedes_id` it is a
    later edition, which takes the place of the earlier when it begins."""
    return await service.add_agreement(db, actor, collaboration_id, body)


@router.get("/collaborations/{collaboration_id}/agreements", permission="collaboration.read")
async def list_collaboration_agreements(
    read: Reading,
    collaboration_id: CollaborationId,
    query: Annotated[AgreementsOfOneQuery, Query()],
) -> WrittenList[CollaborationAgreementPage]:
    """The agreements of the collaboration, all editions, the oldest first."""
    return await AGREEMENTS.page(read, query, OF_COLLABORATION, collaboration_id)


@router.get("/agreements", permission="collaboration.read")
async def list_agreements(
    read: Reading, query: Annotated[AgreementQuery, Query()]
) -> WrittenList[CollaborationAgreementPage]:
    """The agreements of all collaborations that you may see, the oldest first."""
    return await AGREEMENTS.page(read, query)


@router.get(
    "/agreements/{agreement_id}",
    permission="collaboration.read",
    refuses=(CollaborationAgreementNotFound,),
)
async def get_agreement(
    read: Reading, agreement_id: AgreementId
) -> Written[CollaborationAgreementOut]:
    """One agreement."""
    return await AGREEMENTS.one(read, agreement_id)


@router.patch(
    "/agreements/{agreement_id}",
    permission="collaboration.edit",
    refuses=(
        CollaborationAgreementNotFound,
        AgreementSigned,
        PartyUnknown,
        DataSetUnknown,
        AgreementDatesReversed,
    ),
    if_match=True,
    example={"signed_on": "2026-03-02"},
)
async def edit_agreement(
    db: Db, actor: CurrentActor, agreement_id: AgreementId, body: EditAgreement, if_match: IfMatch
) -> Written[CollaborationAgreementOut]:
    """Change what the body names of an agreement that is not signed; `signed_on` signs it, and
    from then on it stays as it is."""
    return await service.edit_agreement(db, actor, agreement_id, body, if_match=if_match)


@router.post(
    "/agreements/{agreement_id}/end",
    permission="collaboration.edit",
    refuses=(CollaborationAgreementNotFound, AgreementNotBinding, AgreementDatesReversed),
    if_match=True,
    example={"ended_on": "2026-09-30", "reason": "The couriers' contract with the city ends."},
)
async def end_agreement(
    db: Db, actor: CurrentActor, agreement_id: AgreementId, body: EndAgreement, if_match: IfMatch
) -> Written[CollaborationAgreementOut]:
    """End a signed agreement, with the last day on which it binds and the reason."""
    return await service.end_agreement(db, actor, agreement_id, body, if_match=if_match)


history_of(
    router,
    "agreement",
    "/agreements/{agreement_id}",
    AGREEMENTS,
    permission="collaboration.read",
    refuses=(CollaborationAgreementNotFound,),
)
export_of(router, "/agreements", AGREEMENTS_AS_CSV, AgreementQuery, permission="collaboration.read")
