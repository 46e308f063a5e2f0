"""The endpoint that imports Open Seeds."""

from app.intake.importing.open_seeds import service
from app.intake.importing.open_seeds.schemas import ImportOpenSeeds
from app.network.programmes.access import ProgrammeUnknown
from app.people.files.access import FileNotFound
from app.people.identity.deps import CurrentActor
from app.people.operations.schemas import OperationOut
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Imports")

FILE = "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"


@router.post(
    "/imports/open-seeds",
    permission="import.run",
    status=202,
    location="/v1/operations/{id}",
    refuses=(FileNotFound, ProgrammeUnknown),
    example={
        "organizations_file_id": FILE,
        "people_file_id": FILE,
        "cohorts_file_id": FILE,
        "projects_file_id": FILE,
        "dry_run": True,
    },
)
async def import_open_seeds(db: Db, actor: CurrentActor, body: ImportOpenSeeds) -> OperationOut:
    """Import cohorts with their sessions, projects, people and organisations of OLS (Open Seeds)
    from files that you have uploaded.

    The operation's `result` is a report: counts by noun of what was imported, was there already,
    or was refused, and each thing refused with its reason. Each record is imported whole or not at
    all, and none of them twice. A session without a time is kept as a draft, with the reason among
    the `warnings`.
    """
    return await service.import_open_seeds(db, actor, body)
