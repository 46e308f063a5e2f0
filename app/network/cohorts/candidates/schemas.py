"""What is said of and to a collaboration that waits for a place or was offered one."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Line, Prose, Ref, Request, Response
from app.network.collaborations.models import ParticipantRole


class CandidateParticipantOut(Response):
    """An organisation that takes part."""

    organisation: Ref
    role: ParticipantRole


class CandidateOut(Response):
    """As much of a collaboration as is needed to speak of its place."""

    membership_id: UUID
    collaboration: Ref
    summary: str | None = Field(description="What it does.")
    participants: list[CandidateParticipantOut] = Field(
        description="Who takes part now, as its own people wrote them down."
    )
    leads: list[str] = Field(description="The names of those who speak for it.")


class WriteToCandidate(Request):
    """A letter to those who speak for it."""

    subject: Line = Field(examples=["Your place in our cohort"])
    text: Prose = Field(examples=["We meet on Tuesdays at ten. Does that suit you?"])


class LetterOut(Response):
    """To whom a letter went."""

    leads: list[str] = Field(description="The names of those it is for.")
    is_mailed: bool = Field(description="Whether it is mailed: not where there is no mail.")
