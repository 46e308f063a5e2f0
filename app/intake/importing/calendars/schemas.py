"""What crosses the wire about an import of a calendar."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request


class ImportCalendar(Request):
    """A calendar whose events are to be drafts of sessions."""

    file_id: UUID = Field(description="An iCalendar file (.ics) that you have uploaded.")
    dry_run: bool = Field(
        default=False, description="Whether to say what would happen, and leave nothing behind."
    )


class CalendarToImport(ImportCalendar):
    """The same, with the cohort."""

    cohort_id: UUID
