"""The folder on its way in: the framework, then each year with its places, then what is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from app.intake.importing.ground import ZONE
from app.intake.importing.open_data_index.frameworks import SLUG
from app.intake.importing.open_data_index.holding import CONVENING, hour
from app.intake.importing.open_data_index.plan import Plan, plan
from app.intake.importing.open_data_index.source import COLUMNS
from app.intake.importing.open_data_index.years import YearRecord
from app.intake.importing.reading import ImportFileUnreadable
from app.intake.importing.report import ImportReport, Key, Remark
from app.intake.importing.runs import (
    ImportRun,
    Passage,
    Record,
    RecordRefused,
    Tell,
    bring_in,
)
from app.intake.importing.trust_frameworks import publish, publishers_of
from app.kernel.clock import day

Planned = tuple[Record, Mapping[str, Any]]
FILES: Final = tuple(COLUMNS)


@dataclass(frozen=True)
class FrameworkRecord:
    """What was asked, drawn up by one and published by another before the first year."""

    planned: Plan
    programme_id: UUID | None

    @property
    def keys(self) -> Sequence[Key]:
        return [("framework", SLUG)]

    async def bring_in(self, passage: Passage) -> None:
        """Publish it unless that was done before."""
        if await passage.seen_before():
            return
        at = hour(min(self.planned.years), 6) if self.planned.years else passage.run.at
        staff = await publishers_of(passage, CONVENING, self.programme_id, at)
        await publish(passage, self.planned.framework, staff, at)


@dataclass(frozen=True)
class RefusedRow:
    """A row of which nothing can be made."""

    keys: Sequence[Key]
    reasons: Sequence[Remark]

    async def bring_in(self, passage: Passage) -> None:
        """Raises RecordRefused: nothing of this name was ever brought in."""
        if not await passage.seen_before():
            raise RecordRefused(self.reasons)


async def bring_in_folder(
    run: ImportRun, folder: Path, programme_id: UUID | None, tell: Tell
) -> ImportReport:
    """Bring in what a folder holds. Raises ImportFileUnreadable."""
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise ImportFileUnreadable(f"{folder.name} has no {' and no '.join(missing)}.")
    contents = {name: (folder / name).read_bytes() for name in FILES}
    return await bring_in_files(run, contents, programme_id, tell)


async def bring_in_files(
    run: ImportRun, contents: Mapping[str, bytes], programme_id: UUID | None, tell: Tell
) -> ImportReport:
    """Bring in what these files of a folder hold, by name. Raises ImportFileUnreadable."""
    planned = plan(contents, day(run.at, ZONE))
    return await bring_in(run, list(_records(planned, programme_id)), tell)


def _records(planned: Plan, programme_id: UUID | None) -> Sequence[Planned]:
    asked = {"questions": planned.questions}
    years = [YearRecord(planned, year, programme_id) for year in planned.years]
    return [
        (FrameworkRecord(planned, programme_id), asked),
        *((one, {"year": one.year}) for one in years),
        *((RefusedRow([key], why), cells) for key, why, cells in planned.refused),
    ]
