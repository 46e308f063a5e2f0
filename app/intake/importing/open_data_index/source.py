"""The tables of the folder: what a row holds, of which the rest is not read."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, Field

from app.intake.importing.reading import ImportFileUnreadable
from app.intake.importing.spreadsheets import delimited
from app.intake.importing.spreadsheets.grids import SheetUnreadable
from app.kernel.schemas import EARLIEST_YEAR, LATEST_YEAR

SOURCE: Final = "open-data-index"
QUESTIONS: Final = "questions.csv"
DATA_SETS: Final = "datasets.csv"
PLACES: Final = "places.csv"
ENTRIES: Final = "entries.csv"
COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    QUESTIONS: ("id", "question", "description", "weight"),
    DATA_SETS: ("id", "title", "category"),
    PLACES: ("id", "name", "region"),
    ENTRIES: ("place", "dataset", "year", "score"),
}
"""Which columns each table must have; entries have one for each question besides."""


def _utc(said: object) -> object:
    """An instant of the source, which says no zone; None where it says none."""
    if not isinstance(said, str) or not said.strip():
        return None
    try:
        at = datetime.fromisoformat(said.strip())
    except ValueError:
        return said
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _unescaped(said: object) -> object:
    """Text that was written for a page of HTML."""
    return html.unescape(said).strip() if isinstance(said, str) else said


Instant = Annotated[datetime | None, BeforeValidator(_utc)]
Text = Annotated[str, BeforeValidator(_unescaped), Field(max_length=10_000)]
Title = Annotated[str, BeforeValidator(_unescaped), Field(min_length=1, max_length=200)]
PartKey = Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9]{0,24}$")]
PlaceId = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,17}[a-z0-9]$")]
Weight = Annotated[str, Field(pattern=r"^\d{1,6}(\.\d{1,6})?$")]
Year = Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Said(StrEnum):
    YES = "Yes"
    NO = "No"
    UNSURE = "Unsure"


class QuestionRow(BaseModel):
    id: PartKey
    question: Title
    description: Text = ""
    weight: Weight


class DataSetRow(BaseModel):
    id: PartKey
    title: Title
    category: Text = ""


class PlaceRow(BaseModel):
    id: PlaceId
    name: Title
    region: Text = ""


class EntryRow(BaseModel):
    """What was said of one data set of one place in one year, and the score that it was given."""

    place: PlaceId
    dataset: PartKey
    year: Year
    score: Percent
    timestamp: Instant = None
    answers: dict[str, Said]

    @property
    def name(self) -> str:
        return f"{self.place}/{self.dataset}/{self.year}"


@dataclass(frozen=True)
class Row:
    """A row of a table, and the line on which it begins."""

    line: int
    cells: Mapping[str, str]


def table(contents: Mapping[str, bytes], name: str) -> list[Row]:
    """The rows of one of the files, by their columns. Raises ImportFileUnreadable."""
    needed = COLUMNS[name]
    try:
        grid = delimited.grid_of(contents[name], lambda cells: len({*cells} & {*needed}), 1)
    except SheetUnreadable as unreadable:
        said = " ".join(fault.detail for fault in unreadable.faults)
        raise ImportFileUnreadable(f"{name}: {said}") from None
    header = grid.rows[0][1] if grid.rows else []
    if missing := [one for one in needed if one not in header]:
        raise ImportFileUnreadable(f"{name} has no column {' and no column '.join(missing)}.")
    return [
        Row(line, dict(zip(header, [*cells, *[""] * len(header)], strict=False)))
        for line, cells in grid.rows[1:]
    ]
