"""Who may see an operation: whoever asked for it, and nobody else."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.operations import Operation
from app.kernel.errors import NotFound
from app.people.identity.access import one
from app.people.identity.actors import Actor


class OperationNotFound(NotFound):
    """There is no such operation, or somebody else asked for it."""


def mine(actor: Actor) -> Select[Operation]:
    """The operations that the actor asked for."""
    return select(Operation).where(Operation.requested_by.in_(actor.accounts))


async def operation(
    db: AsyncSession, actor: Actor, operation_id: UUID, *, lock: bool = False
) -> Operation:
    """One of the actor's operations. Raises OperationNotFound."""
    wanted = mine(actor).where(Operation.id == operation_id)
    return await one(db, wanted, Operation, lock=lock, missing=OperationNotFound)
