"""Indicators: drawing them up, asking members for them, and asking no more."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.network.indicators import access, queries
from app.network.indicators.aggregation import WITH_WHOLE, IndicatorAggregation
from app.network.indicators.lifecycle import INDICATOR, IndicatorStatus
from app.network.indicators.models import Indicator
from app.network.indicators.results.fitting import Rule, Said, faults
from app.network.indicators.results.models import IndicatorResult
from app.network.indicators.schemas import CreateIndicator, EditIndicator, IndicatorOut
from app.network.indicators.telling import INDICATORS
from app.network.programmes.access import programme as obtain_programme
from app.people.identity.actors import Actor

COUNTED_BY: Final = frozenset({"aggregation", "reading", "counts_people", "unit"})
"""What stands once a result was reported: numbers of two rulers are never added."""

AGREED_BY: Final = COUNTED_BY | {"direction"}
"""What a target was set by: of another figure, or one that goes the other way, it says nothing."""

DEFINED_BY: Final = AGREED_BY | {
    "name",
    "definition",
    "groups",
    "baseline_value",
    "baseline_out_of",
    "baseline_on",
}
"""What makes a new version of the definition, once it was asked of members."""


class IndicatorKeyTaken(Conflict):
    """The network has an indicator of this key."""


class IndicatorReported(Conflict):
    """Members have reported it: how it is counted stands, and no group goes. Retire it, and draw up
    another one."""


class IndicatorTargeted(Conflict):
    """Targets are measured by it as it is: `errors` says what stands while they do. Withdraw them
    first, or draw up another indicator."""


class IndicatorUnfit(Unprocessable):
    """The definition contradicts itself: `errors` says where."""


constraint("uq_indicators_key", IndicatorKeyTaken, "/key")


async def create_indicator(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateIndicator
) -> Written[IndicatorOut]:
    """Draw one up. Raises IndicatorKeyTaken (409), IndicatorUnfit (422)."""
    programme = await obtain_programme(db, actor, programme_id)
    indicator = Indicator(
        **body.model_dump(), programme_id=programme.id, programme=programme, definition_version=1
    )
    _refuse_unfit(indicator)
    await create(db, actor, indicator, INDICATOR, under=programme.scope_id)
    return await INDICATORS.told_to(db, actor, indicator.id)


async def edit_indicator(
    db: AsyncSession, actor: Actor, indicator_id: UUID, body: EditIndicator, *, if_match: int | None
) -> Written[IndicatorOut]:
    """Change what the body names. Raises IndicatorReported, IndicatorTargeted (409), IndicatorUnfit
    (422)."""
    indicator = await access.indicator.to_change(
        db, actor, indicator_id, "indicator.define", if_match=if_match
    )
    said = body.model_dump()
    changing = {name for name, value in said.items() if getattr(indicator, name) != value}
    await _refuse_other_ruler(db, indicator, said, changing)
    await _refuse_other_figure(db, indicator, said, changing)
    if changing & DEFINED_BY and indicator.status != IndicatorStatus.DRAFT:
        said["definition_version"] = indicator.definition_version + 1
    changed = amend(indicator, said)
    _refuse_unfit(indicator)
    if changed:
        activity.record(db, actor, "indicator.edited", indicator, detail=changed)
    return await INDICATORS.told_to(db, actor, indicator.id)


async def _refuse_other_ruler(
    db: AsyncSession, indicator: Indicator, said: dict[str, Any], changing: set[str]
) -> None:
    """Raises IndicatorReported (409) where what was reported would mean something else."""
    loses_a_group = "groups" in changing and not (
        indicator.groups and set(indicator.groups) <= set(said["groups"])
    )
    if not (changing & COUNTED_BY or loses_a_group):
        return
    reported = exists().where(IndicatorResult.indicator_id == indicator.id)
    if await db.scalar(select(reported)):
        raise IndicatorReported


async def _refuse_other_figure(
    db: AsyncSession, indicator: Indicator, said: dict[str, Any], changing: set[str]
) -> None:
    """Raises IndicatorTargeted (409) where a target would be measured by nothing, or by what it was
    not set for. Of groups those stay that targets are set for."""
    gone = set(indicator.groups) - set(said.get("groups", indicator.groups))
    if not (changing & AGREED_BY or gone):
        return
    targeted = await queries.measured_by(db, indicator)
    stands = changing & AGREED_BY if targeted else set[str]()
    if {f"{indicator.key}:{group}" for group in gone} & targeted:
        stands |= {"groups"}
    if stands:
        code, why = IndicatorTargeted.code, "Targets were set by it: withdraw them first."
        raise IndicatorTargeted(
            errors=[FieldProblem(pointer=f"/{at}", code=code, detail=why) for at in sorted(stands)]
        )


def _refuse_unfit(indicator: Indicator) -> None:
    """Raises IndicatorUnfit (422)."""
    if indicator.counts_people and indicator.aggregation == IndicatorAggregation.COUNT_DISTINCT:
        said = "People are counted by number: a list of who they are is kept nowhere."
        raise IndicatorUnfit.at("/counts_people", said)
    _refuse_unfit_baseline(indicator)
    until, by = indicator.reports_until_on, indicator.report_by_on
    if (until is None) != (by is None):
        raise IndicatorUnfit.at(
            "/report_by_on", "Say both days of a period to be reported, or neither."
        )
    if until is not None and by is not None and by < until:
        raise IndicatorUnfit.at("/report_by_on", "A period is reported on its last day or later.")


def _refuse_unfit_baseline(indicator: Indicator) -> None:
    """What it was at the start fits as a result does: neither is about one to four people. Raises
    IndicatorUnfit (422)."""
    value, out_of = indicator.baseline_value, indicator.baseline_out_of
    if out_of is not None and indicator.aggregation not in WITH_WHOLE:
        raise IndicatorUnfit.at("/baseline_out_of", "Only a share and a mean are out of something.")
    if value is None and out_of is None:
        return
    if indicator.aggregation != IndicatorAggregation.COUNT_DISTINCT:
        rule = Rule(indicator.aggregation, indicator.counts_people, ())
        for pointer, detail in faults(rule, Said(None, value, out_of, ())):
            raise IndicatorUnfit.at(f"/baseline_{pointer.removeprefix('/')}", detail)


async def move_indicator(
    db: AsyncSession,
    actor: Actor,
    indicator_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str | None = None,
) -> Written[IndicatorOut]:
    """Ask members for it, ask no more, or ask again (`name`)."""
    indicator = await access.indicator(db, actor, indicator_id, lock=True)
    await move(db, actor, indicator, INDICATOR, name, if_match=if_match, reason=reason)
    return await INDICATORS.told_to(db, actor, indicator.id)


async def explain_indicator_actions(
    db: AsyncSession, actor: Actor, indicator_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    indicator = await access.indicator(db, actor, indicator_id)
    return await explain_actions(db, actor, indicator, INDICATOR)
