"""Recording what was found out about a grantee, and saying what must be."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.access import grant as obtain_grant
from app.funding.grants.due_diligence import access
from app.funding.grants.due_diligence.models import CheckKind, DueDiligenceCheck
from app.funding.grants.due_diligence.queries import latest_checks, policy_of, reread, standing_of
from app.funding.grants.due_diligence.schemas import (
    DueDiligenceCheckOut,
    DueDiligenceCheckPage,
    DueDiligenceCheckQuery,
    DueDiligenceChecksOut,
    DueDiligenceKindOut,
    DueDiligenceOut,
    DueDiligencePolicyOut,
    EditDueDiligencePolicy,
    GrantDueDiligenceQuery,
    RecordDueDiligenceCheck,
    RecordDueDiligenceChecks,
)
from app.funding.grants.due_diligence.standing import SUFFICIENT, CheckOutcome, CheckStanding
from app.funding.grants.lifecycle import GRANT
from app.funding.grants.models import Grant
from app.funding.grants.queries import GRANTS
from app.kernel import activity, versions
from app.kernel.clock import day_in_sql, now, today
from app.kernel.db import new_id
from app.kernel.editing import amend, was_and_is
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.lifecycle import refuse_unmet
from app.kernel.paging import paginate
from app.kernel.schemas import Ref
from app.network.cohorts.models import Cohort
from app.network.conflicts.guards import independence
from app.network.programmes.access import programme as obtain_programme
from app.people.files.attachments.access import subject
from app.people.files.attachments.service import FileProves, attach
from app.people.files.schemas import AttachedFileOut
from app.people.identity.access import require, visible
from app.people.identity.actors import Actor

SORTS: Final = {"recorded_at": (DueDiligenceCheck.recorded_at, DueDiligenceCheck.id)}


class GrantNotChecked(Conflict):
    """A grant that has come to its end is not checked any more."""


class CheckNotDoneYet(Unprocessable):
    """A check is recorded when it is done: `done_on` is after today, where the cohort is."""


async def record_due_diligence_check(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: RecordDueDiligenceCheck
) -> DueDiligenceCheckOut:
    """Write down one check of the grantee.

    Raises NotAllowed (403; to waive takes `due_diligence.waive`), GuardsUnmet for whoever is not
    independent of the grantee, GrantNotChecked, FileAlreadyAttached (409), FileNotFound (404),
    CheckNotDoneYet (422).
    """
    grant = await _to_be_checked(db, actor, grant_id, [body])
    _refuse_undone(grant, [("/done_on", body.done_on)], today(db, grant.cohort.timezone))
    return (await _record_all(db, actor, grant, [body]))[0]


async def record_due_diligence_checks(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: RecordDueDiligenceChecks
) -> DueDiligenceChecksOut:
    """Write down several checks, all or none. Raises as `record_due_diligence_check`."""
    grant = await _to_be_checked(db, actor, grant_id, body.items)
    days = [(f"/items/{at}/done_on", one.done_on) for at, one in enumerate(body.items)]
    _refuse_undone(grant, days, today(db, grant.cohort.timezone))
    return DueDiligenceChecksOut(items=await _record_all(db, actor, grant, body.items))


async def _to_be_checked(
    db: AsyncSession, actor: Actor, grant_id: UUID, wanted: Sequence[RecordDueDiligenceCheck]
) -> Grant:
    """The grant, held, when this person may record all that is wanted about it."""
    grant = await obtain_grant.allowing(db, actor, grant_id, "due_diligence.check", lock=True)
    if any(one.outcome is CheckOutcome.WAIVED for one in wanted):
        require(actor, "due_diligence.waive", grant.scope_id)
    if not GRANT.from_status(grant.status):
        raise GrantNotChecked
    return grant


def _refuse_undone(grant: Grant, days: Sequence[tuple[str, date]], on: date) -> None:
    detail = f"Name a day that is not after {on}, today in {grant.cohort.timezone}."
    faults = [
        FieldProblem(pointer=pointer, code="not_done_yet", detail=detail)
        for pointer, day in days
        if day > on
    ]
    if faults:
        raise CheckNotDoneYet(errors=faults)


async def _record_all(
    db: AsyncSession, actor: Actor, grant: Grant, wanted: Sequence[RecordDueDiligenceCheck]
) -> list[DueDiligenceCheckOut]:
    marked = refuse_unmet(await independence(db, actor, GRANTS, grant.id))
    made = [await _record(db, actor, grant, one) for one in wanted]
    kinds = [one.kind for one in wanted]
    detail = {"kinds": kinds, "check_ids": [str(check_id) for check_id in made], **marked}
    activity.record(db, actor, "grant.checked", grant, detail=detail)
    await db.flush()
    return [_shown(db, check) for check in await reread(db, made)]


async def _record(
    db: AsyncSession, actor: Actor, grant: Grant, body: RecordDueDiligenceCheck
) -> UUID:
    """One check of a grant that is held, with its place among those of its kind."""
    assert actor.person_id is not None
    check = DueDiligenceCheck(
        **body.model_dump(),
        id=new_id(),
        grant_id=grant.id,
        number=await _next_number(db, grant, body.kind),
        done_by_id=actor.person_id,
        recorded_at=now(db),
    )
    if body.file_id is not None:
        # Of what is done to it on the grant, the grantee would read.
        noun = DueDiligenceCheck.__noun__
        await attach(db, actor, body.file_id, grant.cohort_id, noun, check.id)
    db.add(check)
    await db.flush()
    return check.id


async def _next_number(db: AsyncSession, grant: Grant, kind: CheckKind) -> int:
    highest = select(func.max(DueDiligenceCheck.number)).where(
        DueDiligenceCheck.grant_id == grant.id, DueDiligenceCheck.kind == kind
    )
    return (await db.scalar(highest) or 0) + 1


async def get_due_diligence_check(
    db: AsyncSession, actor: Actor, check_id: UUID
) -> DueDiligenceCheckOut:
    """One check."""
    return _shown(db, await access.check(db, actor, check_id))


async def _release(db: AsyncSession, actor: Actor, check_id: UUID) -> None:
    """A check never changes: what was recorded keeps its evidence. Raises FileProves (409)."""
    await access.check.allowing(db, actor, check_id, "due_diligence.check")
    raise FileProves


subject(DueDiligenceCheck, access.READ, _release)


async def list_due_diligence_checks(
    db: AsyncSession, actor: Actor, query: DueDiligenceCheckQuery
) -> DueDiligenceCheckPage:
    """The checks that the actor may read, newest first."""
    statement = visible(DueDiligenceCheck, actor, access.READ)
    if query.grant_id is not None:
        statement = statement.where(DueDiligenceCheck.grant_id == query.grant_id)
    of_grant = [
        column == value
        for column, value in (
            (Grant.reference, query.grant_reference),
            (Grant.cohort_id, query.cohort_id),
        )
        if value is not None
    ]
    if of_grant:
        chosen = select(Grant.id).where(*of_grant)
        statement = statement.where(DueDiligenceCheck.grant_id.in_(chosen))
    return await _page(db, statement, query)


async def list_grant_due_diligence_checks(
    db: AsyncSession, actor: Actor, grant_id: UUID, query: GrantDueDiligenceQuery
) -> DueDiligenceCheckPage:
    """The checks of one grantee, newest first, those that others took the place of too."""
    grant = await obtain_grant.allowing(db, actor, grant_id, access.READ)
    statement = visible(DueDiligenceCheck, actor, access.READ)
    return await _page(
        db, statement.where(DueDiligenceCheck.grant_id == grant.id), query, bound=grant.id
    )


async def _page(
    db: AsyncSession,
    statement: Select[DueDiligenceCheck],
    query: GrantDueDiligenceQuery,
    *,
    bound: UUID | None = None,
) -> DueDiligenceCheckPage:
    for column, value in (
        (DueDiligenceCheck.kind, query.kind),
        (DueDiligenceCheck.outcome, query.outcome),
        (access.is_current(), query.is_current),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if query.is_expired is not None:
        expired = is_expired(db)
        statement = statement.where(expired if query.is_expired else not_(expired))
    statement = statement.options(*access.CHECK_REFS)
    page = await paginate(db, statement, query, SORTS, default="-recorded_at", bound=bound)
    return DueDiligenceCheckPage(
        items=[_shown(db, check) for check in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def is_expired(db: AsyncSession) -> ColumnElement[bool]:
    """Whether the last day on which a check holds has passed where its cohort is."""
    here = day_in_sql(now(db), Cohort.timezone)
    return exists().where(
        Grant.id == DueDiligenceCheck.grant_id,
        Cohort.id == Grant.cohort_id,
        DueDiligenceCheck.expires_on < here,
    )


async def get_grant_due_diligence(
    db: AsyncSession, actor: Actor, grant_id: UUID
) -> DueDiligenceOut:
    """How each kind of check stands today that is required or was looked at."""
    grant = await obtain_grant.allowing(db, actor, grant_id, access.READ)
    required = (await policy_of(db, grant.cohort.programme_id)).required_kinds
    latest = await latest_checks(db, grant.id)
    on = today(db, grant.cohort.timezone)
    kinds = [
        _kind_shown(db, kind, latest.get(kind), standing_of(latest.get(kind), on), kind in required)
        for kind in CheckKind
        if kind in required or kind in latest
    ]
    return DueDiligenceOut(
        grant=Ref(id=grant.id, reference=grant.reference, name=grant.title),
        is_complete=all(one.standing in SUFFICIENT for one in kinds if one.is_required),
        kinds=kinds,
    )


def _kind_shown(
    db: AsyncSession,
    kind: CheckKind,
    check: DueDiligenceCheck | None,
    standing: CheckStanding,
    is_required: bool,
) -> DueDiligenceKindOut:
    return DueDiligenceKindOut(
        kind=kind,
        is_required=is_required,
        standing=standing,
        check=check and _shown(db, check),
    )


async def get_due_diligence_policy(
    db: AsyncSession, actor: Actor, programme_id: UUID
) -> DueDiligencePolicyOut:
    """The checks that a programme asks for."""
    programme = await obtain_programme(db, actor, programme_id)
    return DueDiligencePolicyOut.model_validate(await policy_of(db, programme.id))


async def edit_due_diligence_policy(
    db: AsyncSession,
    actor: Actor,
    programme_id: UUID,
    body: EditDueDiligencePolicy,
    *,
    if_match: int | None,
) -> DueDiligencePolicyOut:
    """Say which checks the programme asks for from now on; grants that are offered stay so."""
    programme = await obtain_programme.allowing(
        db, actor, programme_id, "due_diligence.require", lock=True
    )
    policy = await policy_of(db, programme.id)
    versions.expect(policy, if_match)
    wanted = [kind for kind in CheckKind if kind in body.required_kinds]
    before = policy.required_kinds
    if amend(policy, {"required_kinds": wanted}) or policy.version == 0:
        db.add(policy)
        await db.flush()
        detail = {"required_kinds": was_and_is(before, wanted)}
        activity.record(db, actor, "programme.due_diligence_edited", programme, detail=detail)
    await db.flush()
    return DueDiligencePolicyOut.model_validate(policy)


def _shown(db: AsyncSession, check: DueDiligenceCheck) -> DueDiligenceCheckOut:
    grant, file = check.grant, check.file
    on = today(db, grant.cohort.timezone)
    return DueDiligenceCheckOut(
        id=check.id,
        grant=Ref(id=grant.id, reference=grant.reference, name=grant.title),
        kind=check.kind,
        outcome=check.outcome,
        done_by=Ref(id=check.done_by.id, reference=None, name=check.done_by.name),
        done_on=check.done_on,
        expires_on=check.expires_on,
        note=check.note,
        file=file
        and AttachedFileOut(
            id=file.id,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256.hex(),
        ),
        url=check.url,
        is_current=check.is_current,
        is_expired=check.expires_on is not None and check.expires_on < on,
        recorded_at=check.recorded_at,
    )
