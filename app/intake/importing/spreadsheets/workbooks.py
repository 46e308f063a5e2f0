"""Reading workbooks (XLSX, ODS and the older XLS), each in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from app.intake.importing.spreadsheets.grids import Grid, SheetUnreadable, of_file

_READER: Final = Path(__file__).with_name("workbook_reader.py")
_PATIENCE_SECONDS: Final = 60
_BEGINNINGS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""Of a ZIP archive, which XLSX and ODS are; of the older XLS, and of a workbook with a password."""


def is_workbook(content: bytes) -> bool:
    """Whether a file is a workbook rather than text."""
    return content.startswith(_BEGINNINGS)


def grids_of(content: bytes, most_rows: int) -> list[Grid]:
    """The visible sheets of a workbook, with so many rows at the most. Raises SheetUnreadable."""
    said = _read(content, most_rows)
    if said.get("fault") == "password":
        detail = "It is protected with a password. Save it without one."
        raise SheetUnreadable(of_file("workbook_locked", detail))
    if "sheets" not in said:
        detail = "It cannot be read as a workbook. Save it as “Excel Workbook (.xlsx)”, or as CSV."
        raise SheetUnreadable(of_file("workbook_unreadable", detail))
    return [
        Grid(rows=[(number, cells) for number, cells in rows], sheet=name)
        for name, rows in said["sheets"]
    ]


def _read(content: bytes, most_rows: int) -> dict[str, Any]:
    """What the other process says; nothing where it came to grief."""
    try:
        done = subprocess.run(  # noqa: S603 (no shell, and our own words)
            [sys.executable, "-I", str(_READER), str(most_rows)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {}
    return json.loads(done.stdout) if done.returncode == 0 else {}
