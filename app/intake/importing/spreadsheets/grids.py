"""What a file holds before anybody knows its columns: rows of cells, and how they were read."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.intake.importing.spreadsheets.schemas import LineFault


@dataclass(frozen=True)
class Grid:
    """The rows that are not blank, each with the line on which it begins."""

    rows: Sequence[tuple[int, list[str]]]
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None


class SheetUnreadable(Exception):
    """Nothing of the table can be used, for these reasons."""

    def __init__(self, *faults: LineFault) -> None:
        super().__init__()
        self.faults = faults


def of_file(code: str, detail: str, *, line: int | None = None) -> LineFault:
    """A fault of the file as a whole, or of a line of which no column is known."""
    return LineFault(line=line, column=None, code=code, detail=detail)
