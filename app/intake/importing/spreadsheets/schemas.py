"""What crosses the wire about an import of a spreadsheet."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request, Response


class ImportSpreadsheet(Request):
    """A spreadsheet to be imported whole."""

    file_id: UUID = Field(
        description="A spreadsheet that you have uploaded: a workbook (XLSX, ODS), or text (CSV) "
        "with commas, semicolons, tabs or bars, in UTF-8, UTF-16 or Windows-1252."
    )
    dry_run: bool = Field(
        default=False, description="Whether to say what would happen, and leave nothing behind."
    )


class LineFault(Response):
    """What stands in the way of a line, and what to do about it."""

    line: int | None = Field(description="Where the line begins; null for the file as a whole.")
    column: str | None = Field(
        description="The column, as the file calls it; null for the line as a whole."
    )
    code: str = Field(description="What is wrong, as a stable word.")
    detail: str = Field(description="What is wrong and what to do about it, in sentences.")


class SheetRead(Response):
    """How a file was read."""

    encoding: str | None = Field(
        description="In which encoding; null for a workbook.",
        examples=["utf-8", "utf-16", "windows-1252"],
    )
    separator: str | None = Field(
        description="What stands between cells; null for a workbook.", examples=[";"]
    )
    sheet: str | None = Field(description="Which sheet of a workbook; null for text.")
    header_line: int = Field(description="The line that names the columns.")
    columns_set_aside: list[str] = Field(
        description="The columns of which nothing was made, as the file calls them."
    )
    sheets_set_aside: list[str] = Field(description="The other sheets of a workbook with cells.")


class CellRead(Response):
    """A word that was read as another."""

    column: str = Field(description="The column, as the file calls it.")
    said: str = Field(description="What stands in the file.", examples=["uk"])
    read_as: str = Field(description="What it was read as.", examples=["GB"])
    lines: int = Field(description="In how many lines.")


class SpreadsheetReport(Response):
    """What came of each line, or would come of it."""

    is_dry_run: bool
    is_imported: bool = Field(description="Whether anything is there now that was not before.")
    read: SheetRead | None = Field(description="How the file was read; null where it could not be.")
    read_as: list[CellRead] = Field(
        description="What was read otherwise than it stands: the first thousand."
    )
    accepted: list[int] = Field(description="The lines that are new.")
    already_there: list[int] = Field(description="The lines that changed nothing.")
    refused: list[int] = Field(description="The lines with a fault; with one, none is imported.")
    fault_count: int = Field(description="How many faults there are in all.")
    faults: list[LineFault] = Field(description="The first thousand of the faults.")
