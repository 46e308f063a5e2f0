"""What crosses the wire when a password changes."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.background.mail import LetterDeliveryOut
from app.kernel.paging import Page, Paging
from app.kernel.schemas import STORABLE, InstantIn, InstantOut, Request, Response
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
    """A link with which an account sets a new password; who holds it can."""

    id: UUID
    account_id: UUID
    issued_at: InstantOut
    expires_at: InstantOut
    used_at: InstantOut | None = Field(description="When it was used, or a newer one was issued.")
    delivery: LetterDeliveryOut | None = Field(
        description="How far its letter has come; null where none was mailed, and after 30 days."
    )


class NewPasswordResetOut(PasswordResetOut):
    """A link that was just issued; shown this once where nothing is mailed."""

    link: str | None = Field(
        description="Give it to the account's owner; it works once. Null where it goes by mail, "
        "and so to whoever reads the address alone."
    )
    is_mailed: bool = Field(description="Whether it goes by mail to the account's address.")


class PasswordResetPage(Page[PasswordResetOut]):
    """Some of the links of an account, the latest first."""


class PasswordResetQuery(Paging):
    """A page of the links of an account."""

    issued_from: InstantIn | None = None
    issued_until: InstantIn | None = None
    expires_from: InstantIn | None = None
    expires_until: InstantIn | None = None
    used_from: InstantIn | None = None
    used_until: InstantIn | None = None
