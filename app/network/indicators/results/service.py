"""Results of indicators: reporting them, deciding about them, correcting what was accepted."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.network.cohorts import access as cohorts
from app.network.cohorts.models import Membership
from app.network.collaborations.impacts.models import Impact
from app.network.indicators.access import locked
from app.network.indicators.aggregation import IndicatorAggregation
from app.network.indicators.models import Indicator
from app.network.indicators.results import access
from app.network.indicators.results.fitting import Rule, Said, faults, identities
from app.network.indicators.results.lifecycle import (
    EDITABLE,
    INDICATOR_RESULT,
    IndicatorResultStatus,
)
from app.network.indicators.results.models import IndicatorResult
from app.network.indicators.results.schemas import (
    CreateIndicatorResult,
    EditIndicatorResult,
    IndicatorResultOut,
)
from app.network.indicators.results.telling import INDICATOR_RESULTS
from app.people.files.attachments.access import subject
from app.people.files.attachments.service import FileProves, attach
from app.people.identity.actors import Actor

COUNTED_AS: Final = frozenset(
    {"period_start_on", "period_end_on", "group", "value", "out_of", "things"}
)
"""What figures are made of: once a result was accepted, figures of that day have told it."""


class IndicatorResultUnfit(Unprocessable):
    """The result does not fit how its indicator is counted: `errors` says where."""


class IndicatorPeriodReversed(Unprocessable):
    """A period ends on the day it starts or later."""


class ImpactOfOthers(Unprocessable):
    """The request names no impact of the collaboration."""


class CorrectionUnfit(Unprocessable):
    """The request names no accepted result of this member and this indicator."""


class IndicatorResultFixed(Conflict):
    """It is with its reviewer, or was decided: a draft and what was returned are changed. What was
    accepted is corrected by another result, with `corrects_id`."""


constraint("ck_indicator_results_period_in_order", IndicatorPeriodReversed, "/period_end_on")


class IndicatorResultCounted(Conflict):
    """It was accepted before, and figures of then have told it: its numbers, things, group and
    period stand. Withdraw it, and report anew."""


async def create_indicator_result(
    db: AsyncSession, actor: Actor, membership_id: UUID, body: CreateIndicatorResult
) -> Written[IndicatorResultOut]:
    """Begin a result. Raises MembershipNotFound, FileNotFound (404), NotAllowed (403), GuardsUnmet,
    FileAlreadyAttached (409), IndicatorUnknown, IndicatorResultUnfit, IndicatorPeriodReversed,
    ImpactOfOthers, CorrectionUnfit (422)."""
    of = await cohorts.membership.allowing(db, actor, membership_id, "indicator_result.report")
    indicator = await locked(db, body.indicator_id, of.cohort.programme_id)
    await _refuse_foreign(db, of, body.impact_id)
    await _refuse_other(db, of, body)
    result = IndicatorResult(
        id=new_id(),
        membership_id=of.id,
        membership=of,
        indicator=indicator,
        definition_version=indicator.definition_version,
        **_as_stored(indicator, body.model_dump(exclude={"file_id"})),
    )
    await create(db, actor, result, INDICATOR_RESULT, under=of.id)
    if body.file_id is not None:
        file = await attach(db, actor, body.file_id, of.id, "indicator_result", result.id)
        result.file_id = file.id
        await db.flush()
    return await INDICATOR_RESULTS.told_to(db, actor, result.id)


def _as_stored(indicator: Indicator, said: dict[str, Any]) -> dict[str, Any]:
    """What a result says, once it fits. Raises IndicatorResultUnfit (422)."""
    rule = Rule(indicator.aggregation, indicator.counts_people, indicator.groups)
    told = Said(said["group"], said["value"], said["out_of"], said["things"])
    found = dict[str, str]()
    for pointer, detail in faults(rule, told):
        found.setdefault(pointer, detail)
    if found:
        code = IndicatorResultUnfit.code
        raise IndicatorResultUnfit(
            errors=[FieldProblem(pointer=at, code=code, detail=why) for at, why in found.items()]
        )
    known_by = identities(said["things"])
    value = len(known_by) if said["value"] is None else said["value"]
    return {**said, "value": value, "identities": known_by}


async def _refuse_foreign(db: AsyncSession, of: Membership, impact_id: UUID | None) -> None:
    """Raises ImpactOfOthers (422) for an impact that is not the collaboration's."""
    own = exists().where(Impact.id == impact_id, Impact.collaboration_id == of.collaboration_id)
    if impact_id is not None and not await db.scalar(select(own)):
        raise ImpactOfOthers.at("/impact_id")


async def _refuse_other(db: AsyncSession, of: Membership, body: CreateIndicatorResult) -> None:
    """Raises CorrectionUnfit (422) for what cannot be corrected by this."""
    own = exists().where(
        IndicatorResult.id == body.corrects_id,
        IndicatorResult.indicator_id == body.indicator_id,
        IndicatorResult.membership_id == of.id,
        IndicatorResult.status == IndicatorResultStatus.ACCEPTED,
    )
    if body.corrects_id is not None and not await db.scalar(select(own)):
        raise CorrectionUnfit.at("/corrects_id")


async def edit_indicator_result(
    db: AsyncSession,
    actor: Actor,
    indicator_result_id: UUID,
    body: EditIndicatorResult,
    *,
    if_match: int | None,
) -> Written[IndicatorResultOut]:
    """Change what the body names. Raises IndicatorResultFixed, IndicatorResultCounted (409),
    IndicatorResultUnfit, IndicatorPeriodReversed, ImpactOfOthers (422)."""
    result = await access.indicator_result.to_change(
        db, actor, indicator_result_id, "indicator_result.report", if_match=if_match
    )
    if result.status not in EDITABLE:
        raise IndicatorResultFixed
    said = body.model_dump()
    await _refuse_rewriting(db, result, said)
    await _refuse_foreign(db, result.membership, said.get("impact_id"))
    known = {name: getattr(result, name) for name in ("group", "value", "out_of", "things")}
    if result.indicator.aggregation == IndicatorAggregation.COUNT_DISTINCT:
        known["value"] = None
    stored = _as_stored(result.indicator, {**known, **said})
    if changed := amend(result, stored):
        changed.pop("identities", None)
        activity.record(db, actor, "indicator_result.edited", result, detail=changed)
    await db.flush()
    return await INDICATOR_RESULTS.told_to(db, actor, result.id)


async def _refuse_rewriting(
    db: AsyncSession, result: IndicatorResult, said: dict[str, Any]
) -> None:
    """Raises IndicatorResultCounted (409) where figures of a past day would become others."""
    if all(getattr(result, name) == said[name] for name in COUNTED_AS & said.keys()):
        return
    counted = exists().where(
        activity.Activity.noun == IndicatorResult.__noun__,
        activity.Activity.subject_id == result.id,
        activity.Activity.to_status == IndicatorResultStatus.ACCEPTED,
    )
    if await db.scalar(select(counted)):
        raise IndicatorResultCounted


async def submit_indicator_result(
    db: AsyncSession, actor: Actor, indicator_result_id: UUID, *, if_match: int | None
) -> Written[IndicatorResultOut]:
    """Hand it in, by the definition as it is now. Raises GuardsUnmet (409)."""
    result = await access.indicator_result(db, actor, indicator_result_id, lock=True)
    writes = {"definition_version": result.indicator.definition_version}
    await move(db, actor, result, INDICATOR_RESULT, "submit", if_match=if_match, writes=writes)
    return await INDICATOR_RESULTS.told_to(db, actor, result.id)


async def accept_indicator_result(
    db: AsyncSession, actor: Actor, indicator_result_id: UUID, *, if_match: int | None
) -> Written[IndicatorResultOut]:
    """Let it count, in the place of the one that it corrects. Raises GuardsUnmet (409)."""
    result = await access.indicator_result(db, actor, indicator_result_id, lock=True)
    if result.corrects_id is not None:
        await _supersede(db, actor, result.corrects_id, result.id)
    await move(db, actor, result, INDICATOR_RESULT, "accept", if_match=if_match)
    await db.flush()
    return await INDICATOR_RESULTS.told_to(db, actor, result.id)


async def _supersede(db: AsyncSession, actor: Actor, corrected_id: UUID, by_id: UUID) -> None:
    """Let what is corrected count no more, before what corrects it does: no two count at once."""
    corrected = await access.indicator_result(db, actor, corrected_id, lock=True)
    if corrected.status == IndicatorResultStatus.ACCEPTED:
        detail = {"superseded_by_id": str(by_id)}
        await move(db, actor, corrected, INDICATOR_RESULT, "supersede", detail=detail)
        await db.flush()


async def return_indicator_result(
    db: AsyncSession, actor: Actor, indicator_result_id: UUID, *, if_match: int | None, reason: str
) -> Written[IndicatorResultOut]:
    """Ask the member to change it. Raises GuardsUnmet (409)."""
    result = await access.indicator_result(db, actor, indicator_result_id, lock=True)
    await move(
        db,
        actor,
        result,
        INDICATOR_RESULT,
        "return",
        if_match=if_match,
        reason=reason,
        writes={"review_note": reason},
    )
    return await INDICATOR_RESULTS.told_to(db, actor, result.id)


async def take_back_indicator_result(
    db: AsyncSession,
    actor: Actor,
    indicator_result_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str,
) -> Written[IndicatorResultOut]:
    """Withdraw what was reported, or reopen what was accepted (`name`). GuardsUnmet (409)."""
    result = await access.indicator_result(db, actor, indicator_result_id, lock=True)
    await move(db, actor, result, INDICATOR_RESULT, name, if_match=if_match, reason=reason)
    return await INDICATOR_RESULTS.told_to(db, actor, result.id)


async def explain_indicator_result_actions(
    db: AsyncSession, actor: Actor, indicator_result_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    result = await access.indicator_result(db, actor, indicator_result_id)
    return await explain_actions(db, actor, result, INDICATOR_RESULT)


async def _release(db: AsyncSession, actor: Actor, indicator_result_id: UUID) -> None:
    """Take out the file that shows a result, while it is written."""
    result = await access.indicator_result.allowing(
        db, actor, indicator_result_id, "indicator_result.report", lock=True
    )
    if result.status not in EDITABLE:
        raise FileProves
    result.file_id = None
    activity.record(db, actor, "indicator_result.edited", result, detail={"fields": ["file"]})
    await db.flush()


subject(IndicatorResult, "indicator_result.read", _release)
