"""The contract of API tokens."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.errors import NotAllowed
from app.people.identity.api_tokens import access, service
from app.people.identity.api_tokens.exports import API_TOKENS_AS_CSV
from app.people.identity.api_tokens.schemas import (
    ApiTokenOut,
    ApiTokenPage,
    ApiTokenQuery,
    CreateApiToken,
    NewApiTokenOut,
    ServiceApiTokenQuery,
)
from app.people.identity.api_tokens.service import ApiTokenRevoked, ExpiryInvalid, PermissionNotHeld
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import history_of
from app.web.export_answers import Exported
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Accounts")

ServiceAccountId = Annotated[UUID, Path(description="The service account.")]
ApiTokenId = Annotated[UUID, Path(description="The API token.")]


@router.post(
    "/service-accounts/{service_account_id}/api-tokens",
    permission=SIGNED_IN,
    status=201,
    secret=True,
    idempotent=True,
    location="/v1/api-tokens/{id}",
    refuses=(NotAllowed, PermissionNotHeld, ExpiryInvalid),
)
async def create_api_token(
    db: Db, actor: CurrentActor, service_account_id: ServiceAccountId, body: CreateApiToken
) -> NewApiTokenOut:
    """Make a read-only token for a service account of mine. It is shown this once.

    It reads what its permissions and the account's roles both allow, as far as the account's owner
    holds it, and changes nothing. Making it takes holding what it carries.
    """
    return await service.create_api_token(db, actor, service_account_id, body)


@router.get("/service-accounts/{service_account_id}/api-tokens", permission=SIGNED_IN)
async def list_service_account_api_tokens(
    db: Db,
    actor: CurrentActor,
    service_account_id: ServiceAccountId,
    query: Annotated[ServiceApiTokenQuery, Query()],
) -> ApiTokenPage:
    """The API tokens of one service account, latest first, revoked and expired ones too."""
    return await service.list_service_account_api_tokens(db, actor, service_account_id, query)


@router.get(
    "/api-tokens",
    permission=SIGNED_IN,
    export=Exported(API_TOKENS_AS_CSV, service.export_api_tokens),
)
async def list_api_tokens(
    db: Db, actor: CurrentActor, query: Annotated[ApiTokenQuery, Query()]
) -> ApiTokenPage:
    """The API tokens of the service accounts I may see, latest first."""
    return await service.list_api_tokens(db, actor, query)


@router.get("/api-tokens/{api_token_id}", permission=SIGNED_IN)
async def get_api_token(db: Db, actor: CurrentActor, api_token_id: ApiTokenId) -> ApiTokenOut:
    """One API token, without its secret."""
    return await service.get_api_token(db, actor, api_token_id)


@router.post(
    "/api-tokens/{api_token_id}/revoke",
    permission=SIGNED_IN,
    refuses=(NotAllowed, ApiTokenRevoked),
)
async def revoke_api_token(db: Db, actor: CurrentActor, api_token_id: ApiTokenId) -> ApiTokenOut:
    """Refuse an API token of a service account of mine from the next request on."""
    return await service.revoke_api_token(db, actor, api_token_id)


history_of(
    router, "api_token", "/api-tokens/{api_token_id}", access.api_token, permission=SIGNED_IN
)
