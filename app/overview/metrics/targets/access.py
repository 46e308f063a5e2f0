"""Who may see targets of metrics: whoever may read the metrics of what they are of."""

from typing import Final

from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.overview.metrics.access import READ
from app.overview.metrics.targets.models import MetricTarget
from app.people.identity.access import Loader, visible
from app.people.identity.actors import Actor


class MetricTargetNotFound(NotFound):
    """There is no such target of a metric, or none that you may see."""


WITH: Final = (joinedload(MetricTarget.programme), joinedload(MetricTarget.cohort))

metric_target: Final = Loader(MetricTarget, READ, MetricTargetNotFound, WITH)


def seen(actor: Actor) -> Select[MetricTarget]:
    """All that the actor may see."""
    return visible(MetricTarget, actor, READ).options(*WITH)
