"""The contract of passing a service account on."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.errors import NotAllowed
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.deps import CurrentActor
from app.people.identity.ownership import service
from app.people.identity.ownership.service import (
    NotOffered,
    NotOfferedToYou,
    OwnerAlready,
    OwnerWouldLose,
)
from app.people.identity.service_accounts.schemas import (
    NewSecretOut,
    OfferServiceAccount,
    Overlap,
    ServiceAccountOut,
)
from app.people.identity.service_accounts.service import OwnerNotPerson
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Accounts")

ServiceAccountId = Annotated[UUID, Path(description="The service account.")]


@router.post(
    "/service-accounts/{service_account_id}/offer",
    permission=SIGNED_IN,
    refuses=(NotAllowed, OwnerAlready, OwnerWouldLose, AccountUnknown, OwnerNotPerson),
)
async def offer_service_account(
    db: Db, actor: CurrentActor, service_account_id: ServiceAccountId, body: OfferServiceAccount
) -> ServiceAccountOut:
    """Offer a service account of mine, or anybody's with `service_account.edit`, to a person who
    holds all that it was granted. It passes when that person takes it."""
    return await service.offer_service_account(db, actor, service_account_id, body)


@router.post(
    "/service-accounts/{service_account_id}/withdraw-offer",
    permission=SIGNED_IN,
    refuses=(NotAllowed, NotOffered),
)
async def withdraw_service_account_offer(
    db: Db, actor: CurrentActor, service_account_id: ServiceAccountId
) -> ServiceAccountOut:
    """Take back the offer of a service account, or decline what was offered to me."""
    return await service.withdraw_service_account_offer(db, actor, service_account_id)


@router.post(
    "/service-accounts/{service_account_id}/take",
    permission=SIGNED_IN,
    secret=True,
    idempotent=True,
    refuses=(NotOfferedToYou, OwnerWouldLose),
)
async def take_service_account(
    db: Db, actor: CurrentActor, service_account_id: ServiceAccountId, body: Overlap
) -> NewSecretOut:
    """Answer from now on for a service account that was offered to me, with a new secret, shown
    this once.

    What others may know of it, its secrets and its API tokens, ends now, or after the overlap.
    """
    return await service.take_service_account(db, actor, service_account_id, body)
