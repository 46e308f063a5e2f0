"""What the doctor finds among work that is done later: work that nothing will ever do."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.background.operations import OPERATIONS, Run, start
from app.installation.doctor import INVARIANTS
from app.kernel.db import Database
from app.people.identity.queries import actor_of
from app.people.operations import invariants
from tests.people.identity.people import People

assert invariants, "registers what is looked for"

OPERATION = "every operation that has not ended has a job"
MAIL = "every mail that is neither sent nor given up has a job"


async def found(db: AsyncSession) -> set[str]:
    """The invariants of work that is done later that do not hold."""
    return {
        name for name in (OPERATION, MAIL) if (await db.execute(text(INVARIANTS[name]))).first()
    }


@pytest.fixture
async def written(
    database: Database, people: People, db: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operation and a mail that wait."""

    async def count(run: Run, arguments: dict[str, object]) -> None: ...

    monkeypatch.setitem(OPERATIONS, "count_sheep", count)
    ada = await actor_of(db, (await people.person()).account_id)
    assert ada is not None
    await start(db, ada, "count_sheep", {})
    db.info["has_mail"] = True
    await mail.send(db, "ada@example.org", "Hello", "Come.", "k")
    assert await found(db) == set()


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        ("DELETE FROM procrastinate_jobs WHERE task_name = 'run_operation'", {OPERATION}),
        ("DELETE FROM procrastinate_jobs WHERE task_name = 'send_mail'", {MAIL}),
        ("UPDATE procrastinate_jobs SET status = 'failed'", {OPERATION, MAIL}),
    ],
)
async def test_a_planted_fault_is_found(
    written: None, db: AsyncSession, fault: str, names: set[str]
) -> None:
    await db.execute(text(fault))
    assert await found(db) == names
