"""The contract of erasing people."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.endorsements import SecondPersonRequired
from app.kernel.errors import AddressNotProved
from app.people.erasures import service
from app.people.erasures.schemas import EraseAccount, ErasureOut
from app.people.identity.accounts.access import AccountErased, AccountMerged
from app.people.identity.deps import CurrentActor
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Accounts")

AccountId = Annotated[UUID, Path(description="The account.")]


@router.post(
    "/accounts/{account_id}/erase",
    permission="account.erase",
    refuses=(
        AddressNotProved,
        service.AccountActive,
        AccountMerged,
        AccountErased,
        SecondPersonRequired,
    ),
    if_match=True,
    example={"reason": "They asked to be forgotten on 2 March 2026.", "dry_run": True},
)
async def erase_account(
    db: Db, actor: CurrentActor, account_id: AccountId, body: EraseAccount, if_match: IfMatch
) -> ErasureOut:
    """Forget who a person is, for good, once two administrators have said so: names, addresses,
    letters and what cohorts knew of them are emptied; what they did stays, by the account's id,
    done by an erased person. Disable the account first. With `dry_run` it tells what would go and
    what would stay."""
    return await service.erase_account(db, actor, account_id, body, if_match=if_match)
