"""What came of the lines of a table, gathered while it is looked through."""

from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from app.intake.importing.spreadsheets.schemas import LineFault, SpreadsheetReport
from app.intake.importing.spreadsheets.sheets import Line

TOLD_AT_MOST: Final = 1_000


@dataclass
class Outcome:
    """The lines by what came of them."""

    accepted: list[int] = field(default_factory=list[int])
    already_there: list[int] = field(default_factory=list[int])
    faults: list[LineFault] = field(default_factory=list[LineFault])

    def refuse(self, line: Line, column: str | None, code: str, detail: str) -> None:
        """Note a fault of a line."""
        self.faults.append(LineFault(line=line.number, column=column, code=code, detail=detail))

    def misshapen(self, line: Line, fault: ValidationError, column_of: dict[str, str]) -> None:
        """Note what is wrong with the shape of a line; `column_of` says which column a field is
        taken from, where that has another name."""
        for one in fault.errors(include_input=False, include_url=False):
            name = str(one["loc"][0]) if one["loc"] else None
            column = column_of.get(name, name) if name else None
            self.refuse(line, column, one["type"], f"{one['msg']}.")

    def report(self, *, is_dry_run: bool) -> SpreadsheetReport:
        """The outcome as it is told."""
        refused = sorted({fault.line for fault in self.faults if fault.line is not None})
        faults = sorted(self.faults, key=lambda fault: (fault.line or 0, fault.column or ""))
        return SpreadsheetReport(
            is_dry_run=is_dry_run,
            is_imported=bool(self.accepted) and not self.faults and not is_dry_run,
            accepted=sorted(set(self.accepted) - set(refused)),
            already_there=self.already_there,
            refused=refused,
            fault_count=len(faults),
            faults=faults[:TOLD_AT_MOST],
        )


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
    return "\n".join(lines)


def _conclusion(report: SpreadsheetReport) -> str:
    if report.is_imported:
        return "All that is new was imported."
    if report.fault_count:
        return "Nothing was imported."
    return "Nothing was changed."
