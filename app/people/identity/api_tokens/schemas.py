"""What crosses the wire about API tokens."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.permissions import PermissionName
from app.kernel.schemas import InstantIn, InstantOut, Name, Request, Response
from app.people.identity.service_accounts.schemas import LostPermissionOut
from app.web.exports import ExportChoice


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


class ApiTokenSort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ServiceApiTokenQuery(PageQuery):
    """Which of one service account's API tokens, in which order."""

    expires_from: InstantIn | None = None
    expires_until: InstantIn | None = None
    revoked_from: InstantIn | None = None
    revoked_until: InstantIn | None = None
    last_used_from: InstantIn | None = None
    last_used_until: InstantIn | None = None
    sort: ApiTokenSort = ApiTokenSort.CREATED_DESCENDING


class ApiTokenQuery(ServiceApiTokenQuery, ExportChoice):
    """Which API tokens, in which order."""

    service_account_id: Several[UUID] | None = None
