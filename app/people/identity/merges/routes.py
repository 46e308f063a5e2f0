"""The contract of merging accounts."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written
from app.people.identity.accounts.access import AccountErased, AccountMerged, AccountUnknown
from app.people.identity.accounts.schemas import AccountOut
from app.people.identity.accounts.service import OwnAccount
from app.people.identity.deps import CurrentActor, FrontEnd
from app.people.identity.merges import service
from app.people.identity.merges.schemas import (
    MergeAccount,
    MergedDutyPage,
    MergedDutyQuery,
    MergePreviewOut,
    PreviewMerge,
)
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Accounts")

AccountId = Annotated[UUID, Path(description="The account that would act no more.")]
REFUSES = (OwnAccount, service.SameAccount, AccountErased, AccountMerged, AccountUnknown)


@router.post(
    "/accounts/{account_id}/preview-merge",
    permission="account.edit",
    idempotent=False,
    refuses=REFUSES,
)
async def preview_account_merge(
    db: Db, actor: CurrentActor, account_id: AccountId, body: PreviewMerge
) -> MergePreviewOut:
    """See what it would bring to merge this account into another one of the same person."""
    return await service.preview_merge(db, actor, account_id, body.into_id)


@router.post("/accounts/{account_id}/merge", permission="account.edit", refuses=REFUSES)
async def merge_account(
    db: Db, actor: CurrentActor, links: FrontEnd, account_id: AccountId, body: MergeAccount
) -> Written[AccountOut]:
    """Make this account the alias of another one of the same person. What it did stays its own;
    what it may do passes to the other, and it acts no more."""
    return await service.merge_account(db, actor, account_id, body, links=links)


@router.get("/merged-duties", permission="account.read_merged")
async def list_merged_duties(
    db: Db, actor: CurrentActor, query: Annotated[MergedDutyQuery, Query()]
) -> MergedDutyPage:
    """Duties that are kept apart and were done by two accounts that turned out to be one person,
    the latest first."""
    return await service.list_merged_duties(db, actor, query)
