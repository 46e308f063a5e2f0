"""Reading a table that somebody's spreadsheet wrote: its lines by column, and what is wrong.

The header is the first of the lines that names most of the columns, whatever stands above it.
Columns come in any order, under any of their names; those that are not known are set aside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.intake.importing.spreadsheets import delimited, workbooks
from app.intake.importing.spreadsheets.grids import Grid, SheetUnreadable, of_file
from app.intake.importing.spreadsheets.schemas import LineFault, SheetRead
from app.intake.importing.spreadsheets.words import alike

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_LINES: Final = 10_000
HEADER_WITHIN: Final = 20
"""How many lines there may be down to the header."""

_MOST_ROWS: Final = MOST_LINES + HEADER_WITHIN + 1


@dataclass(frozen=True)
class Columns:
    """The columns that a table must and may have, those of our own tables that say nothing, and
    what else people call them."""

    required: Sequence[str]
    optional: Sequence[str] = ()
    ignored: Sequence[str] = ()
    also: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    @property
    def known(self) -> list[str]:
        """Every column that a table may have."""
        return [*self.required, *self.optional, *self.ignored]

    def called(self, cell: str) -> tuple[str | None, bool]:
        """The column that a cell of a header names, and whether by its own name."""
        words = alike(cell)
        for name in self.known:
            if words == alike(name):
                return name, True
        for name, others in self.also.items():
            if words in others:
                return name, False
        return None, False

    def recognised(self, cells: Sequence[str]) -> int:
        """How many of the columns a row names."""
        return len({name for name, _ in map(self.called, cells) if name is not None})


@dataclass(frozen=True)
class Line:
    """A line of a table by column, without cells that are empty; `number` is where it begins."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The lines of a table, those that have too many cells, and how it was read."""

    lines: Sequence[Line]
    faults: Sequence[LineFault]
    names: Mapping[str, str]
    """What each column is called in the file."""
    read: SheetRead


def read(content: bytes, columns: Columns) -> Table:
    """What a file holds. Raises SheetUnreadable."""
    if workbooks.is_workbook(content):
        grids = workbooks.grids_of(content, _MOST_ROWS)
    else:
        grids = [delimited.grid_of(content, columns.recognised, HEADER_WITHIN)]
    filled = [grid for grid in grids if grid.rows]
    if not filled:
        raise SheetUnreadable(of_file("file_empty", "There is not even a header line."))
    grid = max(filled, key=lambda one: columns.recognised(one.rows[_header_at(one, columns)][1]))
    at = _header_at(grid, columns)
    line, cells = grid.rows[at]
    header = _header(line, cells, columns)
    rows = grid.rows[at + 1 :]
    if len(rows) > MOST_LINES:
        detail = f"It has more than {MOST_LINES:,} lines: split the file."
        raise SheetUnreadable(of_file("lines_too_many", detail))
    if not rows:
        detail = "There is no line below the header: nothing to import."
        raise SheetUnreadable(of_file("lines_missing", detail, line=line))
    lines, faults = _lines(rows, header, _width(grid, cells, header))
    return Table(
        lines=lines,
        faults=faults,
        names={name: cells[place] for place, name in header.items()},
        read=SheetRead(
            encoding=grid.encoding,
            separator=grid.separator,
            sheet=grid.sheet,
            header_line=line,
            columns_set_aside=_set_aside(cells, header, rows),
            sheets_set_aside=[str(other.sheet) for other in filled if other is not grid],
        ),
    )


def _header_at(grid: Grid, columns: Columns) -> int:
    """Which of the rows names the columns: the first of those that name most of them."""
    tried = [columns.recognised(cells) for _, cells in grid.rows[:HEADER_WITHIN]]
    return tried.index(max(tried))


def _header(line: int, cells: Sequence[str], columns: Columns) -> dict[int, str]:
    """The column at each place. Raises SheetUnreadable."""
    named = [columns.called(cell) for cell in cells]
    own = {name for name, is_own in named if is_own}
    header: dict[int, str] = {}
    faults: list[LineFault] = []
    for place, (name, is_own) in enumerate(named):
        if name is None or (name in own and not is_own):
            continue
        if name in header.values():
            first = next(cells[at] for at, other in header.items() if other == name)
            detail = f"“{first}” says the same. Leave one of the two out, or rename it."
            faults.append(_of_column(line, cells[place], "column_doubled", detail))
        header.setdefault(place, name)
    if not header:
        wanted = ", ".join((*columns.required, *columns.optional))
        detail = f"No line names the columns. Write a line above the others with: {wanted}."
        faults = [of_file("header_missing", detail, line=line)]
    else:
        faults += [
            _of_column(line, name, "column_missing", f"No column is called “{name}”. Add one.")
            for name in columns.required
            if name not in header.values()
        ]
    if faults:
        raise SheetUnreadable(*faults)
    return header


def _of_column(line: int, column: str, code: str, detail: str) -> LineFault:
    return LineFault(line=line, column=column, code=code, detail=detail)


def _width(grid: Grid, cells: Sequence[str], header: Mapping[int, str]) -> int | None:
    """How many cells a line may have; any number in a workbook, or beside a column set aside.

    Of a text whose last column is ours, what stands beyond it shows that a cell with a separator in
    it has moved the others to the right.
    """
    is_ours = len(cells) - 1 in header
    return len(cells) if grid.sheet is None and is_ours else None


def _lines(
    rows: Sequence[tuple[int, list[str]]], header: Mapping[int, str], width: int | None
) -> tuple[list[Line], list[LineFault]]:
    lines: list[Line] = []
    faults: list[LineFault] = []
    for number, cells in rows:
        if width is not None and any(cells[width:]):
            detail = (
                f"It has {len(cells)} cells, and the header {width}. Put a cell that has the "
                "separator in it between quotation marks."
            )
            faults.append(of_file("cells_too_many", detail, line=number))
        else:
            named = {header[at]: cell for at, cell in enumerate(cells) if cell and at in header}
            lines.append(Line(number, named))
    return lines, faults


def _set_aside(
    cells: Sequence[str], header: Mapping[int, str], rows: Sequence[tuple[int, list[str]]]
) -> list[str]:
    """What the columns are called of which nothing is made; those without a name by their place."""
    used = {at for _, row in rows for at, cell in enumerate(row) if cell}
    places = range(max(len(cells), max(used, default=0) + 1))
    called = [cells[at] if at < len(cells) else "" for at in places]
    return [
        called[at] or f"(column {at + 1})"
        for at in places
        if at not in header and (called[at] or at in used)
    ]
