"""Recording what was found out about a grantee, and saying what must be."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.access import grant as obtain_grant
from app.funding.grants.due_diligence import access
from app.funding.grants.due_diligence.models import CheckKind, DueDiligenceCheck
from app.funding.grants.due_diligence.queries import latest_checks, policy_of, standing_of
from app.funding.grants.due_diligence.schemas import (
    DueDiligenceCheckOut,
    DueDiligenceChecksOut,
    DueDiligenceKindOut,
    DueDiligenceOut,
    DueDiligencePolicyOut,
    EditDueDiligencePolicy,
    RecordDueDiligenceCheck,
    RecordDueDiligenceChecks,
)
from app.funding.grants.due_diligence.standing import SUFFICIENT, CheckOutcome
from app.funding.grants.due_diligence.telling import CHECKS
from app.funding.grants.lifecycle import GrantStatus
from app.funding.grants.models import Grant
from app.funding.grants.queries import GRANTS
from app.kernel import activity, versions
from app.kernel.clock import now, today
from app.kernel.db import new_id
from app.kernel.editing import amend, was_and_is
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.lifecycle import refuse_unmet
from app.kernel.schemas import Ref
from app.kernel.written import Written, WrittenList
from app.network.conflicts.guards import independence
from app.network.programmes.access import programme as obtain_programme
from app.people.files.attachments.access import subject
from app.people.files.attachments.service import FileProves, attach
from app.people.identity.access import require
from app.people.identity.actors import Actor


class GrantNotChecked(Conflict):
    """A grant that was cancelled is not checked any more."""


class CheckNotDoneYet(Unprocessable):
    """A check is recorded when it is done: `done_on` is after today, where the cohort is."""


async def record_due_diligence_check(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: RecordDueDiligenceCheck
) -> Written[DueDiligenceCheckOut]:
    """Record one check of the grantee.

    Raises NotAllowed (403; to waive takes `due_diligence.waive`), GuardsUnmet for whoever is not
    independent of the grantee, GrantNotChecked, FileAlreadyAttached (409), FileNotFound (404),
    CheckNotDoneYet (422).
    """
    grant = await _to_be_checked(db, actor, grant_id, [body])
    _refuse_undone(grant, [("/done_on", body.done_on)], today(db, grant.cohort.timezone))
    [check_id] = await _record_all(db, actor, grant, [body])
    return await CHECKS.told_to(db, actor, check_id)


async def record_due_diligence_checks(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: RecordDueDiligenceChecks
) -> WrittenList[DueDiligenceChecksOut]:
    """Record several checks, all or none. Raises as `record_due_diligence_check`."""
    grant = await _to_be_checked(db, actor, grant_id, body.items)
    days = [(f"/items/{at}/done_on", one.done_on) for at, one in enumerate(body.items)]
    _refuse_undone(grant, days, today(db, grant.cohort.timezone))
    made = await _record_all(db, actor, grant, body.items)
    return await CHECKS.all_told_to(db, actor, made, DueDiligenceChecksOut)


async def _to_be_checked(
    db: AsyncSession, actor: Actor, grant_id: UUID, wanted: Sequence[RecordDueDiligenceCheck]
) -> Grant:
    """The grant, held, when this person may record all that is wanted about it."""
    grant = await obtain_grant.allowing(db, actor, grant_id, "due_diligence.check", lock=True)
    if any(one.outcome is CheckOutcome.WAIVED for one in wanted):
        require(actor, "due_diligence.waive", grant.scope_id)
    if grant.status is GrantStatus.CANCELLED:
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
) -> list[UUID]:
    marked = refuse_unmet(await independence(db, actor, GRANTS, grant.id))
    made = [await _record(db, actor, grant, one) for one in wanted]
    kinds = [one.kind for one in wanted]
    detail = {"kinds": kinds, "check_ids": [str(check_id) for check_id in made], **marked}
    activity.record(db, actor, "grant.checked", grant, detail=detail)
    await db.flush()
    return made


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


async def _release(db: AsyncSession, actor: Actor, check_id: UUID) -> None:
    """A check never changes: what was recorded keeps its evidence. Raises FileProves (409)."""
    await access.check.allowing(db, actor, check_id, "due_diligence.check")
    raise FileProves


subject(DueDiligenceCheck, access.READ, _release)


async def get_grant_due_diligence(
    db: AsyncSession, actor: Actor, grant_id: UUID
) -> DueDiligenceOut:
    """How each kind of check stands today that is required or was looked at."""
    grant = await obtain_grant.allowing(db, actor, grant_id, access.READ)
    required = (await policy_of(db, grant.cohort.programme_id)).required_kinds
    latest = await latest_checks(db, grant.id)
    on = today(db, grant.cohort.timezone)
    ids = [check.id for check in latest.values()]
    told = (await CHECKS.all_told_to(db, actor, ids, DueDiligenceChecksOut)).read()
    shown = {check.kind: check for check in told.items}
    kinds = [
        DueDiligenceKindOut(
            kind=kind,
            is_required=kind in required,
            standing=standing_of(latest.get(kind), on),
            check=shown.get(kind),
        )
        for kind in CheckKind
        if kind in required or kind in latest
    ]
    return DueDiligenceOut(
        grant=Ref(id=grant.id, reference=grant.reference, name=grant.title),
        is_complete=all(one.standing in SUFFICIENT for one in kinds if one.is_required),
        kinds=kinds,
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
    """Set which checks the programme asks for from now on; grants that are offered stay so."""
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
