"""Reading a table that somebody's spreadsheet wrote: its lines by column, and what is wrong.

Encoded as UTF-8, with or without a mark; columns in any order, in any case, with commas, semicolons
or tabs between them (RFC 4180 but for the delimiter). What our own tables keep from being taken for
a formula is given back as it was.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.intake.importing.spreadsheets.schemas import LineFault
from app.web.exports import unguarded

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_LINES: Final = 10_000
LONGEST_CELL: Final = 20_000

_DELIMITERS: Final = ",;\t"

csv.field_size_limit(MOST_BYTES)


@dataclass(frozen=True)
class Columns:
    """The columns that a table must and may have, and those of our own tables that say nothing."""

    required: Sequence[str]
    optional: Sequence[str] = ()
    ignored: Sequence[str] = ()

    @property
    def known(self) -> list[str]:
        """Every column that a table may have."""
        return [*self.required, *self.optional, *self.ignored]


@dataclass(frozen=True)
class Line:
    """A line of a table by column, without cells that are empty; `number` is where it begins."""

    number: int
    cells: Mapping[str, str]


class SheetUnreadable(Exception):
    """Nothing of the table can be used, for these reasons."""

    def __init__(self, *faults: LineFault) -> None:
        super().__init__()
        self.faults = faults


def read(content: bytes, columns: Columns) -> tuple[list[Line], list[LineFault]]:
    """The lines of a table, and those with too many cells. Raises SheetUnreadable."""
    text = _decoded(content)
    first, _, _ = text.partition("\n")
    delimiter = max(_DELIMITERS, key=lambda one: _recognised(first, one, columns))
    try:
        rows = list(_rows(text, delimiter))
    except csv.Error as fault:
        raise SheetUnreadable(
            LineFault(
                line=None,
                column=None,
                code="quotes_unbalanced",
                detail=f"Its quotation marks do not match ({fault}). Save it as CSV again.",
            )
        ) from None
    if not rows:
        raise SheetUnreadable(_of_file("file_empty", "There is not even a header line."))
    header = _header(*rows[0], columns)
    if len(rows) - 1 > MOST_LINES:
        raise SheetUnreadable(
            _of_file("lines_too_many", f"At most {MOST_LINES:,} lines at once: split the file.")
        )
    return _lines(rows[1:], header)


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        detail = "This is not UTF-8. Save the file as “CSV UTF-8”."
        raise SheetUnreadable(
            LineFault(line=line, column=None, code="not_utf8", detail=detail)
        ) from None
    if "\x00" in text:
        raise SheetUnreadable(_of_file("not_text", "It holds the NUL character. Save it as CSV."))
    return text


def _recognised(first: str, delimiter: str, columns: Columns) -> int:
    cells = next(csv.reader([first], delimiter=delimiter), [])
    return len({_folded(cell) for cell in cells} & set(columns.known))


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begins, [unguarded(cell).strip() for cell in cells]
        begins = reader.line_num + 1


def _header(line: int, cells: Sequence[str], columns: Columns) -> list[str]:
    names = [_folded(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    faults = [
        LineFault(
            line=line,
            column=name,
            code="column_unknown" if name not in columns.known else "column_doubled",
            detail=f"Leave it out, or name it as one of: {', '.join(columns.known)}."
            if name not in columns.known
            else "There are two columns of this name.",
        )
        for place, name in enumerate(names)
        if name not in columns.known or name in names[:place]
    ]
    faults += [
        LineFault(
            line=line, column=name, code="column_missing", detail="Add a column of this name."
        )
        for name in columns.required
        if name not in names
    ]
    if faults:
        raise SheetUnreadable(*faults)
    return names


def _folded(name: str) -> str:
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())


def _lines(
    rows: Sequence[tuple[int, list[str]]], header: Sequence[str]
) -> tuple[list[Line], list[LineFault]]:
    lines: list[Line] = []
    faults: list[LineFault] = []
    for number, cells in rows:
        if any(cells[len(header) :]):
            detail = f"It has {len(cells)} cells, and the header {len(header)}."
            faults.append(LineFault(line=number, column=None, code="cells_too_many", detail=detail))
        else:
            named = zip(header, cells, strict=False)
            lines.append(Line(number, {name: cell for name, cell in named if cell}))
    return lines, faults


def _of_file(code: str, detail: str) -> LineFault:
    return LineFault(line=None, column=None, code=code, detail=detail)
