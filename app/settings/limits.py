"""How much the service takes, of what, from whom: the settings that are limits."""

from typing import Final

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt
from pydantic_settings import BaseSettings

MEBIBYTE: Final = 1024 * 1024


class LimitSettings(BaseSettings):
    """The limits that an operator may set."""

    head_limit_bytes: PositiveInt = Field(
        default=32 * 1024,
        description="Largest head of a request in bytes: its first line and its headers.",
    )
    head_seconds: PositiveFloat = Field(
        default=10.0, description="Seconds within which the head of a request is there whole."
    )
    body_slowest_bytes_per_second: PositiveInt = Field(
        default=1_000,
        description="Bytes a second that a body brings at the least, over thirty seconds; it may "
        "take as long as it likes at that.",
    )
    body_limit_bytes: PositiveInt = Field(
        default=MEBIBYTE, description="Largest request body in bytes, uploads excepted."
    )
    open_body_limit_bytes: PositiveInt = Field(
        default=64 * 1024,
        description="The same at endpoints that anyone may call, such as signing in.",
    )
    body_limit_values: PositiveInt = Field(
        default=10_000,
        description="Most keys and members of lists in the JSON of a request, all levels together.",
    )
    upload_limit_bytes: PositiveInt = Field(
        default=100 * MEBIBYTE, description="Largest file in bytes that may be uploaded."
    )
    person_storage_bytes: PositiveInt = Field(
        default=500 * MEBIBYTE,
        description="Bytes of files and uploads that a person may have, with those of the service "
        "accounts that the person owns.",
    )
    collaboration_storage_bytes: PositiveInt = Field(
        default=2 * 1024 * MEBIBYTE,
        description="Bytes of files that may be attached below a collaboration.",
    )
    network_storage_bytes: PositiveInt = Field(
        default=100 * 1024 * MEBIBYTE, description="Bytes of all files and uploads together."
    )
    invitations_a_day: PositiveInt = Field(
        default=50, description="Invitations that somebody may send in a day, sent again included."
    )
    staff_invitations_a_day: PositiveInt = Field(
        default=2_000, description="The same for whoever runs cohorts, and for administrators."
    )
    endorsement_days: PositiveInt = Field(
        default=14,
        description="Days for which the first of two persons' words stands and waits for the "
        "second, such as to terminate a grant.",
    )
    payee_account_cooling_off_hours: NonNegativeInt = Field(
        default=72,
        description="Hours after a payee account was verified within which no payment to it is "
        "approved or released.",
    )
    exchange_rate_days: PositiveInt = Field(
        default=31,
        description="After how many days an exchange rate is too old to offer a grant at.",
    )
    payment_second_look_minor: NonNegativeInt = Field(
        default=1_000_000,
        description="Above how many minor units of its fund's currency a payment is approved by "
        "somebody who did not accept its milestone.",
    )
