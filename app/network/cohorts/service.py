"""What is done with cohorts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.clock import beginning, now, today
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import available_actions, create, explain_actions, move, preview
from app.kernel.paging import Key, paginate
from app.kernel.schemas import ActionsOut, PreviewOut, Ref
from app.network.cohorts import access
from app.network.cohorts.lifecycle import COHORT, CohortStatus
from app.network.cohorts.memberships.places import settle
from app.network.cohorts.models import Cohort, Requirement
from app.network.cohorts.queries import Places, places, places_of, requirements_of
from app.network.cohorts.schemas import (
    CohortFilters,
    CohortOut,
    CohortPage,
    CopyCohort,
    CreateCohort,
    EditCohort,
)
from app.network.programmes.access import programme as obtain_programme
from app.network.programmes.models import Programme
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.people.identity.drafts.service import refuse_depended_on, remove_nodes
from app.people.identity.scopes import ScopeKind, add_scope

SORTS: Final[dict[str, tuple[Key, ...]]] = {
    "name": (Cohort.name_folded, Cohort.id),
    "reference": (Cohort.reference,),
    "created_at": (Cohort.created_at, Cohort.id),
}


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


constraint("uq_cohorts_reference", CohortReferenceTaken)


async def create_cohort(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateCohort
) -> CohortOut:
    """Prepare a cohort of the programme, and the scope of what it will share."""
    programme = await obtain_programme.allowing(db, actor, programme_id, "cohort.create")
    cohort = Cohort(**body.model_dump())
    await _prepare(db, actor, programme, cohort)
    return shown(actor, cohort, Places())


async def copy_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CopyCohort
) -> CohortOut:
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
    await db.flush()
    return shown(actor, cohort, Places())


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
    cohort.programme_id, cohort.programme = programme.id, programme
    await add_scope(db, cohort.id, ScopeKind.COHORT, [programme.id])
    await add_scope(db, cohort.commons_id, ScopeKind.COMMONS, [cohort.id], granted_at=cohort.id)
    detail = {"copied_from_id": str(copied_from)} if copied_from else None
    await create(db, actor, cohort, COHORT, under=programme.id, detail=detail)
    await actor.reach(db, [cohort.id])


async def get_cohort(db: AsyncSession, actor: Actor, cohort_id: UUID) -> CohortOut:
    """The cohort as it stands."""
    cohort = await access.cohort(db, actor, cohort_id)
    return shown(actor, cohort, await places(db, cohort))


async def list_cohorts(
    db: AsyncSession, actor: Actor, query: CohortFilters, *, programme_id: UUID | None = None
) -> CohortPage:
    """The cohorts that the actor may see, a page at a time, in five statements at the most."""
    statement = visible(Cohort, actor, "cohort.read").options(*access.COHORT_REFS)
    if programme_id is not None:
        statement = statement.where(Cohort.programme_id == programme_id)
    if query.status is not None:
        statement = statement.where(Cohort.status == query.status)
    if query.reference is not None:
        statement = statement.where(Cohort.reference == query.reference)
    if query.q is not None:
        found_at = func.strpos(Cohort.name_folded, func.fold(query.q))
        statement = statement.where(found_at > 0)
    page = await paginate(db, statement, query, SORTS, default="-created_at", bound=programme_id)
    ids = [cohort.id for cohort in page.rows]
    await actor.reach(db, ids)
    counted = await places_of(db, ids)
    return CohortPage(
        items=[shown(actor, cohort, counted[cohort.id]) for cohort in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def list_programme_cohorts(
    db: AsyncSession, actor: Actor, programme_id: UUID, query: CohortFilters
) -> CohortPage:
    """The cohorts of one programme that the actor may see."""
    programme = await obtain_programme(db, actor, programme_id)
    return await list_cohorts(db, actor, query, programme_id=programme.id)


async def edit_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: EditCohort, *, if_match: int | None
) -> CohortOut:
    """Change what is planned; the announced capacity only while the cohort is a draft."""
    cohort = await access.cohort.to_change(db, actor, cohort_id, "cohort.edit", if_match=if_match)
    if cohort.status in (CohortStatus.CLOSED, CohortStatus.CANCELLED):
        raise CohortEnded
    announced = cohort.announced_capacity
    planned = body.model_dump(exclude=set(ACTUAL))
    actual = _actual(db, cohort, body.model_dump(include=set(ACTUAL)))
    changed = amend(cohort, planned | actual)
    if cohort.status != CohortStatus.DRAFT and cohort.announced_capacity != announced:
        raise CapacityAnnounced
    _refuse_unsound_plan(cohort)
    if changed:
        activity.record(db, actor, "cohort.edited", cohort, detail=changed)
    await db.flush()
    return shown(actor, cohort, await places(db, cohort))


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
    activity.record(db, actor, "cohort.deleted", cohort.programme, detail=detail)
    await db.execute(delete(Requirement).where(Requirement.cohort_id == cohort.id))
    await db.delete(cohort)
    await db.flush()
    await remove_nodes(db, actor, nodes)


async def move_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, name: str, *, if_match: int | None
) -> CohortOut:
    """Move the cohort where nothing follows but the new status: recruit, select, confirm."""
    cohort = await access.cohort(db, actor, cohort_id, lock=True)
    await move(db, actor, cohort, COHORT, name, if_match=if_match)
    await db.flush()
    return shown(actor, cohort, await places(db, cohort))


async def wrap_up_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, *, if_match: int | None
) -> CohortOut:
    """Begin the last weeks: what is left is to complete memberships and close."""
    cohort = await access.cohort(db, actor, cohort_id, lock=True)
    await move(db, actor, cohort, COHORT, "wrap_up", if_match=if_match)
    cohort.ended_at = now(db)
    await db.flush()
    return shown(actor, cohort, await places(db, cohort))


async def close_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, *, if_match: int | None
) -> CohortOut:
    """Close the cohort once every membership has come to its end."""
    cohort = await access.cohort.allowing(db, actor, cohort_id, "cohort.close", lock=True)
    await settle(db, cohort)
    await move(db, actor, cohort, COHORT, "close", if_match=if_match)
    await db.flush()
    return shown(actor, cohort, await places(db, cohort))


async def cancel_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, reason: str, *, if_match: int | None
) -> CohortOut:
    """Cancel the cohort; everyone who waits, was offered a place or has joined is withdrawn."""
    cohort = await access.cohort(db, actor, cohort_id, lock=True)
    await move(db, actor, cohort, COHORT, "cancel", reason=reason, if_match=if_match)
    await db.flush()
    return shown(actor, cohort, await places(db, cohort))


async def reopen_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, reason: str, *, if_match: int | None
) -> CohortOut:
    """Take a closed cohort back into its last weeks."""
    cohort = await access.cohort(db, actor, cohort_id, lock=True)
    await move(db, actor, cohort, COHORT, "reopen", reason=reason, if_match=if_match)
    await db.flush()
    return shown(actor, cohort, await places(db, cohort))


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


async def get_cohort_history(
    db: AsyncSession, actor: Actor, cohort_id: UUID, query: HistoryQuery
) -> ActivityPage:
    """What was done to the cohort, oldest first."""
    return await activity.history(db, actor, await access.cohort(db, actor, cohort_id), query)


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


def shown(actor: Actor, cohort: Cohort, places: Places) -> CohortOut:
    """The cohort as this actor is told of it, whose scope they reached."""
    return CohortOut(
        id=cohort.id,
        reference=cohort.reference,
        name=cohort.name,
        focus=cohort.focus,
        programme=Ref.model_validate(cohort.programme),
        status=cohort.status,
        timezone=cohort.timezone,
        announced_capacity=cohort.announced_capacity,
        minimum_size=cohort.minimum_size,
        places_taken=places.taken,
        selected_count=places.selected,
        waitlisted_count=places.waiting,
        planned_start_on=cohort.planned_start_on,
        planned_end_on=cohort.planned_end_on,
        starts_automatically=cohort.starts_automatically,
        started_at=cohort.started_at,
        ended_at=cohort.ended_at,
        retention_denominator=cohort.retention_denominator,
        offer_hours=cohort.offer_hours,
        late_joining_days=cohort.late_joining_days,
        commons_id=cohort.commons_id,
        version=cohort.version,
        available_actions=available_actions(cohort, actor, COHORT),
        created_at=cohort.created_at,
        updated_at=cohort.updated_at,
    )
