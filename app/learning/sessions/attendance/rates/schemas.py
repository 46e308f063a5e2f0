"""What crosses the wire about rates of attendance."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Ref, Response


class RateOut(Response):
    """A rate with what it is made of."""

    value: float | None = Field(
        description="`numerator` / `denominator` to six digits; null when nobody was expected."
    )
    numerator: int = Field(description="How many were there.")
    denominator: int = Field(description="How many were expected.")


class RatesOut(Response):
    """How well somebody took part."""

    strict: RateOut = Field(description="Whoever was excused was expected, and was not there.")
    adjusted: RateOut = Field(description="Whoever was excused was not expected.")
    participation: RateOut = Field(description="Who contributed later took part too.")


class MemberAttendanceOut(Response):
    """How well a member took part."""

    membership_id: UUID = Field(description="The member.")
    collaboration: Ref = Field(description="Its collaboration.")
    organisation: RatesOut = Field(description="It was there when one of its people was.")
    person: RatesOut = Field(description="Of each of its people at each session.")


class CohortAttendanceOut(Response):
    """How well the members of a cohort took part in the sessions that were held."""

    cohort_id: UUID = Field(description="The cohort.")
    held: int = Field(description="How many sessions were held.")
    not_recorded: int = Field(
        description="Of how many of these nobody recorded who came: they are in no rate."
    )
    organisation: RatesOut = Field(description="Of each member at each session.")
    person: RatesOut = Field(description="Of each person at each session.")
    members: list[MemberAttendanceOut] = Field(
        description="Those that were expected at one, in the order in which they joined. A member "
        "is expected when it takes part and is not on leave when a session begins."
    )
