"""What crosses the wire about accounts of one person."""

from uuid import UUID

from pydantic import Field

from app.kernel.audiences import VerbName
from app.kernel.nouns import NounName
from app.kernel.paging import Page, Paging
from app.kernel.schemas import InstantOut, Reason, Request, Response
from app.people.identity.accounts.schemas import AccountOut
from app.people.identity.roles import Role
from app.people.identity.schemas import AccountRef, ScopeRef


class MergeAccount(Request):
    """Into which account of the same person, and how that is known."""

    into_id: UUID
    reason: Reason


class PreviewMerge(Request):
    """Into which account of the same person."""

    into_id: UUID


class PassedRoleOut(Response):
    """A role that passes to the account that goes on."""

    role: Role
    scope: ScopeRef


class ActOut(Response):
    """Something that was done, and under which account."""

    verb: VerbName
    account_id: UUID | None
    occurred_at: InstantOut


class MergedDutyOut(Response):
    """Two duties that are kept apart, done by accounts that are one person."""

    noun: NounName = Field(description="What it was done to.")
    subject_id: UUID
    person: AccountRef = Field(description="The account that goes on.")
    first: ActOut
    second: ActOut


class MergedDutyPage(Page[MergedDutyOut]):
    """Some of those duties, the latest first. Nothing about them was changed."""


class MergedDutyQuery(Paging):
    """A page of those duties."""


class MergePreviewOut(Response):
    """What a merge would do."""

    account: AccountOut = Field(description="It would act no more.")
    into: AccountOut = Field(description="It would go on.")
    roles: list[PassedRoleOut] = Field(description="What passes, where it is not held already.")
    service_accounts: list[AccountRef] = Field(description="What the other would answer for.")
    invitation_count: int = Field(description="Open invitations that would go to its address.")
    duty_count: int = Field(
        description="Pairs of separated duties that would turn out to be one person's."
    )
