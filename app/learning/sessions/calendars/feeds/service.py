"""What is done with calendar feeds, and what is read by one."""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.kernel.paging import paginate
from app.kernel.schemas import Ref
from app.learning.sessions.calendars.feeds import access
from app.learning.sessions.calendars.feeds.models import CalendarFeed
from app.learning.sessions.calendars.feeds.schemas import (
    CalendarFeedOut,
    CalendarFeedPage,
    CalendarFeedQuery,
    CreateCalendarFeed,
    NewCalendarFeedOut,
)
from app.learning.sessions.calendars.icalendars import written
from app.learning.sessions.calendars.queries import events_of
from app.network.cohorts.access import commons
from app.people.identity.access import require_somewhere
from app.people.identity.actors import Actor
from app.people.identity.queries import acting_for
from app.people.identity.tokens import SecretKind, new_secret, secret_digest

MOST: Final = 20
"""How many feeds somebody has at once."""

READS: Final = frozenset({"learning_session.read", "learning_session.attend"})
"""All that is done by a feed."""

NAME: Final = "Learning sessions"


class TooManyCalendarFeeds(Conflict):
    """You have twenty calendar feeds already: revoke one that you no longer use."""


async def create_calendar_feed(
    db: AsyncSession, actor: Actor, body: CreateCalendarFeed, *, public_url: str
) -> NewCalendarFeedOut:
    """Make an address at which the actor's sessions are read; it is shown this once.

    Raises NotAllowed (403), CohortNotFound (404), TooManyCalendarFeeds (409).
    """
    require_somewhere(actor, "learning_session.read")
    cohort = None
    if body.cohort_id is not None:
        cohort = await commons(db, actor, body.cohort_id, "learning_session.read")
    own = access.own_feeds(actor).subquery()
    if (await db.scalar(select(func.count()).select_from(own)) or 0) >= MOST:
        raise TooManyCalendarFeeds
    secret = new_secret(SecretKind.CALENDAR_FEED)
    feed = CalendarFeed(
        account_id=actor.account_id,
        cohort_id=body.cohort_id,
        cohort=cohort,
        digest=secret_digest(SecretKind.CALENDAR_FEED, secret),
    )
    db.add(feed)
    await db.flush()
    activity.record(db, actor, "calendar_feed.created", feed)
    await db.flush()
    url = f"{public_url}/v1/calendars/{secret}/sessions.ics"
    return NewCalendarFeedOut(**_shown(feed).model_dump(), url=url)


async def list_calendar_feeds(
    db: AsyncSession, actor: Actor, query: CalendarFeedQuery
) -> CalendarFeedPage:
    """The actor's feeds that have not been revoked, the latest first."""
    orders = {"id": (CalendarFeed.id,)}
    page = await paginate(db, access.own_feeds(actor), query, orders, default="-id", filters={})
    return CalendarFeedPage(
        items=[_shown(feed) for feed in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def revoke_calendar_feed(db: AsyncSession, actor: Actor, calendar_feed_id: UUID) -> None:
    """Let nothing be read at the address of one of the actor's feeds any more."""
    feed = await access.own_feed(db, actor, calendar_feed_id)
    feed.revoked_at = now(db)
    activity.record(db, actor, "calendar_feed.revoked", feed)
    await db.flush()


async def read_calendar_feed(db: AsyncSession, secret: str) -> bytes:
    """The sessions that the owner of a feed may see now. Raises CalendarFeedNotFound (404)."""
    digest = secret_digest(SecretKind.CALENDAR_FEED, secret)
    if digest is None:
        raise access.CalendarFeedNotFound
    feed = await access.feed_of(db, digest)
    owner = await acting_for(db, feed.account_id, READS)
    if owner is None:
        raise access.CalendarFeedNotFound
    name = NAME if feed.cohort is None else feed.cohort.name
    return written(name, await events_of(db, owner, cohort_id=feed.cohort_id))


def _shown(feed: CalendarFeed) -> CalendarFeedOut:
    return CalendarFeedOut(
        id=feed.id,
        cohort=Ref.model_validate(feed.cohort) if feed.cohort else None,
        created_at=feed.created_at,
    )
