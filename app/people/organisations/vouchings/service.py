"""Answering what others said of oneself: that it is so, or that it is not."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.kernel.written import Written
from app.people.identity.accounts.access import require_over
from app.people.identity.actors import SignedIn
from app.people.organisations.affiliations import access
from app.people.organisations.affiliations.access import VOUCH
from app.people.organisations.affiliations.schemas import AffiliationOut
from app.people.organisations.affiliations.service import note, refuse_withdrawn
from app.people.organisations.affiliations.telling import AFFILIATIONS


class AffiliationAnswered(Conflict):
    """You have answered this already. Whoever may vouch for it can correct it, which asks you
    anew."""


class OwnAffiliation(Conflict):
    """Nobody takes away by themselves what may stand in their way: somebody else finds that it was
    said by mistake."""


async def confirm_affiliation(
    db: AsyncSession, actor: SignedIn, affiliation_id: UUID
) -> Written[AffiliationOut]:
    """Confirm an affiliation. Raises AffiliationNotFound (404) for whoever it is not about,
    AffiliationWithdrawn, AffiliationAnswered (409)."""
    affiliation = await access.own(db, actor, affiliation_id, lock=True)
    refuse_withdrawn(affiliation)
    if affiliation.confirmed_at is not None:
        raise AffiliationAnswered
    affiliation.confirmed_at, affiliation.contested_at = now(db), None
    note(db, actor, "confirmed", affiliation)
    await db.flush()
    return await AFFILIATIONS.told_to(db, actor, affiliation.id)


async def contest_affiliation(
    db: AsyncSession, actor: SignedIn, affiliation_id: UUID, *, reason: str
) -> Written[AffiliationOut]:
    """Contest an affiliation: whoever recorded it, or an administrator, looks at it. Until then it
    counts.

    Raises AffiliationNotFound (404), AffiliationWithdrawn, AffiliationAnswered (409).
    """
    affiliation = await access.own(db, actor, affiliation_id, lock=True)
    refuse_withdrawn(affiliation)
    if not affiliation.is_vouched or affiliation.contested_at is not None:
        raise AffiliationAnswered
    affiliation.confirmed_at, affiliation.contested_at = None, now(db)
    note(db, actor, "contested", affiliation, reason=reason)
    await db.flush()
    return await AFFILIATIONS.told_to(db, actor, affiliation.id)


async def withdraw_affiliation(
    db: AsyncSession, actor: SignedIn, affiliation_id: UUID, *, reason: str
) -> Written[AffiliationOut]:
    """Withdraw somebody else's that was recorded by mistake: it counts for nothing, and stays on
    record.

    Raises NotAllowed (403), AffiliationWithdrawn, OwnAffiliation (409).
    """
    affiliation = await access.affiliation(db, actor, affiliation_id, lock=True)
    await require_over(db, actor, VOUCH, affiliation.account_id)
    if affiliation.account_id in actor.persons:
        raise OwnAffiliation
    refuse_withdrawn(affiliation)
    affiliation.withdrawn_at = now(db)
    note(db, actor, "withdrawn", affiliation, reason=reason)
    await db.flush()
    return await AFFILIATIONS.told_to(db, actor, affiliation.id)
