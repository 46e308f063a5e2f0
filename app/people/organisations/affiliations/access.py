"""Who may see for whom a person works: whoever may see the person's account.

That is the person, and those who hold `account.read` where the person holds or held a role: the
coordinators of the cohorts of their collaborations, its leads, administrators.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import FieldProblem, NotFound
from app.people.identity.access import Looking, Sight, one, require, require_somewhere
from app.people.identity.accounts.access import (
    AccountUnknown,
    is_person_seen,
    is_same_person,
    require_over,
    visible_people,
)
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account
from app.people.identity.scopes import NETWORK_ID
from app.people.organisations.affiliations.models import Affiliation

VOUCH: Final = "affiliation.vouch"


class AffiliationNotFound(NotFound):
    """There is no such affiliation, or you may not see the person's account."""


def visible_affiliations(actor: SignedIn) -> Select[Affiliation]:
    """The affiliations that the actor may see."""
    return select(Affiliation).where(is_seen(Looking(actor)))


def is_seen(by: Sight) -> ColumnElement[bool]:
    """Those of the people whose accounts somebody may see, and their own, also those of accounts
    that were merged into theirs."""
    people = select(Account.id).where(is_person_seen(by)).correlate_except(Account)
    own = is_same_person(Affiliation.account_id, by.person_id)
    return or_(Affiliation.account_id.in_(people), own)


async def affiliation(
    db: AsyncSession, actor: SignedIn, affiliation_id: UUID, *, lock: bool = False
) -> Affiliation:
    """The affiliation. Raises AffiliationNotFound (404)."""
    statement = visible_affiliations(actor).where(Affiliation.id == affiliation_id)
    return await one(db, statement, Affiliation, lock=lock, missing=AffiliationNotFound)


async def person_named(db: AsyncSession, actor: SignedIn, account_id: UUID) -> Account:
    """The person that a request names as `/account_id`. Raises AccountUnknown (422)."""
    people = visible_people(actor).where(Account.id == account_id, Account.disabled_at.is_(None))
    found = await db.scalar(people)
    if found is None:
        fault = FieldProblem(
            pointer="/account_id", code="account_unknown", detail="Nobody whom you may see."
        )
        raise AccountUnknown(errors=[fault])
    return found


async def own(
    db: AsyncSession, actor: SignedIn, affiliation_id: UUID, *, lock: bool = False
) -> Affiliation:
    """One of the actor's own. Raises AffiliationNotFound (404)."""
    statement = visible_affiliations(actor).where(
        Affiliation.id == affiliation_id, Affiliation.account_id.in_(actor.persons)
    )
    return await one(db, statement, Affiliation, lock=lock, missing=AffiliationNotFound)


def require_may_speak(actor: SignedIn, account_id: UUID) -> None:
    """Everybody may say for whom they work themselves; of others it takes `affiliation.vouch` too.

    Raises NotAllowed (403).
    """
    require(actor, "affiliation.edit", NETWORK_ID)
    if account_id not in actor.persons:
        require_somewhere(actor, VOUCH)


async def require_may_say(db: AsyncSession, actor: SignedIn, account_id: UUID) -> None:
    """Of others it is said where they hold or held a role. Raises NotAllowed (403)."""
    require_may_speak(actor, account_id)
    if account_id not in actor.persons:
        await require_over(db, actor, VOUCH, account_id)
