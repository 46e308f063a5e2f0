"""Sums hold at COMMIT whoever writes at once, and a report is accepted once."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import httpx
import psycopg
import pytest
from sqlalchemy import func, select, text

from app.funding.grants.models import BudgetLine, MilestoneTerms
from app.funding.grants.terms import service
from app.funding.reports.models import Report
from app.kernel.activity import Activity
from app.kernel.db import Database
from tests.answers import refused
from tests.grant_walks import Funding, terms
from tests.journeys import Json, Network
from tests.people.identity.people import People
from tests.server import Urls


@pytest.fixture
async def funding(settled_client: httpx.AsyncClient, settled_people: People) -> Funding:
    return await Funding.begin(await Network.begin(settled_client, settled_people))


async def test_a_sum_that_is_wrong_at_commit_is_a_problem(
    funding: Funding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verb's own check is put out of the way, so that only the database is left."""
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/terms"
    before = await funding.done(funding.coordinator, "GET", path)
    wrong = {"award": {"amount_minor": 2_000_001, "currency": "GBP"}}
    half = {"budget_lines": [{"label": "Half of it", "amount_minor": 1_000_000}]}
    monkeypatch.setattr(service, "refuse_wrong_sums", lambda _body, at: None)

    milestones = await funding.call(funding.coordinator, "PUT", path, terms(**wrong), if_match=1)
    budget = await funding.call(funding.coordinator, "PUT", path, terms(**half), if_match=1)

    assert refused(milestones, "milestone_terms_do_not_sum", 422)
    assert refused(budget, "budget_lines_do_not_sum", 422)
    assert await funding.done(funding.coordinator, "GET", path) == before


async def test_one_of_two_editors_is_told(funding: Funding) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/terms"
    answers = await asyncio.gather(
        *(funding.call(funding.coordinator, "PUT", path, terms(), if_match=1) for _ in range(10))
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 9}


def _as_it_is(_admin: psycopg.Connection) -> None:
    pass


def _without_the_lock(admin: psycopg.Connection) -> None:
    found = admin.execute(
        "SELECT pg_get_functiondef('check_sums_of_grant_version'::regproc)"
    ).fetchone()
    assert found is not None
    admin.execute(found[0].replace("FOR NO KEY UPDATE", ""))


@pytest.mark.parametrize(
    ("prepare", "lines"), [(_as_it_is, 1), (_without_the_lock, 2)], ids=["held", "planted"]
)
async def test_two_who_write_at_once_do_not_both_pass_the_check(
    funding: Funding,
    settled: Database,
    urls: Urls,
    prepare: Callable[[psycopg.Connection], None],
    lines: int,
) -> None:
    """Each adds a budget line of the whole award to terms that had none, and each is right as
    long as the other has not committed."""
    grant = await funding.grant(budget_lines=[])
    version = await funding.done(funding.coordinator, "GET", f"/grants/{grant['id']}/terms")
    database = settled.engine.url.database or ""
    owner = urls.owner(database).replace("+psycopg", "")
    with psycopg.connect(owner, autocommit=True) as admin:
        prepare(admin)

    async def add(db: psycopg.AsyncConnection) -> None:
        await db.execute(
            "INSERT INTO budget_lines (line_id, grant_version_id, position, label, amount_minor) "
            "VALUES (gen_random_uuid(), %s, pg_backend_pid(), 'All of it', 2000000)",
            [version["id"]],
        )

    url = urls.app(database).replace("+psycopg", "")
    first = await psycopg.AsyncConnection.connect(url)
    second = await psycopg.AsyncConnection.connect(url)
    async with first, second:
        await add(first)
        await add(second)
        await first.execute("SET CONSTRAINTS ALL IMMEDIATE")
        check = asyncio.create_task(second.execute("SET CONSTRAINTS ALL IMMEDIATE"))
        await asyncio.wait([check], timeout=0.2)
        await first.commit()
        passed = (await asyncio.gather(check, return_exceptions=True))[0]
        if isinstance(passed, psycopg.errors.CheckViolation):
            await second.rollback()
        else:
            await second.commit()

    async with settled.transaction() as db:
        assert await db.scalar(select(func.count()).select_from(BudgetLine)) == lines


def _without_the_check(admin: psycopg.Connection) -> None:
    admin.execute("ALTER TABLE milestone_terms DISABLE TRIGGER milestone_terms_sum_to_award")


@pytest.mark.parametrize(
    ("prepare", "total"),
    [(_as_it_is, 2_000_000), (_without_the_check, 2_500_000)],
    ids=["held", "planted"],
)
async def test_two_who_edit_milestones_at_once_do_not_end_with_a_wrong_sum(
    funding: Funding,
    settled: Database,
    urls: Urls,
    prepare: Callable[[psycopg.Connection], None],
    total: int,
) -> None:
    """Both have read 800,000 and 1,200,000. One moves 500,000 from the first to the second, the
    other, who writes what it read of the rest, the same back: each is right by what it read."""
    grant = await funding.grant()
    version = await funding.done(funding.coordinator, "GET", f"/grants/{grant['id']}/terms")
    first, second = (milestone["id"] for milestone in version["milestones"])
    database = settled.engine.url.database or ""
    with psycopg.connect(urls.owner(database).replace("+psycopg", ""), autocommit=True) as admin:
        prepare(admin)

    async def write(db: psycopg.AsyncConnection, milestone_id: str, amount_minor: int) -> None:
        await db.execute(
            "UPDATE milestone_terms SET amount_minor = %s WHERE milestone_id = %s",
            [amount_minor, milestone_id],
        )

    url = urls.app(database).replace("+psycopg", "")
    one = await psycopg.AsyncConnection.connect(url)
    other = await psycopg.AsyncConnection.connect(url)
    async with one, other:
        await write(one, first, 300_000)
        await write(one, second, 1_700_000)
        waiting = asyncio.create_task(write(other, first, 800_000))
        await asyncio.wait([waiting], timeout=0.2)
        await one.commit()
        await waiting
        with suppress(psycopg.errors.CheckViolation):
            await other.commit()

    async with settled.transaction() as db:
        assert await db.scalar(select(func.sum(MilestoneTerms.amount_minor))) == total


async def accepted(settled: Database, report: Json) -> int:
    """How often it was written down that the report was accepted."""
    async with settled.transaction() as db:
        rows = select(func.count()).where(
            Activity.subject_id == report["id"], Activity.verb == "report.accepted"
        )
        return await db.scalar(rows) or 0


@pytest.mark.parametrize(
    ("at_once", "if_match", "loser"), [(200, "*", 409), (20, None, 409)], ids=["any", "same"]
)
async def test_a_report_is_accepted_once(
    funding: Funding, settled: Database, at_once: int, if_match: str | None, loser: int
) -> None:
    """Whoever waits too long for the others is told to come back (503); nobody is told twice."""
    report = await funding.report("submitted")
    thing = f"/v1/reports/{report['id']}"
    headers = dict(funding.coordinator.headers)
    read = (await funding.network.client.get(thing, headers=headers)).headers["etag"]
    headers["If-Match"] = if_match or read
    path = f"{thing}/accept"
    answers = await asyncio.gather(
        *(funding.network.client.post(path, headers=headers) for _ in range(at_once))
    )
    found = Counter(answer.status_code for answer in answers)
    assert (found.pop(200), set(found) - {503}) == (1, {loser})
    assert await accepted(settled, report) == 1


async def test_a_twin_that_looks_before_it_leaps_accepts_it_more_than_once(
    funding: Funding, settled: Database
) -> None:
    """What the test above would see of a verb that neither locked nor compared versions."""
    report = await funding.report("submitted")
    seen = asyncio.Barrier(10)

    async def accept_naively() -> bool:
        async with settled.transaction() as db:
            status = await db.scalar(select(Report.status).where(Report.id == report["id"]))
            await seen.wait()
            if status != "submitted":
                return False
            await db.execute(
                text(
                    "UPDATE reports SET status = 'accepted', decided_by_id = prepared_by_id, "
                    "decided_at = updated_at WHERE id = :id"
                ),
                {"id": report["id"]},
            )
            return True

    assert sum(await asyncio.gather(*(accept_naively() for _ in range(10)))) == 10
