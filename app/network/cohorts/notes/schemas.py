"""What is said in notes."""

from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.nouns import NounName
from app.kernel.paging import Page, Paging
from app.kernel.schemas import InstantIn, InstantOut, Prose, Ref, Request, Response


class AddNote(Request):
    """A note for the team."""

    text: Prose = Field(examples=["Rang them on Tuesday; their steward is back in May."])


class NoteOut(Response):
    """A note for the team."""

    id: UUID
    noun: NounName = Field(description="What kind of thing it is about.")
    subject_id: UUID = Field(description="The id of the thing it is about.")
    author: Ref
    text: str
    written_at: InstantOut


class NotePage(Page[NoteOut]):
    """Some of the notes, newest first."""


class NotesOfOneQuery(Paging):
    """A page of the notes about a thing."""

    written_from: InstantIn | None = None
    written_until: InstantIn | None = None


class NoteQuery(NotesOfOneQuery):
    """A page of the notes about all things."""

    noun: Several[NounName] | None = Field(None, description="Those about things of this kind.")
    subject_id: Several[UUID] | None = Field(None, description="Those about these things.")
    author_id: Several[UUID] | None = Field(None, description="Those that they wrote.")
