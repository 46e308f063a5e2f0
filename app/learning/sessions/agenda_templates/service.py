"""The agenda templates that there are."""

from typing import Final

from app.learning.sessions.agenda_templates.schemas import AgendaTemplateOut, AgendaTemplatesOut
from app.learning.sessions.schemas import SegmentOut

_ACTION_LEARNING: Final = (
    ("Present the issue", 3),
    ("Clarify what it is", 8),
    ("Ask open questions, and give no advice", 14),
    ("Sum up what was heard", 3),
    ("Name what and who could help", 5),
    ("Say what will be done, and by when", 3),
)

_TEMPLATES: Final = AgendaTemplatesOut(
    items=[
        AgendaTemplateOut(
            key="action_learning",
            title="Action learning",
            purpose="Four to eight peers help one of them with an issue by questions alone. What "
            "is done about it is asked in the next session of the series.",
            minutes=sum(minutes for _, minutes in _ACTION_LEARNING),
            agenda=[
                SegmentOut(title=title, minutes=minutes) for title, minutes in _ACTION_LEARNING
            ],
        )
    ]
)


def list_agenda_templates() -> AgendaTemplatesOut:
    """How sessions are usually spent."""
    return _TEMPLATES
