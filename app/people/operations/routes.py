"""The endpoints of long operations."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.background.operations import OperationFinished
from app.people.identity.deps import CurrentActor
from app.people.operations import service
from app.people.operations.access import OperationNotFound
from app.people.operations.schemas import ListOperations, OperationOut, OperationPage
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Operations")


@router.get("/operations", permission=SIGNED_IN)
async def list_operations(
    db: Db, actor: CurrentActor, query: Annotated[ListOperations, Query()]
) -> OperationPage:
    """List the long operations that you asked for. Ended ones are kept for 30 days."""
    return await service.list_operations(db, actor, query)


@router.get("/operations/{operation_id}", permission=SIGNED_IN, refuses=(OperationNotFound,))
async def get_operation(db: Db, actor: CurrentActor, operation_id: UUID) -> OperationOut:
    """Look up a long operation that you asked for, until its `status` says how it ended."""
    return await service.get_operation(db, actor, operation_id)


@router.post(
    "/operations/{operation_id}/cancel",
    permission=SIGNED_IN,
    refuses=(OperationNotFound, OperationFinished),
)
async def cancel_operation(db: Db, actor: CurrentActor, operation_id: UUID) -> OperationOut:
    """Stop a long operation that you asked for; what it has done already stays done."""
    return await service.cancel_operation(db, actor, operation_id)
