"""What is done with announcements."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.jobs import each, every
from app.kernel import activity
from app.kernel.clock import Clock, now
from app.kernel.db import Database
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.network.cohorts.access import cohort as obtain_cohort
from app.network.cohorts.announcements import access
from app.network.cohorts.announcements.deliveries import service as deliveries
from app.network.cohorts.announcements.lifecycle import ANNOUNCEMENT, AnnouncementStatus
from app.network.cohorts.announcements.models import Announcement
from app.network.cohorts.announcements.queries import recipients
from app.network.cohorts.announcements.schemas import (
    AnnouncementOut,
    CreateAnnouncement,
    EditAnnouncement,
    ScheduleAnnouncement,
)
from app.network.cohorts.announcements.telling import ANNOUNCEMENTS
from app.network.cohorts.lifecycle import CohortStatus
from app.network.cohorts.models import Membership
from app.network.cohorts.service import CohortEnded
from app.people.identity.actors import Actor, scheduler

NOBODY_LEFT: Final = "No recipients remain."


class AnnouncementFixed(Conflict):
    """Only a draft is edited or deleted. One that is scheduled is taken back first, with
    `unschedule`; one that was sent stays."""


class NothingFailed(Conflict):
    """No letter of this announcement has failed, or each was sent again since."""


class MembershipUnknown(Unprocessable):
    """The request names a membership that is none of this cohort."""


async def create_announcement(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CreateAnnouncement
) -> Written[AnnouncementOut]:
    """Draft something to tell the members of the cohort. Raises CohortEnded (409)."""
    cohort = await obtain_cohort.allowing(db, actor, cohort_id, "announcement.create")
    if cohort.status in (CohortStatus.CLOSED, CohortStatus.CANCELLED):
        raise CohortEnded
    await _refuse_other(db, cohort.id, body.membership_id)
    announcement = Announcement(
        cohort_id=cohort.id, cohort=cohort, author_id=actor.account_id, **body.model_dump()
    )
    await create(db, actor, announcement, ANNOUNCEMENT, under=cohort.id)
    return await ANNOUNCEMENTS.told_to(db, actor, announcement.id)


async def _refuse_other(db: AsyncSession, cohort_id: UUID, membership_id: UUID | None) -> None:
    """Raises MembershipUnknown (422) unless the one member that it is for is of the cohort."""
    ours = select(Membership.id).where(
        Membership.id == membership_id, Membership.cohort_id == cohort_id
    )
    if membership_id is not None and await db.scalar(ours) is None:
        raise MembershipUnknown(
            errors=[
                FieldProblem(
                    pointer="/membership_id",
                    code="membership_unknown",
                    detail="No member of this cohort.",
                )
            ]
        )


async def edit_announcement(
    db: AsyncSession,
    actor: Actor,
    announcement_id: UUID,
    body: EditAnnouncement,
    *,
    if_match: int | None,
) -> Written[AnnouncementOut]:
    """Change a draft. Raises AnnouncementFixed (409) once it is more than that."""
    announcement = await _draft(db, actor, announcement_id, if_match)
    await _refuse_other(db, announcement.cohort_id, body.model_dump().get("membership_id"))
    if changed := amend(announcement, body.model_dump()):
        activity.record(db, actor, "announcement.edited", announcement, detail=changed)
    return await ANNOUNCEMENTS.told_to(db, actor, announcement.id)


async def delete_announcement(
    db: AsyncSession, actor: Actor, announcement_id: UUID, *, if_match: int | None
) -> None:
    """Throw a draft away. Raises AnnouncementFixed (409) once it is more than that."""
    announcement = await _draft(db, actor, announcement_id, if_match)
    activity.record(db, actor, "announcement.deleted", announcement)
    await db.delete(announcement)
    await db.flush()


async def _draft(
    db: AsyncSession, actor: Actor, announcement_id: UUID, if_match: int | None
) -> Announcement:
    announcement = await access.announcement.to_change(
        db, actor, announcement_id, "announcement.edit", if_match=if_match
    )
    if announcement.status != AnnouncementStatus.DRAFT:
        raise AnnouncementFixed
    return announcement


async def schedule_announcement(
    db: AsyncSession,
    actor: Actor,
    announcement_id: UUID,
    body: ScheduleAnnouncement,
    *,
    if_match: int | None,
) -> Written[AnnouncementOut]:
    """Let the worker send it at an instant that is still to come."""
    announcement = await access.announcement(db, actor, announcement_id, lock=True)
    detail = {"publish_at": body.publish_at.isoformat()}
    await move(db, actor, announcement, ANNOUNCEMENT, "schedule", if_match=if_match, detail=detail)
    if body.publish_at <= now(db):
        fault = FieldProblem(
            pointer="/publish_at",
            code="in_the_past",
            detail="Must be still to come; use `send` for now.",
        )
        raise Unprocessable(errors=[fault])
    announcement.publish_at = body.publish_at
    announcement.timezone = body.timezone or announcement.cohort.timezone
    return await ANNOUNCEMENTS.told_to(db, actor, announcement.id)


async def unschedule_announcement(
    db: AsyncSession, actor: Actor, announcement_id: UUID, *, if_match: int | None
) -> Written[AnnouncementOut]:
    """Take it back as a draft, to be changed or sent at another time."""
    announcement = await access.announcement(db, actor, announcement_id, lock=True)
    await move(db, actor, announcement, ANNOUNCEMENT, "unschedule", if_match=if_match)
    announcement.publish_at = announcement.timezone = None
    return await ANNOUNCEMENTS.told_to(db, actor, announcement.id)


async def send_announcement(
    db: AsyncSession, actor: Actor, announcement_id: UUID, *, if_match: int | None
) -> Written[AnnouncementOut]:
    """Send it now, to whoever is of its audience now."""
    announcement = await access.announcement(db, actor, announcement_id, lock=True)
    to = await recipients(db, announcement)
    await move(db, actor, announcement, ANNOUNCEMENT, "send", if_match=if_match)
    await deliveries.deliver(db, announcement, to)
    return await ANNOUNCEMENTS.told_to(db, actor, announcement.id)


async def resend_announcement(
    db: AsyncSession, actor: Actor, announcement_id: UUID
) -> Written[AnnouncementOut]:
    """Mail it once more to those whose letter failed, at the address that they have now.

    Raises NotAllowed (403), NothingFailed (409).
    """
    announcement = await access.announcement.allowing(
        db, actor, announcement_id, "announcement.send", lock=True
    )
    assert actor.account_id is not None
    told = await deliveries.resend(db, announcement, actor.account_id)
    if not told:
        raise NothingFailed
    detail = {"account_ids": [str(account_id) for account_id in told]}
    activity.record(db, actor, "announcement.resent", announcement, detail=detail)
    return await ANNOUNCEMENTS.told_to(db, actor, announcement.id)


@every("* * * * *", "send_announcements")
async def send_due(database: Database, clock: Clock) -> int:
    """Send what is due; returns how many announcements were. One that nobody is left to hear is
    cancelled."""
    due = select(Announcement.id).where(
        Announcement.status == AnnouncementStatus.SCHEDULED,
        Announcement.publish_at <= clock.now(),
    )
    async with database.transaction() as db:
        ids = list(await db.scalars(due.order_by(Announcement.publish_at, Announcement.id)))
    return await each(database, ids, _send_if_due)


async def _send_if_due(db: AsyncSession, announcement_id: UUID) -> int:
    """Send it unless another holds or has sent it, or it was taken back or put off before its row
    was held."""
    announcement = await access.hold(db, announcement_id)
    if announcement is None or announcement.status != AnnouncementStatus.SCHEDULED:
        return 0
    assert announcement.publish_at is not None, "what is scheduled has its instant"
    if announcement.publish_at > now(db):
        return 0
    to = await recipients(db, announcement)
    if not to:
        await move(db, scheduler(), announcement, ANNOUNCEMENT, "cancel", reason=NOBODY_LEFT)
        return 0
    await move(db, scheduler(), announcement, ANNOUNCEMENT, "send")
    await deliveries.deliver(db, announcement, to)
    return 1


async def cancel_announcement(
    db: AsyncSession, actor: Actor, announcement_id: UUID, reason: str, *, if_match: int | None
) -> Written[AnnouncementOut]:
    """Let one that is scheduled never be sent."""
    announcement = await access.announcement(db, actor, announcement_id, lock=True)
    await move(db, actor, announcement, ANNOUNCEMENT, "cancel", reason=reason, if_match=if_match)
    return await ANNOUNCEMENTS.told_to(db, actor, announcement.id)


async def explain_announcement_actions(
    db: AsyncSession, actor: Actor, announcement_id: UUID
) -> ActionsOut:
    """Every move of the announcement now, with what stands in its way."""
    announcement = await access.announcement(db, actor, announcement_id)
    return await explain_actions(db, actor, announcement, ANNOUNCEMENT)
