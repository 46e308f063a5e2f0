"""What is said of a member that has left."""

from datetime import date
from uuid import UUID

from pydantic import Field

from app.kernel.schemas import InstantOut, Ref, Response
from app.network.collaborations.lifecycle import CollaborationStatus
from app.network.collaborations.models import ParticipantRole
from app.people.identity.roles import Role


class LastKnownParticipantOut(Response):
    """An organisation that took part, as it was called then."""

    organisation: Ref
    role: ParticipantRole
    since_on: date
    ended_on: date | None


class LastKnownPersonOut(Response):
    """Somebody who led it or worked in it then."""

    account_id: UUID
    role: Role
    name: str
    email: str | None


class LastKnownLearningOut(Response):
    """Something that it had shared by then."""

    id: UUID
    title: str
    summary: str | None
    url: str
    licence: str
    audience: str | None
    shared_on: date


class LastKnownOut(Response):
    """A collaboration as its cohort knew it on the day that its membership ended."""

    membership_id: UUID
    known_at: InstantOut = Field(description="When the membership ended.")
    name: str
    status: CollaborationStatus
    participants: list[LastKnownParticipantOut]
    people: list[LastKnownPersonOut] = Field(
        description="Leads and members of then; whoever was erased since is left out."
    )
    learnings: list[LastKnownLearningOut]
