"""Reading a file of the standard as funders publish it: JSON, CSV, or a workbook."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.intake.importing.reading import ImportFileUnreadable, parsed
from app.intake.importing.spreadsheets import delimited, workbooks
from app.intake.importing.spreadsheets.grids import Grid, SheetUnreadable
from app.publishing.giving.standard.findings import Finding, FindingKind, Numbered, ReadPackage
from app.publishing.giving.standard.titles import Cell, cell_of, put

MOST_ROWS: Final = 200_000
"""Of a workbook, which is read whole."""

_HEADER_WITHIN: Final = 10
_MIDNIGHT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00", re.ASCII)
"""How a workbook's day is written that was kept as an instant without a zone."""


def read_package(content: bytes, name: str) -> ReadPackage:
    """What a file holds. Raises ImportFileUnreadable."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _of_json(parsed(content, name), name)
    try:
        return _of_table(_grid(content), name)
    except SheetUnreadable as unreadable:
        said = " ".join(fault.detail for fault in unreadable.faults)
        raise ImportFileUnreadable(f"{name}: {said}") from None


def _of_json(document: Any, name: str) -> ReadPackage:
    if isinstance(document, list):
        detail = "The grants stand by themselves: put them into an object, as its `grants`."
        fault = Finding(FindingKind.ERROR, "package_missing", "", detail)
        return ReadPackage(None, _numbered(document), (fault,))
    grants = document.get("grants")
    if not isinstance(grants, list):
        raise ImportFileUnreadable(f"{name}: It has no list `grants`.")
    head = {name: said for name, said in document.items() if name != "grants"}
    return ReadPackage(head, _numbered(grants))


def _numbered(grants: Sequence[Any]) -> list[Numbered]:
    return [Numbered(f"/grants/{place}", raw) for place, raw in enumerate(grants)]


def _grid(content: bytes) -> Grid:
    """The table of a file; of a workbook the sheet that names most columns."""
    if not workbooks.is_workbook(content):
        return delimited.grid_of(content, _known, _HEADER_WITHIN)
    grids = [one for one in workbooks.grids_of(content, MOST_ROWS + 1) if one.rows]
    if not grids:
        raise ImportFileUnreadable("There is nothing in the workbook.")
    grid = max(grids, key=lambda one: _known(one.rows[_header_at(one)][1]))
    if len(grid.rows) > MOST_ROWS:
        raise ImportFileUnreadable(f"It has more than {MOST_ROWS:,} rows: split it, or save CSV.")
    return grid


def _known(cells: Sequence[str]) -> int:
    """How many of these headers the standard knows."""
    return sum(cell_of(cell) is not None for cell in cells)


def _header_at(grid: Grid) -> int:
    known = [_known(cells) for _, cells in grid.rows[:_HEADER_WITHIN]]
    return known.index(max(known))


def _of_table(grid: Grid, name: str) -> ReadPackage:
    at = _header_at(grid) if grid.rows else 0
    headers = grid.rows[at][1] if grid.rows else []
    columns = {place: cell for place, one in enumerate(headers) if (cell := cell_of(one))}
    if not columns:
        raise ImportFileUnreadable(f"No line of {name} names columns such as “Amount Awarded”.")
    return ReadPackage(None, list(_rows(grid.rows[at + 1 :], columns)))


def _rows(rows: Sequence[tuple[int, list[str]]], columns: Mapping[int, Cell]) -> Iterator[Numbered]:
    for line, cells in rows:
        grant: dict[str, Any] = {}
        for place, cell in columns.items():
            if place < len(cells) and (said := cells[place].strip()):
                put(grant, cell.steps, _value(said, cell))
        yield Numbered(f"line {line}", without_empty(grant))


def _value(said: str, cell: Cell) -> Any:
    """What a cell says, as JSON would: a number where it is written as one."""
    if cell.is_list:
        return [one for part in said.split(";") if (one := part.strip())]
    if not cell.is_number:
        midnight = _MIDNIGHT.fullmatch(said)
        return midnight[1] if midnight else said
    try:
        value = Decimal(said)
    except InvalidOperation:
        return said
    return value if value.is_finite() else said


def without_empty(value: Any) -> Any:
    """An object without what it holds nothing in: gaps of a list, objects of no field."""
    if isinstance(value, Mapping):
        kept = {name: without_empty(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in ({}, [])}
    if isinstance(value, list):
        return [kept for one in value if (kept := without_empty(one)) not in ({}, [])]
    return value
