"""However many gather, release and bring in at once, a payment is in one run, goes out once, and is
settled once."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.runs import access as runs
from app.funding.payments.runs import service as gathering
from app.funding.payments.statements import service as bringing
from app.kernel.db import Database
from app.kernel.limits import DEFAULTS
from tests.funding.payments.bank_files import table
from tests.funding.payments.paying import Paying
from tests.funding.payments.running import Running
from tests.journeys import Json, Network
from tests.people.files.uploading import Uploader
from tests.people.identity.people import People
from tests.server import Urls

MANY = 8


@pytest.fixture
async def running(
    settled: Database, settled_client: httpx.AsyncClient, settled_people: People
) -> Running:
    settled.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())
    paying = await Paying.begin(await Network.begin(settled_client, settled_people))
    return Running(paying, [await paying.payment("requested")])


def _owner(urls: Urls, settled: Database, statement: str) -> None:
    url = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(statement)  # pyright: ignore[reportArgumentType, reportCallIssue]


async def _gathered(running: Running) -> Counter[str]:
    """What comes of gathering one payment by many at once."""
    answers = await asyncio.gather(
        *(running.gathers(None, running.payments[0]) for _ in range(MANY))
    )
    return Counter(answer.json().get("code", "made") for answer in answers)


async def test_a_payment_is_gathered_once(running: Running) -> None:
    assert await _gathered(running) == Counter({"made": 1, "payment_in_a_run": MANY - 1})


async def _nobody_looks(_db: AsyncSession, _payment_ids: set[UUID]) -> None:
    return None


async def test_the_index_alone_keeps_a_payment_in_one_run(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_refuse_gathered_already", _nobody_looks)
    assert await _gathered(running) == Counter({"made": 1, "payment_in_a_run": MANY - 1})


async def test_what_keeps_a_payment_in_one_run(
    running: Running, settled: Database, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: nobody looks, and the index is gone."""
    monkeypatch.setattr(gathering, "_refuse_gathered_already", _nobody_looks)
    _owner(urls, settled, "DROP INDEX uq_payment_run_items_one_live")
    assert (await _gathered(running))["made"] > 1


async def _released(running: Running) -> Counter[int]:
    """What comes of releasing one run by many at once."""
    run = await running.approved()
    answers = await asyncio.gather(
        *(running.tries(running.paying.releaser, run, "release", if_match="*") for _ in range(MANY))
    )
    return Counter(answer.status_code for answer in answers)


async def test_a_run_goes_out_once(running: Running) -> None:
    assert await _released(running) == Counter({200: 1, 409: MANY - 1})
    assert len((await running.payment(1))["attempts"]) == 1
    assert (await running.paying.holds())["in_transit"] == 800_000


async def test_the_lock_is_what_lets_a_run_go_out_once(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: a run is read as it was, and held by nobody."""
    loader = runs.payment_run

    async def unlocked(db: object, actor: object, run_id: UUID, **_: object) -> object:
        return await loader(db, actor, run_id)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(gathering.access, "payment_run", unlocked)
    assert await _released(running) != Counter({200: 1, 409: MANY - 1})


async def _brought_in(running: Running) -> tuple[Counter[object], Sequence[Json]]:
    """What comes of one file that many bring in at once, and the lines that are kept."""
    paying = running.paying
    await running.released()
    reference = (await running.payment(1))["reference"]
    content = table(f"paid,{reference}-1,B-1,8000,GBP,2026-03-02,,", "paid,,FEE,5,GBP,2026-03-02,,")
    uploader = Uploader(paying.network.client, paying.releaser)
    files = [
        await uploader.upload(content, name="march.csv", media_type="text/csv") for _ in range(MANY)
    ]
    path = f"{paying.ledgers.path}/bank-statements"
    answers = await asyncio.gather(
        *(paying.call(paying.releaser, "POST", path, {"file_id": str(one)}) for one in files)
    )
    lines = (await paying.seen(paying.approver, "/bank-lines"))["items"]
    return Counter(answer.json().get("line_count", answer.status_code) for answer in answers), lines


async def test_a_file_is_told_once(running: Running) -> None:
    found, lines = await _brought_in(running)
    assert found == Counter({2: 1, 0: MANY - 1})
    assert sorted(one["status"] for one in lines) == ["matched", "unmatched"]
    assert (await running.payment(1))["status"] == "settled"
    assert (await running.paying.holds())["disbursed"] == 800_000


async def test_what_keeps_a_file_from_being_told_twice(
    running: Running, settled: Database, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: nobody asks what was told before, and the index is gone."""

    async def all_of_them(
        _db: AsyncSession, _fund_id: UUID, lines: Sequence[bringing.Line]
    ) -> list[tuple[int, bringing.Line, bytes]]:
        return [(place, *one) for place, one in enumerate(bringing.fingerprints(lines), start=1)]

    monkeypatch.setattr(bringing, "_untold", all_of_them)
    _owner(
        urls, settled, "ALTER TABLE bank_lines DROP CONSTRAINT uq_bank_lines_fund_id_fingerprint"
    )
    _, lines = await _brought_in(running)
    assert len(lines) > 2
