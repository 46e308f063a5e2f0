"""How a calendar is answered."""

from typing import Any, Final

from starlette.responses import Response

MEDIA_TYPE: Final = "text/calendar"


class CalendarResponse(Response):
    """An iCalendar object, in UTF-8."""

    media_type = MEDIA_TYPE


DOCUMENTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The calendar (RFC 5545), in UTF-8.",
        "content": {
            MEDIA_TYPE: {
                "schema": {"type": "string"},
                "example": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
            }
        },
    }
}
