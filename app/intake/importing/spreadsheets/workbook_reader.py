"""A process of its own that reads one workbook: from standard input, as JSON to standard output.

A workbook of a few hundred bytes can name a cell so far out, or unpack to so much, that whoever
reads it runs out of memory and is ended by the system. So it is read here, within limits and
without our environment, and a process that dies has only failed to read a file. Run as a script by
`workbooks.py`; imports nothing of ours.
"""

import io
import json
import resource
import sys
from datetime import date, datetime
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError
from python_calamine import SheetTypeEnum as Kind
from python_calamine import SheetVisibleEnum as Visibility

MOST_BYTES: Final = 1024 * 1024 * 1024
"""Of memory. What is read is at most 5 MiB long, and packed."""
MOST_SECONDS: Final = 20
MOST_SHEETS: Final = 20

Row = tuple[int, list[str]]
"""Its number, and its cells as texts."""


def main(most_rows: int) -> None:
    """Write the visible sheets, each a name and rows with their numbers, or what is in the way."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        said: dict[str, Any] = {"sheets": _sheets(sys.stdin.buffer.read(), most_rows)}
    except PasswordError:
        said = {"fault": "password"}
    except (CalamineError, ValueError):
        said = {"fault": "unreadable"}
    sys.stdout.write(json.dumps(said))


def _sheets(content: bytes, most_rows: int) -> list[tuple[str, list[Row]]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    shown = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if (sheet.typ, sheet.visible) == (Kind.WorkSheet, Visibility.Visible)
    ]
    return [(name, _rows(workbook, name)[:most_rows]) for name in shown[:MOST_SHEETS]]


def _rows(workbook: CalamineWorkbook, name: str) -> list[Row]:
    """The rows of a sheet that are not blank, from its first column on."""
    sheet = workbook.get_sheet_by_name(name)
    above, left = sheet.start or (0, 0)
    rows = enumerate(sheet.iter_rows(), start=above + 1)
    found = ((number, [""] * left + [_written(cell) for cell in row]) for number, row in rows)
    return [(number, cells) for number, cells in found if any(cells)]


def _written(cell: object) -> str:
    """A cell as its reader sees it, where a spreadsheet would show a number without a fraction."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).strip()


if __name__ == "__main__":
    main(int(sys.argv[1]))
