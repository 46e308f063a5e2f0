"""What is done with sittings."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.editing import touch, was_and_is
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.written import Written
from app.learning.sessions import access
from app.learning.sessions.lifecycle import TO_COME, LearningSessionStatus
from app.learning.sessions.models import LearningSession, SittingMember
from app.learning.sessions.presenters.service import present_anew
from app.learning.sessions.schemas import LearningSessionOut, PlanSession
from app.learning.sessions.seats.service import release_gone
from app.learning.sessions.service import meeting_cohort, plan, refuse_strangers, same_again
from app.learning.sessions.sharing.service import share_as
from app.learning.sessions.sittings.queries import (
    members_to_place,
    placed_in,
    references_of,
    sittings_of,
)
from app.learning.sessions.sittings.schemas import CreateSitting, PlaceSittingMembers
from app.learning.sessions.telling import LEARNING_SESSIONS
from app.people.identity.actors import Actor


class SittingOfSitting(Conflict):
    """This session is itself another sitting. Plan one more of the first, which is named in
    `sitting_of`."""


class FirstSitting(Conflict):
    """The first sitting of a session is attended by every member that was placed in no other.
    Place members in the others."""


class SittingFixed(Conflict):
    """A session that was cancelled stays as it was. Plan another."""


class SittingMemberUnknown(Unprocessable):
    """The request names a member that takes no part in the session, or names one twice."""


async def create_sitting(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, body: CreateSitting
) -> Written[LearningSessionOut]:
    """Plan another sitting of a session, as a draft, for these members.

    Raises CohortEnded, SittingOfSitting, SittingFixed (409), FacilitatorUnknown,
    SittingMemberUnknown (422).
    """
    first = await access.whole_session.allowing(
        db, actor, learning_session_id, "learning_session.edit", lock=True
    )
    cohort = await meeting_cohort(db, actor, first.cohort_id)
    if first.sitting_of_id is not None:
        raise SittingOfSitting
    _refuse_cancelled(first)
    await refuse_strangers(db, first.id, body.facilitator_ids)
    session = await plan(db, actor, cohort, _planned(first, body), sitting_of_id=first.id)
    await share_as(db, actor, session, first)
    await _place(db, actor, session, body.membership_ids)
    return await LEARNING_SESSIONS.told_to(db, actor, session.id)


def _refuse_cancelled(session: LearningSession) -> None:
    if session.status == LearningSessionStatus.CANCELLED:
        raise SittingFixed


def _planned(first: LearningSession, body: CreateSitting) -> PlanSession:
    """The same as the first, at another time."""
    return PlanSession(
        **same_again(first),
        timezone=body.timezone or first.timezone,
        local_start=body.local_start,
        capacity=body.capacity,
        place=body.place,
        link=body.link,
        is_public=first.is_public,
        facilitator_ids=body.facilitator_ids,
    )


async def place_sitting_members(
    db: AsyncSession,
    actor: Actor,
    learning_session_id: UUID,
    body: PlaceSittingMembers,
    *,
    if_match: int | None,
) -> Written[LearningSessionOut]:
    """Set which members attend a sitting; those that did and are not named attend the first.

    Raises FirstSitting, SittingFixed (409), SittingMemberUnknown (422).
    """
    session = await access.learning_session.to_change(
        db, actor, learning_session_id, "learning_session.edit", if_match=if_match
    )
    if session.sitting_of_id is None:
        raise FirstSitting
    _refuse_cancelled(session)
    await _place(db, actor, session, body.membership_ids)
    return await LEARNING_SESSIONS.told_to(db, actor, session.id)


async def _place(
    db: AsyncSession, actor: Actor, session: LearningSession, wanted: Sequence[UUID]
) -> None:
    """Let these members attend a sitting, and pass on the seats that they had in others."""
    assert session.sitting_of_id is not None, "the first sitting has no members of its own"
    sittings = {one.id: one for one in await sittings_of(db, session.sitting_of_id)}
    placed = await placed_in(db, session.sitting_of_id)
    before = {member for member, one in placed.items() if one.session_id == session.id}
    await _refuse_unknown(db, session, wanted, before)
    if before == set(wanted):
        return
    left = {one.session_id for member, one in placed.items() if member in wanted}
    for member_id in before - set(wanted):
        await db.delete(placed[member_id])
    for member_id in set(wanted) - before:
        row = placed.get(member_id)
        if row is None:
            row = SittingMember(sitting_of_id=session.sitting_of_id, membership_id=member_id)
            db.add(row)
        row.session_id = session.id
    await _record(db, actor, session, before, wanted)
    await db.flush()
    for sitting_id in sorted({session.id, session.sitting_of_id, *left}):
        touch(sittings[sitting_id])
        await release_gone(db, sittings[sitting_id])
    await present_anew(db, sittings[session.sitting_of_id])


async def _record(
    db: AsyncSession,
    actor: Actor,
    session: LearningSession,
    before: Collection[UUID],
    after: Collection[UUID],
) -> None:
    detail = was_and_is(await references_of(db, before), await references_of(db, after))
    activity.record(
        db, actor, "learning_session.members_placed", session, detail={"members": detail}
    )


async def attend_the_first(db: AsyncSession, actor: Actor, session: LearningSession) -> None:
    """Let who was to attend a sitting that is cancelled attend the first, unless that has begun or
    is cancelled too."""
    if session.sitting_of_id is None:
        return
    sittings = {one.id: one for one in await sittings_of(db, session.sitting_of_id)}
    if sittings[session.sitting_of_id].status not in TO_COME:
        return
    placed = await placed_in(db, session.sitting_of_id)
    left = {member: one for member, one in placed.items() if one.session_id == session.id}
    if not left:
        return
    for row in left.values():
        await db.delete(row)
    await _record(db, actor, session, left, ())
    await db.flush()


async def _refuse_unknown(
    db: AsyncSession, session: LearningSession, wanted: Sequence[UUID], before: Collection[UUID]
) -> None:
    """Raises SittingMemberUnknown (422). Who attends it already may be named again, also where that
    member has come to its end since."""
    known = {*before, *await members_to_place(db, session, wanted)}
    faults: list[FieldProblem] = []
    for place, membership_id in enumerate(wanted):
        if membership_id not in known:
            detail = "Takes no part in this session."
        elif membership_id in wanted[:place]:
            detail = "Is named twice."
        else:
            continue
        pointer = f"/membership_ids/{place}"
        faults.append(FieldProblem(pointer=pointer, code=SittingMemberUnknown.code, detail=detail))
    if faults:
        raise SittingMemberUnknown(errors=faults)
