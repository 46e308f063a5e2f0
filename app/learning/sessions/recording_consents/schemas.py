"""What crosses the wire about consents to be recorded."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import InstantOut, Name, Ref, Request, Response


class SayRecordingConsent(Request):
    """Whether one may be heard in a recording."""

    segment: Name | None = Field(
        None, description="The title of a part of the agenda; null: all of the session."
    )
    is_given: bool = Field(description="Whether you may be heard in it.")


class RecordingConsentOut(Response):
    """Whether somebody may be heard in a recording."""

    account: Ref = Field(description="Who said so.")
    segment: str | None = Field(description="Of which part; null: of all of the session.")
    is_given: bool = Field(description="A no to a part stands, whatever was said of all.")
    said_at: InstantOut = Field(description="When they said so last.")


class RecordingConsentsOut(Response):
    """Who may be heard in recordings of a session; whoever does not stand here may not."""

    learning_session_id: UUID = Field(description="The session.")
    consents: list[RecordingConsentOut] = Field(
        description="Everyone's for whoever leads such sessions; for anybody else only their own."
    )
