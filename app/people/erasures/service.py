"""Erasing a person, by two persons, for good."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.canonical import canonical, sha256
from app.kernel.clock import now
from app.kernel.endorsements import Word, Yes, both_endorse, told, words
from app.kernel.errors import Conflict
from app.kernel.schemas import Ref
from app.kernel.transitions import first_word
from app.people.erasures import queries
from app.people.erasures.permissions import ERASE
from app.people.erasures.schemas import EraseAccount, ErasureOut
from app.people.identity.access import require, require_decider
from app.people.identity.accounts.access import AccountErased, AccountMerged, hold_people
from app.people.identity.accounts.access import account as obtain_account
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account
from app.people.identity.scopes import NETWORK_ID


class AccountActive(Conflict):
    """Only who can act no more is erased: disable the account first, which says what that ends."""


async def erase_account(
    db: AsyncSession, actor: SignedIn, account_id: UUID, body: EraseAccount, *, if_match: int | None
) -> ErasureOut:
    """Forget who a person is; what they did stays, by their account's id. Two administrators say
    so, and nobody undoes it.

    Raises NotAllowed (403), AccountActive, AccountMerged, AccountErased, SecondPersonRequired
    (409).
    """
    await obtain_account(db, actor, account_id)
    require(actor, ERASE, NETWORK_ID)
    await hold_people(db)
    account = await obtain_account(db, actor, account_id, lock=True)
    versions.expect(account, if_match)
    _refuse_impossible(account)
    who = await queries.person_of(db, account, at=now(db))
    emptied, kept = await queries.what_goes(db, who), await queries.what_stays(db, who)
    is_erased = False
    if not body.dry_run:
        require_decider(db, actor)
        is_erased = await _is_said_by_two(db, actor, account, body.reason)
    if is_erased:
        await queries.forget(db, who)
        detail = {"emptied": emptied, "account_ids": [str(one) for one in who.account_ids]}
        activity.record(db, actor, "account.erased", account, reason=body.reason, detail=detail)
    await db.flush()
    await db.refresh(account)
    standing = await words(db, actor, account, move="erase")
    return ErasureOut(
        account=Ref(id=account.id, reference=None, name=account.name),
        is_dry_run=body.dry_run,
        is_erased=is_erased,
        emptied=emptied,
        kept=kept,
        endorsements=told(standing[account.id]),
        version=account.version,
    )


def _refuse_impossible(account: Account) -> None:
    if account.erased_at is not None:
        raise AccountErased
    if account.merged_into_id is not None:
        raise AccountMerged(extra={"merged_into_id": str(account.merged_into_id)})
    if account.disabled_at is None:
        raise AccountActive


async def _is_said_by_two(db: AsyncSession, actor: SignedIn, account: Account, reason: str) -> bool:
    read = {"account_id": str(account.id), "version": account.version}
    yes = Yes(
        move="erase",
        verb=first_word("account", "erase"),
        permissions=(ERASE, ERASE),
        held=[ERASE],
        is_signature=False,
        digest=sha256(canonical(read)).hex(),
        detail=None,
        reason=reason,
    )
    if await both_endorse(db, actor, account, yes, _is_still_meant):
        return True
    activity.record(db, actor, yes.verb, account, reason=reason)
    return False


async def _is_still_meant(_word: Word) -> bool:
    """No guard stands in the way of one person and not of the other."""
    return True
