"""Reading tables that spreadsheets write as text: CSV and its relatives.

Encoded as UTF-8 or UTF-16, with or without a mark, else as Windows-1252; with commas, semicolons,
tabs or bars between cells (RFC 4180 but for the delimiter), whichever makes most of a header known;
or with what a first line `sep=;` says. What our own tables keep from being taken for a formula is
given back as it was.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from app.intake.importing.spreadsheets.grids import Grid, SheetUnreadable, of_file
from app.web.exports import unguarded

_DELIMITERS: Final = ",;\t|"
_LOOKED_AT: Final = 200
"""Bytes by which UTF-16 without a mark is told: every second one is NUL where letters are Latin."""

_LONGEST_CELL: Final = 8 * 1024 * 1024
"""Longer than any file that is read, so that no cell is cut."""

csv.field_size_limit(_LONGEST_CELL)

Known = Callable[[Sequence[str]], int]
"""How many columns of a row have a name that is known."""


def grid_of(content: bytes, known: Known, within: int) -> Grid:
    """The rows of a text whose header is one of the first `within`. Raises SheetUnreadable."""
    text, encoding = _decoded(content)
    first, _, rest = text.partition("\n")
    said = _said(first)
    delimiter = said or max(_DELIMITERS, key=lambda one: _most_known(text, one, known, within))
    begins, text = (2, rest) if said else (1, text)
    rows: list[tuple[int, list[str]]] = []
    reader = _rows(text, delimiter, begins)
    while True:
        try:
            rows.append(next(reader))
        except StopIteration:
            return Grid(rows, encoding=encoding, separator=delimiter)
        except csv.Error:
            last = rows[-1][0] if rows else begins - 1
            detail = (
                "A quotation mark in this line, or after it, is not closed, or text follows a "
                "closed one. Write a quotation mark within a cell twice, or save as CSV again."
            )
            raise SheetUnreadable(of_file("quotes_unbalanced", detail, line=last + 1)) from None


def _said(first: str) -> str | None:
    """The delimiter that a first line `sep=;` names, as Excel writes and reads it."""
    name, equals, delimiter = first.strip(' "\r\n').partition("=")
    is_said = name.strip().casefold() == "sep" and equals and len(delimiter) == 1
    return delimiter if is_said else None


def _decoded(content: bytes) -> tuple[str, str]:
    head = content[:_LOOKED_AT]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried = ["utf-16"]
    elif head and head[1::2].count(0) * 2 > len(head[1::2]):
        tried = ["utf-16-le"]
    elif head and head[::2].count(0) * 2 > len(head[::2]):
        tried = ["utf-16-be"]
    else:
        tried = ["utf-8-sig", "windows-1252"]
    for encoding in tried:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    detail = "It is no text in UTF-8, UTF-16 or Windows-1252. Save it as “CSV UTF-8”, or as XLSX."
    raise SheetUnreadable(of_file("not_text", detail))


def _most_known(text: str, delimiter: str, known: Known, within: int) -> int:
    most = 0
    try:
        for _, cells in islice(_rows(text, delimiter, 1), within):
            most = max(most, known(cells))
    except csv.Error:
        pass
    return most


def _rows(text: str, delimiter: str, begins: int) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    above = begins - 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begins, [unguarded(cell).strip() for cell in cells]
        begins = above + reader.line_num + 1
