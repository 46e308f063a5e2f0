"""From a credential to the account and its roles, in one statement."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.kernel.clock import now
from app.kernel.db import Instant
from app.people.identity.actors import CredentialKind, SignedIn, signed_in
from app.people.identity.models import Account, ApiToken, ClientSecret, RoleAssignment, SignIn

_at = bindparam("at", type_=Instant)
_account_id = bindparam("account_id", type_=Uuid())
_credential_id = bindparam("credential_id", type_=Uuid())
_owner = aliased(Account)

_roles_now = and_(
    RoleAssignment.account_id == Account.id,
    RoleAssignment.valid_from <= _at,
    or_(RoleAssignment.valid_until.is_(None), RoleAssignment.valid_until > _at),
)


def _enabled_with_roles(*more: Any) -> Select[*tuple[Any, ...]]:
    """One row a valid role, or one without a role.

    None for an account that is disabled, nor for a service whose owner is.
    """
    columns = (Account.id, Account.kind, Account.owner_id)
    return (
        select(*columns, RoleAssignment.role, RoleAssignment.scope_id, *more)
        .select_from(Account)
        .outerjoin(_owner, _owner.id == Account.owner_id)
        .outerjoin(RoleAssignment, _roles_now)
        .where(Account.disabled_at.is_(None), _owner.disabled_at.is_(None))
    )


def _stands() -> ColumnElement[bool]:
    """The sign-in or the client secret that the token came from has not ended since."""
    sign_in = exists().where(
        SignIn.id == _credential_id,
        SignIn.account_id == Account.id,
        SignIn.ended_at.is_(None),
    )
    client_secret = exists().where(
        ClientSecret.id == _credential_id,
        ClientSecret.account_id == Account.id,
        or_(ClientSecret.expires_at.is_(None), ClientSecret.expires_at > _at),
    )
    return or_(sign_in, client_secret)


BY_ACCOUNT = _enabled_with_roles().where(Account.id == _account_id)
"""With `account_id` and `at`."""

BY_ACCESS_TOKEN = BY_ACCOUNT.where(_stands())
"""With `account_id`, `credential_id` and `at`."""

BY_API_TOKEN = (
    _enabled_with_roles(ApiToken.id.label("token_id"), ApiToken.permissions, ApiToken.last_used_at)
    .join(ApiToken, ApiToken.account_id == Account.id)
    .where(
        ApiToken.digest == bindparam("digest", type_=LargeBinary()),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > _at,
    )
)
"""With `digest` and `at`."""


async def actor_of(
    db: AsyncSession, account_id: UUID, narrowed_to: frozenset[str] | None = None
) -> SignedIn | None:
    """The account as an actor, with the roles it holds now; None when it may not act.

    For what the service does in somebody's name: requests prove theirs through `CurrentActor`.
    `narrowed_to` is what the credential was limited to by which it was asked for.
    """
    rows = (await db.execute(BY_ACCOUNT, {"account_id": account_id, "at": now(db)})).all()
    return signed_in(rows, CredentialKind.NONE, narrowed_to=narrowed_to) if rows else None
