"""The tables thought through: years of entries, and every row of which nothing can be made."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.intake.importing.open_data_index.frameworks import framework_of, percent
from app.intake.importing.open_data_index.source import (
    DATA_SETS,
    ENTRIES,
    PLACES,
    QUESTIONS,
    DataSetRow,
    EntryRow,
    PlaceRow,
    QuestionRow,
    Row,
    table,
)
from app.intake.importing.reading import ImportFileUnreadable, shaped
from app.intake.importing.report import Key, Remark
from app.learning.trust.framework import Framework
from app.learning.trust.soundness import flaws

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class Entry:
    """An entry that can be brought in, as the source has it, and when it was made."""

    row: EntryRow
    cells: Mapping[str, str]
    at: datetime
    warnings: Sequence[Remark]


@dataclass(frozen=True)
class Place:
    row: PlaceRow
    cells: Mapping[str, str]


@dataclass
class Plan:
    """The framework, the places by their ids, and the entries of each year by their place."""

    framework: Framework
    questions: Sequence[Mapping[str, str]]
    places: dict[str, Place]
    years: dict[int, dict[str, list[Entry]]]
    refused: list[tuple[Key, Sequence[Remark], Mapping[str, str]]] = field(
        default_factory=list[tuple[Key, Sequence[Remark], Mapping[str, str]]]
    )


def plan(contents: Mapping[str, bytes], today: date) -> Plan:
    """What the files of a folder come to. Raises ImportFileUnreadable where there is no framework
    in them."""
    return _Reader(contents, today).plan()


class _Reader:
    def __init__(self, contents: Mapping[str, bytes], today: date) -> None:
        self.contents, self.today = contents, today
        self.refused: list[tuple[Key, Sequence[Remark], Mapping[str, str]]] = []

    def plan(self) -> Plan:
        questions = self._framed(QUESTIONS, QuestionRow)
        data_sets = self._framed(DATA_SETS, DataSetRow)
        framework = _framework(questions, data_sets)
        places = self._places()
        years: dict[int, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        for entry in self._entries(framework, [one.id for one in questions], places):
            years[entry.row.year][entry.row.place].append(entry)
        framed = [
            one.cells for name in (QUESTIONS, DATA_SETS) for one in table(self.contents, name)
        ]
        return Plan(framework, framed, places, dict(sorted(years.items())), self.refused)

    def _framed(self, name: str, shape: type[Shape]) -> list[Shape]:
        """The rows of a table of which the framework is made. Raises ImportFileUnreadable."""
        found: list[Shape] = []
        for row in table(self.contents, name):
            one = shaped(shape, row.cells, "framework", f"line {row.line}")
            if not isinstance(one, shape):
                assert not isinstance(one, BaseModel)
                raise ImportFileUnreadable(f"{name}, line {row.line}: {one[0].detail}")
            found.append(one)
        return found

    def _places(self) -> dict[str, Place]:
        places: dict[str, Place] = {}
        for row in table(self.contents, PLACES):
            name = row.cells["id"] or f"line {row.line}"
            read = shaped(PlaceRow, row.cells, "collaboration", name)
            if not isinstance(read, PlaceRow):
                self.refused.append((("collaboration", name), read, row.cells))
            elif read.id in places:
                again = f"{name} (line {row.line})"
                detail = "The file has another place of this id."
                why = [Remark("collaboration", again, "listed_twice", detail)]
                self.refused.append((("collaboration", again), why, row.cells))
            else:
                places[read.id] = Place(read, row.cells)
        return places

    def _entries(
        self, framework: Framework, questions: Sequence[str], places: Mapping[str, Place]
    ) -> Iterator[Entry]:
        rows = table(self.contents, ENTRIES)
        if missing := [one for one in questions if rows and one not in rows[0].cells]:
            raise ImportFileUnreadable(
                f"{ENTRIES} has no column {' and no column '.join(missing)}, of which "
                f"{QUESTIONS} has the question."
            )
        known: dict[str, tuple[int, EntryRow]] = {}
        for row in rows:
            said: dict[str, Any] = {one: row.cells[one] for one in questions}
            name = "/".join(row.cells[one] for one in ("place", "dataset", "year"))
            called = f"{name} (line {row.line})"
            read = shaped(EntryRow, {**row.cells, "answers": said}, "entry", called)
            if not isinstance(read, EntryRow):
                self.refused.append((("entry", called), read, row.cells))
                continue
            why = _repeated(read, known.get(read.name)) or self._wrong(framework, read, places)
            if why is not None:
                reasons = [Remark("entry", called, *why)]
                self.refused.append((("entry", called), reasons, row.cells))
                continue
            known[read.name] = (row.line, read)
            yield _entry(read, row)

    def _wrong(
        self, framework: Framework, entry: EntryRow, places: Mapping[str, Place]
    ) -> tuple[str, str] | None:
        """Why nothing can be made of an entry."""
        if entry.place not in places:
            return "place_unknown", f"No row of {PLACES} is of {entry.place}."
        if entry.dataset not in {one.key for one in framework.dimensions}:
            return "data_set_unknown", f"No row of {DATA_SETS} is of {entry.dataset}."
        if entry.year >= self.today.year:
            return "year_not_over", "Only years that have ended are history."
        score = percent(framework, entry)
        if score != entry.score:
            detail = f"By its answers and their weights it scores {score}; {entry.score} stands."
            return "score_differs", detail
        return None


def _framework(questions: Sequence[QuestionRow], data_sets: Sequence[DataSetRow]) -> Framework:
    """Raises ImportFileUnreadable."""
    try:
        framework = framework_of(questions, data_sets)
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ImportFileUnreadable(
            f"{QUESTIONS} and {DATA_SETS} make no framework: {place}: {first['msg']}."
        ) from None
    if found := flaws(framework):
        raise ImportFileUnreadable(
            f"{QUESTIONS} and {DATA_SETS} make no framework: {found[0].pointer}: {found[0].problem}"
        )
    return framework


def _repeated(entry: EntryRow, earlier: tuple[int, EntryRow] | None) -> tuple[str, str] | None:
    """A place has one answer a question and year: the first that stands there."""
    if earlier is None:
        return None
    line, first = earlier
    said = {one for one in entry.answers if entry.answers[one] is not first.answers[one]}
    what = f"other answers to {', '.join(sorted(said))}" if said else "the same answers"
    return "entry_repeated", f"Line {line} is of the same, with {what}: that one counts."


def _entry(entry: EntryRow, row: Row) -> Entry:
    """Its instant, if it is within its year; else the nearest that is."""
    first = datetime(entry.year, 1, 1, 12, tzinfo=UTC)
    last = datetime(entry.year, 12, 31, 12, tzinfo=UTC)
    if entry.timestamp is None:
        return Entry(entry, row.cells, last, ())
    at = min(max(entry.timestamp, first), last)
    if at == entry.timestamp:
        return Entry(entry, row.cells, at, ())
    detail = f"It was made on {entry.timestamp:%Y-%m-%d}: imported as of {at:%Y-%m-%d}."
    return Entry(
        entry, row.cells, at, [Remark("entry", entry.name, "answered_outside_year", detail)]
    )
