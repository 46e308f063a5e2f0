"""What is done with cohorts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import beginning, now, today
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move, preview
from app.kernel.schemas import ActionsOut, PreviewOut
from app.kernel.written import Written
from app.network.cohorts import access
from app.network.cohorts.lifecycle import COHORT, CohortStatus
from app.network.cohorts.memberships.places import settle
from app.network.cohorts.models import Cohort, Requirement
from app.network.cohorts.queries import places, requirements_of
from app.network.cohorts.schemas import (
    CohortOut,
    CopyCohort,
    CreateCohort,
    EditCohort,
)
from app.network.cohorts.telling import COHORTS
from app.network.programmes.access import programme as obtain_programme
from app.network.programmes.models import Programme
from app.people.identity.actors import Actor
from app.people.identity.drafts.service import refuse_depended_on, remove_nodes
from app.people.identity.scopes import ScopeKind, add_scope

COPIED: Final = (
    "focus",
    "timezone",
    "announced_capacity",
    "minimum_size",
    "starts_automatically",
    "offer_hours",
    "late_joining_days",
)
ASKED: Final = (
    "stage",
    "key",
    "title",
    "guidance",
    "is_required",
    "is_judged",
    "anchor",
    "offset_days",
    "position",
)


ACTUAL: Final = {"started_on": "started_at", "ended_on": "ended_at"}
"""The days that can be stated, and the columns of the instants that they give."""


class CohortReferenceTaken(Conflict):
    """Another cohort has this reference."""


class CapacityAnnounced(Conflict):
    """The announced capacity stands once recruitment has opened. To take in more, offer places
    with an `override_reason`."""


class CohortEnded(Conflict):
    """A cohort that is closed or cancelled is no longer changed."""


class CohortNotDraft(Conflict):
    """Only a draft is deleted. A cohort that was announced is cancelled, and stays on record."""


constraint("uq_cohorts_reference", CohortReferenceTaken, "/reference")


async def create_cohort(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateCohort
) -> Written[CohortOut]:
    """Prepare a cohort of the programme, and the scope of what it will share."""
    programme = await obtain_programme.allowing(db, actor, programme_id, "cohort.create")
    cohort = Cohort(**body.model_dump())
    await _prepare(db, actor, programme, cohort)
    return await COHORTS.told_to(db, actor, cohort.id)


async def copy_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CopyCohort
) -> Written[CohortOut]:
    """Prepare another cohort like this one: its structure and what it asks, none of its people."""
    original = await access.cohort(db, actor, cohort_id)
    programme = await obtain_programme.allowing(db, actor, original.programme_id, "cohort.create")
    kept = {field: getattr(original, field) for field in COPIED}
    cohort = Cohort(
        **kept, **body.model_dump(), planned_end_on=_moved_end(original, body.planned_start_on)
    )
    await _prepare(db, actor, programme, cohort, copied_from=original.id)
    for requirement in await requirements_of(db, original):
        asked = {field: getattr(requirement, field) for field in ASKED}
        db.add(Requirement(cohort_id=cohort.id, **asked))
    return await COHORTS.told_to(db, actor, cohort.id)


def _moved_end(original: Cohort, start_on: date | None) -> date | None:
    start, end = original.planned_start_on, original.planned_end_on
    return start_on + (end - start) if start_on and start and end else None


async def _prepare(
    db: AsyncSession,
    actor: Actor,
    programme: Programme,
    cohort: Cohort,
    *,
    copied_from: UUID | None = None,
) -> None:
    """Add a draft below its programme, with the scope of what it will share."""
    _refuse_unsound_plan(cohort)
    cohort.id, cohort.commons_id = new_id(), new_id()
    cohort.programme_id = programme.id
    await add_scope(db, cohort.id, ScopeKind.COHORT, [programme.id])
    await add_scope(db, cohort.commons_id, ScopeKind.COMMONS, [cohort.id], granted_at=cohort.id)
    detail = {"copied_from_id": str(copied_from)} if copied_from else None
    await create(db, actor, cohort, COHORT, under=programme.id, detail=detail)


async def edit_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: EditCohort, *, if_match: int | None
) -> Written[CohortOut]:
    """Change what is planned; a capacity that was announced only while the cohort is a draft."""
    cohort = await access.cohort.to_change(db, actor, cohort_id, "cohort.edit", if_match=if_match)
    if cohort.status in (CohortStatus.CLOSED, CohortStatus.CANCELLED):
        raise CohortEnded
    announced = cohort.announced_capacity
    planned = body.model_dump(exclude=set(ACTUAL))
    actual = _actual(db, cohort, body.model_dump(include=set(ACTUAL)))
    changed = amend(cohort, planned | actual)
    if cohort.status != CohortStatus.DRAFT and cohort.announced_capacity != announced:
        if announced is not None:
            raise CapacityAnnounced
        await _refuse_below_taken(db, cohort)
    _refuse_unsound_plan(cohort)
    if changed:
        activity.record(db, actor, "cohort.edited", cohort, detail=changed)
    return await COHORTS.told_to(db, actor, cohort.id)


async def _refuse_below_taken(db: AsyncSession, cohort: Cohort) -> None:
    """Raises Unprocessable where fewer places would be announced than were given before."""
    taken = (await places(db, cohort)).taken
    if cohort.announced_capacity is not None and cohort.announced_capacity < taken:
        detail = f"{taken} places are taken already: announce as many or more."
        raise Unprocessable(errors=[_fault("announced_capacity", "below_taken", detail)])


def _actual(db: AsyncSession, cohort: Cohort, said: Mapping[str, date]) -> dict[str, datetime]:
    """The instants that the stated days give. Raises Unprocessable where they cannot be."""
    given = {
        column: beginning(said[field], cohort.timezone)
        for field, column in ACTUAL.items()
        if field in said
    }
    found: list[FieldProblem] = []
    for field, column in ACTUAL.items():
        on = said.get(field)
        if on is not None and getattr(cohort, column) is None:
            found.append(_fault(field, "not_yet", "It has not come to that yet."))
        elif on is not None and on > today(db, cohort.timezone):
            found.append(_fault(field, "in_the_future", "Must not be after today."))
    start = given.get("started_at", cohort.started_at)
    end = given.get("ended_at", cohort.ended_at)
    if not found and start and end and end < start:
        found.append(_fault("ended_on", "before_start", "Must not be before it started."))
    if found:
        raise Unprocessable(errors=found)
    return given


def _fault(field: str, code: str, detail: str) -> FieldProblem:
    return FieldProblem(pointer=f"/{field}", code=code, detail=detail)


async def delete_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, *, if_match: int | None
) -> None:
    """Delete a draft on which nothing depends, with what it would have asked of its members and the
    roles on it.

    Its programme keeps the record. Raises CohortNotDraft, DraftDependedOn (409).
    """
    cohort = await access.cohort.to_change(db, actor, cohort_id, "cohort.delete", if_match=if_match)
    if cohort.status != CohortStatus.DRAFT:
        raise CohortNotDraft
    nodes = (cohort.commons_id, cohort.id)
    parts = {"cohorts", "cohort_requirements"}
    await refuse_depended_on(db, {"cohorts": [cohort.id]}, nodes=nodes, parts=parts)
    detail = {"cohort_id": str(cohort.id), "reference": cohort.reference}
    programme = await obtain_programme(db, actor, cohort.programme_id)
    activity.record(db, actor, "cohort.deleted", programme, detail=detail)
    await db.execute(delete(Requirement).where(Requirement.cohort_id == cohort.id))
    await db.delete(cohort)
    await db.flush()
    await remove_nodes(db, actor, nodes)


async def move_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, name: str, *, if_match: int | None
) -> Written[CohortOut]:
    """Move the cohort where nothing follows but the new status: recruit, select, confirm."""
    cohort = await access.cohort(db, actor, cohort_id, lock=True)
    await move(db, actor, cohort, COHORT, name, if_match=if_match)
    return await COHORTS.told_to(db, actor, cohort.id)


async def wrap_up_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, *, if_match: int | None
) -> Written[CohortOut]:
    """Begin the last weeks: what is left is to complete memberships and close."""
    cohort = await access.cohort(db, actor, cohort_id, lock=True)
    await move(db, actor, cohort, COHORT, "wrap_up", if_match=if_match)
    cohort.ended_at = now(db)
    return await COHORTS.told_to(db, actor, cohort.id)


async def close_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, *, if_match: int | None
) -> Written[CohortOut]:
    """Close the cohort once every membership has come to its end."""
    cohort = await access.cohort.allowing(db, actor, cohort_id, "cohort.close", lock=True)
    await settle(db, cohort)
    await move(db, actor, cohort, COHORT, "close", if_match=if_match)
    return await COHORTS.told_to(db, actor, cohort.id)


async def cancel_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, reason: str, *, if_match: int | None
) -> Written[CohortOut]:
    """Cancel the cohort; everyone who waits, was offered a place or has joined is withdrawn."""
    cohort = await access.cohort(db, actor, cohort_id, lock=True)
    await move(db, actor, cohort, COHORT, "cancel", reason=reason, if_match=if_match)
    return await COHORTS.told_to(db, actor, cohort.id)


async def reopen_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, reason: str, *, if_match: int | None
) -> Written[CohortOut]:
    """Take a closed cohort back into its last weeks."""
    cohort = await access.cohort(db, actor, cohort_id, lock=True)
    await move(db, actor, cohort, COHORT, "reopen", reason=reason, if_match=if_match)
    return await COHORTS.told_to(db, actor, cohort.id)


async def explain_cohort_actions(db: AsyncSession, actor: Actor, cohort_id: UUID) -> ActionsOut:
    """Every move of the cohort now, with what stands in its way."""
    cohort = await access.cohort(db, actor, cohort_id)
    return await explain_actions(db, actor, cohort, COHORT)


async def preview_cohort_move(
    db: AsyncSession, actor: Actor, cohort_id: UUID, name: str
) -> PreviewOut:
    """What would follow a move of the cohort."""
    cohort = await access.cohort(db, actor, cohort_id)
    return await preview(db, actor, cohort, COHORT, name)


def _refuse_unsound_plan(cohort: Cohort) -> None:
    """Raises Unprocessable, pointing at each field that does not go with the others."""
    found: list[FieldProblem] = []
    start, end = cohort.planned_start_on, cohort.planned_end_on
    if start and end and end < start:
        detail = "Must not be before `planned_start_on`."
        found.append(_fault("planned_end_on", "before_start", detail))
    capacity = cohort.announced_capacity
    if capacity is not None and cohort.minimum_size > capacity:
        detail = "Must not be more than `announced_capacity`."
        found.append(_fault("minimum_size", "above_capacity", detail))
    if cohort.status not in (None, CohortStatus.DRAFT) and not (start and end):
        field = "planned_end_on" if start else "planned_start_on"
        found.append(_fault(field, "announced", "Must stay once recruitment has opened."))
    if found:
        raise Unprocessable(errors=found)
