"""Calendar feeds over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.learning.sessions.calendars.deps import DOCUMENTED, CalendarResponse
from app.learning.sessions.calendars.feeds import service
from app.learning.sessions.calendars.feeds.access import CalendarFeedNotFound
from app.learning.sessions.calendars.feeds.schemas import (
    CalendarFeedPage,
    CalendarFeedQuery,
    CreateCalendarFeed,
    NewCalendarFeedOut,
)
from app.network.cohorts.access import CohortNotFound
from app.people.identity.deps import CurrentActor
from app.web.public_url import PublicUrl
from app.web.routing import Router
from app.web.terms import PUBLIC, SIGNED_IN
from app.web.transaction import Db

router = Router("Learning sessions")

CalendarFeedId = Annotated[UUID, Path(description="The calendar feed.")]
Secret = Annotated[str, Path(description="What `create_calendar_feed` gave.", max_length=200)]


@router.post(
    "/me/calendar-feeds",
    permission="learning_session.read",
    status=201,
    secret=True,
    idempotent=True,
    refuses=(CohortNotFound, service.TooManyCalendarFeeds),
)
async def create_calendar_feed(
    db: Db, actor: CurrentActor, body: CreateCalendarFeed, public_url: PublicUrl
) -> NewCalendarFeedOut:
    """Make a secret address at which a calendar program reads my sessions: of all cohorts, or of
    one. It is shown this once, reads nothing else, and shows what I may see when it is asked."""
    return await service.create_calendar_feed(db, actor, body, public_url=public_url)


@router.get("/me/calendar-feeds", permission=SIGNED_IN)
async def list_calendar_feeds(
    db: Db, actor: CurrentActor, query: Annotated[CalendarFeedQuery, Query()]
) -> CalendarFeedPage:
    """List my calendar feeds that have not been revoked, the latest first."""
    return await service.list_calendar_feeds(db, actor, query)


@router.post(
    "/me/calendar-feeds/{calendar_feed_id}/revoke",
    permission=SIGNED_IN,
    status=204,
    refuses=(CalendarFeedNotFound,),
)
async def revoke_calendar_feed(
    db: Db, actor: CurrentActor, calendar_feed_id: CalendarFeedId
) -> None:
    """Let nothing be read at the address of a feed of mine any more."""
    await service.revoke_calendar_feed(db, actor, calendar_feed_id)


@router.get(
    "/calendars/{secret}/sessions.ics",
    permission=PUBLIC,
    refuses=(CalendarFeedNotFound,),
    responses=DOCUMENTED,
    response_class=CalendarResponse,
)
async def read_calendar_feed(db: Db, secret: Secret) -> CalendarResponse:
    """The sessions of a feed's owner as iCalendar, for whoever has the address: those that were
    announced, and for thirty days those that were cancelled since. `SEQUENCE` rises with each
    change of a session, whose `UID` is its id."""
    return CalendarResponse(await service.read_calendar_feed(db, secret))
