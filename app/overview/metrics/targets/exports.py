"""Targets of metrics as CSV."""

from typing import Final

from app.overview.metrics.targets.schemas import MetricTargetOut
from app.people.reads.exported import shown

METRIC_TARGETS_AS_CSV: Final = shown("metric-targets", MetricTargetOut)
