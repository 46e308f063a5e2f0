"""What crosses the wire about agenda templates."""

from pydantic import Field

from app.kernel.schemas import Response
from app.learning.sessions.schemas import SegmentOut


class AgendaTemplateOut(Response):
    """How a session of a kind is usually spent."""

    key: str
    title: str
    purpose: str = Field(description="What it is for, and how it is done.")
    minutes: int = Field(description="How long it takes, for one who presents.")
    agenda: list[SegmentOut] = Field(description="Its parts, as a session takes them.")


class AgendaTemplatesOut(Response):
    """The agenda templates that there are."""

    items: list[AgendaTemplateOut]
