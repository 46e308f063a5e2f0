"""Learning sessions in the demonstration: planned, held, put off, cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.kernel.chapters import chapter
from app.kernel.versions import ANY_VERSION
from app.learning.sessions import service
from app.learning.sessions.models import SessionKind
from app.learning.sessions.schemas import CreateLearningSession, MaterialIn, SegmentIn
from app.learning.sessions.wall_clocks import on_the_wall
from app.network.cohorts.chapter import Called
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
    put_off_because: str | None = None
    cancelled_because: str | None = None


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
    await _move(stage, at + timedelta(minutes=5), cohort, made.id, "schedule")
    late = script.starts_at - timedelta(hours=20)
    if script.put_off_because is not None:
        await _move(stage, late, cohort, made.id, "postpone", script.put_off_because)
    if script.cancelled_because is not None:
        await _move(stage, late, cohort, made.id, "cancel", script.cancelled_because)
    if script.is_held:
        await _move(stage, script.starts_at, cohort, made.id, "begin")
        async with stage.scene(script.starts_at + timedelta(minutes=90), cohort.coordinator) as (
            db,
            actor,
        ):
            await service.hold_learning_session(db, actor, made.id, if_match=ANY_VERSION)


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
