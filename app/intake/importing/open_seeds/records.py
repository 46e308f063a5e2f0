"""The folder, read and thought through: its organisations, its people, its cohorts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from app.intake.importing.ground import ZONE
from app.intake.importing.open_seeds.calendar import Calendar, calendar_of
from app.intake.importing.open_seeds.cohorts import CohortRecord, Part, hour
from app.intake.importing.open_seeds.meetings import meetings_of, names_of
from app.intake.importing.open_seeds.projects import OUTCOMES
from app.intake.importing.open_seeds.registers import OrganisationRecord, PersonRecord, Registers
from app.intake.importing.open_seeds.roles import IN_A_PROJECT, ON_THE_COHORT, role_name
from app.intake.importing.open_seeds.source import (
    CohortRow,
    FundingRow,
    OrganisationRow,
    PersonRow,
    ProjectRow,
)
from app.intake.importing.reading import ImportFileUnreadable, Raw, name_of, objects, parsed, shaped
from app.intake.importing.report import ImportReport, Key, LeftOutOut, Remark
from app.intake.importing.runs import ImportRun, Passage, Record, RecordRefused, Tell, bring_in
from app.kernel.clock import day

NEEDED: Final = ("organizations.json", "people.json", "cohorts.json", "projects.json")
WELCOME: Final = ("funding.json", "library.json")

Planned = tuple[Record, Mapping[str, Any]]


@dataclass(frozen=True)
class RefusedRecord:
    """A record that is out of shape, or belongs to nothing."""

    keys: Sequence[Key]
    reasons: Sequence[Remark]

    async def bring_in(self, passage: Passage) -> None:
        """Raises RecordRefused, unless an earlier run has imported it."""
        if not await passage.seen_before():
            raise RecordRefused(self.reasons)


async def bring_in_folder(
    run: ImportRun, folder: Path, programme_id: UUID | None, tell: Tell
) -> ImportReport:
    """Bring in what a folder holds. Raises ImportFileUnreadable."""
    if missing := [name for name in NEEDED if not (folder / name).is_file()]:
        raise ImportFileUnreadable(f"{folder.name} has no {' and no '.join(missing)}.")
    named = [folder / name for name in (*NEEDED, *WELCOME)]
    contents = {file.name: file.read_bytes() for file in named if file.is_file()}
    return await bring_in_files(run, contents, programme_id, tell)


async def bring_in_files(
    run: ImportRun, contents: Mapping[str, bytes], programme_id: UUID | None, tell: Tell
) -> ImportReport:
    """Bring in what these files of a folder hold, by name. Raises ImportFileUnreadable."""
    folded = _Folder(contents, day(run.at, ZONE), programme_id)
    return await bring_in(run, list(folded.records()), tell, folded.left_out())


class _Folder:
    """The files of a folder, in the shapes of their records."""

    def __init__(
        self, contents: Mapping[str, bytes], today: date, programme_id: UUID | None
    ) -> None:
        self.contents, self.today, self.programme_id = contents, today, programme_id
        self.organisations = self._named("organizations.json")
        self.people = self._listed("people.json", "account", PersonRow)
        self.projects = _once(self._listed("projects.json", "collaboration", ProjectRow))
        self.cohorts = [
            (shaped(CohortRow, raw, "cohort", _cohort_name(raw, place)), raw, place)
            for place, raw in enumerate(self._objects("cohorts.json"), start=1)
        ]
        self.funding = [
            funding
            for raw in self._optional("funding.json")
            if isinstance(funding := shaped(FundingRow, raw, "funding", ""), FundingRow)
        ]
        dated = [calendar_of(row) for row, *_ in self.cohorts if isinstance(row, CohortRow)]
        days = [calendar.opened_on for calendar in dated if calendar is not None]
        self.registers = Registers(
            people={row.id: raw for row, raw, _ in self.people if isinstance(row, PersonRow)},
            organisations={name: raw for name, (_, raw) in self.organisations.items()},
            at=hour(min(days, default=today), 3),
        )

    def records(self) -> Iterator[Planned]:
        """Organisations, people, then cohorts, which refer to both."""
        for name, (row, raw) in self.organisations.items():
            yield OrganisationRecord(self.registers, name, row), raw
        named: set[str] = set()
        for row, raw, place in self.people:
            name = name_of(raw, place)
            faults = [] if isinstance(row, PersonRow) else row
            if name in named:
                name = f"{name} (record {place})"
                faults = [_twice("account", name)]
            named.add(name)
            yield PersonRecord(self.registers, name, faults), raw
        yield from self._cohorts()
        yield from self._stray_projects()

    def left_out(self) -> list[LeftOutOut]:
        """What the service has no place for."""
        found = (
            ("talks", len(self._optional("library.json")), "Talks are not kept yet."),
            ("grants received", len(self.funding), "Their funders are those of the programme."),
            ("countries of people", len(self.people), "An account has no country."),
        )
        return [
            LeftOutOut(what=what, records=records, detail=detail)
            for what, records, detail in found
            if records
        ]

    def _cohorts(self) -> Iterator[Planned]:
        named: set[str] = set()
        for row, raw, place in self.cohorts:
            name = _cohort_name(raw, place)
            if not isinstance(row, CohortRow):
                yield RefusedRecord([("cohort", name)], row), raw
            elif name in named:
                name = f"{name} (record {place})"
                yield RefusedRecord([("cohort", name)], [_twice("cohort", name)]), raw
            else:
                named.add(name)
                yield self._cohort(row), raw

    def _cohort(self, row: CohortRow) -> Record:
        calendar = calendar_of(row)
        own = [
            (project, raw)
            for project, raw, _ in self.projects
            if isinstance(project, ProjectRow) and project.cohort == row.cohort
        ]
        if calendar is None or calendar.ends_on >= self.today:
            keys: list[Key] = [("cohort", row.cohort)]
            keys += [(noun, one.id) for one, _ in own for noun in ("collaboration", "membership")]
            keys += [("learning_session", name) for name in names_of(row)]
            return RefusedRecord(keys, [_undated(row, calendar)])
        parts, unplaced = self._parts(row, own)
        names = dict.fromkeys(funding.funder for funding in self.funding)
        return CohortRecord(
            registers=self.registers,
            row=row,
            calendar=calendar,
            projects=own,
            parts=parts,
            funders={name: one for name in names if (one := self._funder(name)) is not None},
            programme_id=self.programme_id,
            remarks=list(_remarks(row, calendar, [project for project, _ in own])),
            meetings=meetings_of(row, calendar),
            unplaced=unplaced,
        )

    def _funder(self, name: str) -> OrganisationRow | None:
        row = self.organisations.get(name, ([], {}))[0]
        return row if isinstance(row, OrganisationRow) else None

    def _parts(
        self, row: CohortRow, projects: Sequence[tuple[ProjectRow, Raw]]
    ) -> tuple[list[Part], dict[Key, Remark]]:
        """The parts that people had in the cohort as a whole, and those that have no role."""
        in_projects = {(one, "participant") for own, _ in projects for one in own.participants}
        in_projects |= {(one, "mentor") for own, _ in projects for one in own.mentors}
        parts: list[Part] = []
        unplaced: dict[Key, Remark] = {}
        for person, role in self._held_in(row.cohort):
            name = role_name(person, row.cohort, role)
            if role in ON_THE_COHORT:
                parts.append(Part(person, role))
            elif role not in IN_A_PROJECT:
                detail = f"A {role} has no role here."
                unplaced["role", name] = Remark("role", name, "role_without_place", detail)
            elif (person, role) not in in_projects:
                detail = f"No project of the cohort names this {role}."
                unplaced["role", name] = Remark("role", name, "role_without_project", detail)
        named = [(person, listed) for listed, people in row.people.items() for person in people]
        named += in_projects
        for person, role in sorted(named):
            if person not in self.registers.people:
                name = role_name(person[:60], row.cohort, role[:60])
                detail = "The cohort names somebody whom the source does not list."
                unplaced["role", name] = Remark("role", name, "person_unknown", detail)
        return parts, unplaced

    def _held_in(self, cohort: str) -> Iterator[tuple[str, str]]:
        held = (
            (row.id, held.role)
            for row, *_ in self.people
            if isinstance(row, PersonRow)
            for held in row.roles
            if held.cohort == cohort
        )
        yield from dict.fromkeys(held)

    def _stray_projects(self) -> Iterator[Planned]:
        """Projects that are out of shape, or of a cohort that is not listed."""
        cohorts = {row.cohort for row, *_ in self.cohorts if isinstance(row, CohortRow)}
        for project, raw, place in self.projects:
            name = name_of(raw, place)
            keys: list[Key] = [("collaboration", name), ("membership", name)]
            if not isinstance(project, ProjectRow):
                keys = [(noun, f"{name} (record {place})") for noun, _ in keys]
                yield RefusedRecord(keys, project), raw
            elif project.cohort not in cohorts:
                detail = "Its cohort is not listed."
                why = Remark("collaboration", name, "cohort_unknown", detail)
                yield RefusedRecord(keys, [why]), raw

    def _objects(self, name: str) -> list[Raw]:
        return objects(self.contents[name], name)

    def _optional(self, name: str) -> list[Raw]:
        return self._objects(name) if name in self.contents else []

    def _listed(self, name: str, noun: str, shape: Any) -> list[tuple[Any, Raw, int]]:
        return [
            (shaped(shape, raw, noun, name_of(raw, place)), raw, place)
            for place, raw in enumerate(self._objects(name), start=1)
        ]

    def _named(self, name: str) -> dict[str, tuple[OrganisationRow | Sequence[Remark], Raw]]:
        rows = parsed(self.contents[name], name)
        if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
            raise ImportFileUnreadable(f"{name} has to be an object of organisations by name.")
        found: dict[str, tuple[OrganisationRow | Sequence[Remark], Raw]] = {}
        for place, (key, row) in enumerate(rows.items(), start=1):
            called = name_of({"id": key}, place)
            unusable = Remark("organisation", called, "record_malformed", "Its name is no id.")
            read = shaped(OrganisationRow, row, "organisation", called)
            found[called] = (read if called == key else [unusable], row)
        return found


def _once(projects: list[tuple[Any, Raw, int]]) -> list[tuple[Any, Raw, int]]:
    """Projects, of which the second of an id is refused."""
    named: set[str] = set()
    found: list[tuple[Any, Raw, int]] = []
    for project, raw, place in projects:
        name = name_of(raw, place)
        found.append(([_twice("collaboration", name)] if name in named else project, raw, place))
        named.add(name)
    return found


def _cohort_name(raw: Raw, place: int) -> str:
    return name_of({"id": raw.get("cohort")}, place)


def _twice(noun: str, name: str) -> Remark:
    return Remark(noun, name, "listed_twice", "The file has another record of this id.")


def _undated(row: CohortRow, calendar: Calendar | None) -> Remark:
    if calendar is None:
        return Remark("cohort", row.cohort, "date_missing", "None of its days can be read.")
    return Remark("cohort", row.cohort, "date_not_past", "It is not over yet.")


def _remarks(
    row: CohortRow, calendar: Calendar, projects: Sequence[ProjectRow]
) -> Iterator[Remark]:
    """What of a cohort is imported otherwise than it stands."""
    if not calendar.is_call_dated:
        detail = "Its call has no dates: taken to have been on the day on which it started."
        yield Remark("cohort", row.cohort, "call_dates_missing", detail)
    if unstated := sum(project.status not in OUTCOMES for project in projects):
        detail = f"It stays in its last weeks: of {unstated} members no outcome is stated."
        yield Remark("cohort", row.cohort, "cohort_not_closed", detail)
