"""Announcements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.cohorts.announcements import service
from app.network.cohorts.announcements.deliveries import service as deliveries
from app.network.cohorts.announcements.lifecycle import ANNOUNCEMENT
from app.network.cohorts.announcements.schemas import (
    AnnouncementFilters,
    AnnouncementOut,
    AnnouncementPage,
    AnnouncementQuery,
    CreateAnnouncement,
    DeliveryPage,
    DeliveryQuery,
    EditAnnouncement,
    ScheduleAnnouncement,
)
from app.network.cohorts.announcements.telling import ANNOUNCEMENTS, ANNOUNCEMENTS_AS_CSV, OF_COHORT
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of
from app.people.reads.histories import read_history
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Announcements")

CohortId = Annotated[UUID, Path(description="The cohort.")]
AnnouncementId = Annotated[UUID, Path(description="The announcement.")]


@router.create(
    ANNOUNCEMENT,
    "/cohorts/{cohort_id}/announcements",
    refuses=(CohortEnded, service.MembershipUnknown),
    example={
        "title": "The next session is an hour later",
        "body": "We meet at eleven on Thursday, so that Buenos Aires can join.",
        "audience": "members",
    },
)
async def create_announcement(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CreateAnnouncement
) -> Written[AnnouncementOut]:
    """Draft something to tell the members of the cohort. Nobody is told before it is sent."""
    return await service.create_announcement(db, actor, cohort_id, body)


@router.get("/announcements", permission=SIGNED_IN)
async def list_announcements(
    read: Reading, query: Annotated[AnnouncementQuery, Query()]
) -> WrittenList[AnnouncementPage]:
    """What I was sent, for good; and all of the cohorts where I hold `announcement.read`."""
    return await ANNOUNCEMENTS.page(read, query)


@router.get("/cohorts/{cohort_id}/announcements", permission="directory.read")
async def list_cohort_announcements(
    read: Reading,
    cohort_id: CohortId,
    query: Annotated[AnnouncementFilters, Query()],
) -> WrittenList[AnnouncementPage]:
    """The same of one cohort. Members reach it while they are active or on leave; what they were
    sent stays in `/announcements`."""
    return await ANNOUNCEMENTS.page(read, query, OF_COHORT, cohort_id)


@router.get("/announcements/{announcement_id}", permission=SIGNED_IN)
async def get_announcement(
    read: Reading, announcement_id: AnnouncementId
) -> Written[AnnouncementOut]:
    """The announcement, for those it was sent to and for the team."""
    return await ANNOUNCEMENTS.one(read, announcement_id)


@router.patch(
    "/announcements/{announcement_id}",
    permission="announcement.edit",
    if_match=True,
    refuses=(service.AnnouncementFixed, service.MembershipUnknown),
    example={"audience": "leads"},
)
async def edit_announcement(
    db: Db,
    actor: CurrentActor,
    announcement_id: AnnouncementId,
    body: EditAnnouncement,
    if_match: IfMatch,
) -> Written[AnnouncementOut]:
    """Change a draft."""
    return await service.edit_announcement(db, actor, announcement_id, body, if_match=if_match)


@router.delete(
    "/announcements/{announcement_id}",
    permission="announcement.edit",
    if_match=True,
    refuses=(service.AnnouncementFixed,),
    status=204,
)
async def delete_announcement(
    db: Db, actor: CurrentActor, announcement_id: AnnouncementId, if_match: IfMatch
) -> None:
    """Throw a draft away."""
    await service.delete_announcement(db, actor, announcement_id, if_match=if_match)


@router.move(
    ANNOUNCEMENT,
    "schedule",
    example={"publish_at": "2026-03-30T08:00:00+01:00", "timezone": "Europe/London"},
)
async def schedule_announcement(
    db: Db,
    actor: CurrentActor,
    announcement_id: AnnouncementId,
    body: ScheduleAnnouncement,
    if_match: IfMatch,
) -> Written[AnnouncementOut]:
    """Let it be sent at an instant that is still to come, to whoever is of its audience then."""
    return await service.schedule_announcement(db, actor, announcement_id, body, if_match=if_match)


@router.move(ANNOUNCEMENT, "unschedule")
async def unschedule_announcement(
    db: Db, actor: CurrentActor, announcement_id: AnnouncementId, if_match: IfMatch
) -> Written[AnnouncementOut]:
    """Take it back as a draft, to be changed or sent at another time."""
    return await service.unschedule_announcement(db, actor, announcement_id, if_match=if_match)


@router.move(ANNOUNCEMENT, "send")
async def send_announcement(
    db: Db, actor: CurrentActor, announcement_id: AnnouncementId, if_match: IfMatch
) -> Written[AnnouncementOut]:
    """Send it now: once to each person of its audience as that stands now, by mail too where mail
    is configured."""
    return await service.send_announcement(db, actor, announcement_id, if_match=if_match)


@router.move(ANNOUNCEMENT, "cancel", example={"reason": "The session was moved again."})
async def cancel_announcement(
    db: Db,
    actor: CurrentActor,
    announcement_id: AnnouncementId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[AnnouncementOut]:
    """Let one that is scheduled never be sent."""
    return await service.cancel_announcement(
        db, actor, announcement_id, body.reason, if_match=if_match
    )


@router.get("/announcements/{announcement_id}/actions", permission=SIGNED_IN)
async def explain_announcement_actions(
    db: Db, actor: CurrentActor, announcement_id: AnnouncementId
) -> ActionsOut:
    """Every move of the announcement now, with what stands in its way."""
    return await service.explain_announcement_actions(db, actor, announcement_id)


@router.get("/announcements/{announcement_id}/history", permission="announcement.read")
async def get_announcement_history(
    read: Reading,
    announcement_id: AnnouncementId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the announcement, oldest first."""
    return await read_history(ANNOUNCEMENTS, read, announcement_id, query)


@router.post(
    "/announcements/{announcement_id}/resend",
    permission="announcement.send",
    refuses=(service.NothingFailed,),
)
async def resend_announcement(
    db: Db, actor: CurrentActor, announcement_id: AnnouncementId
) -> Written[AnnouncementOut]:
    """Mail it once more to those whose letter failed, at the address that they have now."""
    return await service.resend_announcement(db, actor, announcement_id)


@router.get("/announcements/{announcement_id}/deliveries", permission="announcement.read")
async def list_announcement_deliveries(
    db: Db,
    actor: CurrentActor,
    announcement_id: AnnouncementId,
    query: Annotated[DeliveryQuery, Query()],
) -> DeliveryPage:
    """To whom it was sent, for the team."""
    return await deliveries.list_announcement_deliveries(db, actor, announcement_id, query)


export_of(router, "/announcements", ANNOUNCEMENTS_AS_CSV, AnnouncementQuery, permission=SIGNED_IN)
