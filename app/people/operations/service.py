"""Asking for long operations, and looking after them."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.background import operations
from app.background.operations import Operation
from app.kernel.activity import record
from app.kernel.paging import paginate
from app.kernel.schemas import ActionOut
from app.people.identity.actors import Actor
from app.people.identity.scopes import NETWORK_ID
from app.people.operations import access
from app.people.operations.schemas import (
    ListOperations,
    OperationCounts,
    OperationOut,
    OperationPage,
)
from app.web.problem_shapes import Problem

_SORTS = {"created_at": (Operation.id,)}


@dataclass(frozen=True)
class _OfTheNetwork:
    """An operation as the record has it."""

    id: UUID
    __noun__: ClassVar[str] = "operation"

    @property
    def scope_id(self) -> UUID:
        return NETWORK_ID


async def request_operation(
    db: AsyncSession, actor: Actor, kind: str, arguments: dict[str, Any]
) -> OperationOut:
    """Ask for an operation, in the caller's transaction. `arguments` are JSON without secrets."""
    asked = await operations.start(db, actor, kind, arguments)
    record(db, actor, "operation.requested", _OfTheNetwork(asked.id), detail={"kind": kind})
    return described(asked)


async def list_operations(db: AsyncSession, actor: Actor, query: ListOperations) -> OperationPage:
    """A page of the operations that the actor asked for."""
    mine = access.mine(actor)
    page = await paginate(db, mine, query, _SORTS, default="-created_at", filters={})
    return OperationPage(
        items=[described(operation) for operation in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_operation(db: AsyncSession, actor: Actor, operation_id: UUID) -> OperationOut:
    """One of the actor's operations. Raises OperationNotFound."""
    return described(await access.operation(db, actor, operation_id))


async def cancel_operation(db: AsyncSession, actor: Actor, operation_id: UUID) -> OperationOut:
    """Stop an operation; what it has done stays. Raises OperationNotFound, OperationFinished."""
    operation = await access.operation(db, actor, operation_id, lock=True)
    await operations.cancel(db, operation)
    record(db, actor, "operation.cancelled", _OfTheNetwork(operation.id))
    return described(operation)


def described(operation: Operation) -> OperationOut:
    """An operation as its requester sees it: what a verb that starts one answers with (202)."""
    problem = operation.problem
    return OperationOut(
        id=operation.id,
        version=operation.version,
        kind=operation.kind,
        status=operation.status,
        progress=operation.progress,
        message=operation.message,
        attempt=operation.attempt,
        counts=_counts(operation),
        result=operation.result,
        problem=None if problem is None else Problem.model_validate(problem),
        created_at=operation.created_at,
        updated_at=operation.updated_at,
        started_at=operation.started_at,
        finished_at=operation.finished_at,
        available_actions=[] if operation.finished_at else [_cancelling(operation)],
    )


def _counts(operation: Operation) -> OperationCounts | None:
    done, unchanged, refused = (
        operation.done_count,
        operation.unchanged_count,
        operation.refused_count,
    )
    if done is None or unchanged is None or refused is None:
        return None
    return OperationCounts(done=done, unchanged=unchanged, refused=refused)


def _cancelling(operation: Operation) -> ActionOut:
    return ActionOut(
        name="cancel",
        operation_id="cancel_operation",
        method="POST",
        href=f"/v1/operations/{operation.id}/cancel",
        needs_reason=False,
        needs_if_match=False,
    )
