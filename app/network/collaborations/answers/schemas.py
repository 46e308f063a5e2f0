"""What crosses the wire about answers."""

from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.paging import Page, Paging
from app.kernel.schemas import InstantIn, InstantOut, Prose, Ref, Request, Response
from app.network.collaborations.answers.models import Verdict
from app.network.programmes.expectations.models import ExpectationKind


class SaveCollaborationAnswer(Request):
    """What the collaboration says of it, in its own words."""

    verdict: Verdict | None = Field(
        default=None, description="Whether a criterion is met; a principle has no verdict."
    )
    answer: Prose


class CollaborationAnswerOut(Response):
    """An expectation of the programme, and what the collaboration says of it."""

    expectation_id: UUID
    kind: ExpectationKind
    key: str
    title: str
    prompt: str | None
    verdict: Verdict | None
    answer: str | None = Field(description="Null until it is answered.")
    answered_by: Ref | None
    etag: str | None = Field(
        description="Sent as `If-Match` to save it again; null until it was saved, and then "
        "`If-None-Match: *` is sent."
    )
    version: int | None = Field(description="Of the answer; null until there is one.")
    updated_at: InstantOut | None


class CollaborationAnswerPage(Page[CollaborationAnswerOut]):
    """Some of what the programme expects, and what is said of it."""


class CollaborationAnswerQuery(Paging):
    """Which expectations."""

    kind: Several[ExpectationKind] | None = None
    is_answered: bool | None = None
    updated_since: InstantIn | None = Field(
        default=None, description="Only those whose answer was changed at this instant or later."
    )
