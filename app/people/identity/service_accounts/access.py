"""Which service accounts one may see and change: one's own, and others' with a permission."""

from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.lifecycle import not_allowed
from app.people.identity.access import one
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account, AccountKind, ClientSecret
from app.people.identity.scopes import NETWORK_ID


class ServiceAccountNotFound(NotFound):
    """There is no such service account, or you may not see it."""


def visible_services(actor: SignedIn) -> Select[Account]:
    """The service accounts that the actor is, owns, is offered, or may read."""
    services = (
        select(Account)
        .options(joinedload(Account.owner), joinedload(Account.offered_to))
        .where(Account.kind == AccountKind.SERVICE)
    )
    if NETWORK_ID in actor.scopes_of("service_account.read"):
        return services
    return services.where(
        or_(
            Account.owner_id == actor.person_id,
            Account.id == actor.account_id,
            Account.offered_to_id == actor.account_id,
        )
    )


async def service_account(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID, *, lock: bool = False
) -> Account:
    """A service account with its owner. Raises ServiceAccountNotFound (404)."""
    statement = visible_services(actor).where(Account.id == service_account_id)
    return await one(db, statement, Account, lock=lock, missing=ServiceAccountNotFound)


def require_may_manage(actor: SignedIn, account: Account) -> None:
    """Refuse whoever neither owns the service account nor may edit those of others.

    A service does not manage itself: its secret in the wrong hands must not make new ones.
    Raises NotAllowed (403).
    """
    if not is_owner(actor, account) and not actor.demand("service_account.edit", NETWORK_ID):
        raise not_allowed("service_account.edit")


def is_owner(actor: SignedIn, account: Account) -> bool:
    """Whether the actor is the person who answers for the service account."""
    return account.owner_id == actor.account_id


def working_secrets(db: AsyncSession, account_id: UUID) -> Select[ClientSecret]:
    """The secrets of a service account that work now."""
    unexpired = or_(ClientSecret.expires_at.is_(None), ClientSecret.expires_at > now(db))
    return select(ClientSecret).where(ClientSecret.account_id == account_id, unexpired)


async def proved_client(db: AsyncSession, client_id: UUID, digest: bytes) -> ClientSecret | None:
    """The working secret of this digest, if it is this client's."""
    return await db.scalar(working_secrets(db, client_id).where(ClientSecret.digest == digest))


async def client_tried(db: AsyncSession, client_id: UUID | None) -> UUID | None:
    """The service account of this id, if there is one."""
    statement = select(Account.id).where(
        Account.id == client_id, Account.kind == AccountKind.SERVICE
    )
    return await db.scalar(statement)
