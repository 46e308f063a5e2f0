"""Offering a service account to a person, and taking it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotAllowed
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.models import Account, ApiToken
from app.people.identity.queries import actor_of
from app.people.identity.service_accounts.access import require_may_manage, service_account
from app.people.identity.service_accounts.queries import authority_of
from app.people.identity.service_accounts.schemas import (
    NewSecretOut,
    OfferServiceAccount,
    Overlap,
    ServiceAccountOut,
)
from app.people.identity.service_accounts.service import (
    end_secrets,
    person_named,
    shown,
    with_new_secret,
)


class OwnerWouldLose(Conflict):
    """A service account passes to a person who holds all that it was granted. `missing` names what
    this one does not hold: give them a role that does, or end the roles that need it."""


class OwnerAlready(Conflict):
    """The service account is this person's already."""


class NotOffered(Conflict):
    """The service account is offered to nobody."""


class NotOfferedToYou(NotAllowed):
    """Only the person to whom a service account is offered takes it."""


async def offer_service_account(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID, body: OfferServiceAccount
) -> ServiceAccountOut:
    """Let a person take a service account, in place of whoever it was offered to before.

    Raises NotAllowed (403), OwnerAlready, OwnerWouldLose (409), AccountUnknown and OwnerNotPerson
    (422).
    """
    account = await service_account(db, actor, service_account_id, lock=True)
    require_may_manage(actor, account)
    person = await person_named(db, actor, body.account_id, pointer="/account_id")
    if person.id == account.owner_id:
        raise OwnerAlready
    await _refuse_loss(db, account, await actor_of(db, person.id))
    account.offered_to = person
    detail = {"account_id": str(person.id)}
    record(db, actor, "service_account.offered", account, detail=detail)
    await db.flush()
    return await shown(db, account)


async def withdraw_service_account_offer(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID
) -> ServiceAccountOut:
    """Take the offer back, or decline it. Raises NotAllowed (403), NotOffered (409)."""
    account = await service_account(db, actor, service_account_id, lock=True)
    if account.offered_to_id != actor.account_id:
        require_may_manage(actor, account)
    if account.offered_to_id is None:
        raise NotOffered
    account.offered_to = None
    record(db, actor, "service_account.offer_withdrawn", account)
    await db.flush()
    return await shown(db, account)


async def take_service_account(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID, body: Overlap
) -> NewSecretOut:
    """Answer for a service account from now on, with a new secret. What others may know of it, its
    secrets and its API tokens, ends now or after an overlap.

    Raises NotOfferedToYou (403), OwnerWouldLose (409).
    """
    account = await service_account(db, actor, service_account_id, lock=True)
    if account.offered_to_id != actor.account_id:
        raise NotOfferedToYou
    await _refuse_loss(db, account, actor)
    detail = {"from": str(account.owner_id), "to": str(actor.account_id)}
    account.owner, account.offered_to = account.offered_to, None
    ends = now(db) + timedelta(hours=body.overlap_hours)
    await end_secrets(db, account, ends)
    await db.execute(
        update(ApiToken)
        .where(ApiToken.account_id == account.id, ApiToken.expires_at > ends)
        .values(expires_at=ends, version=ApiToken.version + 1, updated_at=now(db))
        .execution_options(synchronize_session=False)
    )
    record(db, actor, "service_account.taken", account, detail=detail)
    await db.flush()
    return await with_new_secret(db, account)


async def _refuse_loss(db: AsyncSession, account: Account, person: Actor | None) -> None:
    """Refuse a person by whom the account would hold less than it was granted."""
    assert person is not None, "whoever is named or asks is enabled"
    missing = await (await authority_of(db, account.id)).missing_to(db, person)
    if missing:
        raise OwnerWouldLose(extra={"missing": missing})
