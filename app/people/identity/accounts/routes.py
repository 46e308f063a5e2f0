"""The contract of accounts, and of one's own."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.errors import NotAllowed
from app.kernel.schemas import WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.accounts import service
from app.people.identity.accounts.access import AccountErased, AccountMerged
from app.people.identity.accounts.exports import PEOPLE
from app.people.identity.accounts.schemas import (
    AccountOut,
    AccountPage,
    AccountQuery,
    EditAccount,
    EditMe,
    MeOut,
)
from app.people.identity.accounts.service import (
    AccountDisabled,
    AccountEnabled,
    EmailTaken,
    OwnAccount,
)
from app.people.identity.accounts.telling import PEOPLE as TOLD
from app.people.identity.deps import CurrentActor, FrontEnd
from app.people.identity.role_assignments.access import LastHolder
from app.people.reads.deps import Reading
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Accounts")
me = Router("Me")

AccountId = Annotated[UUID, Path(description="The account.")]


@me.get("/me", permission=SIGNED_IN)
async def get_me(read: Reading) -> Written[MeOut]:
    """Who I am, the roles I hold now, and where."""
    return await service.get_me(read)


@me.patch("/me", permission=SIGNED_IN, if_match=True, example={"name": "Ada Lovelace"})
async def edit_me(db: Db, actor: CurrentActor, body: EditMe, if_match: IfMatch) -> Written[MeOut]:
    """Change my name."""
    return await service.edit_me(db, actor, body, if_match=if_match)


@router.get(
    "/accounts",
    permission=SIGNED_IN,
    export=Exported(PEOPLE, service.export_accounts),
)
async def list_accounts(
    read: Reading, query: Annotated[AccountQuery, Query()]
) -> WrittenList[AccountPage]:
    """People: myself, and those who hold or held a role where I hold `account.read`."""
    return await TOLD.page(read, query)


@router.get("/accounts/{account_id}", permission=SIGNED_IN)
async def get_account(read: Reading, account_id: AccountId) -> Written[AccountOut]:
    """One person's account."""
    return await TOLD.one(read, account_id)


@router.patch(
    "/accounts/{account_id}",
    permission="account.edit",
    if_match=True,
    refuses=(AccountErased, AccountMerged, EmailTaken),
    example={"email": "ada@example.org"},
)
async def edit_account(
    db: Db,
    actor: CurrentActor,
    links: FrontEnd,
    account_id: AccountId,
    body: EditAccount,
    if_match: IfMatch,
) -> Written[AccountOut]:
    """Change a person's name or address. A new address is to be proved anew, and takes the open
    invitations of the old one along."""
    return await service.edit_account(db, actor, account_id, body, if_match=if_match, links=links)


@router.post(
    "/accounts/{account_id}/disable",
    permission="account.edit",
    refuses=(OwnAccount, AccountDisabled, LastHolder),
)
async def disable_account(
    db: Db, actor: CurrentActor, account_id: AccountId, body: WithReason
) -> Written[AccountOut]:
    """Refuse an account, and the service accounts it owns, from the next request on.

    Its sign-ins end. The last administrator stays, and nobody disables themselves.
    """
    return await service.disable_account(db, actor, account_id, reason=body.reason)


@router.post(
    "/accounts/{account_id}/enable",
    permission="account.edit",
    refuses=(AccountEnabled, AccountErased, AccountMerged),
)
async def enable_account(
    db: Db, actor: CurrentActor, account_id: AccountId, body: WithReason
) -> Written[AccountOut]:
    """Let a disabled account act again, with the roles it still holds."""
    return await service.enable_account(db, actor, account_id, reason=body.reason)


@router.get("/accounts/{account_id}/history", permission=SIGNED_IN, refuses=(NotAllowed,))
async def get_account_history(
    db: Db,
    actor: CurrentActor,
    account_id: AccountId,
    query: Annotated[HistoryQuery, Query()],
) -> ActivityPage:
    """What was done to my account, oldest first; to another's with `activity.read`."""
    return await service.get_account_history(db, actor, account_id, query)
