"""Reading workbooks: sheets, cells, and files that are made to do harm."""

import signal
import subprocess
import sys

import pytest

from app.intake.importing.spreadsheets.sheets import Columns, Line, SheetUnreadable, read
from tests.intake.importing.workbook import packed, workbook

COLUMNS = Columns(required=("name", "kind"), optional=("number",))
FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def test_the_sheet_that_names_the_columns_is_read() -> None:
    content = workbook(
        {
            "About": [["Members of the network"], [None, "exported in March"]],
            "Old": [["name", "kind"], ["Gone", "other"]],
            "Members": [
                [None, "All of them"],
                [],
                [None, "Kind", "Name", "Number", "Paid"],
                [None, "other", " A & B ", 9506232, True],
                [],
                [None, "company", "Zoë\u2019s <Data>", 1.5, 12.5, "more"],
            ],
        },
        hidden="Old",
    )
    table = read(content, COLUMNS)
    assert table.lines == [
        Line(4, {"kind": "other", "name": "A & B", "number": "9506232"}),
        Line(6, {"kind": "company", "name": "Zoë\u2019s <Data>", "number": "1.5"}),
    ]
    assert table.faults == []
    assert table.read.model_dump() == {
        "encoding": None,
        "separator": None,
        "sheet": "Members",
        "header_line": 3,
        "columns_set_aside": ["Paid", "(column 6)"],
        "sheets_set_aside": ["About"],
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (workbook({"Empty": []}), "file_empty"),
        (b"PK\x03\x04 and nothing that follows", "workbook_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "workbook_unreadable"),
        (packed({"Far": FAR}), "workbook_unreadable"),
        (workbook({"Long": [["name", "kind"]] + [["A", "other"]] * 10_001}), "lines_too_many"),
    ],
)
def test_what_cannot_be_read_is_said(content: bytes, code: str) -> None:
    with pytest.raises(SheetUnreadable) as raised:
        read(content, COLUMNS)
    assert [(fault.line, fault.code) for fault in raised.value.faults] == [(None, code)]


def test_a_cell_far_out_would_end_whoever_reads_it() -> None:
    """Why a workbook is read in a process of its own: this one names a grid of 500 GiB."""
    reading = (
        "import io, sys, resource; from python_calamine import CalamineWorkbook as W; "
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); "
        "resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31)); "
        "W.from_filelike(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", reading],
        input=packed({"Far": FAR}),
        stderr=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == -signal.SIGABRT
