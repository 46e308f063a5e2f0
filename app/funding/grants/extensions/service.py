"""Asking for a later due date, giving one, declining."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access
from app.funding.grants.deadlines import end
from app.funding.grants.extensions.queries import EXTENDABLE
from app.funding.grants.extensions.schemas import (
    ExtendMilestone,
    MilestoneExtensionOut,
)
from app.funding.grants.extensions.telling import EXTENSIONS
from app.funding.grants.lifecycle import EXPECTING_REPORTS
from app.funding.grants.milestones.schemas import MilestoneOut
from app.funding.grants.milestones.telling import MILESTONES as TOLD
from app.funding.grants.models import Milestone, MilestoneExtension
from app.funding.grants.queries import MILESTONES, why_held
from app.kernel import activity, versions
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import refuse_unmet
from app.kernel.written import Written
from app.network.conflicts.guards import independence
from app.people.identity.access import require_decider
from app.people.identity.actors import Actor


class MilestoneNotExtendable(Conflict):
    """A due date moves while the grant is active or closing and the milestone awaits a report."""


class GrantHeld(Conflict):
    """What the grant was given for has ended: it is held until the convenor continues it, begins
    to close it or terminates it. Nothing is reported, extended or accepted meanwhile."""


class DueDateNotLater(Unprocessable):
    """An extension leads to a later date than the present one."""


class ExtensionAlreadyAsked(Conflict):
    """An extension of this milestone was asked for and is not decided yet."""


class ExtensionAlreadyDecided(Conflict):
    """The extension was granted or declined already."""


constraint("uq_milestone_extensions_one_open", ExtensionAlreadyAsked)


async def ask_milestone_extension(
    db: AsyncSession, actor: Actor, milestone_id: UUID, body: ExtendMilestone
) -> Written[MilestoneExtensionOut]:
    """Ask for a later due date, before it or after.

    Raises MilestoneNotExtendable, ExtensionAlreadyAsked (409), DueDateNotLater (422).
    """
    milestone = await access.milestone.allowing(
        db, actor, milestone_id, "milestone.ask_extension", lock=True
    )
    extension = _asked(db, actor, milestone, body.due_on, body.reason)
    detail = {"due_on": body.due_on.isoformat()}
    activity.record(
        db, actor, "milestone.extension_asked", milestone, reason=body.reason, detail=detail
    )
    return await EXTENSIONS.told_to(db, actor, extension.id)


async def extend_milestone(
    db: AsyncSession,
    actor: Actor,
    milestone_id: UUID,
    body: ExtendMilestone,
    *,
    if_match: int | None,
) -> Written[MilestoneOut]:
    """Give a later due date unasked. Raises as `ask_milestone_extension`, and GuardsUnmet (409)
    for whoever is not independent of the grantee."""
    milestone = await access.milestone.to_change(
        db, actor, milestone_id, "milestone.extend", if_match=if_match
    )
    extension = _asked(db, actor, milestone, body.due_on, body.reason)
    await _grant(db, actor, milestone, extension)
    return await TOLD.told_to(db, actor, milestone.id)


async def grant_milestone_extension(
    db: AsyncSession, actor: Actor, extension_id: UUID, *, if_match: int | None
) -> Written[MilestoneExtensionOut]:
    """Move the due date to the one that was asked for. Raises ExtensionAlreadyDecided, and
    GuardsUnmet for whoever is not independent of the grantee (409)."""
    extension, milestone = await _waiting(db, actor, extension_id, if_match)
    _refuse_impossible(db, milestone, extension.new_due_on)
    await _grant(db, actor, milestone, extension)
    return await EXTENSIONS.told_to(db, actor, extension.id)


async def decline_milestone_extension(
    db: AsyncSession, actor: Actor, extension_id: UUID, *, reason: str, if_match: int | None
) -> Written[MilestoneExtensionOut]:
    """Leave the due date as it is. Raises as `grant_milestone_extension`."""
    extension, milestone = await _waiting(db, actor, extension_id, if_match)
    marked = refuse_unmet(await independence(db, actor, MILESTONES, milestone.id))
    _decide(db, actor, extension, is_granted=False, reason=reason)
    verb = "milestone.extension_declined"
    activity.record(db, actor, verb, milestone, reason=reason, detail=marked)
    return await EXTENSIONS.told_to(db, actor, extension.id)


def _asked(
    db: AsyncSession, actor: Actor, milestone: Milestone, due_on: date, reason: str
) -> MilestoneExtension:
    _refuse_impossible(db, milestone, due_on)
    extension = _extension(db, actor, milestone, due_on, reason)
    db.add(extension)
    return extension


def record_extension(
    db: AsyncSession,
    actor: Actor,
    milestone: Milestone,
    due_on: date,
    reason: str | None,
    *,
    verb: str = "milestone.extended",
    leave_id: UUID | None = None,
) -> None:
    """Move the due date of a locked milestone, since its cohort or its member's leave moves it."""
    extension = _extension(db, actor, milestone, due_on, reason or "")
    extension.leave_id = leave_id
    db.add(extension)
    _move(db, actor, milestone, extension, verb)


def _extension(
    db: AsyncSession, actor: Actor, milestone: Milestone, due_on: date, reason: str
) -> MilestoneExtension:
    assert actor.person_id is not None
    return MilestoneExtension(
        id=new_id(),
        milestone_id=milestone.id,
        grant_id=milestone.grant_id,
        old_due_on=milestone.due_on,
        old_due_at=milestone.due_at,
        new_due_on=due_on,
        new_due_at=end(due_on, milestone.timezone),
        timezone=milestone.timezone,
        reason=reason,
        asked_by_id=actor.person_id,
        asked_at=now(db),
    )


def _refuse_impossible(db: AsyncSession, milestone: Milestone, due_on: date) -> None:
    if why_held(db, milestone.grant):
        raise GrantHeld
    if milestone.grant.status not in EXPECTING_REPORTS or milestone.status not in EXTENDABLE:
        raise MilestoneNotExtendable
    if due_on <= milestone.due_on:
        fault = FieldProblem(
            pointer="/due_on", code="not_later", detail=f"Name a day after {milestone.due_on}."
        )
        raise DueDateNotLater(errors=[fault])


async def _waiting(
    db: AsyncSession, actor: Actor, extension_id: UUID, if_match: int | None
) -> tuple[MilestoneExtension, Milestone]:
    """An extension that is to be decided, with its milestone locked."""
    found = await access.extension(db, actor, extension_id)
    milestone = await access.milestone.allowing(
        db, actor, found.milestone_id, "milestone.extend", lock=True
    )
    await db.refresh(found)
    versions.expect(found, if_match)
    require_decider(db, actor)
    if found.decided_at is not None:
        raise ExtensionAlreadyDecided
    return found, milestone


async def _grant(
    db: AsyncSession,
    actor: Actor,
    milestone: Milestone,
    extension: MilestoneExtension,
) -> None:
    marked = refuse_unmet(await independence(db, actor, MILESTONES, milestone.id))
    extension.old_due_on, extension.old_due_at = milestone.due_on, milestone.due_at
    _move(db, actor, milestone, extension, "milestone.extended", marked)
    await db.flush()


def _move(
    db: AsyncSession,
    actor: Actor,
    milestone: Milestone,
    extension: MilestoneExtension,
    verb: str,
    marked: Mapping[str, Any] | None = None,
) -> None:
    _decide(db, actor, extension, is_granted=True)
    milestone.due_on, milestone.due_at = extension.new_due_on, extension.new_due_at
    detail = {
        "from": extension.old_due_on.isoformat(),
        "to": extension.new_due_on.isoformat(),
        "extension_id": str(extension.id),
        **(marked or {}),
    }
    activity.record(db, actor, verb, milestone, reason=extension.reason, detail=detail)


def _decide(
    db: AsyncSession,
    actor: Actor,
    extension: MilestoneExtension,
    *,
    is_granted: bool,
    reason: str | None = None,
) -> None:
    extension.is_granted, extension.decision_reason = is_granted, reason
    extension.decided_by_id, extension.decided_at = actor.person_id, now(db)
