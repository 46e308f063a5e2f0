"""What becomes of affiliations when organisations merge."""

from uuid import UUID

from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import network_zone, now, today
from app.people.erasures.personal import Personal, forgets
from app.people.organisations.affiliations.models import Affiliation
from app.people.organisations.queries import reconciles

forgets(
    Personal(
        "titles",
        Affiliation,
        lambda who: and_(
            Affiliation.account_id.in_(who.account_ids), Affiliation.title.is_not(None)
        ),
        lambda _who: {"title": None, "version": Affiliation.version + 1},
    )
)


@reconciles
async def keep_one_affiliation(db: AsyncSession, duplicate_id: UUID, survivor_id: UUID) -> None:
    """Where somebody works for both, the one with the duplicate ends; its dates stay."""
    survivors = select(Affiliation.account_id).where(
        Affiliation.organisation_id == survivor_id,
        Affiliation.ended_on.is_(None),
        Affiliation.withdrawn_at.is_(None),
    )
    doubled = update(Affiliation).where(
        Affiliation.organisation_id == duplicate_id,
        Affiliation.ended_on.is_(None),
        Affiliation.withdrawn_at.is_(None),
        Affiliation.account_id.in_(survivors),
    )
    ended = func.greatest(Affiliation.since_on, today(db, network_zone(db)))
    values = {"ended_on": ended, "version": Affiliation.version + 1, "updated_at": now(db)}
    await db.execute(doubled.values(values))
