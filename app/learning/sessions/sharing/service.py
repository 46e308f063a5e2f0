"""What is done to share a session, and to go on without a cohort."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.editing import touch, was_and_is
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.written import Written
from app.learning.sessions import access
from app.learning.sessions.lifecycle import TO_COME
from app.learning.sessions.models import LearningSession, SessionCohort
from app.learning.sessions.schemas import LearningSessionOut
from app.learning.sessions.seats.service import release_gone
from app.learning.sessions.service import meeting_cohort, next_sequence
from app.learning.sessions.sharing.queries import completed_in, going_on_beside, shared_with
from app.learning.sessions.sharing.schemas import ShareLearningSession
from app.learning.sessions.sittings.queries import other_sittings_of
from app.learning.sessions.telling import LEARNING_SESSIONS
from app.network.cohorts.access import CohortNotFound
from app.network.cohorts.lifecycle import ENDED
from app.network.cohorts.models import Cohort
from app.people.identity.access import require
from app.people.identity.actors import Actor
from app.people.identity.scopes import link_all, unlink_all


class SharingFixed(Conflict):
    """Whom a session is for is said until it begins."""


class OtherCohortUnknown(Unprocessable):
    """The request names a cohort that there is not, or that you may not see, or names one twice."""


async def share_learning_session(
    db: AsyncSession,
    actor: Actor,
    learning_session_id: UUID,
    body: ShareLearningSession,
    *,
    if_match: int | None,
) -> Written[LearningSessionOut]:
    """Set which cohorts a session is for besides the one that plans it, or that all of them are;
    its other sittings that are to come are for them too.

    Raises NotAllowed (403), CohortEnded, SharingFixed (409), OtherCohortUnknown (422).
    """
    session = await access.learning_session.to_change(
        db, actor, learning_session_id, "learning_session.edit", if_match=if_match
    )
    if session.status not in TO_COME:
        raise SharingFixed
    before = await shared_with(db, session)
    after = await _wanted(db, actor, session, before, body)
    said = body.model_dump(include={"is_for_programme", "is_for_alumni"})
    await _be_for(db, actor, session, after, said)
    for other in await other_sittings_of(db, session, TO_COME):
        await _be_for(db, actor, other, after, said)
    return await LEARNING_SESSIONS.told_to(db, actor, session.id)


async def _be_for(
    db: AsyncSession,
    actor: Actor,
    session: LearningSession,
    after: Sequence[Cohort],
    said: Mapping[str, bool],
) -> None:
    """Let a session that is held be for these cohorts, and for all of a programme as is said."""
    writes = {name: value for name, value in said.items() if getattr(session, name) != value}
    await _open_to_completed(db, session, is_open=any(said.values()))
    await _become(db, actor, session, await shared_with(db, session), after, **writes)


async def _open_to_completed(db: AsyncSession, session: LearningSession, *, is_open: bool) -> None:
    """Let those that have completed a cohort of the programme take part, or no more."""
    if is_open == session.opens_to_completed:
        return
    members = list(await db.scalars(completed_in(session.cohort.programme_id)))
    if members:
        await (link_all if is_open else unlink_all)(db, members, session.id)


async def _wanted(
    db: AsyncSession,
    actor: Actor,
    session: LearningSession,
    before: Sequence[Cohort],
    body: ShareLearningSession,
) -> Sequence[Cohort]:
    """The cohorts that it is for from now on. Those that come to it are held, and the actor may
    plan sessions in each."""
    known = {one.id: one for one in before}
    wanted = {session.cohort_id: session.cohort}
    for place, cohort_id in enumerate(body.other_cohort_ids):
        if cohort_id in wanted:
            raise _unknown(place)
        wanted[cohort_id] = known.get(cohort_id) or await _coming(db, actor, cohort_id, place)
    comes = [
        body.is_for_programme and not session.is_for_programme,
        body.is_for_alumni and not session.opens_to_completed,
    ]
    if any(comes):
        programme_id = session.cohort.programme_id
        await actor.reach(db, [programme_id])
        require(actor, "learning_session.create", programme_id)
    if body.is_for_programme:
        wanted |= {one.id: one for one in await db.scalars(going_on_beside(session.cohort))}
    return list(wanted.values())


async def _coming(db: AsyncSession, actor: Actor, cohort_id: UUID, place: int) -> Cohort:
    try:
        return await meeting_cohort(db, actor, cohort_id)
    except CohortNotFound:
        raise _unknown(place) from None


def _unknown(place: int) -> OtherCohortUnknown:
    pointer, detail = f"/other_cohort_ids/{place}", OtherCohortUnknown.explanation()
    return OtherCohortUnknown(
        errors=[FieldProblem(pointer=pointer, code=OtherCohortUnknown.code, detail=detail)]
    )


async def _become(
    db: AsyncSession,
    actor: Actor,
    session: LearningSession,
    before: Sequence[Cohort],
    after: Sequence[Cohort],
    **writes: Any,
) -> None:
    """Let a session that is held be for these cohorts, and the seats of others be passed on."""
    come = [one for one in after if one not in before]
    gone = [one for one in before if one not in after]
    if come:
        await link_all(db, [one.commons_id for one in come], session.id)
        db.add_all(SessionCohort(session_id=session.id, cohort_id=one.id) for one in come)
    if gone:
        await unlink_all(db, [one.commons_id for one in gone], session.id)
        its = delete(SessionCohort).where(SessionCohort.session_id == session.id)
        await db.execute(its.where(SessionCohort.cohort_id.in_([one.id for one in gone])))
    if not (come or gone or writes):
        return
    for name, value in writes.items():
        setattr(session, name, value)
    touch(session)
    session.sequence = next_sequence(session)
    detail = {
        "cohorts": was_and_is(_references(before), _references(after)),
        "is_for_programme": session.is_for_programme,
        "is_for_alumni": session.is_for_alumni,
    }
    activity.record(db, actor, "learning_session.shared", session, detail=detail)
    await db.flush()
    if gone or writes:
        await release_gone(db, session)


def _references(cohorts: Sequence[Cohort]) -> list[str]:
    return sorted(one.reference for one in cohorts)


async def share_as(
    db: AsyncSession, actor: Actor, session: LearningSession, other: LearningSession
) -> None:
    """Let a session that was just planned be for whom another is."""
    said = {"is_for_programme": other.is_for_programme, "is_for_alumni": other.is_for_alumni}
    await _be_for(db, actor, session, await shared_with(db, other), said)


async def join_session(
    db: AsyncSession, actor: Actor, session: LearningSession, cohort: Cohort
) -> None:
    """Let a session that is held be for one more cohort."""
    before = await shared_with(db, session)
    await _become(db, actor, session, before, [*before, cohort] if cohort not in before else before)


async def leave_session(
    db: AsyncSession, actor: Actor, session: LearningSession, cohort: Cohort
) -> None:
    """Let a session that is held go on without a cohort; where that planned it, another does."""
    before = await shared_with(db, session)
    after = [one for one in before if one.id != cohort.id and one.status not in ENDED]
    is_planner = session.cohort_id == cohort.id
    writes = {"cohort": after[0], "cohort_id": after[0].id} if is_planner else {}
    await _become(db, actor, session, before, after, **writes)
