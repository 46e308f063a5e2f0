"""The endpoint that imports grants that others published."""

from app.intake.importing.giving import service
from app.intake.importing.giving.schemas import ImportExternalGrants
from app.people.files.access import FileNotFound
from app.people.identity.deps import CurrentActor
from app.people.operations.schemas import OperationOut
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Imports")


@router.post(
    "/imports/external-grants",
    permission="import.run",
    status=202,
    location="/v1/operations/{id}",
    refuses=(FileNotFound,),
    example={"file_id": "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91", "dry_run": True},
)
async def import_external_grants(
    db: Db, actor: CurrentActor, body: ImportExternalGrants
) -> OperationOut:
    """Import grants that another funder published by the 360Giving Data Standard, from a file that
    you have uploaded: JSON, CSV or XLSX.

    The operation's `result` is a report: how many were imported, were there already or were
    refused, and each thing that was changed on the way, with its reason. Imported again, grants
    that their funder changed are changed, and the others stay as they are.
    """
    return await service.import_external_grants(db, actor, body)
