"""Reading tables as spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake.importing.spreadsheets.sheets import (
    MOST_LINES,
    Columns,
    Line,
    SheetUnreadable,
    read,
)
from app.web.exports import written

COLUMNS = Columns(
    required=("name", "kind"), optional=("country",), ignored=("id",), also={"kind": ("type",)}
)
LINES = [Line(2, {"name": "A", "kind": "other"}), Line(3, {"name": "É", "kind": "company"})]


def cells(content: bytes) -> list[Line]:
    table = read(content, COLUMNS)
    assert not table.faults
    return [*table.lines]


@pytest.mark.parametrize(
    "content",
    [
        "name,kind\nA,other\nÉ,company\n",
        "name,kind\r\nA,other\r\nÉ,company",
        "name,kind\rA,other\rÉ,company\r",
        "KIND;Name \nother;A\ncompany;É\n",
        '"Kind"\t" NAME:"\nother\tA\ncompany\t"É"\n',
        "Type|Name*\nother|A\ncompany|É\n",
        "name,kind,country,,\nA,other,,,\nÉ,company\n",
    ],
)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"]
)
def test_columns_are_found_however_they_are_written(content: str, encoding: str) -> None:
    assert cells(content.encode(encoding)) == LINES


@pytest.mark.parametrize(
    ("content", "told", "first"),
    [
        (
            b"sep=;\r\nname;kind\r\nA, B;other\r\n",
            {"encoding": "utf-8", "separator": ";", "header_line": 2},
            Line(3, {"name": "A, B", "kind": "other"}),
        ),
        (
            '"Members, exported 3 March";;\n"of\nall";;\n\nNotes;Type;Name\n;other;A\n'.encode(
                "utf-16"
            ),
            {
                "encoding": "utf-16",
                "separator": ";",
                "header_line": 5,
                "columns_set_aside": ["Notes"],
            },
            Line(6, {"name": "A", "kind": "other"}),
        ),
        (
            "name\tkind\tType\tMet \u2013 when?\tcountry\nA\tother\tx\tÉté\tGB\t\n".encode(
                "windows-1252"
            ),
            {
                "encoding": "windows-1252",
                "separator": "\t",
                "header_line": 1,
                "columns_set_aside": ["Type", "Met \u2013 when?"],
            },
            Line(2, {"name": "A", "kind": "other", "country": "GB"}),
        ),
        (
            b"name,kind,,Notes\nA,other,x,y;\nB,other,,y,more\n",
            {
                "encoding": "utf-8",
                "separator": ",",
                "header_line": 1,
                "columns_set_aside": ["(column 3)", "Notes", "(column 5)"],
            },
            Line(2, {"name": "A", "kind": "other"}),
        ),
    ],
)
def test_how_a_file_was_read_is_told(content: bytes, told: dict[str, object], first: Line) -> None:
    table = read(content, COLUMNS)
    plain = {"sheet": None, "columns_set_aside": [], "sheets_set_aside": []}
    assert (table.read.model_dump(), table.lines[0]) == (plain | told, first)
    assert not table.faults


def test_a_line_is_named_by_where_it_begins() -> None:
    content = b'name,kind\n\n"A\nand\nB",other\n,,\nC,"other"\n'
    assert cells(content) == [
        Line(3, {"name": "A\nand\nB", "kind": "other"}),
        Line(7, {"name": "C", "kind": "other"}),
    ]


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1))
def test_what_our_tables_write_is_read_back(name: str) -> None:
    found = cells(written([["name", "kind"], [name, "other"]]).encode())
    assert found == [
        Line(2, {"name": name.strip(), "kind": "other"} if name.strip() else {"kind": "other"})
    ]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", [(None, None, "file_empty")]),
        (b"\n \n", [(None, None, "file_empty")]),
        (b"name,kind\nCaf\x81,other\n", [(None, None, "not_text")]),
        (b"name,kind\nA\x00,other\n", [(None, None, "not_text")]),
        (b"\xff\xfen", [(None, None, "not_text")]),
        (b'name,kind\nA,other\n"B,other\n', [(3, None, "quotes_unbalanced")]),
        (b'name,kind\n"A"B,other\n', [(2, None, "quotes_unbalanced")]),
        (
            b"Members\nname,colour,Name\nA,red,B\n",
            [(2, "Name", "column_doubled"), (2, "kind", "column_missing")],
        ),
        (
            b"name,Type,type\nA,red,B\n",
            [(1, "type", "column_doubled")],
        ),
        (b"colour,size\nred,7\n", [(1, None, "header_missing")]),
        (b"name,kind\n\n,\n", [(1, None, "lines_missing")]),
        (b"name,kind\n" + b"A,other\n" * (MOST_LINES + 1), [(None, None, "lines_too_many")]),
    ],
)
def test_what_cannot_be_read_is_said(
    content: bytes, faults: list[tuple[int | None, str | None, str]]
) -> None:
    with pytest.raises(SheetUnreadable) as raised:
        read(content, COLUMNS)
    found = [(fault.line, fault.column, fault.code) for fault in raised.value.faults]
    assert found == faults


def test_a_line_with_too_many_cells_is_refused_alone() -> None:
    table = read(b"name,kind\nA,other,more\nB,other\n", COLUMNS)
    assert table.lines == [Line(3, {"name": "B", "kind": "other"})]
    assert [fault.model_dump() for fault in table.faults] == [
        {
            "line": 2,
            "column": None,
            "code": "cells_too_many",
            "detail": "It has 3 cells, and the header 2. Put a cell that has the separator in it "
            "between quotation marks.",
        }
    ]
