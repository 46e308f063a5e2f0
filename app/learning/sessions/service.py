"""What is done with learning sessions."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.editing import amend, touch, was_and_is
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.listing import listed
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.sessions import access
from app.learning.sessions.lifecycle import (
    LEARNING_SESSION,
    TAKES_TIME,
    LearningSessionStatus,
)
from app.learning.sessions.models import (
    Facilitator,
    LearningSession,
    Material,
    Segment,
    SessionCohort,
    SittingMember,
)
from app.learning.sessions.queries import led_elsewhere, sessions_in_series
from app.learning.sessions.schemas import (
    AppliesTo,
    CreateLearningSession,
    EditLearningSession,
    LearningSessionOut,
    PlanSession,
    WhereaboutsOut,
)
from app.learning.sessions.telling import LEARNING_SESSIONS
from app.learning.sessions.wall_clocks import instant_of
from app.network.cohorts.access import cohort as obtain_cohort
from app.network.cohorts.lifecycle import ENDED
from app.network.cohorts.models import Cohort
from app.network.cohorts.service import CohortEnded
from app.people.identity.access import held
from app.people.identity.actors import Actor
from app.people.identity.drafts.service import refuse_depended_on, remove_nodes
from app.people.identity.queries import actor_of
from app.people.identity.scopes import ScopeKind, add_scope

PARTS: Final = ("agenda", "materials", "facilitator_ids")
"""What of a session is stored in tables of its own."""

AFTERWARDS: Final = frozenset({"title", "purpose", "agenda", "materials", "applies_to"})
"""What is still said of a session that was held."""

TOLD_IN_CALENDARS: Final = frozenset({"schedule", "postpone", "cancel"})
"""The moves after which a calendar shows something else."""


_OF_A_DRAFT: Final = frozenset(
    {
        "learning_sessions",
        "session_cohorts",
        "session_facilitators",
        "session_materials",
        "session_segments",
        "sitting_members",
    }
)
"""Where the parts of a draft are stored, which go with it."""


class LearningSessionFixed(Conflict):
    """Of a session that was held only what it was about is changed: `title`, `purpose`, `agenda`
    and `materials`. One that was cancelled stays as it was."""


class LearningSessionInSittings(Conflict):
    """Other sittings of this session are planned: delete those drafts first. Once one was
    announced, this is cancelled, and stays visible."""


class LearningSessionNotDraft(Conflict):
    """Only a draft is deleted. A session that was announced is cancelled, and stays visible."""


class FacilitatorElsewhere(Conflict):
    """Somebody would lead two sessions at the same time. Choose another time, or somebody else."""


class FacilitatorUnknown(Unprocessable):
    """The request names somebody who does not take part in this cohort's sessions."""


class AgendaTooLong(Unprocessable):
    """The parts of the agenda take longer than the session: shorten them, or lengthen it."""


constraint("ex_session_facilitators_during", FacilitatorElsewhere)
constraint("fk_learning_sessions_sitting_of_id_learning_sessions", LearningSessionInSittings)
constraint("fk_sitting_members_sitting_of_id_learning_sessions", LearningSessionInSittings)


async def create_learning_session(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CreateLearningSession
) -> Written[LearningSessionOut]:
    """Plan a session of the cohort. Raises CohortEnded (409), FacilitatorUnknown (422)."""
    cohort = await meeting_cohort(db, actor, cohort_id)
    await refuse_strangers(db, cohort.commons_id, body.facilitator_ids)
    session = await plan(db, actor, cohort, body)
    return await LEARNING_SESSIONS.told_to(db, actor, session.id)


async def meeting_cohort(db: AsyncSession, actor: Actor, cohort_id: UUID) -> Cohort:
    """The cohort, held, in which sessions are planned. Raises CohortEnded (409)."""
    cohort = await obtain_cohort.allowing(
        db, actor, cohort_id, "learning_session.create", lock=True
    )
    if cohort.status in ENDED:
        raise CohortEnded
    return cohort


async def plan(
    db: AsyncSession, actor: Actor, cohort: Cohort, body: PlanSession, **recurring: Any
) -> LearningSession:
    """A draft below what the cohort shares; `recurring` says its place in a series."""
    session = LearningSession(id=new_id(), cohort_id=cohort.id, cohort=cohort)
    wanted = body.model_dump(include=set(EditLearningSession.model_fields) - set(PARTS))
    for field, value in (wanted | recurring).items():
        setattr(session, field, value)
    session.timezone = body.timezone or cohort.timezone
    session.agenda, session.materials, session.facilitators = [], [], []
    _have_parts(session, body.model_dump(include=set(PARTS)))
    _look_up(session)
    await add_scope(db, session.id, ScopeKind.SESSION, [cohort.commons_id], granted_at=cohort.id)
    await create(db, actor, session, LEARNING_SESSION, under=cohort.id)
    db.add(SessionCohort(session_id=session.id, cohort_id=cohort.id))
    await actor.reach(db, [session.id])
    return session


def same_again(session: LearningSession) -> dict[str, Any]:
    """What of a session is planned anew: not when or where it was, nor who led it."""
    kept = ("kind", "title", "purpose", "duration_minutes", "reply_hours")
    parts = {name: _parts_of(session)[name] for name in ("agenda", "materials")}
    return {name: getattr(session, name) for name in kept} | parts


def _look_up(session: LearningSession) -> None:
    """Say when it begins and ends, from what is on the wall. Raises AgendaTooLong (422)."""
    on_the_wall = datetime.fromisoformat(session.local_start)
    session.starts_at = instant_of(on_the_wall, session.timezone)
    session.ends_at = session.starts_at + timedelta(minutes=session.duration_minutes)
    session.replies_due_at = session.starts_at - timedelta(hours=session.reply_hours)
    if sum(part.minutes for part in session.agenda) > session.duration_minutes:
        detail = f"Must take no longer than {session.duration_minutes} minutes together."
        raise AgendaTooLong(
            errors=[FieldProblem(pointer="/agenda", code="agenda_too_long", detail=detail)]
        )


def _have_parts(session: LearningSession, said: Mapping[str, Any]) -> dict[str, Any]:
    """Give it the parts that are said, in place of those it has; what there was before and is
    now, of each that differs."""
    changed: dict[str, Any] = {}
    before = _parts_of(session)
    for part, wanted in said.items():
        value = [str(one) for one in wanted] if part == "facilitator_ids" else wanted
        if value == before[part]:
            continue
        changed[part] = was_and_is(before[part], value)
        if part == "facilitator_ids":
            session.facilitators = [
                Facilitator(account_id=account_id, position=place)
                for place, account_id in enumerate(wanted)
            ]
        else:
            model = Segment if part == "agenda" else Material
            setattr(session, part, [model(**one, position=n) for n, one in enumerate(wanted)])
    return changed


def _parts_of(session: LearningSession) -> dict[str, Any]:
    return {
        "agenda": [{"title": one.title, "minutes": one.minutes} for one in session.agenda],
        "materials": [
            {
                "title": one.title,
                "url": one.url,
                "licence": one.licence,
                "is_pre_reading": one.is_pre_reading,
            }
            for one in session.materials
        ],
        "facilitator_ids": [str(one.account_id) for one in session.facilitators],
    }


async def refuse_strangers(db: AsyncSession, scope_id: UUID, ids: Sequence[UUID]) -> None:
    """Raises FacilitatorUnknown (422) for whoever does not take part there, in what a cohort shares
    or in one session, or is named twice."""
    faults: list[FieldProblem] = []
    for place, account_id in enumerate(ids):
        who = await actor_of(db, account_id)
        if who is not None:
            await who.reach(db, [scope_id])
        if who is None or not who.holds("learning_session.attend", scope_id):
            detail = "Takes no part in the sessions of this cohort."
        elif account_id in ids[:place]:
            detail = "Is named twice."
        else:
            continue
        pointer = f"/facilitator_ids/{place}"
        faults.append(FieldProblem(pointer=pointer, code="facilitator_unknown", detail=detail))
    if faults:
        raise FacilitatorUnknown(errors=faults)


async def edit_learning_session(
    db: AsyncSession,
    actor: Actor,
    learning_session_id: UUID,
    body: EditLearningSession,
    *,
    if_match: int | None,
) -> Written[LearningSessionOut]:
    """Change a session, or as much of its series as `applies_to` says.

    Raises CohortEnded, LearningSessionFixed, FacilitatorElsewhere (409), FacilitatorUnknown,
    AgendaTooLong (422).
    """
    session = await access.whole_session.to_change(
        db, actor, learning_session_id, "learning_session.edit", if_match=if_match
    )
    if session.status == LearningSessionStatus.DRAFT and session.cohort.status in ENDED:
        raise CohortEnded
    said = body.model_dump()
    is_over = session.status == LearningSessionStatus.HELD and not said.keys() <= AFTERWARDS
    if is_over or session.status == LearningSessionStatus.CANCELLED:
        raise LearningSessionFixed
    others = await _others(db, session, said.pop("applies_to"))
    where = session.cohort.commons_id if others else session.id
    await refuse_strangers(db, where, said.get("facilitator_ids", []))
    moved_by = _on_the_wall(said.get("local_start", session.local_start)) - _on_the_wall(
        session.local_start
    )
    for one in (session, *others):
        if "local_start" in said:
            said["local_start"] = f"{_on_the_wall(one.local_start) + moved_by:%Y-%m-%dT%H:%M}"
        await _change(db, actor, one, said)
    await db.flush()
    for one in (session, *others):
        await _refuse_clash(db, one)
    return await LEARNING_SESSIONS.told_to(db, actor, session.id)


def _on_the_wall(local_start: str) -> datetime:
    return datetime.fromisoformat(local_start)


async def _others(
    db: AsyncSession, session: LearningSession, applies_to: AppliesTo
) -> list[LearningSession]:
    """The other sessions of its series that an edit applies to, held."""
    if applies_to == AppliesTo.THIS or session.series_id is None:
        return []
    wanted = sessions_in_series(session.series_id).where(LearningSession.id != session.id)
    if applies_to == AppliesTo.FOLLOWING:
        wanted = wanted.where(LearningSession.starts_at > session.starts_at)
    return list(await db.scalars(held(wanted, LearningSession)))


async def _change(
    db: AsyncSession, actor: Actor, session: LearningSession, said: Mapping[str, Any]
) -> None:
    """Set what is said of one session, and record what it was."""
    changed = amend(session, {name: said[name] for name in said if name not in PARTS})
    parts = _have_parts(session, {name: said[name] for name in said if name in PARTS})
    _look_up(session)
    if parts:
        touch(session)
    if changed or parts:
        session.sequence = next_sequence(session)
        activity.record(db, actor, "learning_session.edited", session, detail=changed | parts)


async def _refuse_clash(db: AsyncSession, session: LearningSession) -> None:
    """Raises FacilitatorElsewhere (409) where whoever leads it leads another session too."""
    if session.status not in TAKES_TIME:
        return
    if busy := await led_elsewhere(db, session):
        raise FacilitatorElsewhere(f"Leads another session at that time: {listed(busy)}.")


async def shift_session(db: AsyncSession, actor: Actor, session: LearningSession, days: int) -> str:
    """Move a session that is held by whole days, at the same hour on the wall: when it is then."""
    at = f"{_on_the_wall(session.local_start) + timedelta(days=days):%Y-%m-%dT%H:%M}"
    await _change(db, actor, session, {"local_start": at})
    return at


async def delete_learning_session(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, *, if_match: int | None
) -> None:
    """Throw a draft away; its cohort keeps the record.

    Raises LearningSessionNotDraft, LearningSessionInSittings (409).
    """
    session = await access.whole_session.to_change(
        db, actor, learning_session_id, "learning_session.delete", if_match=if_match
    )
    if session.status != LearningSessionStatus.DRAFT:
        raise LearningSessionNotDraft
    of_it = {"learning_sessions": [session.id]}
    await refuse_depended_on(db, of_it, nodes=[session.id], parts=_OF_A_DRAFT)
    detail = {"learning_session_id": str(session.id), "title": session.title}
    activity.record(db, actor, "cohort.learning_session_deleted", session.cohort, detail=detail)
    for part in (SessionCohort, SittingMember):
        await db.execute(delete(part).where(part.session_id == session.id))
    await db.delete(session)
    await db.flush()
    await remove_nodes(db, actor, [session.id])


def next_sequence(session: LearningSession) -> int:
    """What calendars know a session by once something of it has changed."""
    return session.sequence + 1


async def move_session(
    db: AsyncSession, actor: Actor, session: LearningSession, name: str, **how: Any
) -> None:
    """Move a session that is held; whether it takes place and when, calendars hear of."""
    writes: dict[str, Any] = {}
    if name in TOLD_IN_CALENDARS:
        writes["sequence"] = next_sequence(session)
    if name == "schedule":
        writes["announced_at"] = session.announced_at or now(db)
    if name == "cancel":
        writes["cancelled_at"] = now(db)
    await move(db, actor, session, LEARNING_SESSION, name, writes=writes, **how)


async def move_learning_session(
    db: AsyncSession,
    actor: Actor,
    learning_session_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str | None = None,
) -> Written[LearningSessionOut]:
    """Move the session where nothing follows but the new status."""
    session = await access.learning_session(db, actor, learning_session_id, lock=True)
    await move_session(db, actor, session, name, if_match=if_match, reason=reason)
    return await LEARNING_SESSIONS.told_to(db, actor, session.id)


async def hold_learning_session(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, *, if_match: int | None
) -> Written[LearningSessionOut]:
    """Mark a session as held."""
    session = await access.learning_session(db, actor, learning_session_id, lock=True)
    written = {"held_at": now(db)}
    await move(db, actor, session, LEARNING_SESSION, "hold", if_match=if_match, writes=written)
    return await LEARNING_SESSIONS.told_to(db, actor, session.id)


async def resume_learning_session(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, reason: str, *, if_match: int | None
) -> Written[LearningSessionOut]:
    """Take it back that it was held."""
    session = await access.learning_session(db, actor, learning_session_id, lock=True)
    await move(db, actor, session, LEARNING_SESSION, "resume", if_match=if_match, reason=reason)
    session.held_at = None
    return await LEARNING_SESSIONS.told_to(db, actor, session.id)


async def get_whereabouts(
    db: AsyncSession, actor: Actor, learning_session_id: UUID
) -> WhereaboutsOut:
    """Where the session is, for those who take part in it."""
    session = await access.learning_session.allowing(
        db, actor, learning_session_id, "learning_session.attend"
    )
    return WhereaboutsOut.model_validate(session)


async def explain_learning_session_actions(
    db: AsyncSession, actor: Actor, learning_session_id: UUID
) -> ActionsOut:
    """Every move of the session now, with what stands in its way."""
    session = await access.learning_session(db, actor, learning_session_id)
    return await explain_actions(db, actor, session, LEARNING_SESSION)
