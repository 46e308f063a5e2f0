"""From a credential to the account and its roles, in one statement.

For a service account the roles of its owner come along, and where both meet: it holds what both do.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    LargeBinary,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.background.mail import MailBeginning
from app.kernel.clock import now
from app.kernel.db import Instant
from app.people.identity.actors import CredentialKind, SignedIn, signed_in
from app.people.identity.models import Account, ApiToken, ClientSecret, RoleAssignment, SignIn
from app.people.identity.role_assignments.access import held_at
from app.people.identity.scopes import NETWORK_ID, Scope, topmost_below_both

_at = bindparam("at", type_=Instant)
_account_id = bindparam("proved_account_id", type_=Uuid())
_credential_id = bindparam("credential_id", type_=Uuid())
_owner = aliased(Account)


PROOF_IS_DUE_AFTER: Final = timedelta(days=14)
"""How long people have, once the network has a mail server, to prove their addresses."""

_began_at = select(MailBeginning.began_at).scalar_subquery()
_proved_at = case(
    (Account.owner_id.is_(None), Account.address_proved_at), else_=_owner.address_proved_at
)
_alias = aliased(Account)
_aliases = func.array(
    select(_alias.id)
    .where(_alias.merged_into_id == func.coalesce(Account.owner_id, Account.id))
    .correlate(Account)
    .scalar_subquery(),
    type_=ARRAY(Uuid()),
)
_proof_due_at = case(
    (
        and_(bindparam("has_mail", type_=Boolean()), _proved_at.is_(None)),
        _began_at + literal(PROOF_IS_DUE_AFTER),
    )
)


def _with_roles(*more: Any) -> Select[*tuple[Any, ...]]:
    """One row a valid role of the account or of its owner (`is_own` says whose), or one without.

    `is_due` says that a role of either should have begun, and that nobody has looked at it yet.
    """
    columns = (Account.id, Account.kind, Account.owner_id)
    role = (RoleAssignment.role, RoleAssignment.scope_id)
    is_own = (RoleAssignment.account_id == Account.id).label("is_own")
    concerned = array([Account.id, Account.owner_id])
    of_both = and_(RoleAssignment.account_id == any_(concerned), held_at(RoleAssignment, _at))
    coming = aliased(RoleAssignment)
    is_due = exists().where(
        coming.account_id == any_(concerned),
        coming.is_to_come,
        coming.voided_at.is_(None),
        coming.valid_from <= _at,
    )
    told = (is_own, _meets().label("meets"), is_due.label("is_due"))
    return (
        select(*columns, *role, *told, *more)
        .select_from(Account)
        .outerjoin(_owner, _owner.id == Account.owner_id)
        .outerjoin(RoleAssignment, of_both)
    )


def _enabled_with_roles(*more: Any) -> Select[*tuple[Any, ...]]:
    """The same, and none for an account that is disabled, nor for a service whose owner is."""
    enabled = and_(Account.disabled_at.is_(None), _owner.disabled_at.is_(None))
    told = (_proof_due_at.label("proof_due_at"), _aliases.label("aliases"))
    return _with_roles(*told, *more).where(enabled)


def _meets() -> ColumnElement[Any]:
    """Where the scope of a service's own role meets those of its owner's: a pair for each of the
    topmost scopes below both, after the owner's. Null for everyone else."""
    theirs = aliased(RoleAssignment)
    pairs = topmost_below_both(RoleAssignment.scope_id, theirs.scope_id).lateral()
    found = (
        select(func.jsonb_agg(func.jsonb_build_array(theirs.scope_id, pairs.c.id)))
        .select_from(theirs)
        .join(pairs, true())
        .where(
            theirs.account_id == Account.owner_id,
            held_at(theirs, _at),
            theirs.scope_id.not_in((NETWORK_ID, RoleAssignment.scope_id)),
        )
        .correlate(Account, RoleAssignment)
    )
    is_of_service = and_(
        RoleAssignment.account_id == Account.id,
        Account.owner_id.is_not(None),
        RoleAssignment.scope_id != NETWORK_ID,
    )
    return case((is_of_service, found.scalar_subquery()))


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
"""With `proved_account_id`, `at` and `has_mail`: a list may be filtered by `account_id`."""

BY_ACCESS_TOKEN = BY_ACCOUNT.where(_stands())
"""With `proved_account_id`, `credential_id`, `at` and `has_mail`."""

BY_API_TOKEN = (
    _enabled_with_roles(ApiToken.id.label("token_id"), ApiToken.permissions, ApiToken.last_used_at)
    .join(ApiToken, ApiToken.account_id == Account.id)
    .where(
        ApiToken.digest == bindparam("digest", type_=LargeBinary()),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > _at,
    )
)
"""With `digest`, `at` and `has_mail`."""

OF_SERVICES = (
    _with_roles(
        RoleAssignment.valid_from,
        Scope.kind.label("scope_kind"),
        Account.disabled_at,
        _owner.disabled_at.label("owner_disabled_at"),
    )
    .outerjoin(Scope, Scope.id == RoleAssignment.scope_id)
    .where(Account.id == any_(bindparam("account_ids", type_=ARRAY(Uuid()))))
    .order_by(Account.id)
)
"""With `account_ids` and `at`; also of accounts that are disabled."""


async def actor_of(
    db: AsyncSession, account_id: UUID, narrowed_to: frozenset[str] | None = None
) -> SignedIn | None:
    """The account as an actor, with the roles it holds now; None when it may not act.

    For what the service does in somebody's name: requests prove theirs through `CurrentActor`.
    `narrowed_to` is what the credential was limited to by which it was asked for.
    """
    values = {"proved_account_id": account_id, "at": now(db), "has_mail": db.info["has_mail"]}
    rows = (await db.execute(BY_ACCOUNT, values)).all()
    return signed_in(rows, CredentialKind.NONE, narrowed_to=narrowed_to) if rows else None


async def acting_for(
    db: AsyncSession, account_id: UUID, narrowed_to: frozenset[str] | None = None
) -> SignedIn | None:
    """`actor_of`, or the account that it was merged into: what the one has begun the other goes on
    with."""
    found = await actor_of(db, account_id, narrowed_to)
    if found is not None:
        return found
    into_id = await db.scalar(select(Account.merged_into_id).where(Account.id == account_id))
    return await actor_of(db, into_id, narrowed_to) if into_id else None
