"""What crosses the wire about whom a session is for."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request

OtherCohortIds = Annotated[
    list[UUID],
    Field(
        max_length=50,
        description="The cohorts that it is for besides the one that plans it; one that is left "
        "out is not asked any more.",
    ),
]


class ShareLearningSession(Request):
    """For whom a session is."""

    other_cohort_ids: OtherCohortIds = Field(default_factory=list[UUID])
    is_for_programme: bool = Field(
        False,
        description="Whether it is for every cohort of the programme that goes on, those too that "
        "start later, and for the people of members that have completed one.",
    )
    is_for_alumni: bool = Field(
        default=False,
        description="Whether it is, besides its cohorts, for the people of members that have "
        "completed a cohort of the programme.",
    )
