"""The contract of service accounts, and of the endpoint that gives them tokens."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.errors import NotAllowed
from app.kernel.schemas import WithReason
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.accounts.service import AccountDisabled, AccountEnabled
from app.people.identity.deps import CurrentActor, Keys, Transactions
from app.people.identity.service_accounts import service
from app.people.identity.service_accounts.deps import BasicClient
from app.people.identity.service_accounts.exports import SERVICE_ACCOUNTS_AS_CSV
from app.people.identity.service_accounts.schemas import (
    ClientTokenOut,
    CreateServiceAccount,
    EditServiceAccount,
    IssueToken,
    NewSecretOut,
    Overlap,
    ServiceAccountOut,
    ServiceAccountPage,
    ServiceAccountQuery,
)
from app.people.identity.service_accounts.service import InvalidClient, InvalidScope, OwnerNotPerson
from app.people.identity.sign_ins.deps import ClientDep
from app.people.identity.throttling import TooManyAttempts
from app.web.bodies import FORM
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import PUBLIC, SIGNED_IN
from app.web.transaction import Db

router = Router("Accounts")
tokens = Router("Signing in")

ServiceAccountId = Annotated[UUID, Path(description="The service account.")]


@tokens.post(
    "/oauth/token",
    permission=PUBLIC,
    secret=True,
    refuses=(InvalidClient, InvalidScope, TooManyAttempts),
)
async def issue_client_token(
    transactions: Transactions,
    keys: Keys,
    client: ClientDep,
    basic: BasicClient,
    body: Annotated[IssueToken, Body(media_type=FORM)],
) -> ClientTokenOut:
    """Get an access token for a service account (OAuth 2.0, client credentials).

    The client is named in the form or by HTTP Basic. `scope` limits the token to some of the
    permissions the account holds; what it may do is read at each request all the same. Whoever
    fails too often is told to wait; the right secret is taken all the same.
    """
    return await service.issue_client_token(transactions, body, basic, keys=keys, client=client)


@router.post(
    "/service-accounts",
    permission="service_account.create",
    status=201,
    secret=True,
    idempotent=True,
    location="/v1/service-accounts/{id}",
    refuses=(AccountUnknown, OwnerNotPerson),
)
async def create_service_account(
    db: Db, actor: CurrentActor, body: CreateServiceAccount
) -> NewSecretOut:
    """Make a service account. Its secret is in this answer and nowhere else.

    It may do nothing until it is granted a role, and then what its owner may do too. Whoever owns
    it counts wherever two people are asked for.
    """
    return await service.create_service_account(db, actor, body)


@router.get(
    "/service-accounts",
    permission=SIGNED_IN,
    export=Exported(SERVICE_ACCOUNTS_AS_CSV, service.export_service_accounts),
)
async def list_service_accounts(
    db: Db, actor: CurrentActor, query: Annotated[ServiceAccountQuery, Query()]
) -> ServiceAccountPage:
    """Service accounts: my own, and everyone's with `service_account.read`."""
    return await service.list_service_accounts(db, actor, query)


@router.get("/service-accounts/{service_account_id}", permission=SIGNED_IN)
async def get_service_account(
    db: Db, actor: CurrentActor, service_account_id: ServiceAccountId
) -> ServiceAccountOut:
    """One service account."""
    return await service.get_service_account(db, actor, service_account_id)


@router.patch(
    "/service-accounts/{service_account_id}",
    permission=SIGNED_IN,
    if_match=True,
    refuses=(NotAllowed,),
    example={"name": "Dashboard of the programme"},
)
async def edit_service_account(
    db: Db,
    actor: CurrentActor,
    service_account_id: ServiceAccountId,
    body: EditServiceAccount,
    if_match: IfMatch,
) -> ServiceAccountOut:
    """Change the name of a service account of mine, or of anybody's with `service_account.edit`.

    Its owner changes when it is offered and taken.
    """
    return await service.edit_service_account(
        db, actor, service_account_id, body, if_match=if_match
    )


@router.post(
    "/service-accounts/{service_account_id}/rotate-secret",
    permission=SIGNED_IN,
    secret=True,
    idempotent=True,
    refuses=(NotAllowed,),
)
async def rotate_client_secret(
    db: Db, actor: CurrentActor, service_account_id: ServiceAccountId, body: Overlap
) -> NewSecretOut:
    """Give a service account of mine a new secret, shown this once. It takes holding all that the
    account was granted.

    The old one ends now, with the tokens it got, or after the overlap.
    """
    return await service.rotate_client_secret(db, actor, service_account_id, body)


@router.post(
    "/service-accounts/{service_account_id}/disable",
    permission=SIGNED_IN,
    refuses=(NotAllowed, AccountDisabled),
)
async def disable_service_account(
    db: Db, actor: CurrentActor, service_account_id: ServiceAccountId, body: WithReason
) -> ServiceAccountOut:
    """Refuse a service account of mine, and its tokens, from the next request on.

    With `service_account.edit` anybody's: then its owner cannot enable it.
    """
    return await service.disable_service_account(db, actor, service_account_id, reason=body.reason)


@router.post(
    "/service-accounts/{service_account_id}/enable",
    permission=SIGNED_IN,
    refuses=(NotAllowed, AccountEnabled),
)
async def enable_service_account(
    db: Db, actor: CurrentActor, service_account_id: ServiceAccountId, body: WithReason
) -> ServiceAccountOut:
    """Let a service account of mine act again. Whom an administrator disabled, only an
    administrator enables."""
    return await service.enable_service_account(db, actor, service_account_id, reason=body.reason)


@router.get("/service-accounts/{service_account_id}/history", permission=SIGNED_IN)
async def get_service_account_history(
    db: Db,
    actor: CurrentActor,
    service_account_id: ServiceAccountId,
    query: Annotated[HistoryQuery, Query()],
) -> ActivityPage:
    """What was done to the service account, oldest first."""
    return await service.get_service_account_history(db, actor, service_account_id, query)
