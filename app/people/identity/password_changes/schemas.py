"""What crosses the wire when a password changes."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.kernel.schemas import STORABLE, InstantOut, Request, Response
from app.people.identity.passwords import LONGEST, SHORTEST
from app.people.identity.sign_ins.schemas import Password, Secret

NewPassword = Annotated[
    str,
    StringConstraints(
        min_length=SHORTEST, max_length=LONGEST, pattern=STORABLE, strip_whitespace=False
    ),
    Field(
        description="Any 15 characters or more that others would not try first.",
        examples=["a sentence you will remember"],
        json_schema_extra={"format": "password"},
    ),
]


class ChangePassword(Request):
    """One's own password, now and from now on."""

    current_password: Password
    new_password: NewPassword


class AcceptPasswordReset(Request):
    """The token out of a reset link, and the password it sets."""

    token: Secret
    new_password: NewPassword


class PasswordResetOut(Response):
    """A link with which an account sets a new password, shown this once."""

    id: UUID
    account_id: UUID
    link: str = Field(description="Give it to the account's owner; it works once.")
    is_mailed: bool = Field(description="Whether it was also mailed to the account's address.")
    expires_at: InstantOut
