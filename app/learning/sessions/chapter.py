"""Learning sessions in the demonstration: planned, replied to, held, put off, cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.kernel.chapters import chapter
from app.kernel.clock import day
from app.kernel.versions import ANY_VERSION
from app.learning.sessions import service
from app.learning.sessions.action_items.schemas import CreateActionItem
from app.learning.sessions.action_items.service import create_action_item, settle_action_item
from app.learning.sessions.attendance.schemas import AddAttendance, StayIn
from app.learning.sessions.attendance.service import add_attendance
from app.learning.sessions.feedback.queries import OPEN_FOR
from app.learning.sessions.feedback.schemas import GiveFeedback
from app.learning.sessions.feedback.service import give_feedback, release_feedback
from app.learning.sessions.models import SessionKind
from app.learning.sessions.rsvps.schemas import Reply, ReplyToSession
from app.learning.sessions.rsvps.service import reply_to_session
from app.learning.sessions.schemas import CreateLearningSession, MaterialIn, SegmentIn
from app.learning.sessions.sharing.schemas import ShareLearningSession
from app.learning.sessions.sharing.service import share_learning_session
from app.learning.sessions.sittings.schemas import CreateSitting
from app.learning.sessions.sittings.service import create_sitting
from app.learning.sessions.wall_clocks import on_the_wall
from app.network.cohorts.chapter import Called, member
from app.people.identity.chapter import ZONE, Stage


@dataclass(frozen=True)
class SessionScript:
    """A session of the act's cohort, and what becomes of it."""

    cohort: str
    """Its reference."""
    kind: SessionKind
    title: str
    starts_at: datetime
    agenda: Sequence[tuple[str, int]] = ()
    pre_reading: str | None = None
    is_held: bool = False
    attended: Sequence[str] = ()
    """Who was there, for all of it."""
    feedback: Sequence[tuple[str, int, int, str | None]] = ()
    """Who found it how, would recommend it by how much, and wrote what."""
    agreed: Sequence[tuple[str, str]] = ()
    """Who said that they would do what, and did."""
    replies: Sequence[tuple[str, Reply, str | None]] = ()
    """Who said whether they come, and why."""
    put_off_because: str | None = None
    cancelled_because: str | None = None
    sitting_at: datetime | None = None
    """When its other sitting is, if it has one."""
    sitting_members: Sequence[str] = ()
    """The collaborations that attend that."""
    is_for_programme: bool = False
    """Whether the manager shares it with all cohorts, and with who has completed one."""


@chapter("sessions.held", after=["cohorts.started"], before=["cohorts.changed"])
async def meet(stage: Stage) -> None:
    """Plan the sessions of the act when its cohort has started, and hold those that were held."""
    for script in sorted(stage.scripts(SessionScript), key=lambda one: one.starts_at):
        cohort = next(
            one for one in stage.kept(Called) if one.script.cohort.reference == script.cohort
        )
        await _play(stage, script, cohort)


async def _play(stage: Stage, script: SessionScript, cohort: Called) -> None:
    at = min(cohort.script.started_at + timedelta(hours=2), script.starts_at - timedelta(days=1))
    async with stage.scene(at, cohort.coordinator) as (db, actor):
        leads = actor.account_id
        assert leads is not None, "who is on the stage has an account"
        made = await service.create_learning_session(db, actor, cohort.id, _planned(script, leads))
    if script.is_for_programme:
        whole = ShareLearningSession(is_for_programme=True)
        async with stage.scene(at + timedelta(minutes=4), cohort.manager) as (db, actor):
            await share_learning_session(db, actor, made.id, whole, if_match=ANY_VERSION)
    await _move(stage, at + timedelta(minutes=5), cohort, made.id, "schedule")
    if script.sitting_at is not None:
        await _sit_again(stage, at + timedelta(minutes=6), script, cohort, made.id)
    late = script.starts_at - timedelta(hours=20)
    if script.put_off_because is not None:
        await _move(stage, late, cohort, made.id, "postpone", script.put_off_because)
    if script.cancelled_because is not None:
        await _move(stage, late, cohort, made.id, "cancel", script.cancelled_because)
    for number, (name, reply, reason) in enumerate(script.replies):
        replied_at = at + timedelta(days=14, minutes=number)
        async with stage.scene(replied_at, stage.cast[name]) as (db, actor):
            await reply_to_session(db, actor, made.id, ReplyToSession(reply=reply, reason=reason))
    if script.is_held:
        await _move(stage, script.starts_at, cohort, made.id, "begin")
        await _hold(stage, script, cohort, made.id)


async def _sit_again(
    stage: Stage, at: datetime, script: SessionScript, cohort: Called, session_id: UUID
) -> None:
    """Plan the other sitting of a session, for those members, and say that it takes place."""
    assert script.sitting_at is not None, "there is one"
    async with stage.scene(at, cohort.coordinator) as (db, actor):
        leads = actor.account_id
        assert leads is not None, "who is on the stage has an account"
        wanted = CreateSitting(
            timezone=ZONE,
            local_start=f"{on_the_wall(script.sitting_at, ZONE):%Y-%m-%dT%H:%M}",
            link="https://example.org/rooms/cohort",
            facilitator_ids=[leads],
            membership_ids=[member(stage, one).membership_id for one in script.sitting_members],
        )
        sitting = await create_sitting(db, actor, session_id, wanted)
    await _move(stage, at + timedelta(minutes=1), cohort, sitting.id, "schedule")


async def _hold(stage: Stage, script: SessionScript, cohort: Called, session_id: UUID) -> None:
    """Hold a session, and what comes after: who was there, what they do, how they found it."""
    ends_at = script.starts_at + timedelta(minutes=90)
    async with stage.scene(ends_at, cohort.coordinator) as (db, actor):
        await service.hold_learning_session(db, actor, session_id, if_match=ANY_VERSION)
    async with stage.scene(ends_at + timedelta(hours=1), cohort.coordinator) as (db, actor):
        stays = [
            StayIn(
                account_id=stage.cast[name].account_id,
                joined_at=script.starts_at,
                left_at=ends_at,
            )
            for name in script.attended
        ]
        if stays:
            await add_attendance(db, actor, session_id, AddAttendance(items=stays))
    for name, title in script.agreed:
        await _agree(stage, script, session_id, name, title)
    for number, (name, rating, recommendation, comment) in enumerate(script.feedback):
        given_at = ends_at + timedelta(hours=2, minutes=number)
        said = GiveFeedback(rating=rating, recommendation=recommendation, comment=comment)
        async with stage.scene(given_at, stage.cast[name]) as (db, actor):
            await give_feedback(db, actor, session_id, said)
    async with stage.scene(ends_at + OPEN_FOR, cohort.coordinator) as (db, _):
        await release_feedback(db, session_id)


async def _agree(
    stage: Stage, script: SessionScript, session_id: UUID, name: str, title: str
) -> None:
    """Somebody says in a session what they will do, and does it three days later."""
    who, ends_at = stage.cast[name], script.starts_at + timedelta(minutes=90)
    async with stage.scene(ends_at, who) as (db, actor):
        due_on = day(ends_at + timedelta(days=7), ZONE)
        wanted = CreateActionItem(title=title, owner_id=who.account_id, due_on=due_on)
        item = await create_action_item(db, actor, session_id, wanted)
    async with stage.scene(ends_at + timedelta(days=3), who) as (db, actor):
        await settle_action_item(db, actor, item.id, "finish", if_match=None)


def _planned(script: SessionScript, facilitator_id: UUID) -> CreateLearningSession:
    guide = MaterialIn(
        title=script.pre_reading or script.title,
        url="https://example.org/guides/before-the-session",
        licence="CC-BY-4.0",
        is_pre_reading=True,
    )
    return CreateLearningSession(
        kind=script.kind,
        title=script.title,
        local_start=f"{on_the_wall(script.starts_at, ZONE):%Y-%m-%dT%H:%M}",
        timezone=ZONE,
        link="https://example.org/rooms/cohort",
        agenda=[SegmentIn(title=title, minutes=minutes) for title, minutes in script.agenda],
        materials=[guide] if script.pre_reading else [],
        facilitator_ids=[facilitator_id],
    )


async def _move(
    stage: Stage,
    at: datetime,
    cohort: Called,
    session_id: UUID,
    name: str,
    reason: str | None = None,
) -> None:
    async with stage.scene(at, cohort.coordinator) as (db, actor):
        await service.move_learning_session(
            db, actor, session_id, name, if_match=ANY_VERSION, reason=reason
        )
