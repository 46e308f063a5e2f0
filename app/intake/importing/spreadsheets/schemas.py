"""What crosses the wire about an import of a spreadsheet."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request, Response


class ImportSpreadsheet(Request):
    """A table to be imported whole."""

    file_id: UUID = Field(description="A CSV file that you have uploaded.")
    dry_run: bool = Field(
        default=False, description="Whether to say what would happen, and leave nothing behind."
    )


class LineFault(Response):
    """What stands in the way of a line, and what to do about it."""

    line: int | None = Field(description="Where the line begins; null for the file as a whole.")
    column: str | None = Field(description="The column; null for the line as a whole.")
    code: str = Field(description="What is wrong, as a stable word.")
    detail: str = Field(description="What to do, as a sentence.")


class SpreadsheetReport(Response):
    """What came of each line, or would come of it."""

    is_dry_run: bool
    is_imported: bool = Field(description="Whether anything is there now that was not before.")
    accepted: list[int] = Field(description="The lines that are new.")
    already_there: list[int] = Field(description="The lines that changed nothing.")
    refused: list[int] = Field(description="The lines with a fault; with one, none is imported.")
    fault_count: int
    faults: list[LineFault] = Field(description="The first thousand of the faults.")
