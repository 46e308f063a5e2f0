"""What members of a cohort are told of one another."""

from uuid import UUID

from pydantic import Field

from app.kernel.paging import Page, Paging
from app.kernel.schemas import InstantOut, Ref, Response
from app.people.identity.roles import Role


class DirectoryPersonOut(Response):
    """A person of a collaboration."""

    id: UUID = Field(description="The person's account.")
    name: str
    role: Role


class DirectoryEntryOut(Response):
    """A member of the cohort, with those who speak and work for it."""

    membership_id: UUID
    collaboration: Ref
    topic: str | None
    summary: str | None
    country: str | None
    timezone: str = Field(description="Where it reads the clock.", examples=["Europe/London"])
    active_since: InstantOut
    is_on_leave: bool
    people: list[DirectoryPersonOut]


class DirectoryPage(Page[DirectoryEntryOut]):
    """Some of the members of the cohort."""


class DirectoryQuery(Paging):
    """A page of the directory."""
