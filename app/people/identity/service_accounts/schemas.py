"""What crosses the wire about service accounts and the token endpoint."""

from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import MISSING, Field, StringConstraints, model_validator

from app.kernel.errors import BadRequest
from app.kernel.filters import Several
from app.kernel.paging import Page
from app.kernel.permissions import PermissionName
from app.kernel.schemas import InstantIn, InstantOut, Name, Request, Response, Search
from app.kernel.vocabularies import Vocabulary
from app.people.identity.models import DisabledBy
from app.people.identity.schemas import AccountRef, ScopeRef
from app.web.exports import ExportableQuery


class CreateServiceAccount(Request):
    """A name by which people will know it, and who answers for it."""

    name: Name
    owner_id: Annotated[
        UUID | None, Field(description="The person who answers for it; myself when left out.")
    ] = None


class EditServiceAccount(Request):
    """What changes; what is left out stays."""

    name: Name | MISSING = MISSING


class OfferServiceAccount(Request):
    """To whom it is offered."""

    account_id: UUID = Field(description="A person who holds all that it was granted.")


class Overlap(Request):
    """How long what is replaced still works."""

    overlap_hours: Annotated[
        int,
        Field(
            strict=True,
            ge=0,
            le=72,
            description="Hours in which the old secret works beside the new one; 0 ends it now.",
        ),
    ] = 0


class LostBecause(Vocabulary):
    """Why a service account does not hold what it was granted."""

    OWNER_DISABLED = "owner_disabled"
    OWNER_ROLE_ENDED = "owner_role_ended"
    OWNER_NEVER_HELD = "owner_never_held"


class LostPermissionOut(Response):
    """A permission that was granted on a scope and is not held there, or not on all below it,
    since the owner does not hold it."""

    permission: PermissionName = Field(description="What is lost.")
    scope: ScopeRef
    since: InstantOut
    because: LostBecause


class ServiceAccountOut(Response):
    """A service account; its id is its `client_id`."""

    id: UUID
    name: str
    owner: AccountRef
    offered_to: AccountRef | None = Field(
        description="The person who may take it over; null where it is offered to nobody."
    )
    disabled_at: InstantOut | None = Field(description="Since when it is refused; null if not.")
    disabled_by: DisabledBy | None = Field(
        description="By whom. What an administrator disabled only an administrator enables."
    )
    effective_permissions: list[PermissionName] = Field(
        description="What it may really do somewhere: what its roles and its owner both hold now.",
        examples=[["metrics.read"]],
    )
    lost: list[LostPermissionOut] = Field(
        description="What its roles hold and its owner does not, and so neither does it."
    )
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class NewSecretOut(ServiceAccountOut):
    """A service account with a client secret, shown this once."""

    client_id: UUID
    client_secret: str


class ServiceAccountPage(Page[ServiceAccountOut]):
    """Some of the service accounts you may see."""


class ServiceAccountSort(StrEnum):
    NAME = "name"
    NAME_DOWN = "-name"
    NEWEST = "-created_at"
    OLDEST = "created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ServiceAccountQuery(ExportableQuery):
    """Which service accounts."""

    q: Search | None = None
    owner_id: Several[UUID] | None = None
    is_disabled: bool | None = None
    disabled_from: InstantIn | None = None
    disabled_until: InstantIn | None = None
    sort: ServiceAccountSort = ServiceAccountSort.NAME


class IssueToken(Request):
    """A form of RFC 6749, section 4.4. The client may also be named by HTTP Basic."""

    grant_type: Literal["client_credentials"]
    client_id: Annotated[str | None, Field(max_length=200)] = None
    client_secret: Annotated[str | None, Field(max_length=200)] = None
    scope: Annotated[
        str | None,
        StringConstraints(max_length=2000),
        Field(
            description="Permissions, parted by spaces, to which the token is limited. Everything "
            "the account may do when left out.",
            examples=["metrics.read"],
        ),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _read_form(cls, body: Any) -> Any:
        return parsed_form(body) if isinstance(body, bytes) else body


def parsed_form(body: bytes) -> dict[str, str]:
    """The fields of a form. Raises BadRequest (400) for one that is not UTF-8 or says one twice."""
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=20,
        )
    except ValueError:
        raise BadRequest("The body is not a form in UTF-8.") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise BadRequest("The form says a field twice.")
    return fields


class ClientTokenOut(Response):
    """An access token for a service account; ask again when it has expired."""

    access_token: str = Field(description="Send it as `Authorization: Bearer`.")
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Seconds the access token lives.", examples=[600])
    scope: str = Field(description="What it is limited to; `*` where it is not.", examples=["*"])
