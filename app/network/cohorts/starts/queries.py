"""Which cohorts the clock is to start."""

from datetime import datetime

from sqlalchemy import Select, select

from app.kernel.clock import day_in_sql
from app.network.cohorts.lifecycle import CohortStatus
from app.network.cohorts.models import Cohort


def to_be_started(at: datetime) -> Select[Cohort]:
    """Confirmed cohorts that start by themselves and whose planned day has come where they are."""
    return select(Cohort).where(
        Cohort.status == CohortStatus.CONFIRMED,
        Cohort.starts_automatically,
        Cohort.planned_start_on <= day_in_sql(at, Cohort.timezone),
    )
