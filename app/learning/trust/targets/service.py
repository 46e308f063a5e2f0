"""What is done with targets: set, changed, met with what shows it, given up, taken up again."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now, today
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, Unprocessable
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.trust.frameworks import access as frameworks
from app.learning.trust.frameworks import documents
from app.learning.trust.frameworks.lifecycle import FrameworkVersionStatus
from app.learning.trust.frameworks.models import FrameworkVersion
from app.learning.trust.targets import access
from app.learning.trust.targets.lifecycle import TRUST_TARGET, TrustTargetStatus
from app.learning.trust.targets.models import TrustTarget
from app.learning.trust.targets.schemas import (
    CreateTrustTarget,
    EditTrustTarget,
    MeetTrustTarget,
    TrustTargetOut,
)
from app.learning.trust.targets.telling import TRUST_TARGETS
from app.network.cohorts import access as cohorts
from app.network.cohorts.models import Membership
from app.network.collaborations.learnings.models import Learning
from app.people.identity.actors import Actor
from app.people.identity.queries import actor_of


class TargetPointless(Unprocessable):
    """A target names a maturity question of a version that was published, and a higher level of
    it than the member is at."""


class TargetDueInPast(Unprocessable):
    """A target is due on a day to come, or today, where the member is: move `due_on`."""


class TargetOwnerUnknown(Unprocessable):
    """The request names somebody who is none of the member's people."""


class LearningOfOthers(Unprocessable):
    """The request names no learning of the collaboration."""


class TargetSettled(Conflict):
    """It is met or dropped; reopen it to change it."""


async def create_trust_target(
    db: AsyncSession, actor: Actor, membership_id: UUID, body: CreateTrustTarget
) -> Written[TrustTargetOut]:
    """Set out from one level to a higher one.

    Raises MembershipNotFound (404), NotAllowed (403), TargetPointless, TargetOwnerUnknown,
    TargetDueInPast (422).
    """
    of = await cohorts.membership.allowing(db, actor, membership_id, "trust_target.create")
    _refuse_past(db, of, body.due_on)
    aim = await _wanted(db, actor, body)
    await _refuse_stranger(db, of.id, body.owner_id)
    target = TrustTarget(
        id=new_id(), scope_id=of.id, membership_id=of.id, aim=aim, **body.model_dump()
    )
    await create(db, actor, target, TRUST_TARGET, under=of.id)
    return await TRUST_TARGETS.told_to(db, actor, target.id)


async def _wanted(db: AsyncSession, actor: Actor, body: CreateTrustTarget) -> str:
    """What the level that is wanted looks like, in the framework's own words."""
    try:
        version: FrameworkVersion | None = await frameworks.framework_version(
            db, actor, body.framework_version_id
        )
    except frameworks.FrameworkVersionNotFound:
        version = None
    if version is None or version.status == FrameworkVersionStatus.DRAFT:
        raise TargetPointless.at("/framework_version_id")
    question = documents.read(version.document).by_key.get(body.question)
    if question is None or not question.descriptors:
        raise TargetPointless.at("/question")
    if not body.from_level < body.to_level < len(question.descriptors):
        raise TargetPointless.at("/to_level")
    return question.descriptors[body.to_level]


def _refuse_past(db: AsyncSession, of: Membership, due_on: date) -> None:
    """Raises TargetDueInPast (422)."""
    if due_on < today(db, of.timezone):
        raise TargetDueInPast.at("/due_on")


async def _refuse_stranger(db: AsyncSession, membership_id: UUID, owner_id: UUID) -> None:
    """Raises TargetOwnerUnknown (422) for whoever is none of the member's people."""
    who = await actor_of(db, owner_id)
    if who is not None:
        await who.reach(db, [membership_id])
    if who is None or not who.holds("trust_target.settle", membership_id):
        raise TargetOwnerUnknown.at("/owner_id")


async def _refuse_foreign(db: AsyncSession, of: Membership, learning_id: UUID | None) -> None:
    """Raises LearningOfOthers (422) for a learning that is not the collaboration's."""
    own = exists().where(
        Learning.id == learning_id, Learning.collaboration_id == of.collaboration_id
    )
    if learning_id is not None and not await db.scalar(select(own)):
        raise LearningOfOthers.at("/learning_id")


async def edit_trust_target(
    db: AsyncSession,
    actor: Actor,
    trust_target_id: UUID,
    body: EditTrustTarget,
    *,
    if_match: int | None,
) -> Written[TrustTargetOut]:
    """Change by whom and by when, or which learning came of it.

    Raises TargetSettled (409), TargetOwnerUnknown, TargetDueInPast, LearningOfOthers (422).
    """
    target = await access.trust_target.to_change(
        db, actor, trust_target_id, "trust_target.edit", if_match=if_match
    )
    changes: dict[str, Any] = body.model_dump()
    if target.status != TrustTargetStatus.OPEN and changes.keys() - {"learning_id"}:
        raise TargetSettled
    if body.owner_id is not MISSING:
        await _refuse_stranger(db, target.membership_id, body.owner_id)
    if body.due_on is not MISSING and body.due_on != target.due_on:
        _refuse_past(db, target.membership, body.due_on)
    if body.learning_id is not MISSING:
        await _refuse_foreign(db, target.membership, body.learning_id)
    if changed := amend(target, changes):
        activity.record(db, actor, "trust_target.edited", target, detail=changed)
    return await TRUST_TARGETS.told_to(db, actor, target.id)


async def meet_trust_target(
    db: AsyncSession,
    actor: Actor,
    trust_target_id: UUID,
    body: MeetTrustTarget,
    *,
    if_match: int | None,
) -> Written[TrustTargetOut]:
    """Mark a trust target as met, with what shows it. Raises LearningOfOthers (422)."""
    target = await access.trust_target(db, actor, trust_target_id, lock=True)
    await _refuse_foreign(db, target.membership, body.learning_id)
    writes: dict[str, Any] = {"evidence": body.evidence, "settled_at": now(db)}
    if body.learning_id is not None:
        writes["learning_id"] = body.learning_id
    await move(db, actor, target, TRUST_TARGET, "meet", if_match=if_match, writes=writes)
    return await TRUST_TARGETS.told_to(db, actor, target.id)


async def settle_trust_target(
    db: AsyncSession,
    actor: Actor,
    trust_target_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str,
) -> Written[TrustTargetOut]:
    """Give it up, or take it up again."""
    target = await access.trust_target(db, actor, trust_target_id, lock=True)
    writes = {"settled_at": None if name == "reopen" else now(db), "evidence": None}
    await move(
        db, actor, target, TRUST_TARGET, name, if_match=if_match, reason=reason, writes=writes
    )
    return await TRUST_TARGETS.told_to(db, actor, target.id)


async def explain_trust_target_actions(
    db: AsyncSession, actor: Actor, trust_target_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    target = await access.trust_target(db, actor, trust_target_id)
    return await explain_actions(db, actor, target, TRUST_TARGET)
