"""Which cohorts the clock is to start."""

from datetime import datetime

from sqlalchemy import Date, Select, cast, func, literal, select

from app.kernel.db import Instant
from app.network.cohorts.lifecycle import CohortStatus
from app.network.cohorts.models import Cohort


def to_be_started(at: datetime) -> Select[Cohort]:
    """Confirmed cohorts that start by themselves and whose planned day has come where they are."""
    today = cast(func.timezone(Cohort.timezone, literal(at, Instant)), Date)
    return select(Cohort).where(
        Cohort.status == CohortStatus.CONFIRMED,
        Cohort.starts_automatically,
        Cohort.planned_start_on <= today,
    )
