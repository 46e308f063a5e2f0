"""What crosses the wire about API tokens."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.paging import Page, PageQuery
from app.kernel.permissions import PermissionName
from app.kernel.schemas import InstantIn, InstantOut, Name, Request, Response
from app.people.identity.service_accounts.schemas import LostPermissionOut


class CreateApiToken(Request):
    """What the token is for, what it may read, and until when."""

    name: Name
    permissions: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=100, examples=["metrics.read"])]],
        Field(
            min_length=1,
            max_length=100,
            description="Permissions to read that the service account holds.",
        ),
    ]
    expires_at: Annotated[InstantIn, Field(description="At most a year from now.")]


class ApiTokenOut(Response):
    """A read-only token, without its secret."""

    id: UUID
    service_account_id: UUID
    name: str
    permissions: list[PermissionName] = Field(
        description="What it may read, as far as the account may."
    )
    effective_permissions: list[PermissionName] = Field(
        description="What it may really read somewhere now; none once it is revoked or expired.",
        examples=[["metrics.read"]],
    )
    lost: list[LostPermissionOut] = Field(
        description="What its account was granted and does not hold, of what it carries."
    )
    expires_at: InstantOut
    revoked_at: InstantOut | None
    last_used_at: InstantOut | None = Field(description="To within an hour.")
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class NewApiTokenOut(ApiTokenOut):
    """A read-only token with its secret, shown this once."""

    token: str = Field(description="Send it as Bearer, or as the password of HTTP Basic.")


class ApiTokenPage(Page[ApiTokenOut]):
    """Some of the API tokens you may see, latest first."""


class ApiTokenQuery(PageQuery):
    """Which API tokens."""

    service_account_id: UUID | None = None


class ServiceApiTokenQuery(PageQuery):
    """A page of one service account's API tokens."""
