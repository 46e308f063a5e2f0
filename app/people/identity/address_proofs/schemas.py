"""What crosses the wire when an address is proved."""

from pydantic import Field

from app.background.mail import LetterDeliveryOut
from app.kernel.schemas import InstantOut, Request, Response
from app.people.identity.sign_ins.schemas import Secret


class ProveAddress(Request):
    """The token behind the `#` of the link that was mailed; without it a link is mailed."""

    token: Secret | None = None


class AddressProofOut(Response):
    """How it stands with one's address."""

    email: str
    is_address_proved: bool
    delivery: LetterDeliveryOut | None = Field(
        description="How far the letter with the link has come; null where it is proved."
    )
    expires_at: InstantOut | None = Field(description="Until when the link works.")
