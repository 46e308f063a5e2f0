"""How an import that goes record by record ends as a long operation."""

from app.background.operations import Counts, Run
from app.intake.importing.reading import ImportRefused
from app.intake.importing.report import ImportReport


async def conclude(run: Run, report: ImportReport) -> None:
    """End the operation as the report says: `refused` where nothing of the source is there now,
    `partly` where some of it is not. A dry run did what it was asked for, whatever it found."""
    result = report.model_dump(mode="json")
    async with run.transaction() as (db, _):
        if report.is_dry_run:
            await run.finish(db, result)
        elif report.is_fruitless:
            await run.refuse(db, ImportRefused(), result, _counts(report))
        else:
            await run.finish(db, result, _counts(report))


def _counts(report: ImportReport) -> Counts:
    counts = report.counts.values()
    return Counts(
        done=sum(one.imported for one in counts),
        unchanged=sum(one.already_there for one in counts),
        refused=sum(one.refused for one in counts),
    )
