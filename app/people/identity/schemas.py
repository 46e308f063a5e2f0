"""What several nouns of identity say of accounts and scopes."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Response
from app.people.identity.models import AccountKind
from app.people.identity.scopes import ScopeKind


class AccountRef(Response):
    """An account, with enough of it to be shown in a list."""

    id: UUID
    name: str
    kind: AccountKind = Field(description="A person, or a service that a person answers for.")


class ScopeRef(Response):
    """A node of the graph of scopes; its id is the id of what it stands for."""

    id: UUID = Field(description="The id of the network, programme, cohort, collaboration, ...")
    kind: ScopeKind = Field(description="What it is the id of.")
    reference: str | None = Field(description="The reference of that, where it has one.")
    name: str | None = Field(description="What that is called; null where it was deleted.")
