"""What crosses the wire about snapshots."""

from pydantic import Field

from app.kernel.paging import Page, Paging
from app.kernel.schemas import InstantIn, InstantOut, Ref, Response
from app.overview.metrics.schemas import MetricOut


class SnapshotTakenOut(Response):
    """That the figures of a cohort were kept when it closed."""

    cohort: Ref
    number: int = Field(description="1 when the cohort closed first, one more each time since.")
    taken_at: InstantOut = Field(description="When it closed.")


class MetricSnapshotOut(SnapshotTakenOut):
    """The figures of a cohort as they were told when it closed, with the definitions of then."""

    metrics: list[MetricOut]


class MetricSnapshotPage(Page[SnapshotTakenOut]):
    """Some of the snapshots of a cohort, the latest first."""


class MetricSnapshotQuery(Paging):
    """A page of the snapshots of a cohort."""

    taken_from: InstantIn | None = None
    taken_until: InstantIn | None = None
