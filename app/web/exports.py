"""Exports: lists as CSV, which columns each has, and how a cell is written.

An export is the whole of a list: the select that the list itself would page through, with its
authorisation, filters and order, and with the export's columns in place of its entities. So it can
hold no row that the list would not show, and takes no statement a row.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pydantic import Field, create_model
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.kernel.clock import network_zone, now
from app.kernel.db import Instant
from app.kernel.money import decimal
from app.kernel.paging import Key, Orders, PageQuery, Paging, in_order, viewed_from
from app.kernel.schemas import Request

Cell = str | int | float | Decimal | bool | datetime | date | UUID | None

AT: Final = bindparam("at", type_=Instant)
"""The instant of the request, for columns that follow from it."""

_SIGNS: Final = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_CELL: Final = r"(^{kept}(?='*[{signs}\t\r\n])|[;\t\r\n]{kept}(?='*[{signs}]))"
_OPEN: Final = re.compile(_CELL.format(kept="", signs=_SIGNS))
_CLOSED: Final = re.compile(_CELL.format(kept="'", signs=_SIGNS))
"""What a spreadsheet would calculate instead of show (OWASP ASVS 1.2.10), and what was kept from
that by apostrophes. Where commas do not part cells, quotation marks do not hold them together
either: then one begins after a semicolon, a tab or a line too."""


OF_ONE_PAGE: Final = frozenset({"cursor", "limit", "include_total", "format"})


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"


class ExportChoice(Request):
    """How an answer that can be CSV is wanted."""

    format: Format | None = Field(
        default=None,
        description="`csv` for the whole list as CSV, also where `Accept` cannot be set: `limit`, "
        "`cursor` and `include_total` say nothing then.",
    )
    bom: bool = Field(
        default=False,
        description="Begin the CSV with a byte order mark, by which Excel knows it as UTF-8.",
    )


class ExportableQuery(ExportChoice, PageQuery):
    """The query of every list that can be had as CSV."""


_OF_THE_FILE: Final = {"bom": ExportChoice.model_fields["bom"]}


class WholeQuery(Request):
    """The query of an export by itself."""


def of_the_whole(query: type[Request]) -> type[WholeQuery]:
    """The query of a list's export: the list's own, without what chooses a page or a format, and
    with what is said of an export alone."""
    kept = {
        name: (field.annotation, field)
        for name, field in {**query.model_fields, **_OF_THE_FILE}.items()
        if name not in OF_ONE_PAGE
    }
    fields: dict[str, Any] = kept
    return create_model(f"{query.__name__}OfAll", __base__=WholeQuery, **fields)


def _as_is(value: Cell) -> Cell:
    return value


@dataclass(frozen=True)
class Column:
    """A column: what it is made of in the database, and how that is said in a cell."""

    name: str
    about: str
    sources: tuple[Any, ...]
    write: Callable[..., Cell] = _as_is


@dataclass(frozen=True)
class Export:
    """A list as CSV. `joins` lead from the listed entity to those that columns are taken of;
    each finds one row or none."""

    name: str
    columns: tuple[Column, ...]
    joins: tuple[InstrumentedAttribute[Any], ...] = ()

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    def cells(self, row: Sequence[Any]) -> list[Cell]:
        """A row of the sources of all columns, as cells."""
        found = iter(row)
        return [column.write(*(next(found) for _ in column.sources)) for column in self.columns]


EXPORTS: dict[str, Export] = {}
"""Every export, by name; filled as packages are imported."""


def export(name: str, *columns: Column | Iterable[Column], joins: Sequence[Any] = ()) -> Export:
    """Register the columns of a list. Raises ValueError for a name that is taken."""
    flat = [one for some in columns for one in ((some,) if isinstance(some, Column) else some)]
    return enter(Export(name, tuple(flat), tuple(joins)))


def enter(made: Export) -> Export:
    """Register an export. Raises ValueError for a name that is taken."""
    if made.name in EXPORTS:
        raise ValueError(f"two exports are named {made.name!r}")
    EXPORTS[made.name] = made
    return made


def listed(name: str, columns: Mapping[str, str]) -> Export:
    """Register an export whose rows are not read by a select of their own: each column by its name,
    with what it says. Raises ValueError for a name that is taken."""
    return export(name, [Column(one, about, ()) for one, about in columns.items()])


def column(name: str, source: Any, about: str) -> Column:
    """A column that says what one column of the database, or an expression, holds."""
    return Column(name, about, (source,))


def ref(name: str, about: str, thing_id: Any, reference: Any, label: Any) -> list[Column]:
    """The three columns of another thing: its id, its reference and its name."""
    return [
        column(f"{name}_id", thing_id, f"{about}: its id."),
        column(f"{name}_reference", reference, f"{about}: its reference."),
        column(f"{name}_name", label, f"{about}: its name."),
    ]


def amount(name: str, minor: Any, currency: Any, about: str) -> Column:
    """A column of money in major units, with as many decimals as ISO 4217 gives the currency,
    which has a column of its own."""
    return Column(name, about, (minor, currency), _major)


def _major(amount_minor: int | None, currency: str) -> Decimal | None:
    return None if amount_minor is None else Decimal(decimal(amount_minor, currency))


@dataclass(frozen=True)
class WholeList:
    """The rows of an export that are still to be read, and how many there are."""

    export: Export
    rows: Select[Any]
    count: Select[Any]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class ListedExport:
    """An export whose rows are at hand, as cells."""

    export: Export
    rows: Sequence[Sequence[Cell]]


def whole_list(
    db: AsyncSession,
    export: Export,
    statement: Select[Any],
    query: Paging,
    sorts: Mapping[str, Sequence[Key]],
    *,
    default: str,
) -> WholeList:
    """All that the list gives page by page, as rows of `export`.

    `statement` selects the listed entity by all that `query` asks for, without loader options.
    """
    entity = statement.column_descriptions[0]["entity"]
    sorts = Orders(entity, sorts)
    sources = [source for column in export.columns for source in column.sources]
    rows: Any = statement.with_only_columns(*sources, maintain_column_froms=True)
    for target in export.joins:
        rows = rows.outerjoin(target)
    count = select(func.count()).select_from(statement.subquery())
    asked = {"at": now(db), "zone": network_zone(db), **viewed_from(query)}
    return WholeList(export, in_order(rows, query, sorts, default=default), count, asked)


def written(rows: Iterable[Sequence[Cell]]) -> str:
    """The lines of these rows by RFC 4180: text in quotation marks, numbers without.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return lines.getvalue()


def _written(cell: Cell) -> str | int | float | Decimal:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int() | float() | Decimal():
            return cell
        case datetime():
            return cell.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case date():
            return cell.isoformat()
        case _:
            return guarded(str(cell))


def guarded(text: str) -> str:
    """`text` as it may stand in a cell of a spreadsheet; `unguarded` gives it back."""
    return _OPEN.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """The text of a cell that was written by `guarded`; every other as it is."""
    return _CLOSED.sub(lambda kept: kept[0][:-1], text)


def page() -> str:
    """The text of `docs/exports.md`: the columns of each export."""
    return "\n".join([_HEAD, *_sections()])


_HEAD: Final = """\
# Exports

The columns of every list that can be had as CSV, written from the `exports.py` of each package by
`make docs`; `make check` compares the two. Columns are added at the end, and never renamed.
"""


def _sections() -> Iterator[str]:
    for name, one in sorted(EXPORTS.items()):
        rows = "\n".join(f"| `{column.name}` | {column.about} |" for column in one.columns)
        title = name.replace("-", " ").capitalize()
        yield f"## {title}\n\n| column | what it says |\n|---|---|\n{rows}\n"
