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

COLUMNS = Columns(required=("name", "kind"), optional=("country",), ignored=("id",))


def cells(content: bytes) -> list[Line]:
    lines, faults = read(content, COLUMNS)
    assert not faults
    return lines


@pytest.mark.parametrize(
    "content",
    [
        b"name,kind\nA,other\nB,company\n",
        b"\xef\xbb\xbfname,kind\r\nA,other\r\nB,company",
        b"KIND;Name \nother;A\ncompany;B\n",
        b'"Kind"\t" NAME"\nother\tA\ncompany\t"B"\n',
        b"name,kind,country,,\nA,other,,,\nB,company\n",
    ],
)
def test_columns_are_found_however_they_are_written(content: bytes) -> None:
    assert cells(content) == [
        Line(2, {"name": "A", "kind": "other"}),
        Line(3, {"name": "B", "kind": "company"}),
    ]


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
        (b"name,kind\nCaf\xe9,other\n", [(2, None, "not_utf8")]),
        (b"name,kind\nA\x00,other\n", [(None, None, "not_text")]),
        (b'name,kind\n"A,other\n', [(None, None, "quotes_unbalanced")]),
        (b'name,kind\n"A"B,other\n', [(None, None, "quotes_unbalanced")]),
        (
            b"name,colour,Name\nA,red,B\n",
            [
                (1, "colour", "column_unknown"),
                (1, "name", "column_doubled"),
                (1, "kind", "column_missing"),
            ],
        ),
        (b"name,,kind\nA,,other\n", [(1, "", "column_unknown")]),
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
    lines, faults = read(b"name,kind\nA,other,more\nB,other\n", COLUMNS)
    assert lines == [Line(3, {"name": "B", "kind": "other"})]
    assert [(fault.line, fault.code) for fault in faults] == [(2, "cells_too_many")]
