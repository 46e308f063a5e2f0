"""What crosses the wire when somebody is reminded by hand."""

from pydantic import Field

from app.kernel.schemas import Prose, Ref, Request, Response


class Nudge(Request):
    """What is said besides the list of what waits."""

    message: Prose | None = Field(None, description="In your own words; marked as such.")


class NudgedOut(Response):
    """Somebody to whom a letter went."""

    person: Ref
    work_count: int = Field(description="How many things the letter lists.")


class NudgeOut(Response):
    """To whom letters went."""

    items: list[NudgedOut]
