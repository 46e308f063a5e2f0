"""The endpoint that imports a questionnaire."""

from app.intake.importing.open_data_pathway import service
from app.intake.importing.open_data_pathway.schemas import ImportOpenDataPathway
from app.network.programmes.access import ProgrammeUnknown
from app.people.files.access import FileNotFound
from app.people.identity.deps import CurrentActor
from app.people.operations.schemas import OperationOut
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Imports")


@router.post(
    "/imports/open-data-pathway",
    permission="import.run",
    status=202,
    location="/v1/operations/{id}",
    refuses=(FileNotFound, ProgrammeUnknown),
    example={
        "file_id": "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91",
        "programme_id": None,
        "dry_run": True,
    },
)
async def import_open_data_pathway(
    db: Db, actor: CurrentActor, body: ImportOpenDataPathway
) -> OperationOut:
    """Import a questionnaire as ODI's Open Data Pathway keeps it, from a file that you have
    uploaded, as a framework that is published: each activity a path of questions, in which a
    negative answer ends the activity and gives its score, each theme the mean of its activities.

    The operation's `result` is a report. Imported again, nothing is done twice.
    """
    return await service.import_open_data_pathway(db, actor, body)
