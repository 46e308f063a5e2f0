"""What crosses the wire about presenters."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import InstantOut, Ref, Response


class PresenterOut(Response):
    """The member that presents in a session."""

    learning_session: Ref = Field(description="The session.")
    starts_at: InstantOut = Field(description="When it begins, RFC 3339, in UTC.")
    membership_id: UUID = Field(description="The member that presents.")
    collaboration: Ref = Field(description="The collaboration of that member.")


class PresentersOut(Response):
    """Who presents in the sessions of a series, the earliest first."""

    session_series_id: UUID = Field(description="The series.")
    presenters: list[PresenterOut] = Field(description="One for each session that has one.")
