"""What crosses the wire when people sign in."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.kernel.paging import Page, Paging
from app.kernel.schemas import STORABLE, Email, InstantIn, InstantOut, Request, Response
from app.people.identity.passwords import LONGEST

Password = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST, pattern=STORABLE, strip_whitespace=False),
    Field(examples=["a sentence you will remember"], json_schema_extra={"format": "password"}),
]
Secret = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$"),
    Field(examples=["pln_rt_0000000000000000000000000000000000000000000000000"]),
]


class LogIn(Request):
    """An address and its password."""

    email: Email
    password: Password


class WithRefreshToken(Request):
    """A refresh token of the sign-in that goes on or ends."""

    refresh_token: Secret


class TokensOut(Response):
    """An access token for ten minutes, and the refresh token that gets the next one."""

    access_token: str = Field(description="Send it as `Authorization: Bearer`.")
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Seconds the access token lives.", examples=[600])
    refresh_token: str = Field(description="Good for one use, which gives its successor.")
    refresh_expires_at: InstantOut = Field(description="When it ends unless used before.")


class SignInOut(Response):
    """One signing in, on one device, with all the refreshing since."""

    id: UUID
    user_agent: str | None = Field(description="What the client called itself.")
    address: str | None = Field(description="The network address it signed in from.")
    started_at: InstantOut
    last_used_at: InstantOut = Field(description="When its tokens were last refreshed.")
    expires_at: InstantOut = Field(description="When it ends however often it is refreshed.")
    is_current: bool = Field(description="Whether this request came by it.")


class SignInPage(Page[SignInOut]):
    """Some of my sign-ins that have not ended, latest first."""


class SignInQuery(Paging):
    """A page of my sign-ins."""

    started_from: InstantIn | None = None
    started_until: InstantIn | None = None
    last_used_from: InstantIn | None = None
    last_used_until: InstantIn | None = None
    expires_from: InstantIn | None = None
    expires_until: InstantIn | None = None
