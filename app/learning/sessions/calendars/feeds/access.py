"""Whose calendar feeds one may see: one's own. Who reads by one: whoever has its address."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.sessions.calendars.feeds.models import CalendarFeed
from app.people.identity.access import one
from app.people.identity.actors import Actor


class CalendarFeedNotFound(NotFound):
    """There is no such calendar feed: it was revoked, or the address is not whole. Make another,
    and subscribe to that."""


def own_feeds(actor: Actor) -> Select[CalendarFeed]:
    """The feeds of the actor that have not been revoked, those of merged accounts among them."""
    statement = select(CalendarFeed).where(
        CalendarFeed.account_id.in_(actor.accounts), CalendarFeed.revoked_at.is_(None)
    )
    return statement.options(joinedload(CalendarFeed.cohort))


async def own_feed(db: AsyncSession, actor: Actor, calendar_feed_id: UUID) -> CalendarFeed:
    """One of the actor's feeds, held. Raises CalendarFeedNotFound (404)."""
    statement = own_feeds(actor).where(CalendarFeed.id == calendar_feed_id)
    return await one(db, statement, CalendarFeed, lock=True, missing=CalendarFeedNotFound)


async def feed_of(db: AsyncSession, digest: bytes) -> CalendarFeed:
    """The feed whose secret has this digest. Raises CalendarFeedNotFound (404)."""
    statement = select(CalendarFeed).where(
        CalendarFeed.digest == digest, CalendarFeed.revoked_at.is_(None)
    )
    statement = statement.options(joinedload(CalendarFeed.cohort))
    return await one(db, statement, CalendarFeed, missing=CalendarFeedNotFound)
