"""Targets of metrics: setting them, changing them, taking them back, and saying how they stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import day, network_zone, now, today
from app.kernel.editing import amend
from app.kernel.errors import Conflict, Unprocessable, constraint
from app.kernel.filters import Filters
from app.kernel.metrics import METRICS, MetricDirection, MetricScope, MetricUnit
from app.kernel.paging import in_whole, paginate
from app.kernel.schemas import CURRENCIES, Ref
from app.network.cohorts import access as cohorts
from app.network.cohorts.lifecycle import ENDED
from app.network.cohorts.models import Cohort
from app.network.cohorts.service import CohortEnded
from app.network.indicators.metrics import BY_INDICATOR
from app.network.indicators.queries import direction_of
from app.network.programmes import access as programmes
from app.network.programmes.models import Programme
from app.network.programmes.targets.progress import GOOD, Comparator, Plan
from app.overview.metrics.definitions import measured
from app.overview.metrics.targets import access, queries
from app.overview.metrics.targets.exports import METRIC_TARGETS_AS_CSV
from app.overview.metrics.targets.models import MetricTarget
from app.overview.metrics.targets.queries import Measured
from app.overview.metrics.targets.schemas import (
    CreateMetricTarget,
    EditMetricTarget,
    MetricTargetOut,
    MetricTargetPage,
    MetricTargetQuery,
)
from app.people.identity.actors import Actor
from app.web.exports import ListedExport

EDIT: Final = "metric_target.edit"
SORTS: Final = {
    "due_on": (MetricTarget.due_on, MetricTarget.id),
    "updated_at": (MetricTarget.updated_at, MetricTarget.id),
}
FILTERS: Final[Filters] = {
    "is_withdrawn": lambda asked: MetricTarget.withdrawn_at.is_not(None) == asked
}
USUAL: Final = {
    MetricDirection.UP: Comparator.AT_LEAST,
    MetricDirection.DOWN: Comparator.AT_MOST,
}


BY_CURRENCY: Final = "currency"
"""What the figures of money are told apart by."""

MOST_OF_A_SHARE: Final = 10
"""No share that is agreed on is as much: six of five places are 1.2."""


class MetricTargetTaken(Conflict):
    """There is this target already, due on that day: change that one, or withdraw it."""


class MetricTargetWithdrawn(Conflict):
    """The target was withdrawn; set another one."""


class MetricTargetDatesReversed(Unprocessable):
    """A target is due on the day it starts or later."""


class TargetUnfit(Unprocessable):
    """The target does not fit its metric: `/v1/metrics` says of what it is told, whether it is told
    apart by a currency or an indicator, and which way it is to go."""


constraint("uq_metric_targets_standing", MetricTargetTaken)
constraint("ck_metric_targets_due_after_start", MetricTargetDatesReversed, "/due_on")


async def create_cohort_metric_target(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CreateMetricTarget
) -> MetricTargetOut:
    """Set a target for a metric of a cohort. Raises CohortNotFound (404), NotAllowed (403),
    CohortEnded, MetricTargetTaken (409), TargetUnfit, MetricTargetDatesReversed (422)."""
    cohort = await cohorts.cohort.allowing(db, actor, cohort_id, EDIT, lock=True)
    if cohort.status in ENDED:
        raise CohortEnded
    programme = await programmes.programme(db, actor, cohort.programme_id)
    return await _create(db, actor, programme, cohort, body, cohort.timezone)


async def create_programme_metric_target(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateMetricTarget
) -> MetricTargetOut:
    """Set a target for a metric of a programme. Raises ProgrammeNotFound (404), NotAllowed (403),
    MetricTargetTaken (409), TargetUnfit, MetricTargetDatesReversed (422)."""
    programme = await programmes.programme.allowing(db, actor, programme_id, EDIT)
    return await _create(db, actor, programme, None, body, network_zone(db))


async def _create(
    db: AsyncSession,
    actor: Actor,
    programme: Programme,
    cohort: Cohort | None,
    body: CreateMetricTarget,
    zone: str,
) -> MetricTargetOut:
    scope = MetricScope.PROGRAMME if cohort is None else MetricScope.COHORT
    direction = await _directed(db, programme, body)
    target = MetricTarget(
        **_numbers(body.model_dump(exclude={"comparator", "starts_on"})),
        comparator=_fitting(body, scope, direction),
        starts_on=body.starts_on or today(db, zone),
        timezone=zone,
        scope_id=programme.id if cohort is None else cohort.id,
        programme_id=programme.id,
        cohort_id=cohort and cohort.id,
        programme=programme,
        cohort=cohort,
    )
    db.add(target)
    await db.flush()
    activity.record(db, actor, "metric_target.created", target)
    await db.flush()
    return await _shown_now(db, target)


async def _directed(
    db: AsyncSession, programme: Programme, body: CreateMetricTarget
) -> MetricDirection:
    """Which way what is measured is to go. Raises TargetUnfit (422) for what it is not told of."""
    facts, definition = METRICS[body.metric].facts, METRICS[body.metric].definition
    if facts.dimension not in (None, BY_CURRENCY, BY_INDICATOR):
        said = f"`{body.metric}` is told of each {facts.dimension}, and no target is set for one."
        raise TargetUnfit.at("/metric", said)
    if (facts.dimension is None) != (body.dimension is None):
        said = f"is told of each {facts.dimension}: say which." if facts.dimension else "has none."
        raise TargetUnfit.at("/dimension", f"`{body.metric}` {said}")
    if facts.dimension == BY_INDICATOR and body.dimension is not None:
        found = await direction_of(db, programme.id, body.metric, body.dimension)
        if found is None:
            said = "is told of no such indicator of the programme, or group of it."
            raise TargetUnfit.at("/dimension", f"`{body.metric}` {said}")
        return found
    if body.dimension is not None and body.dimension not in CURRENCIES:
        raise TargetUnfit.at("/dimension", "It is an ISO 4217 code such as GBP.")
    return definition.direction


def _fitting(
    body: CreateMetricTarget, scope: MetricScope, direction: MetricDirection
) -> Comparator:
    """How the target is to be met. Raises TargetUnfit (422)."""
    metric = METRICS[body.metric]
    if scope not in metric.facts.scopes:
        raise TargetUnfit.at("/metric", f"`{body.metric}` is no metric of a {scope.value}.")
    _refuse_percent(body.metric, body.model_dump(include=set(_NUMBERS)))
    comparator = body.comparator or USUAL.get(direction)
    if comparator is None:
        raise TargetUnfit.at(
            "/comparator", f"`{body.metric}` is to go neither way: say which is meant."
        )
    return comparator


def _refuse_percent(metric: str, said: Mapping[str, Any]) -> None:
    """Raises TargetUnfit (422) for a share that can only be meant in per cent."""
    if METRICS[metric].definition.unit != MetricUnit.SHARE:
        return
    for name in sorted(_NUMBERS & said.keys()):
        if said[name] > MOST_OF_A_SHARE:
            raise TargetUnfit.at(f"/{name}", f"`{metric}` is a share: 0.8 is eight in ten.")


def _numbers(values: dict[str, Any]) -> dict[str, Any]:
    """Numbers as they are stored: to six digits, as metrics are told."""
    stored = {name: round(Decimal(str(values[name])), 6) for name in _NUMBERS if name in values}
    return {**values, **stored}


_NUMBERS: Final = frozenset({"value", "baseline"})


async def list_metric_targets(
    db: AsyncSession, actor: Actor, query: MetricTargetQuery
) -> MetricTargetPage:
    """The targets that the actor may see, and how they stand. Raises NotAllowed (403)."""
    seen = access.seen(actor)
    page = await paginate(db, seen, query, SORTS, default="due_on", filters=FILTERS)
    return MetricTargetPage(
        items=await _shown(db, page.rows),
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def export_metric_targets(
    db: AsyncSession, actor: Actor, query: MetricTargetQuery
) -> ListedExport:
    """All of them, as a table: a handful a cohort. Raises NotAllowed (403)."""
    seen = access.seen(actor)
    found = await in_whole(db, seen, query, SORTS, default="due_on", filters=FILTERS)
    return METRIC_TARGETS_AS_CSV.of(await _shown(db, found))


async def get_metric_target(
    db: AsyncSession, actor: Actor, metric_target_id: UUID
) -> MetricTargetOut:
    """One target and how it stands. Raises MetricTargetNotFound (404)."""
    return await _shown_now(db, await access.metric_target(db, actor, metric_target_id))


async def edit_metric_target(
    db: AsyncSession,
    actor: Actor,
    metric_target_id: UUID,
    body: EditMetricTarget,
    *,
    if_match: int | None,
) -> MetricTargetOut:
    """Change what the body names. Raises MetricTargetWithdrawn, CohortEnded, MetricTargetTaken
    (409), TargetUnfit, MetricTargetDatesReversed (422)."""
    target = await access.metric_target.to_change(
        db, actor, metric_target_id, EDIT, if_match=if_match
    )
    if target.withdrawn_at is not None:
        raise MetricTargetWithdrawn
    if target.cohort is not None and target.cohort.status in ENDED:
        raise CohortEnded
    said = body.model_dump()
    _refuse_percent(target.metric, said)
    if changed := amend(target, _numbers(said)):
        for name in _NUMBERS & changed.keys():
            changed[name] = {when: float(what) for when, what in changed[name].items()}
        activity.record(db, actor, "metric_target.edited", target, detail=changed)
    await db.flush()
    return await _shown_now(db, target)


async def withdraw_metric_target(
    db: AsyncSession, actor: Actor, metric_target_id: UUID, *, reason: str
) -> MetricTargetOut:
    """Take a target back; it is still read. Raises MetricTargetWithdrawn (409)."""
    target = await access.metric_target.allowing(db, actor, metric_target_id, EDIT, lock=True)
    if target.withdrawn_at is not None:
        raise MetricTargetWithdrawn
    await take_back(db, actor, target, reason)
    return await _shown_now(db, target)


async def take_back(
    db: AsyncSession, actor: Actor, target: MetricTarget, reason: str | None
) -> None:
    """Withdraw a locked target that stands."""
    target.withdrawn_at = now(db)
    activity.record(db, actor, "metric_target.withdrawn", target, reason=reason)
    await db.flush()


async def _shown_now(db: AsyncSession, target: MetricTarget) -> MetricTargetOut:
    [shown] = await _shown(db, [target])
    return shown


async def _shown(db: AsyncSession, targets: Sequence[MetricTarget]) -> list[MetricTargetOut]:
    counts = await queries.measured(db, targets)
    return [_one(target, counts.get(target.id), now(db)) for target in targets]


def _one(target: MetricTarget, found: Measured | None, at: datetime) -> MetricTargetOut:
    as_of, count = found or (None, None)
    figure = measured(target.metric, target.dimension, count)
    told = figure["value"]
    value, baseline = Fraction(target.value), Fraction(target.baseline)
    plan = Plan(target.comparator, baseline, value, target.starts_on, target.due_on)
    on = min(day(at, target.timezone), target.due_on) if as_of else day(at, target.timezone)
    stands = found is not None and told is not None and on >= target.starts_on
    exact = Fraction(str(told)) if told is not None else Fraction(0)
    standing = plan.standing(exact, day(at, target.timezone)) if stands else None
    return MetricTargetOut(
        **{name: figure[name] for name in ("unit", "numerator", "denominator")},
        id=target.id,
        programme=Ref.model_validate(target.programme),
        cohort=target.cohort and Ref.model_validate(target.cohort),
        metric=figure["key"],
        dimension=target.dimension,
        comparator=target.comparator,
        value=float(target.value),
        baseline=float(target.baseline),
        starts_on=target.starts_on,
        due_on=target.due_on,
        timezone=target.timezone,
        withdrawn_at=target.withdrawn_at,
        as_of=as_of,
        measured=told,
        null_code=figure["null_code"] if found and count else None,
        share=round(float(plan.share(exact)), 6) if told is not None and value else None,
        expected=round(float(plan.expected(on)), 6),
        standing=standing,
        is_on_track=None if standing is None else standing in GOOD,
        version=target.version,
        created_at=target.created_at,
        updated_at=target.updated_at,
    )
