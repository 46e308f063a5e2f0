"""What crosses the wire about copies of series."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request, TimeZone
from app.learning.sessions.schemas import LocalStart


class CopySessionSeries(Request):
    """Where a series is copied to."""

    cohort_id: UUID = Field(description="The cohort for which it is planned.")
    local_start: LocalStart = Field(description="When the first of them begins, on the wall.")
    timezone: TimeZone | None = Field(None, description="The cohort's unless said.")
