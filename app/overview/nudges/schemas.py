"""What crosses the wire when somebody is reminded by hand."""

from pydantic import Field

from app.background.mail import LetterDeliveryOut
from app.kernel.schemas import Prose, Ref, Request, Response


class Nudge(Request):
    """What is said besides the list of what waits."""

    message: Prose | None = Field(None, description="In your own words; marked as such.")


class NudgedOut(Response):
    """Somebody to whom a letter went."""

    person: Ref
    work_count: int = Field(description="How many things the letter lists.")
    delivery: LetterDeliveryOut = Field(
        description="How far it has come: `list_my_letters` tells it later, and who failed."
    )


class NudgeOut(Response):
    """To whom letters went."""

    items: list[NudgedOut]
    unreached: list[Ref] = Field(
        description="For whom something waits too, and to whom no letter went, since they have not "
        "proved that their address is theirs."
    )
