"""Making, listing and revoking API tokens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.filters import Filters
from app.kernel.paging import in_whole, paginate
from app.kernel.permissions import PERMISSIONS
from app.people.identity.actors import SignedIn
from app.people.identity.api_tokens import access
from app.people.identity.api_tokens.exports import API_TOKENS_AS_CSV
from app.people.identity.api_tokens.schemas import (
    ApiTokenOut,
    ApiTokenPage,
    ApiTokenQuery,
    CreateApiToken,
    NewApiTokenOut,
    ServiceApiTokenQuery,
)
from app.people.identity.models import ApiToken
from app.people.identity.roles import read_only
from app.people.identity.service_accounts.access import require_may_manage, service_account
from app.people.identity.service_accounts.queries import (
    Authority,
    authorities_of,
    authority_of,
)
from app.people.identity.tokens import SecretKind, new_secret, secret_digest
from app.web.exports import ListedExport

LONGEST_LIFE: Final = timedelta(days=366)

SORTS: Final = {"created_at": (ApiToken.id,)}
FILTERS: Final[Filters] = {"service_account_id": lambda asked: ApiToken.account_id == asked}


class PermissionNotHeld(Unprocessable):
    """An API token carries permissions to read that its service account holds now. `permission` is
    the first that it does not."""


class ExpiryInvalid(Unprocessable):
    """An API token expires in the future, at most a year from now."""


class ApiTokenRevoked(Conflict):
    """The API token is revoked already."""

    title = "API token revoked"


async def create_api_token(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID, body: CreateApiToken
) -> NewApiTokenOut:
    """Make a read-only token for a service account one manages; its secret is shown this once.

    Whoever makes it holds what it carries, wherever the account was granted it.
    Raises NotAllowed (403), PermissionNotHeld and ExpiryInvalid (422).
    """
    account = await service_account(db, actor, service_account_id, lock=True)
    require_may_manage(actor, account)
    _check_expiry(body.expires_at, now(db))
    authority = await authority_of(db, account.id)
    await authority.require_held_by(db, actor, body.permissions)
    _check_held(authority, body.permissions)
    secret = new_secret(SecretKind.API_TOKEN)
    token = ApiToken(
        account_id=account.id,
        name=body.name,
        digest=secret_digest(SecretKind.API_TOKEN, secret),
        permissions=sorted(set(body.permissions)),
        expires_at=body.expires_at,
    )
    db.add(token)
    await db.flush()
    detail = {"service_account_id": str(account.id), "permissions": token.permissions}
    record(db, actor, "api_token.created", token, detail=detail)
    await db.flush()
    return NewApiTokenOut(**_described(db, token, authority).model_dump(), token=secret)


def _check_expiry(expires_at: datetime, at: datetime) -> None:
    if not at < expires_at <= at + LONGEST_LIFE:
        fault = FieldProblem(
            pointer="/expires_at", code="expiry_invalid", detail="Within a year from now."
        )
        raise ExpiryInvalid(errors=[fault])


def _check_held(authority: Authority, permissions: Sequence[str]) -> None:
    missing = {
        place: permission
        for place, permission in enumerate(permissions)
        if permission not in read_only() or permission not in authority.effective
    }
    if missing:
        first = next((one for one in missing.values() if one in PERMISSIONS), None)
        raise PermissionNotHeld(
            errors=[_not_held(place, one) for place, one in missing.items()],
            extra={"permission": first},
        )


def _not_held(place: int, permission: str) -> FieldProblem:
    if permission not in PERMISSIONS:
        detail = "There is no permission of this name."
    elif permission not in read_only():
        detail = f"{permission} is not a permission to read."
    else:
        detail = f"The service account does not hold {permission} now."
    return FieldProblem(pointer=f"/permissions/{place}", code="permission_not_held", detail=detail)


async def list_api_tokens(db: AsyncSession, actor: SignedIn, query: ApiTokenQuery) -> ApiTokenPage:
    """The API tokens of the service accounts one may see."""
    return await _page(db, access.visible_tokens(actor), query)


async def export_api_tokens(
    db: AsyncSession, actor: SignedIn, query: ApiTokenQuery
) -> ListedExport:
    """All of them, as a table: a service account has a handful."""
    seen = access.visible_tokens(actor)
    found = await in_whole(db, seen, query, SORTS, default="-created_at", filters=FILTERS)
    return API_TOKENS_AS_CSV.of(await _all_described(db, found))


async def get_api_token(db: AsyncSession, actor: SignedIn, api_token_id: UUID) -> ApiTokenOut:
    """One API token. Raises ApiTokenNotFound (404)."""
    token = await access.api_token(db, actor, api_token_id)
    return _described(db, token, await authority_of(db, token.account_id))


async def list_service_account_api_tokens(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID, query: ServiceApiTokenQuery
) -> ApiTokenPage:
    """The API tokens of one service account."""
    account = await service_account(db, actor, service_account_id)
    statement = access.visible_tokens(actor).where(ApiToken.account_id == account.id)
    return await _page(db, statement, query, bound=account.id)


async def _page(
    db: AsyncSession,
    statement: Select[ApiToken],
    query: ServiceApiTokenQuery,
    bound: UUID | None = None,
) -> ApiTokenPage:
    page = await paginate(
        db, statement, query, SORTS, default="-created_at", bound=bound, filters=FILTERS
    )
    return ApiTokenPage(
        items=await _all_described(db, page.rows),
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def _all_described(db: AsyncSession, tokens: Sequence[ApiToken]) -> list[ApiTokenOut]:
    authorities = await authorities_of(db, {token.account_id for token in tokens})
    return [_described(db, token, authorities[token.account_id]) for token in tokens]


async def revoke_api_token(db: AsyncSession, actor: SignedIn, api_token_id: UUID) -> ApiTokenOut:
    """Refuse a token from the next request on. Raises NotAllowed (403), ApiTokenRevoked (409)."""
    token = await access.api_token(db, actor, api_token_id, lock=True)
    require_may_manage(actor, await service_account(db, actor, token.account_id))
    if token.revoked_at is not None:
        raise ApiTokenRevoked
    token.revoked_at = now(db)
    record(db, actor, "api_token.revoked", token)
    await db.flush()
    return _described(db, token, await authority_of(db, token.account_id))


def _described(db: AsyncSession, token: ApiToken, authority: Authority) -> ApiTokenOut:
    carried = read_only().intersection(token.permissions)
    is_good = token.revoked_at is None and token.expires_at > now(db)
    return ApiTokenOut(
        id=token.id,
        service_account_id=token.account_id,
        name=token.name,
        permissions=token.permissions,
        effective_permissions=sorted(carried & authority.effective) if is_good else [],
        lost=[one for one in authority.lost if one.permission in carried],
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        last_used_at=token.last_used_at,
        version=token.version,
        created_at=token.created_at,
        updated_at=token.updated_at,
    )
