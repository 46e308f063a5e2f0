"""The endpoint that imports an index of open data."""

from app.intake.importing.open_data_index import service
from app.intake.importing.open_data_index.schemas import ImportOpenDataIndex
from app.network.programmes.access import ProgrammeUnknown
from app.people.files.access import FileNotFound
from app.people.identity.deps import CurrentActor
from app.people.operations.schemas import OperationOut
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Imports")

FILE = "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"


@router.post(
    "/imports/open-data-index",
    permission="import.run",
    status=202,
    location="/v1/operations/{id}",
    refuses=(FileNotFound, ProgrammeUnknown),
    example={
        "questions_file_id": FILE,
        "datasets_file_id": FILE,
        "places_file_id": FILE,
        "entries_file_id": FILE,
        "dry_run": True,
    },
)
async def import_open_data_index(
    db: Db, actor: CurrentActor, body: ImportOpenDataIndex
) -> OperationOut:
    """Import the answers of past years as an index of open data published them, from tables that
    you have uploaded: the framework, a member for each place, and for each year a closed, strict
    round whose published results are the scores of the index.

    The operation's `result` is a report: counts by noun of what was imported, was there already,
    or was refused, and each row refused or changed with its reason, such as a second row of the
    same place, data set and year, or a score that does not follow from its answers. Nobody is asked
    or reminded of anything. Imported again, nothing is done twice.
    """
    return await service.import_open_data_index(db, actor, body)
