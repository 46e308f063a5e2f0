"""Who may see for whom a person works: whoever may see the person's account.

That is the person, and those who hold `account.read` where the person holds or held a role: the
coordinators of the cohorts of their collaborations, its leads, administrators.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import FieldProblem, NotFound
from app.people.identity.access import one, require
from app.people.identity.accounts.access import AccountUnknown, visible_people
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account
from app.people.identity.scopes import NETWORK_ID
from app.people.organisations.affiliations.models import Affiliation

WITH_NAMES: Final[tuple[ORMOption, ...]] = (
    joinedload(Affiliation.organisation),
    joinedload(Affiliation.account),
    joinedload(Affiliation.entered_by),
)


class AffiliationNotFound(NotFound):
    """There is no such affiliation, or you may not see the person's account."""


def visible_affiliations(actor: SignedIn) -> Select[Affiliation]:
    """The affiliations of the people whose accounts the actor may see, and the actor's own, also
    those of accounts that were merged into theirs."""
    people = visible_people(actor).with_only_columns(Account.id)
    seen = or_(Affiliation.account_id.in_(people), Affiliation.account_id.in_(actor.persons))
    return select(Affiliation).where(seen).options(*WITH_NAMES)


async def affiliation(
    db: AsyncSession, actor: SignedIn, affiliation_id: UUID, *, lock: bool = False
) -> Affiliation:
    """The affiliation with both names. Raises AffiliationNotFound (404)."""
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


def require_may_say(actor: SignedIn, account_id: UUID) -> None:
    """Everybody may say for whom they work themselves; of others it takes `affiliation.vouch` too.

    Raises NotAllowed (403).
    """
    own = account_id in actor.persons
    require(actor, "affiliation.edit", NETWORK_ID)
    if not own:
        require(actor, "affiliation.vouch", NETWORK_ID)
