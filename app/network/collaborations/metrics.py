"""The numbers that collaborations give: what was launched, which data were opened, who helped."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.kernel.clock import ZONE, day_in_sql
from app.kernel.metrics import (
    NOTHING,
    ONE,
    Columns,
    Definition,
    Facts,
    Here,
    Likeness,
    Metric,
    MetricDirection,
    MetricPast,
    MetricScope,
    MetricUnit,
    metrics,
    sum_of,
)
from app.network.collaborations.data_sets.models import AccessChange, DataAccess, DataSet
from app.network.collaborations.models import Collaboration
from app.network.collaborations.support.models import Support
from app.network.programmes.models import CountingRule, Target

OF_COLLABORATIONS: Final = (MetricScope.PROGRAMME, MetricScope.COLLABORATION)


def _are_here(here: Here) -> ColumnElement[bool]:
    """Which are of the scope: of a programme those that count towards its targets."""
    if here.scope is MetricScope.COLLABORATION:
        return Collaboration.id == here.scope_id
    return and_(Collaboration.programme_id == here.scope_id, Collaboration.merged_into_id.is_(None))


def _launched(here: Here) -> Select[*tuple[Any, ...]]:
    wanted = select(sum_of(Target.value)).where(
        Target.programme_id == here.scope_id,
        Target.counting_rule == CountingRule.COLLABORATIONS_LAUNCHED,
    )
    was_launched = and_(
        Collaboration.launched_at.is_not(None), here.by_then(Collaboration.launched_at)
    )
    return select(
        func.count().filter(was_launched).label("launched"),
        wanted.scalar_subquery().label("wanted"),
        func.count().filter(~was_launched).label("not_yet"),
    ).where(_are_here(here), here.status(Collaboration).is_not(None))


def _data(here: Here) -> Select[*tuple[Any, ...]]:
    """How accessible each data set was on the day of the moment, as it had been said by then."""
    latest = (
        select(AccessChange.to_access)
        .ext(distinct_on(AccessChange.data_set_id))
        .join(DataSet, DataSet.id == AccessChange.data_set_id)
        .join(Collaboration, Collaboration.id == DataSet.collaboration_id)
        .where(
            _are_here(here),
            here.by_then(AccessChange.recorded_at),
            AccessChange.since_on <= day_in_sql(here.at, ZONE),
        )
        .order_by(AccessChange.data_set_id, AccessChange.since_on.desc(), AccessChange.id.desc())
        .subquery()
    )
    return select(
        func.count().filter(latest.c.to_access == DataAccess.OPEN).label("opened"),
        func.count().label("named"),
        func.count().filter(latest.c.to_access == DataAccess.SHARED).label("shared"),
    ).select_from(latest)


def _support(here: Here) -> Select[*tuple[Any, ...]]:
    return (
        select(
            sum_of(Support.minutes).label("minutes"),
            ONE.label("one"),
            NOTHING.label("nothing"),
        )
        .select_from(Support)
        .join(Collaboration, Collaboration.id == Support.collaboration_id)
        .where(_are_here(here))
    )


metrics(
    Metric(
        Definition(
            key="collaborations_launched",
            title="Collaborations launched of those that are to be",
            numerator="Collaborations of the programme that were ever launched, also those that "
            "have ended since.",
            denominator="The value of the target that counts `collaborations_launched`; of several "
            "the sum.",
            excluded="Collaborations of the programme that have not been launched.",
            without_denominator="The programme has no target of collaborations launched.",
            version=1,
            rules=(
                "The target is the one that stands today, also for the past.",
                "A collaboration counts for the programme that it names today.",
                "Of two that were merged the one that stayed counts.",
            ),
            needs="A target of the programme, and collaborations that name it.",
            likenesses=(
                Likeness(
                    "`counted` of a target",
                    True,
                    "The numerator is that number on the day of the moment.",
                ),
            ),
        ),
        Facts(_launched, (MetricScope.PROGRAMME,), MetricPast.AS_OF),
        Columns("launched", "wanted", "not_yet"),
    ),
    Metric(
        Definition(
            key="data_sets_opened",
            title="Data sets that are open",
            numerator="Data sets that anyone may use, for any purpose, on the day of the moment.",
            denominator="Data sets that were named by then, however accessible.",
            excluded="Data sets that are shared with some: they count in the denominator.",
            without_denominator="No data set has been named.",
            version=1,
            rules=(
                "The day is that of the network's zone.",
                "A change that was written down later does not count before it was.",
            ),
            needs="Data sets with how accessible they are.",
        ),
        Facts(_data, OF_COLLABORATIONS, MetricPast.AS_OF, by_day=True),
        Columns("opened", "named", "shared"),
    ),
    Metric(
        Definition(
            key="support_hours",
            title="Hours of support",
            numerator="Minutes of support that were logged, for whatever day.",
            denominator="One: it is a sum.",
            excluded="Nothing.",
            without_denominator="It always has one.",
            version=1,
            unit=MetricUnit.HOURS,
            direction=MetricDirection.NEITHER,
            rules=("What was deleted as a mistake counts no more, and no past is kept of it.",),
            needs="Support that is logged where it was given.",
            divisor=60,
        ),
        Facts(_support, OF_COLLABORATIONS, MetricPast.NONE),
        Columns("minutes", "one", "nothing"),
    ),
)
