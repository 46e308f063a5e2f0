"""The figures of indicators: what members reported and somebody accepted, made one as each says.

A figure stands in a catalogue of its kind of counting, apart by the key of its indicator, and by
`key:group` for each group of one that has groups.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from app.kernel.metrics import (
    NOTHING,
    Columns,
    Definition,
    Facts,
    Here,
    Metric,
    MetricDirection,
    MetricPast,
    MetricScope,
    MetricUnit,
    metrics,
)
from app.network.cohorts.metrics import EVERYWHERE, lies_here
from app.network.cohorts.models import Cohort, Membership
from app.network.indicators.aggregation import IndicatorAggregation, IndicatorReading
from app.network.indicators.lifecycle import IndicatorStatus
from app.network.indicators.models import Indicator
from app.network.indicators.results.lifecycle import IndicatorResultStatus
from app.network.indicators.results.models import IndicatorResult

BY_INDICATOR: Final = "indicator"
"""What the figures are told apart by."""

FIGURES: Final = {
    IndicatorAggregation.SUM: "indicator_sum",
    IndicatorAggregation.SHARE: "indicator_share",
    IndicatorAggregation.MEAN: "indicator_mean",
    IndicatorAggregation.COUNT_DISTINCT: "indicator_distinct",
}
"""Under which metric an indicator is told, by how it is counted."""


def _asked_here(here: Here) -> ColumnElement[bool]:
    """Whether members of the scope are asked for an indicator."""
    if here.scope is MetricScope.PROGRAMME:
        return Indicator.programme_id == here.scope_id
    programmes = select(Cohort.programme_id)
    if here.scope is MetricScope.COHORT:
        return Indicator.programme_id.in_(programmes.where(Cohort.id == here.scope_id))
    of_it = programmes.join(Membership, Membership.cohort_id == Cohort.id)
    return Indicator.programme_id.in_(of_it.where(Membership.collaboration_id == here.scope_id))


def _figures(here: Here, aggregation: IndicatorAggregation) -> Any:
    """The dimensions of a kind of counting: each indicator that was ever asked, and its groups."""
    groups = func.unnest(func.array_prepend(null(), Indicator.groups))
    of_group = groups.table_valued("group_key").render_derived(name="of_group")
    key: Any = of_group.c.group_key
    return (
        select(
            Indicator.id.label("indicator_id"),
            key.label("group_key"),
            case((key.is_(None), Indicator.key), else_=Indicator.key + ":" + key).label(
                "dimension"
            ),
        )
        .select_from(Indicator)
        .join(of_group, true())
        .where(
            Indicator.aggregation == aggregation,
            _asked_here(here),
            here.became(Indicator, IndicatorStatus.ACTIVE),
        )
        .subquery("figure")
    )


def _reported(here: Here, aggregation: IndicatorAggregation) -> Any:
    """What counts, and what waits to be decided: of numbers that say all there is to date the
    latest of each collaboration and group alone."""
    status = here.status(IndicatorResult)
    one = (
        select(
            IndicatorResult.id,
            IndicatorResult.indicator_id,
            IndicatorResult.group.label("group_key"),
            IndicatorResult.value,
            IndicatorResult.out_of,
            IndicatorResult.identities,
            IndicatorResult.period_end_on,
            Indicator.reading,
            Membership.collaboration_id,
            status.label("status"),
        )
        .join(Indicator, Indicator.id == IndicatorResult.indicator_id)
        .join(Membership, Membership.id == IndicatorResult.membership_id)
        .where(
            Indicator.aggregation == aggregation,
            lies_here(here, Membership.cohort_id, Membership.collaboration_id),
        )
        .subquery("one")
    )
    place = func.row_number().over(
        partition_by=(one.c.indicator_id, one.c.collaboration_id, one.c.group_key, one.c.status),
        order_by=(one.c.period_end_on.desc(), one.c.id.desc()),
    )
    ranked = (
        select(one, place.label("place"))
        .where(one.c.status.in_((IndicatorResultStatus.ACCEPTED, IndicatorResultStatus.SUBMITTED)))
        .subquery("ranked")
    )
    counts = and_(
        ranked.c.status == IndicatorResultStatus.ACCEPTED,
        or_(ranked.c.reading == IndicatorReading.IN_PERIOD, ranked.c.place == literal(1)),
    )
    waits = ranked.c.status == IndicatorResultStatus.SUBMITTED
    return select(ranked, counts.label("counts"), waits.label("waits")).subquery("reported")


def _numbers(here: Here, aggregation: IndicatorAggregation) -> Select[*tuple[Any, ...]]:
    """The sums of each figure; without a result that counts it is of nothing."""
    figure, c = _figures(here, aggregation), _reported(here, aggregation).c
    return (
        select(
            figure.c.dimension,
            func.coalesce(func.sum(c.value).filter(c.counts), NOTHING).label("value"),
            func.coalesce(func.sum(c.out_of).filter(c.counts), NOTHING).label("out_of"),
            _is_told(c),
            func.count(c.id).filter(c.waits).label("waiting"),
        )
        .select_from(figure)
        .outerjoin(c.id.table, _is_of(figure, c))
        .group_by(figure.c.dimension)
    )


def _things(here: Here) -> Select[*tuple[Any, ...]]:
    """How many there are of each figure that are told one from another, whoever named them."""
    kind = IndicatorAggregation.COUNT_DISTINCT
    figure, c = _figures(here, kind), _reported(here, kind).c
    named = func.unnest(c.identities).table_valued("identity").render_derived(name="named")
    return (
        select(
            figure.c.dimension,
            func.count(distinct(named.c.identity)).filter(c.counts).label("value"),
            _is_told(c),
            func.count(distinct(c.id)).filter(c.waits).label("waiting"),
        )
        .select_from(figure)
        .outerjoin(c.id.table, _is_of(figure, c))
        .outerjoin(named, true())
        .group_by(figure.c.dimension)
    )


def _is_told(c: Any) -> ColumnElement[int]:
    """1 where a result counts; 0, so that there is no value, where none does."""
    return cast(func.count(c.id).filter(c.counts) > NOTHING, Integer).label("is_told")


def _is_of(figure: Any, c: Any) -> ColumnElement[bool]:
    return and_(
        c.indicator_id == figure.c.indicator_id,
        or_(figure.c.group_key.is_(None), c.group_key == figure.c.group_key),
    )


def _facts(counts: Callable[[Here], Select[*tuple[Any, ...]]]) -> Facts:
    return Facts(counts, EVERYWHERE, MetricPast.KNOWN_AT, BY_INDICATOR)


SUMS: Final = _facts(partial(_numbers, aggregation=IndicatorAggregation.SUM))
SHARES: Final = _facts(partial(_numbers, aggregation=IndicatorAggregation.SHARE))
MEANS: Final = _facts(partial(_numbers, aggregation=IndicatorAggregation.MEAN))
THINGS: Final = _facts(_things)

_WAITING: Final = "Results that were submitted and wait to be decided about: they count in neither."
_NONE: Final = "No result of it was accepted."
_ONE: Final = "1, once a result was accepted."
_RULES: Final = (
    "`dimension` is the key of an indicator, or `key:group`; `/v1/indicators` says what it is.",
    "Accepted results count; one that was corrected counts until its correction was accepted.",
    "Of an indicator that is read `to_date` the latest period of each collaboration counts.",
    "A retired indicator is still told of; one that was never active is not.",
)
_NEEDS: Final = "Members report it, and somebody independent accepts what they report."


def _defined(
    key: str, title: str, unit: MetricUnit, numerator: str, denominator: str, *rules: str
) -> Definition:
    return Definition(
        key=key,
        title=title,
        numerator=numerator,
        denominator=denominator,
        excluded=_WAITING,
        without_denominator=_NONE,
        version=1,
        unit=unit,
        direction=MetricDirection.NEITHER,
        rules=(*_RULES, *rules),
        needs=_NEEDS,
    )


metrics(
    Metric(
        _defined(
            "indicator_sum",
            "Indicators of outcome that are added up",
            MetricUnit.COUNT,
            "The values of all results, in the indicator's own unit.",
            _ONE,
        ),
        SUMS,
        Columns("value", "is_told", "waiting"),
    ),
    Metric(
        _defined(
            "indicator_share",
            "Indicators of outcome that are a share",
            MetricUnit.SHARE,
            "The parts of all results.",
            "The wholes of all results: a large member weighs more than a small one.",
        ),
        SHARES,
        Columns("value", "out_of", "waiting"),
    ),
    Metric(
        _defined(
            "indicator_mean",
            "Indicators of outcome that are a mean",
            MetricUnit.POINTS,
            "The totals of all results, in the indicator's own unit.",
            "How many those totals are of.",
        ),
        MEANS,
        Columns("value", "out_of", "waiting"),
    ),
    Metric(
        _defined(
            "indicator_distinct",
            "Indicators of outcome that count things once each",
            MetricUnit.COUNT,
            "The things that results name, each once: the same address, or the same name in any "
            "case and width.",
            _ONE,
            "What two members name counts once for the programme, and for each of them.",
        ),
        THINGS,
        Columns("value", "is_told", "waiting"),
    ),
)
