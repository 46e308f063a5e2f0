"""The endpoint that imports grants."""

from app.intake.importing.milestone_grants import service
from app.intake.importing.milestone_grants.schemas import ImportMilestoneGrants
from app.network.programmes.access import ProgrammeUnknown
from app.people.files.access import FileNotFound
from app.people.identity.deps import CurrentActor
from app.people.operations.schemas import OperationOut
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Imports")


@router.post(
    "/imports/milestone-grants",
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
async def import_milestone_grants(
    db: Db, actor: CurrentActor, body: ImportMilestoneGrants
) -> OperationOut:
    """Import grants paid by milestones, with what was delivered and evaluated, from a file that
    you have uploaded.

    The operation's `result` is a report: counts by noun of what was imported, was there already,
    or was refused, and each thing refused with its reason. Each record is imported whole or not at
    all, and none of them twice.
    """
    return await service.import_milestone_grants(db, actor, body)
