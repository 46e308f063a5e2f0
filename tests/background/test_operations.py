"""Long operations: run to their end, begun anew after a death, fenced, cancelled, failed."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import operations
from app.background.jobs import Work
from app.background.operations import (
    ATTEMPTS,
    KEPT_FOR,
    OPERATIONS,
    Counts,
    Handler,
    Operation,
    OperationFinished,
    OperationStatus,
    Run,
    Superseded,
    cancel,
    forget_operations,
    run_operation,
    start,
)
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict
from app.people.identity.actors import Actor
from app.people.identity.models import Account
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from app.settings import Settings
from tests.people.identity.people import People

KIND = "count_sheep"


@pytest.fixture
def work(database: Database, settings: Settings) -> Work:
    return Work(database, settings, actor_of)


@pytest.fixture
async def ada(database: Database, settings: Settings, db: AsyncSession) -> Actor:
    person = await People(database, settings).person("Ada Lovelace", Role.COORDINATOR)
    actor = await actor_of(db, person.account_id)
    assert actor is not None
    return actor


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch):
    """Says what the operations of the test do."""

    def register(handler: Handler) -> Handler:
        monkeypatch.setitem(OPERATIONS, KIND, handler)
        return handler

    return register


async def begun(database: Database, actor: Any, arguments: dict[str, Any] | None = None) -> str:
    async with database.transaction() as db:
        return str((await start(db, actor, KIND, arguments or {})).id)


async def told(database: Database, operation_id: str) -> dict[str, Any]:
    async with database.transaction() as db:
        found = await db.get_one(Operation, UUID(operation_id))
        names = ("status", "attempt", "progress", "message", "result", "problem")
        counts = (found.done_count, found.unchanged_count, found.refused_count)
        return {name: getattr(found, name) for name in names} | {"counts": counts}


NEW = {
    "status": OperationStatus.QUEUED,
    "attempt": 0,
    "progress": 0,
    "message": None,
    "result": None,
    "problem": None,
    "counts": (None, None, None),
}
RUNNING = NEW | {"status": OperationStatus.RUNNING, "attempt": 1}


async def test_an_operation_is_asked_for_together_with_its_job(
    database: Database, db: AsyncSession, ada: Actor, does: Any, clock: FixedClock
) -> None:
    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None: ...

    operation_id = await begun(database, ada, {"upto": 3})
    operation = await db.get_one(Operation, UUID(operation_id))
    assert await told(database, operation_id) == NEW
    assert (operation.kind, operation.requested_by) == (KIND, ada.account_id)
    assert (operation.arguments, operation.created_at) == ({"upto": 3}, clock.now())
    jobs = await db.execute(text("SELECT task_name, args, status::text FROM procrastinate_jobs"))
    assert [tuple(job) for job in jobs] == [
        ("run_operation", {"operation_id": operation_id}, "todo")
    ]


async def test_an_unknown_kind_is_a_mistake(db: AsyncSession, ada: Any) -> None:
    with pytest.raises(AssertionError, match="no operation is of the kind 'unheard_of'"):
        await start(db, ada, "unheard_of", {})


async def test_what_came_to_its_end_without_effect_is_refused(
    database: Database, work: Work, ada: Actor, does: Any
) -> None:
    @does
    async def count(run: Run, arguments: dict[str, Any]) -> dict[str, Any]:
        async with run.transaction() as (db, _):
            await run.refuse(db, Conflict("These are goats."), {"goats": 3}, Counts(0, 0, 3))
        return {"sheep": 0}

    operation_id = await begun(database, ada)
    await run_operation(work, operation_id=operation_id)
    problem = {
        "type": "/problems/conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "These are goats.",
        "instance": f"/v1/operations/{operation_id}",
        "code": "conflict",
        "request_id": "",
        "errors": [],
    }
    assert await told(database, operation_id) == RUNNING | {
        "status": "refused",
        "progress": 100,
        "result": {"goats": 3},
        "problem": problem,
        "counts": (0, 0, 3),
    }


@pytest.mark.parametrize(
    ("counts", "status"),
    [(Counts(2, 1, 0), "succeeded"), (Counts(2, 0, 1), "partly"), (Counts(0, 3, 1), "partly")],
    ids=str,
)
async def test_what_was_refused_in_part_did_not_succeed(
    database: Database, work: Work, ada: Actor, does: Any, counts: Counts, status: str
) -> None:
    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None:
        async with run.transaction() as (db, _):
            await run.finish(db, {"goats": 3}, counts)

    operation_id = await begun(database, ada)
    await run_operation(work, operation_id=operation_id)
    ended = await told(database, operation_id)
    assert (ended["status"], ended["problem"]) == (status, None)
    assert ended["counts"] == (counts.done, counts.unchanged, counts.refused)


async def test_what_the_handler_gives_is_the_result(
    database: Database, work: Work, ada: Actor, does: Any
) -> None:
    seen: list[dict[str, Any]] = []

    @does
    async def count(run: Run, arguments: dict[str, Any]) -> dict[str, Any]:
        await run.progress(40, "counting")
        seen.append(await told(database, operation_id))
        async with run.transaction() as (_, actor):
            assert (actor.account_id, actor.person_id) == (ada.account_id, ada.person_id)
        return {"sheep": arguments["upto"]}

    operation_id = await begun(database, ada, {"upto": 3})
    await run_operation(work, operation_id=operation_id)
    assert seen == [RUNNING | {"progress": 40, "message": "counting"}]
    done = {"progress": 100, "message": "counting", "result": {"sheep": 3}}
    assert await told(database, operation_id) == RUNNING | done | {"status": "succeeded"}


async def test_a_finished_operation_is_not_run_again(
    database: Database, work: Work, ada: Actor, does: Any
) -> None:
    runs: list[int] = []

    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None:
        runs.append(run.attempt)

    operation_id = await begun(database, ada)
    for _ in range(3):
        await run_operation(work, operation_id=operation_id)
    assert runs == [1]


async def test_the_effect_and_the_end_can_be_one(
    database: Database, db: AsyncSession, work: Work, ada: Actor, does: Any
) -> None:
    @does
    async def rename(run: Run, arguments: dict[str, Any]) -> None:
        async with run.transaction() as (transaction, _):
            account = await transaction.get_one(Account, ada.account_id)
            account.name = "Ada King"
            await run.finish(transaction, {"renamed": 1})
        raise RuntimeError("the worker dies here")

    operation_id = await begun(database, ada)
    with pytest.raises(RuntimeError):
        await run_operation(work, operation_id=operation_id)
    await run_operation(work, operation_id=operation_id)
    account = await db.get_one(Account, ada.account_id, populate_existing=True)
    assert account.name == "Ada King"
    done = {"status": "succeeded", "progress": 100, "result": {"renamed": 1}}
    assert await told(database, operation_id) == RUNNING | done


async def test_a_refusal_is_told_and_not_tried_again(
    database: Database, work: Work, ada: Actor, does: Any
) -> None:
    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None:
        raise Conflict("The sheep are somewhere else.", extra={"seen": 0})

    operation_id = await begun(database, ada)
    await run_operation(work, operation_id=operation_id)
    problem = {
        "type": "/problems/conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "The sheep are somewhere else.",
        "instance": f"/v1/operations/{operation_id}",
        "code": "conflict",
        "request_id": "",
        "errors": [],
        "seen": 0,
    }
    failed = {"status": "failed", "problem": problem}
    assert await told(database, operation_id) == RUNNING | failed


async def test_an_accident_is_tried_again_and_in_the_end_told(
    database: Database, work: Work, ada: Actor, does: Any
) -> None:
    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None:
        raise RuntimeError("no words of an exception get out")

    operation_id = await begun(database, ada)
    for _ in range(ATTEMPTS):
        with pytest.raises(RuntimeError):
            await run_operation(work, operation_id=operation_id)
    assert (await told(database, operation_id))["status"] == "running"
    await run_operation(work, operation_id=operation_id)
    end = await told(database, operation_id)
    assert (end["status"], end["attempt"]) == ("failed", ATTEMPTS)
    assert end["problem"]["code"] == "operation_abandoned"
    assert "no words" not in str(end)


async def test_a_poisonous_operation_is_given_up(
    database: Database, work: Work, ada: Actor, does: Any
) -> None:
    """One that kills every worker which begins it: nothing is told, only attempts are counted."""

    @does
    async def die(run: Run, arguments: dict[str, Any]) -> None:
        raise asyncio.CancelledError

    operation_id = await begun(database, ada)
    for _ in range(ATTEMPTS):
        with pytest.raises(asyncio.CancelledError):
            await run_operation(work, operation_id=operation_id)
    await run_operation(work, operation_id=operation_id)
    assert (await told(database, operation_id))["problem"]["code"] == "operation_abandoned"


async def test_the_attempt_before_is_fenced_off(
    database: Database, db: AsyncSession, work: Work, ada: Actor, does: Any
) -> None:
    """A worker that was thought dead wakes up after another has taken its operation over."""
    stale: list[Run] = []

    @does
    async def rename(run: Run, arguments: dict[str, Any]) -> dict[str, Any] | None:
        if run.attempt == 1:
            stale.append(run)
            raise RuntimeError("stands still")
        for late in (
            lambda: _effect(stale[0], "Stale"),
            lambda: stale[0].progress(99, "stale"),
            lambda: stale[0].fail(Conflict()),
        ):
            with pytest.raises(Superseded):
                await late()
        await _effect(run, "Ada King")
        return {"attempt": run.attempt}

    async def _effect(run: Run, name: str) -> None:
        async with run.transaction() as (transaction, _):
            (await transaction.get_one(Account, ada.account_id)).name = name

    operation_id = await begun(database, ada)
    with pytest.raises(RuntimeError):
        await run_operation(work, operation_id=operation_id)
    await run_operation(work, operation_id=operation_id)
    account = await db.get_one(Account, ada.account_id, populate_existing=True)
    assert account.name == "Ada King"
    done = {"status": "succeeded", "attempt": 2, "progress": 100, "result": {"attempt": 2}}
    assert await told(database, operation_id) == RUNNING | done


async def test_the_fence_holds_against_a_transaction_that_is_open(
    settled: Database, settings: Settings, does: Any
) -> None:
    """A new attempt begins only when what the old one was about to commit is committed, or not."""
    person = await People(settled, settings).person("Ada Lovelace")
    work = Work(settled, settings, actor_of)
    order: list[str] = []
    inside, go_on, has_begun = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @does
    async def slow(run: Run, arguments: dict[str, Any]) -> None:
        if run.attempt == 2:
            order.append("second begins")
            has_begun.set()
            return
        async with run.transaction() as (transaction, _):
            inside.set()
            await go_on.wait()
            (await transaction.get_one(Account, person.account_id)).name = "Ada King"
        order.append("first commits")
        await has_begun.wait()  # or it might be done before the second has its turn

    async with settled.transaction() as db:
        ada = await actor_of(db, person.account_id)
        assert ada is not None
        operation_id = str((await start(db, ada, KIND, {})).id)
    first = asyncio.create_task(run_operation(work, operation_id=operation_id))
    await inside.wait()
    second = asyncio.create_task(run_operation(work, operation_id=operation_id))
    await _waiting_for_a_lock(settled)
    go_on.set()
    await asyncio.gather(first, second)
    assert order == ["first commits", "second begins"]


async def _waiting_for_a_lock(database: Database) -> None:
    waiting = text(
        "SELECT 1 FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with database.read() as connection:
        for _ in range(10_000):
            if (await connection.execute(waiting)).first():
                return
    raise AssertionError("nobody waits")


async def _unfenced(run: Run, db: AsyncSession) -> Operation:
    """The planted fault: whichever attempt it is, it stands."""
    return await db.get_one(Operation, run.operation_id)


async def test_the_fence_is_what_stops_a_stale_attempt(
    database: Database,
    db: AsyncSession,
    work: Work,
    ada: Actor,
    does: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Run, "_stand", _unfenced)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        await test_the_attempt_before_is_fenced_off(database, db, work, ada, does)


async def test_a_cancelled_operation_is_not_begun(
    database: Database, work: Work, ada: Actor, does: Any
) -> None:
    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None:
        raise AssertionError("it was begun")

    operation_id = await begun(database, ada)
    await _cancel(database, operation_id)
    await run_operation(work, operation_id=operation_id)
    assert await told(database, operation_id) == NEW | {"status": "cancelled"}


async def test_a_running_operation_stops_at_its_next_step(
    database: Database, work: Work, ada: Actor, does: Any
) -> None:
    steps: list[str] = []

    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None:
        await run.progress(10)
        await _cancel(database, operation_id)
        steps.append("cancelled")
        await run.progress(20)
        steps.append("went on")

    operation_id = await begun(database, ada)
    await run_operation(work, operation_id=operation_id)
    assert steps == ["cancelled"]
    assert await told(database, operation_id) == RUNNING | {"status": "cancelled", "progress": 10}


async def test_a_finished_operation_cannot_be_cancelled(
    database: Database, work: Work, ada: Actor, does: Any
) -> None:
    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None: ...

    operation_id = await begun(database, ada)
    await run_operation(work, operation_id=operation_id)
    with pytest.raises(OperationFinished):
        await _cancel(database, operation_id)
    assert (await told(database, operation_id))["status"] == "succeeded"


async def _cancel(database: Database, operation_id: str) -> None:
    async with database.transaction() as db:
        await cancel(db, await db.get_one(Operation, UUID(operation_id), with_for_update=True))


async def test_who_was_disabled_does_nothing_more(
    database: Database, db: AsyncSession, work: Work, ada: Actor, does: Any, clock: FixedClock
) -> None:
    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None:
        async with run.transaction():
            raise AssertionError("a disabled account acted")

    operation_id = await begun(database, ada)
    account = await db.get_one(Account, ada.account_id)
    account.disabled_at = clock.now()
    await db.commit()
    await run_operation(work, operation_id=operation_id)
    end = await told(database, operation_id)
    assert (end["status"], end["problem"]["code"]) == ("failed", "requester_gone")


async def test_a_credential_that_was_narrowed_stays_so(
    database: Database, work: Work, ada: Actor, does: Any
) -> None:
    held: list[tuple[bool, bool]] = []

    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None:
        async with run.transaction() as (_, actor):
            permissions = ("cohort.read", "cohort.edit")
            read, edit = (actor.holds(one, NETWORK_ID) for one in permissions)
            held.append((read, edit))

    narrowed = Actor(
        ada.account_id, ada.person_id, roles=ada.roles, narrowed_to=frozenset({"cohort.read"})
    )
    for asking in (ada, narrowed):
        await run_operation(work, operation_id=await begun(database, asking))
    assert held == [(True, True), (True, False)]


async def test_ended_operations_are_forgotten(
    database: Database, db: AsyncSession, work: Work, ada: Actor, does: Any, clock: FixedClock
) -> None:
    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None: ...

    ended, waiting = await begun(database, ada), await begun(database, ada)
    await run_operation(work, operation_id=ended)
    clock.advance(KEPT_FOR)
    assert await forget_operations(database, clock) == 1
    assert [str(one) for one in await db.scalars(select(Operation.id))] == [waiting]


@pytest.mark.parametrize(
    "values",
    ["progress = 101", "progress = -1", "is_cancelled = true", "problem = '{}'", "result = '{}'"],
)
async def test_the_database_refuses_what_cannot_be(
    database: Database, db: AsyncSession, ada: Actor, does: Any, values: str
) -> None:
    @does
    async def count(run: Run, arguments: dict[str, Any]) -> None: ...

    await begun(database, ada)
    with pytest.raises(DBAPIError, match="ck_operations"):
        await db.execute(text(f"UPDATE operations SET {values}"))


def test_a_kind_is_registered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATIONS, KIND, None)
    with pytest.raises(ValueError, match=KIND):
        operations.operation(KIND, BaseModel)(lambda run, arguments: None)
