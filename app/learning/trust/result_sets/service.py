"""What is done with results: computed by the worker, published by two, retracted."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.background.operations import Run, operation
from app.kernel import activity
from app.kernel.canonical import canonical
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import Conflict
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.trust.framework import Perspective
from app.learning.trust.frameworks import documents
from app.learning.trust.inputs import written
from app.learning.trust.releases import COHORT
from app.learning.trust.result_sets import access
from app.learning.trust.result_sets.computing import (
    Computed,
    Earlier,
    computed,
    parameters_for,
    parameters_of,
    was_told,
)
from app.learning.trust.result_sets.lifecycle import RESULT_SET
from app.learning.trust.result_sets.models import Result, ResultInput, ResultSet
from app.learning.trust.result_sets.queries import (
    Scored,
    as_json,
    last_told_of,
    members_of,
    provisional_of,
    published_of,
    told_before,
    what_is_scored,
)
from app.learning.trust.result_sets.schemas import ComputedOut, ResultSetOut
from app.learning.trust.result_sets.telling import RESULT_SETS
from app.learning.trust.results import ALGORITHM
from app.learning.trust.rounds import access as rounds
from app.learning.trust.rounds.lifecycle import ROUND, RoundStatus
from app.learning.trust.rounds.models import Confidentiality, Round
from app.people.identity.actors import Actor, SignedIn
from app.people.operations.schemas import OperationOut
from app.people.operations.service import request_operation

KIND: Final = "compute_results"
COMPUTED_OF: Final = frozenset({RoundStatus.CLOSED, RoundStatus.MODERATING, RoundStatus.PUBLISHED})


class RoundNotClosed(Conflict):
    """Results are computed of a round that is closed, and not laid down: no number of it leaves the
    service before."""


async def compute_results(db: AsyncSession, actor: SignedIn, round_id: UUID) -> OperationOut:
    """Ask for the results of a round. Raises RoundNotFound (404), RoundNotClosed (409)."""
    of = await rounds.round_.allowing(db, actor, round_id, "result_set.compute")
    _refuse_unclosed(of)
    return await request_operation(db, actor, KIND, {"round_id": str(of.id)})


def _refuse_unclosed(of: Round) -> None:
    if of.status not in COMPUTED_OF:
        raise RoundNotClosed(extra={"current_status": of.status})


@operation(KIND, ComputedOut)
async def run_computation(run: Run, arguments: dict[str, Any]) -> dict[str, Any]:
    """Compute the results, once: they are there when the operation has ended, or not at all."""
    async with run.transaction() as (db, actor):
        assert isinstance(actor, SignedIn), "operations are asked for by accounts"
        found = await bring_about(db, actor, UUID(arguments["round_id"]))
        result = {"result_set_id": str(found.id)}
        await run.finish(db, result)
    return result


async def bring_about(db: AsyncSession, actor: Actor, round_id: UUID) -> ResultSet:
    """The results of a round, in the place of those that were computed and not published.

    Raises RoundNotFound (404), NotAllowed (403), RoundNotClosed (409).
    """
    of = await rounds.round_.allowing(db, actor, round_id, "result_set.compute", lock=True)
    _refuse_unclosed(of)
    if (replaced := await provisional_of(db, of.id)) is not None:
        activity.record(db, actor, "result_set.replaced", replaced)
        await db.delete(replaced)
        await db.flush()
    scored = await what_is_scored(db, of)
    found = await _computed(db, of, scored)
    made = _set_of(of, found)
    made.after_id = await last_told_of(db, of.id)
    await create(db, actor, made, RESULT_SET, "compute", under=of.scope_id)
    await _keep(db, made, of, found, scored)
    return made


async def _computed(db: AsyncSession, of: Round, scored: Scored) -> Computed:
    framework = documents.read(of.framework_version.document)
    earlier: list[Earlier] = []
    for one, inputs, results in await told_before(db, of.id):
        rows = [(_key(row), row.is_suppressed, row.band is not None) for row in results]
        asked = [(subject, Perspective(by)) for subject, by in as_json(inputs.asked)["asked"]]
        parameters = parameters_of(as_json(one.parameters))
        earlier.append(was_told(framework, inputs.sheets, asked, parameters, rows))
    parameters = parameters_for(
        framework,
        of.gate,
        is_attributed=of.confidentiality == Confidentiality.ATTRIBUTED,
        peers_required=of.peers_required,
        breakdowns=of.breakdowns,
        is_strict=of.is_strict,
    )
    return computed(framework, scored.sheets, scored.exclusions, scored.asked, parameters, earlier)


def _key(row: Result) -> tuple[str, ...]:
    subject = COHORT if row.membership_id is None else str(row.membership_id)
    return (subject, row.perspective.value, row.dimension, row.breakdown or "", row.part or "")


def _set_of(of: Round, found: Computed) -> ResultSet:
    results = found.opened.results
    excluded: list[dict[str, Any]] = [
        {"sheet_id": sheet_id, "reason": reason}
        for sheet_id, reason in sorted(results.exclusions.items())
    ]
    if of.is_anonymous:
        reasons = sorted({one["reason"] for one in excluded})
        excluded = [{"sheet_id": None, "reason": reason} for reason in reasons]
    return ResultSet(
        id=new_id(),
        scope_id=of.scope_id,
        cohort_id=of.cohort_id,
        round_id=of.id,
        framework_version_id=of.framework_version_id,
        algorithm=ALGORITHM,
        parameters=canonical(results.parameters.content()),
        structure_hash=of.framework_version.structure_hash,
        content_hash=of.framework_version.content_hash,
        input_hash=results.input_hash,
        output_hash=found.output_hash,
        exclusions=_listed(excluded),
        agreement=_listed(found.agreement),
        networks=_listed(found.networks),
        told=found.told,
    )


def _listed(items: list[Any]) -> str:
    return "[" + ",".join(canonical(one) for one in items) + "]"


async def _keep(
    db: AsyncSession, made: ResultSet, of: Round, found: Computed, scored: Scored
) -> None:
    """Put down each result, and what they were computed from."""
    counted = [one for one in scored.sheets if one.id not in scored.exclusions]
    asked = [[subject, by.value] for subject, by in scored.asked]
    db.add(
        ResultInput(
            result_set_id=made.id, sheets=written(counted), asked=canonical({"asked": asked})
        )
    )
    members = await members_of(db, of.cohort_id)
    for row in found.rows():
        subject = row.pop("subject")
        member = None if subject is None else UUID(subject)
        collaboration_id = None if subject is None else members[subject]
        db.add(
            Result(
                result_set_id=made.id,
                scope_id=member or of.scope_id,
                membership_id=member,
                collaboration_id=collaboration_id,
                **row,
            )
        )
    await db.flush()


async def publish_result_set(
    db: AsyncSession, actor: Actor, result_set_id: UUID, *, if_match: int | None
) -> Written[ResultSetOut]:
    """Endorse their publication; the second of two persons publishes them, and with them the round.
    What was published before is superseded."""
    of = await _hold_round(db, actor, result_set_id)
    found = await access.result_set(db, actor, result_set_id, lock=True)
    former = await published_of(db, of.id)
    writes = {"published_at": now(db)}
    outcome = await move(db, actor, found, RESULT_SET, "publish", if_match=if_match, writes=writes)
    if outcome.made and former is not None:
        await move(db, actor, former, RESULT_SET, "supersede")
    if outcome.made and of.status != RoundStatus.PUBLISHED:
        await move(db, actor, of, ROUND, "publish")
    return await RESULT_SETS.told_to(db, actor, found.id)


async def retract_result_set(
    db: AsyncSession, actor: Actor, result_set_id: UUID, reason: str, *, if_match: int | None
) -> Written[ResultSetOut]:
    """Take results back: nobody reads them any more. What they told counts as told all the same."""
    await _hold_round(db, actor, result_set_id)
    found = await access.result_set(db, actor, result_set_id, lock=True)
    await move(db, actor, found, RESULT_SET, "retract", if_match=if_match, reason=reason)
    return await RESULT_SETS.told_to(db, actor, found.id)


async def _hold_round(db: AsyncSession, actor: Actor, result_set_id: UUID) -> Round:
    """The round of a set, held before the set is: whoever computes holds it too."""
    found = await access.result_set(db, actor, result_set_id)
    return await rounds.round_(db, actor, found.round_id, lock=True)


async def explain_result_set_actions(
    db: AsyncSession, actor: Actor, result_set_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    found = await access.result_set(db, actor, result_set_id)
    return await explain_actions(db, actor, found, RESULT_SET)
