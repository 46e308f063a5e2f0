"""What crosses the wire about chart pages."""

from uuid import UUID

from pydantic import Field

from app.kernel.paging import Page, Paging
from app.kernel.schemas import InstantIn, InstantOut, Ref, Request, Response


class CreateMetricChart(Request):
    """A page of the figures of a cohort."""

    cohort_id: UUID
    expires_at: InstantIn | None = Field(
        None, description="At most a year from now; in ninety days unless said."
    )


class MetricChartOut(Response):
    """A page of mine that has been neither revoked nor outlived."""

    id: UUID
    cohort: Ref
    expires_at: InstantOut
    created_at: InstantOut


class NewMetricChartOut(MetricChartOut):
    """A page, with the address that is shown this once."""

    url: str = Field(
        description="Where it is read, also within a page of another site. Whoever has it sees the "
        "cohort's figures; it is good for nothing else."
    )


class MetricChartPage(Page[MetricChartOut]):
    """Some of my chart pages, the latest first."""


class MetricChartQuery(Paging):
    """A page of my chart pages."""

    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    expires_from: InstantIn | None = None
    expires_until: InstantIn | None = None
