"""What crosses the wire about letters."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.background.mail import DeliveryState, LetterDeliveryOut
from app.kernel.nouns import NounName
from app.kernel.paging import Page, Paging
from app.kernel.schemas import InstantIn, Response
from app.people.identity.schemas import AccountRef


class MailedLetterOut(Response):
    """A letter that was mailed, or is to be; its text is nobody's to read but its addressee's."""

    id: UUID
    recipient: str = Field(description="The address.")
    subject: str
    noun: NounName | None = Field(description="What it is about; null for reminders.")
    subject_id: UUID | None = Field(description="The id of that.")
    sender: AccountRef | None = Field(description="Whose act it was; null for reminders.")
    attempts: int = Field(description="How often it was tried.")
    delivery: LetterDeliveryOut


class MailedLetterPage(Page[MailedLetterOut]):
    """Some of the letters of the last 30 days, the latest first."""


class OwnLetterOut(Response):
    """A letter that I caused, and how far it has come. Addresses are told to administrators."""

    id: UUID
    recipient_name: str | None = Field(
        description="Whom it is for; null where that is known no more.", examples=["Ida Rhodes"]
    )
    subject: str
    noun: NounName | None = Field(description="What it is about.")
    subject_id: UUID | None = Field(description="The id of that.")
    delivery: LetterDeliveryOut


class OwnLetterPage(Page[OwnLetterOut]):
    """Some of my letters of the last 30 days, the latest first."""


class LetterQuery(Paging):
    """Which letters."""

    state: Annotated[DeliveryState | None, Field(description="Only those in this state.")] = None
    queued_from: InstantIn | None = None
    queued_until: InstantIn | None = None
