"""What came of the lines of a table, gathered while it is looked through."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from app.intake.importing.spreadsheets.cells import CellFault, in_words
from app.intake.importing.spreadsheets.schemas import (
    CellRead,
    LineFault,
    SheetRead,
    SpreadsheetReport,
)
from app.intake.importing.spreadsheets.sheets import Line
from app.intake.importing.spreadsheets.words import alike

TOLD_AT_MOST: Final = 1_000

Meaning = Callable[[str], Any]
"""What a cell means. Raises CellFault."""

Body = TypeVar("Body", bound=BaseModel)


@dataclass
class Outcome:
    """The lines by what came of them."""

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """What each column is called in the file."""
    read: SheetRead | None = None
    accepted: list[int] = field(default_factory=list[int])
    already_there: list[int] = field(default_factory=list[int])
    faults: list[LineFault] = field(default_factory=list[LineFault])
    readings: dict[tuple[str, str], CellRead] = field(
        default_factory=dict[tuple[str, str], CellRead]
    )
    """What was read otherwise than it stands, by column and words."""

    def refuse(self, line: Line, column: str | None, code: str, detail: str) -> None:
        """Note a fault of a line."""
        called = None if column is None else self.names.get(column, column)
        self.faults.append(LineFault(line=line.number, column=called, code=code, detail=detail))

    def shaped(
        self,
        line: Line,
        shape: type[Body],
        meanings: Mapping[str, Meaning],
        more: Mapping[str, Any],
    ) -> Body | None:
        """A request made of a line, each cell by what it means; None with every fault noted.

        `more` are fields that are no cells.
        """
        before = len(self.faults)
        values: dict[str, Any] = dict(more)
        for name, said in line.cells.items():
            if name in shape.model_fields:
                values[name] = self._meant(line, name, said, meanings)
        wrong = {fault.column for fault in self.faults[before:]}
        try:
            body = shape.model_validate(values)
        except ValidationError as fault:
            for error in fault.errors(include_input=False, include_url=False):
                name = str(error["loc"][0]) if error["loc"] else None
                if name is None or self.names.get(name, name) not in wrong:
                    said = line.cells.get(name or "", "")
                    self.refuse(line, name, *in_words(error, said))
            return None
        return None if wrong else body

    def _meant(self, line: Line, name: str, said: str, meanings: Mapping[str, Meaning]) -> Any:
        try:
            meant = meanings.get(name, str)(said)
        except CellFault as fault:
            self.refuse(line, name, fault.code, fault.detail)
            return None
        read_as = _shown(meant)
        if alike(read_as) != alike(said):
            column = self.names.get(name, name)
            fresh = CellRead(column=column, said=said, read_as=read_as, lines=0)
            self.readings.setdefault((name, alike(said)), fresh).lines += 1
        return meant

    def report(self, *, is_dry_run: bool) -> SpreadsheetReport:
        """The outcome as it is told."""
        refused = sorted({fault.line for fault in self.faults if fault.line is not None})
        faults = sorted(self.faults, key=lambda fault: (fault.line or 0, fault.column or ""))
        return SpreadsheetReport(
            is_dry_run=is_dry_run,
            is_imported=bool(self.accepted) and not self.faults and not is_dry_run,
            read=self.read,
            read_as=list(self.readings.values())[:TOLD_AT_MOST],
            accepted=sorted(set(self.accepted) - set(refused)),
            already_there=self.already_there,
            refused=refused,
            fault_count=len(faults),
            faults=faults[:TOLD_AT_MOST],
        )


def _shown(meant: Any) -> str:
    """What a cell was read as, as one would write it."""
    if isinstance(meant, list):
        return " ".join(f"{one.list_code}-{one.number}" for one in meant)
    return str(meant)


def as_sentences(report: SpreadsheetReport) -> str:
    """The report as a person reads it."""
    counts = f"{len(report.accepted)} new, {len(report.already_there)} already there"
    lines = [f"{counts}, {len(report.refused)} refused. {_conclusion(report)}"]
    for fault in report.faults:
        where = [
            f"line {fault.line}" if fault.line else "the file",
            *([fault.column] if fault.column else []),
        ]
        lines.append(f"  {', '.join(where)}: {fault.code}: {fault.detail}")
    lines += [
        f"  {one.column}: “{one.said}” was read as {one.read_as}, in {_lines(one.lines)}"
        for one in report.read_as
    ]
    if report.read is not None:
        aside = [*report.read.columns_set_aside, *report.read.sheets_set_aside]
        lines += [f"  set aside: {', '.join(aside)}"] if aside else []
    return "\n".join(lines)


def _lines(count: int) -> str:
    return f"{count} line" if count == 1 else f"{count} lines"


def _conclusion(report: SpreadsheetReport) -> str:
    if report.is_imported:
        return "All that is new was imported."
    if report.fault_count:
        return "Nothing was imported."
    return "Nothing was changed."
