"""Long operations: asked for now (202), done by the worker, looked up until they are finished.

An operation survives the death of the worker that runs it: the next attempt takes over, and the
number of the attempt fences off the one before, should it still be alive. So a handler may be run
again from the start at any time. What it does in one `Run.transaction()` together with
`Run.finish` happens once; everything else it does must bear repeating.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from asgi_correlation_id import correlation_id
from pydantic import BaseModel
from sqlalchemy import CheckConstraint, Computed, Index, Integer, delete, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.background.jobs import BackOff, Work, defer, every, job
from app.kernel.activity import Actor
from app.kernel.clock import Clock, now
from app.kernel.db import Database, Record, text_enum
from app.kernel.errors import Conflict, Internal, NotAllowed, Refusal
from app.web.document_results import RESULTS
from app.web.problem_shapes import Problem

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 5
"""After so many beginnings without an end an operation has failed."""

KEPT_FOR: Final = timedelta(days=30)

_JOB: Final = "run_operation"
_FACTS: Final = """
CASE
    WHEN is_cancelled THEN 'cancelled'
    WHEN problem IS NOT NULL AND result IS NOT NULL THEN 'refused'
    WHEN problem IS NOT NULL THEN 'failed'
    WHEN refused_count > 0 THEN 'partly'
    WHEN finished_at IS NOT NULL THEN 'succeeded'
    WHEN attempt > 0 THEN 'running'
    ELSE 'queued'
END
"""


class OperationStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    PARTLY = "partly"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


class OperationFinished(Conflict):
    """The operation has ended; there is nothing left to cancel."""


class OperationAbandoned(Internal):
    """The operation was begun several times and never came to its end. It is in our log."""


class RequesterGone(NotAllowed):
    """Whoever asked for this operation may not do anything any more."""


class Superseded(Exception):
    """Not a refusal: another attempt has taken over, or the operation was cancelled."""


class Requester(Actor, Protocol):
    """An actor whose credential may carry less than its account holds."""

    @property
    def narrowed_to(self) -> frozenset[str] | None: ...


class Operation(Record):
    """Something long that an account asked for. Its status follows from what is known of it."""

    __tablename__ = "operations"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 100", "progress"),
        CheckConstraint(
            "finished_at IS NOT NULL OR (problem IS NULL AND result IS NULL AND NOT is_cancelled)",
            "unfinished",
        ),
        CheckConstraint(
            "num_nonnulls(done_count, unchanged_count, refused_count) IN (0, 3)"
            " AND least(done_count, unchanged_count, refused_count) >= 0",
            "counts",
        ),
        Index("ix_operations_requested_by", "requested_by", "id"),
        Index("ix_operations_finished_at", "finished_at"),
    )

    kind: Mapped[str]
    requested_by: Mapped[UUID]
    """The account; what it may do is looked up anew in every transaction of the handler."""
    narrowed_to: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The permissions that the credential was limited to, if it was."""
    request_id: Mapped[str | None]
    arguments: Mapped[dict[str, Any]]
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    progress: Mapped[int] = mapped_column(Integer, default=0)
    message: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    is_cancelled: Mapped[bool] = mapped_column(default=False)
    done_count: Mapped[int | None] = mapped_column(Integer)
    unchanged_count: Mapped[int | None] = mapped_column(Integer)
    refused_count: Mapped[int | None] = mapped_column(Integer)
    """Of the things that it was about, what became of them; null where nothing was to be done."""
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    status: Mapped[OperationStatus] = mapped_column(
        text_enum(OperationStatus, "status"), Computed(_FACTS, persisted=True)
    )


@dataclass(frozen=True)
class Counts:
    """What became of the things that an operation was about: how many were done, were so already,
    or were refused."""

    done: int
    unchanged: int
    refused: int


@dataclass(frozen=True)
class Run:
    """One attempt at an operation, as its handler sees it."""

    work: Work
    operation_id: UUID
    attempt: int
    requested_by: UUID
    narrowed_to: frozenset[str] | None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[tuple[AsyncSession, Actor]]:
        """A transaction that commits only while this attempt stands, and who acts in it.

        Raises Superseded, and RequesterGone when the account was disabled meanwhile.
        """
        async with self.work.database.transaction() as db:
            await self._stand(db)
            actor = await self.work.load_actor(db, self.requested_by, self.narrowed_to)
            if actor is None:
                raise RequesterGone
            yield db, actor

    async def progress(self, percent: int, message: str | None = None) -> None:
        """Say how far this has come, 0 to 100. Raises Superseded when it should stop."""
        async with self.work.database.transaction() as db:
            operation = await self._stand(db)
            operation.progress, operation.message = percent, message

    async def finish(
        self, db: AsyncSession, result: dict[str, Any] | None, counts: Counts | None = None
    ) -> None:
        """End the operation, in the transaction of its effect: both happen, or neither.

        It succeeded unless `counts` say that something was refused: then it did so partly.
        """
        operation = await self._stand(db)
        operation.finished_at, operation.progress = now(db), 100
        operation.result = result
        _count(operation, counts)
        await db.flush()

    async def refuse(
        self, db: AsyncSession, refusal: Refusal, result: dict[str, Any], counts: Counts | None
    ) -> None:
        """End the operation without effect: it came to its end, and what it was given cannot be
        taken. `result` says why, part by part."""
        operation = await self._stand(db)
        operation.finished_at, operation.progress = now(db), 100
        operation.result, operation.problem = result, _problem(operation, refusal)
        _count(operation, counts)
        await db.flush()

    async def fail(self, refusal: Refusal) -> None:
        """End the operation with a problem."""
        async with self.work.database.transaction() as db:
            operation = await self._stand(db)
            operation.finished_at = now(db)
            operation.problem = _problem(operation, refusal)

    async def _stand(self, db: AsyncSession) -> Operation:
        """The operation, which no other attempt can take before this transaction ends."""
        operation = await db.scalar(
            select(Operation)
            .where(
                Operation.id == self.operation_id,
                Operation.attempt == self.attempt,
                Operation.finished_at.is_(None),
            )
            .with_for_update(read=True, key_share=True)
            .execution_options(populate_existing=True)
        )
        if operation is None:
            raise Superseded
        return operation


Handler = Callable[[Run, dict[str, Any]], Awaitable[dict[str, Any] | None]]
"""`async (run, arguments) -> result`, both of them JSON."""

OPERATIONS: dict[str, Handler] = {}
"""Every kind of long operation; filled as packages are imported."""


def operation(kind: str, result: type[BaseModel]) -> Callable[[Handler], Handler]:
    """Register what an operation of this kind does, and the type of what comes of it. Raises
    ValueError for a kind that is taken."""

    def register(handler: Handler) -> Handler:
        if kind in OPERATIONS:
            raise ValueError(f"two operations are of the kind {kind!r}")
        OPERATIONS[kind] = handler
        RESULTS[kind] = result
        return handler

    return register


async def start(
    db: AsyncSession, actor: Requester, kind: str, arguments: dict[str, Any]
) -> Operation:
    """Ask for an operation, in the caller's transaction. `arguments` are JSON without secrets."""
    assert kind in OPERATIONS, f"no operation is of the kind {kind!r}"
    assert actor.account_id is not None
    asked = Operation(
        kind=kind,
        requested_by=actor.account_id,
        narrowed_to=None if actor.narrowed_to is None else sorted(actor.narrowed_to),
        request_id=correlation_id.get(),
        arguments=arguments,
    )
    db.add(asked)
    await db.flush()
    await defer(db, _JOB, operation_id=str(asked.id))
    return asked


async def cancel(db: AsyncSession, operation: Operation) -> None:
    """End a locked operation; an attempt that runs stops at its next step, and what it has
    committed stays. Raises OperationFinished."""
    if operation.finished_at is not None:
        raise OperationFinished(extra={"current_status": operation.status})
    operation.is_cancelled, operation.finished_at = True, now(db)
    await db.flush()


@job(_JOB, BackOff(first=timedelta(seconds=5), longest=timedelta(minutes=5), runs=4 * ATTEMPTS))
async def run_operation(work: Work, *, operation_id: str) -> None:
    """Make the next attempt at an operation; what it raises is tried again, a refusal is not."""
    taken = await _take(work, UUID(operation_id))
    if taken is None:
        return
    run, kind, arguments = taken
    try:
        await _attempt(run, kind, arguments)
    except Superseded:
        log.info("operation_superseded", operation_id=operation_id, attempt=run.attempt)


async def _take(work: Work, operation_id: UUID) -> tuple[Run, str, dict[str, Any]] | None:
    """Begin an attempt, once the one before can commit nothing more; None if there is none left."""
    async with work.database.transaction() as db:
        operation = await db.get(Operation, operation_id, with_for_update=True)
        if operation is None or operation.finished_at is not None:
            return None
        if operation.attempt >= ATTEMPTS:
            operation.finished_at = now(db)
            operation.problem = _problem(operation, OperationAbandoned())
            return None
        operation.attempt += 1
        operation.started_at = operation.started_at or now(db)
        limits = operation.narrowed_to
        narrowed = None if limits is None else frozenset[str](limits)
        run = Run(work, operation.id, operation.attempt, operation.requested_by, narrowed)
        return run, operation.kind, operation.arguments


async def _attempt(run: Run, kind: str, arguments: dict[str, Any]) -> None:
    try:
        result = await OPERATIONS[kind](run, arguments)
    except Refusal as refusal:
        await run.fail(refusal)
        return
    async with run.work.database.transaction() as db:
        if (await db.get_one(Operation, run.operation_id)).finished_at is None:
            await run.finish(db, result)


def _count(operation: Operation, counts: Counts | None) -> None:
    if counts is not None:
        operation.done_count = counts.done
        operation.unchanged_count = counts.unchanged
        operation.refused_count = counts.refused


def _problem(operation: Operation, refusal: Refusal) -> dict[str, Any]:
    problem = Problem(
        type=f"/problems/{refusal.code}",
        title=refusal.title,
        status=refusal.status,
        detail=refusal.detail,
        instance=f"/v1/operations/{operation.id}",
        code=refusal.code,
        request_id=operation.request_id or "",
        errors=refusal.errors,
        **refusal.extra,
    )
    return problem.model_dump(mode="json")


@every("37 3 * * *", "forget_operations")
async def forget_operations(database: Database, clock: Clock) -> int:
    """Delete operations that ended `KEPT_FOR` ago."""
    async with database.transaction() as db:
        old = delete(Operation).where(Operation.finished_at <= clock.now() - KEPT_FOR)
        return len((await db.execute(old.returning(Operation.id))).all())
